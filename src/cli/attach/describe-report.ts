import { waitingFrame } from "../../task/place.ts";
import type { Frame } from "../../task/stack.ts";
import type { LoopReport, TaskReport } from "../../task/attach.ts";

const SHOWN_FRAMES = 5;
// Of an installed escapement, and of its sources.
const LIBRARY = /escapement\/dist\/|\/src\/(loop|task|future)\//;

/** `escapement ps`: a line for each task. */
export function tableOf(loops: readonly LoopReport[]): string {
  return loops.map((loop) => [headOf(loop), ...rowsOf(loop), ...busyLines(loop)].join("\n")).join("\n\n");
}

/** `escapement tree`: who waits for whom. */
export function treeOf(loops: readonly LoopReport[]): string {
  return loops.map((loop) => [headOf(loop), ...branchesOf(loop), ...busyLines(loop)].join("\n")).join("\n\n");
}

function headOf({ iteration, time, hosted, tasks }: LoopReport): string {
  const count = tasks.length === 1 ? "1 task" : `${tasks.length} tasks`;
  const driver = hosted ? "on the host's loop" : "on its own thread";
  return `${count}, iteration ${iteration}, clock at ${Math.round(time)} ms, ${driver}`;
}

function rowsOf({ tasks }: LoopReport): string[] {
  const rows = tasks.map((task) => [
    task.name,
    task.state,
    task.waitsFor ?? "-",
    placeOf(waitingFrame(framesOf(task)) ?? framesOf(task).at(-1)),
    waitersOf(tasks, task).join(", ") || "-",
  ]);
  const all = [["TASK", "STATE", "WAITS FOR", "WHERE", "AWAITED BY"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}

function waitersOf(tasks: readonly TaskReport[], task: TaskReport): string[] {
  const place = tasks.indexOf(task);
  return tasks.filter(({ awaits }) => awaits.includes(place)).map(({ name }) => name);
}

// Of a generator that runs V8 tells where its function begins, which is not where it is.
function framesOf({ state, stack }: TaskReport): readonly Frame[] {
  return state === "running" ? stack.map(({ name }) => ({ name })) : stack;
}

function placeOf(frame: Frame | undefined): string {
  if (frame?.file === undefined) return frame?.name ?? "-";
  return `${frame.name} (${shorten(frame.file)}:${frame.line ?? "?"})`;
}

/** The last two parts of a path are enough to know the file by. */
function shorten(path: string): string {
  return path.split(/[/\\]/).slice(-2).join("/");
}

// Each stands under those that wait for it; of a ring, where it comes back to itself.
function branchesOf({ tasks }: LoopReport): string[] {
  const awaited = new Set(tasks.flatMap(({ awaits }) => awaits));
  const seen = new Set<number>();
  const lines: string[] = [];
  const draw = (top: number): void => {
    const todo = [{ place: top, margin: "", above: [] as readonly number[] }];
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      const { place, margin, above } = next;
      const task = tasks[place]!;
      if (above.includes(place)) {
        lines.push(`${margin}${task.name}: DEADLOCK, it waits for itself through those above`);
        continue;
      }
      seen.add(place);
      lines.push(`${margin}${task.name}  ${task.state}${task.waitsFor === null ? "" : `, for ${task.waitsFor}`}`);
      for (const frame of framesOf(task).toReversed()) lines.push(`${margin}  | ${placeOf(frame)}`);
      const below = { margin: `${margin}    `, above: [...above, place] };
      for (const other of task.awaits.toReversed()) todo.push({ place: other, ...below });
    }
  };
  for (const place of tasks.keys()) if (!awaited.has(place)) draw(place);
  // What is left are rings, which nobody outside waits for.
  for (const place of tasks.keys()) if (!seen.has(place)) draw(place);
  return lines;
}

/** Where the thread is, when it is in the middle of a step. */
function busyLines({ running }: LoopReport): string[] {
  if (running === undefined) return [];
  const frames = running.split("\n").filter((line) => /^\s+at /.test(line));
  // What was evaluated is a script without a name; above it are the frames of the report itself.
  const asked = frames.findLastIndex((line) => /^\s+at <anonymous>:\d+:\d+$/.test(line));
  const own = frames.slice(asked + 1).filter((line) => !/<anonymous>|\bnode:/.test(line) && !LIBRARY.test(line));
  return own.length === 0 ? [] : ["", "The thread is busy:", ...own.slice(0, SHOWN_FRAMES)];
}
