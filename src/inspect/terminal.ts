import { describeDeadlocks, describeReady, describeTask, describeTimer } from "./describe-view.ts";
import { formatTime } from "./format-time.ts";
import type { TaskView } from "./moment.ts";
import { narrate } from "./narrate.ts";
import { isOfProgram, placeOf } from "./places.ts";
import { STEPPER_KEYS, type Stepper } from "./stepper.ts";
import { treeOf } from "./task-tree.ts";
import { type Place, type Trace, recorded } from "./trace.ts";
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

/** The panels of one moment: exactly `rows` lines of at most `columns` characters. */
export function screenOf(trace: Trace, stepper: Stepper, size: ScreenSize): string {
  const view = viewAt(trace, stepper.index);
  const left = Math.floor(size.columns * 0.5);
  const height = size.rows - 3;
  const source = stepper.help ? helpLines() : sourceLines(trace, view, stepper, height);
  const panels = panelLines(view, stepper, height);
  const rows: string[] = [];
  for (let row = 0; row < height; row += 1) {
    rows.push(`${pad(source[row] ?? "", left - 1)} ${fit(panels[row] ?? "", size.columns - left)}`);
  }
  const sentence = stepper.index === 0 ? "Nothing has happened yet." : narrate(trace, stepper.index - 1);
  const lines = [header(trace, view, stepper), ...rows, fit(sentence, size.columns), footer(stepper)];
  const plain = lines.map((line) => fit(line, size.columns).trimEnd());
  return (size.colour ? plain.map((line) => colour(line, view.tasks)) : plain).join("\n");
}

function header(trace: Trace, view: View, { index }: Stepper): string {
  const { clock } = trace.header as { clock?: unknown };
  const which = typeof clock === "string" ? ` (${clock} clock)` : "";
  return `turn ${view.iteration}   t=${formatTime(view.time)} ms${which}   event ${index}/${trace.events.length}`;
}

function footer({ typed, speed }: Stepper): string {
  if (typed !== null) return `go to event: ${typed}_`;
  return `← back  → next  n step of task  t clock  g go to  a graph  ? keys  q quit${speed > 0 ? `   playing, ${speed}/s` : ""}`;
}

function helpLines(): string[] {
  return ["KEYS", ...STEPPER_KEYS.map(([keys, does]) => `  ${keys.padEnd(12)} ${does}`)];
}

/** The lines around where the task is that the last event is about, and beside each line the tasks that wait there. */
function sourceLines(trace: Trace, view: View, { index }: Stepper, height: number): string[] {
  const current = currentPlace(trace, view, index);
  if (current === null) return ["SOURCE", "  (no line is known here)"];
  const file = current.file!;
  const lines = trace.sources[file]?.split("\n") ?? [];
  const parked = parkedIn(view.tasks, file);
  const first = Math.max(1, Math.min(current.line! - Math.floor(height / 2), lines.length - height + 2));
  const shown = lines.slice(first - 1, first + height - 2).map((text, i) => {
    const number = first + i;
    const names = parked.get(number)?.join(" ") ?? "";
    const mark = number === current.line ? ">" : " ";
    return `${mark}${String(number).padStart(4)} ${text}${names === "" ? "" : `   ◀ ${names}`}`;
  });
  return [`SOURCE ${file.split(/[/\\]/).at(-1)}`, ...shown];
}

function currentPlace(trace: Trace, view: View, index: number): Place | null {
  const events = recorded(trace);
  for (let i = index - 1; i >= 0; i -= 1) {
    const event = events[i]!;
    const id = "task" in event ? event.task : null;
    const place = id === null ? null : placeOf(view.tasks.find((task) => task.id === id)?.frames ?? []);
    if (place !== null) return place;
  }
  return null;
}

function parkedIn(tasks: readonly TaskView[], file: string): Map<number, string[]> {
  const parked = new Map<number, string[]>();
  for (const { name, state, frames } of tasks) {
    const place = state === "waiting" ? placeOf(frames) : null;
    if (place === null || !isOfProgram(place) || place.file !== file) continue;
    parked.set(place.line!, [...(parked.get(place.line!) ?? []), name]);
  }
  return parked;
}

function panelLines(view: View, { graph, selected }: Stepper, height: number): string[] {
  const mark = (task: TaskView, text: string): string => `${task.id === selected ? "*" : " "} ${text}`;
  const tasks =
    graph === "tree"
      ? treeOf(view.tasks).map(({ task, depth }) => mark(task, `${"  ".repeat(depth)}${describeTask(task)}`))
      : waitLines(view.tasks).map(([task, text]) => mark(task, text));
  const deadlocks = describeDeadlocks(view.tasks).map((line) => `! ${line}`);
  const third = Math.floor(height / 4);
  return [
    ...panel(
      "READY, the next one first",
      view.ready.map((entry) => `  ${describeReady(entry)}`),
      third,
    ),
    ...panel(
      "TIMERS",
      view.timers.map((timer) => `  ${describeTimer(timer)}`),
      third,
    ),
    ...panel(graph === "tree" ? "TASKS" : "WHO WAITS FOR WHOM", [...deadlocks, ...tasks], height - 2 * third),
  ];
}

function waitLines(tasks: readonly TaskView[]): (readonly [TaskView, string])[] {
  const names = new Map(tasks.map(({ id, name }) => [id, name]));
  return tasks.flatMap((task) =>
    task.awaits.map((other) => [task, `${task.name} → ${names.get(other) ?? `#${other}`}`] as const),
  );
}

/** Exactly `height` lines; what does not fit is counted. */
function panel(title: string, lines: readonly string[], height: number): string[] {
  const room = height - 1;
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `  … ${lines.length - room + 1} more`];
  const all = [title, ...(shown.length === 0 ? ["  –"] : shown)];
  return [...all, ...Array.from({ length: height - all.length }, () => "")];
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
