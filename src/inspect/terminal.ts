import { BREAKPOINT_FORMS } from "./breakpoint.ts";
import { describeDeadlocks, describeReady, describeTask, describeTimer } from "./describe-view.ts";
import { firstDivergence } from "./diverge.ts";
import { formatTime } from "./format-time.ts";
import type { TaskView } from "./moment.ts";
import { narrate } from "./narrate.ts";
import { currentPlace, parkedIn } from "./source-view.ts";
import { treeOf } from "./task-tree.ts";
import { TERMINAL_KEYS, type TerminalStepper, menuOf } from "./terminal-stepper.ts";
import type { Trace } from "./trace.ts";
import { type View, viewAt } from "./view.ts";

/** A terminal. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
  /** Tasks have colours of their own. What matters is said in words and shapes, with or without. */
  readonly colour: boolean;
}

// Okabe and Ito's, which everybody can tell apart.
const HUES = ["230;159;0", "86;180;233", "0;158;115", "240;228;66", "0;114;178", "213;94;0", "204;121;167"];

/**
 * The panels of one moment: exactly `rows` lines of at most `columns` characters.
 *
 * @param other - Another run, whose panels stand beside those of the first when that is asked for.
 */
export function screenOf(trace: Trace, stepper: TerminalStepper, size: ScreenSize, other: Trace | null = null): string {
  const lines =
    other !== null && stepper.beside ? besideLines(trace, other, stepper, size) : oneRun(trace, stepper, size);
  const plain = lines.map((line) => fit(line, size.columns).trimEnd());
  const { tasks } = viewAt(trace, stepper.index);
  return (size.colour ? plain.map((line) => colour(line, tasks)) : plain).join("\n");
}

function oneRun(trace: Trace, stepper: TerminalStepper, { columns, rows }: ScreenSize): string[] {
  const view = viewAt(trace, stepper.index);
  const height = rows - 3;
  const body = stepper.help
    ? exactly(height, ["KEYS", ...TERMINAL_KEYS.map(([keys, does]) => `  ${keys.padEnd(12)} ${does}`)])
    : sideBySide(leftLines(trace, view, stepper, height, columns), panelLines(view, stepper, height), height, columns);
  return [header(trace, view, stepper.index), ...body, sentence(trace, stepper.index), footer(stepper)];
}

/** The same number of events in two runs: what is ready, due and waiting in each, and what each has just done. */
function besideLines(trace: Trace, other: Trace, stepper: TerminalStepper, { columns, rows }: ScreenSize): string[] {
  const height = rows - 3;
  const columnOf = (run: Trace, name: string): string[] => {
    const index = Math.min(stepper.index, run.events.length);
    const view = viewAt(run, index);
    return [
      name,
      position(run, view, index),
      ...inTwo(sentence(run, index), Math.floor(columns / 2) - 1),
      "",
      ...panelLines(view, stepper, height - 5),
    ];
  };
  const [left, right] = [columnOf(trace, nameOf(trace, "this run")), columnOf(other, nameOf(other, "the other"))];
  const parting = firstDivergence(trace, other);
  const where = parting === null ? "The two runs are the same." : `The two runs part at event ${parting.index + 1}.`;
  return [where, ...sideBySide(left, right, height, columns), "", footer(stepper)];
}

/** Two lines of it, for a column is narrow. */
function inTwo(text: string, width: number): [string, string] {
  if (text.length <= width) return [text, ""];
  const end = Math.max(text.lastIndexOf(" ", width), 1);
  return [text.slice(0, end), text.slice(end + 1)];
}

function nameOf({ header: { whatIf } }: Trace, otherwise: string): string {
  return typeof whatIf === "string" ? `what if ${whatIf}` : otherwise;
}

function leftLines(trace: Trace, view: View, stepper: TerminalStepper, height: number, columns: number): string[] {
  if (stepper.asksWhatIf) return menuLines(trace, stepper.index);
  return sourceLines(trace, view, stepper.index, height, Math.floor(columns * 0.5) - 1);
}

function menuLines(trace: Trace, index: number): string[] {
  const menu = menuOf(trace, index);
  if (menu.length === 0)
    return ["WHAT IF …", "  Nothing runs after this:", "  there is nothing to decide.", "  (any key goes back)"];
  return ["WHAT IF …", ...menu.map(({ key, label }) => `  ${key}  ${label}`), "  (any other key goes back)"];
}

function sentence(trace: Trace, index: number): string {
  return index === 0 ? "Nothing has happened yet." : narrate(trace, index - 1);
}

function sideBySide(left: readonly string[], right: readonly string[], height: number, columns: number): string[] {
  const width = Math.floor(columns * 0.5);
  return Array.from(
    { length: height },
    (_, row) => `${pad(left[row] ?? "", width - 1)} ${fit(right[row] ?? "", columns - width)}`,
  );
}

function header(trace: Trace, view: View, index: number): string {
  const { clock } = trace.header as { clock?: unknown };
  return position(trace, view, index, typeof clock === "string" ? ` (${clock} clock)` : "");
}

function position({ events }: Trace, { iteration, time }: View, index: number, clock = ""): string {
  return `turn ${iteration}   t=${formatTime(time)} ms${clock}   event ${index}/${events.length}`;
}

function footer({ typed, entering, speed, breakpoint, notice }: TerminalStepper): string {
  if (notice !== "") return notice;
  if (typed !== null) return `go to event: ${typed}_`;
  if (entering?.what === "filter") return `show tasks whose name has: ${entering.text}_`;
  if (entering?.what === "breakpoint") return `stop at (${BREAKPOINT_FORMS.join(", ")}): ${entering.text}_`;
  const playing = speed > 0 ? `   playing, ${speed}/s` : "";
  const stops = breakpoint === "" ? "" : `   stops at ${breakpoint}`;
  return `← back  → next  n step of task  t clock  g go to  x what if  ? keys  q quit${stops}${playing}`;
}

/** The lines around where the task is that the last event is about, and beside each line the tasks that wait there. */
function sourceLines(trace: Trace, view: View, index: number, height: number, width: number): string[] {
  const current = currentPlace(trace, view.tasks, index);
  if (current === null) return ["SOURCE", "  (no line is known here)"];
  const file = current.file!;
  const lines = trace.sources[file]?.split("\n") ?? [];
  const parked = parkedIn(view.tasks, file);
  const first = Math.max(1, Math.min(current.line! - Math.floor(height / 2), lines.length - height + 2));
  const shown = lines.slice(first - 1, first + height - 2).map((text, i) => {
    const number = first + i;
    const names = (parked.get(number) ?? []).map(({ name }) => name).join(" ");
    const mark = number === current.line ? ">" : " ";
    const parkedHere = names === "" ? "" : `   ◀ ${names}`;
    // Who waits there is worth more than the end of the line.
    const room = Math.max(0, width - 6 - Array.from(parkedHere).length);
    return `${mark}${String(number).padStart(4)} ${fit(text, room)}${parkedHere}`;
  });
  return [`SOURCE ${file.split(/[/\\]/).at(-1)}`, ...shown];
}

function panelLines(view: View, { graph, selected, filter }: TerminalStepper, height: number): string[] {
  const mark = (task: TaskView, text: string): string => `${task.id === selected ? "*" : " "} ${text}`;
  const has = (name: string): boolean => name.includes(filter);
  const tasks =
    graph === "tree"
      ? treeOf(view.tasks).map(({ task, depth }) => ({ task, text: `${"  ".repeat(depth)}${describeTask(task)}` }))
      : waitLines(view.tasks);
  const shown = tasks.filter(({ task }) => has(task.name)).map(({ task, text }) => mark(task, text));
  const ready = view.ready.filter(({ task }) => has(task)).map((entry) => `  ${describeReady(entry)}`);
  const timers = view.timers.filter(({ task }) => has(task)).map((timer) => `  ${describeTimer(timer)}`);
  const some = filter === "" ? "" : `, those with “${filter}”`;
  const last = graph === "tree" ? "TASKS" : "WHO WAITS FOR WHOM";
  const who = [...describeDeadlocks(view.tasks).map((line) => `! ${line}`), ...shown];
  const rooms = roomsFor([ready, timers, who], height);
  return [
    ...panel(`READY, the next one first${some}`, ready, rooms[0]),
    ...panel(`TIMERS${some}`, timers, rooms[1]),
    ...panel(`${last}${some}`, who, height - rooms[0] - rooms[1]),
  ];
}

/** How high the first two panels are: always the same, so that the eye finds them, unless only that keeps one from fitting. */
function roomsFor(panels: readonly (readonly string[])[], height: number): [number, number] {
  const quarter = Math.floor(height / 4);
  const [ready = 2, timers = 2, tasks = 2] = panels.map(({ length }) => Math.max(length, 1) + 1);
  const fits = ready <= quarter && timers <= quarter && tasks <= height - 2 * quarter;
  return fits || ready + timers + tasks > height ? [quarter, quarter] : [ready, timers];
}

function waitLines(tasks: readonly TaskView[]): { task: TaskView; text: string }[] {
  const names = new Map(tasks.map(({ id, name }) => [id, name]));
  return tasks.flatMap((task) =>
    task.awaits.map((other) => ({ task, text: `${task.name} → ${names.get(other) ?? `#${other}`}` })),
  );
}

/** A title, and exactly `height` lines with it; what does not fit is counted. */
function panel(title: string, lines: readonly string[], height: number): string[] {
  return exactly(height, [title, ...(lines.length === 0 ? ["  –"] : lines)]);
}

function exactly(height: number, lines: readonly string[]): string[] {
  const more = lines.length - height + 1;
  const shown = lines.length <= height ? lines : [...lines.slice(0, height - 1), `  … ${more} more`];
  return [...shown, ...Array.from({ length: height - shown.length }, () => "")];
}

// A name may hold what a terminal would obey.
function clean(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "\ufffd");
}

function fit(text: string, width: number): string {
  const characters = Array.from(clean(text));
  return characters.length <= width ? characters.join("") : `${characters.slice(0, width - 1).join("")}…`;
}

function pad(text: string, width: number): string {
  const fitted = fit(text, width);
  return fitted + " ".repeat(width - Array.from(fitted).length);
}

function colour(line: string, tasks: readonly TaskView[]): string {
  const hues = new Map(tasks.map(({ id, name }) => [clean(name), HUES[id % HUES.length]!]));
  // The longest first: a name may begin with another.
  const names = [...hues.keys()].filter((name) => name !== "").toSorted((a, b) => b.length - a.length);
  if (names.length === 0) return line;
  const pattern = new RegExp(names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  return line.replaceAll(pattern, (name) => `\u001b[38;2;${hues.get(name)!}m${name}\u001b[39m`);
}
