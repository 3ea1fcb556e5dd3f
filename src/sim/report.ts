import type { Instrument } from "../loop/instrument.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle } from "../loop/handle.ts";
import type { AnySuspension, AnyTask } from "../loop/parties.ts";
import { FAILED } from "../future/future.ts";
import { activeMachine } from "./active.ts";
import type { Access } from "./footprint.ts";
import type { Exploration } from "./explore.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { replay, type SimulateOptions } from "./simulate.ts";
import type { Program } from "./world.ts";

/** One step of a run, as a person would say it. */
interface Line {
  readonly step: number;
  readonly time: number;
  readonly task: string;
  readonly did: string;
  readonly place: string;
}

const MOST_LINES = 60;

/**
 * A failure as a story: what broke, the shortest schedule as a table, and the line that replays it.
 *
 * @internal
 */
export function tell(
  program: Program<unknown>,
  { run, shrunk, repro, race }: Failure<unknown>,
  { schedules }: Pick<Exploration<unknown>, "schedules">,
  options: SimulateOptions,
): string {
  const schedule = run === 0 ? "the first schedule" : `schedule ${run + 1} of ${schedules}`;
  return [
    `${whatBroke(shrunk)} — found by ${schedule}, made as short as it gets:`,
    "",
    ...table(linesOf(program, repro, options)),
    ...(race === undefined ? [] : ["", tellRace(race)]),
    "",
    `Replay it: replay(main, "${repro}")`,
  ].join("\n");
}

function tellRace(race: readonly [Access, Access]): string {
  const [first, second] = race.map(({ task, operation, location }) => `"${task}" ${operation}s ${location}`);
  return `What decides: ${first} before ${second}. The other way round, it does not fail.`;
}

function whatBroke({ status, error }: Outcome<unknown>): string {
  if (status === "raised")
    return error instanceof Error ? `${error.name}: ${error.message}` : `raised ${String(error)}`;
  return error instanceof Error ? `${status}: ${error.message}` : status;
}

function linesOf(program: Program<unknown>, repro: string, options: SimulateOptions): Line[] {
  const watch = new Watch();
  replay(program, repro, { ...options, instruments: [watch] });
  return watch.lines;
}

function table(lines: readonly Line[]): string[] {
  const shown = lines.slice(-MOST_LINES);
  const rows = shown.map(({ step, time, task, did, place }) => [String(step), String(time), task, did, place]);
  const head = ["step", "clock", "task", "what it did", "where"];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const left = lines.length - shown.length;
  const text = [head, ...rows].map((row) =>
    row
      .map((cell, i) => (i < 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
  return left > 0 ? [text[0]!, `(${left} steps before)`, ...text.slice(1)] : text;
}

/** Notes each step: who ran, and how the step ended. */
class Watch implements Instrument {
  readonly lines: Line[] = [];
  #loop: EventLoop | null = null;
  #did = "";
  #step = 0;
  #made: string[] = [];

  iterationStarted(loop: EventLoop): void {
    this.#loop = loop;
  }

  taskCreated(task: AnyTask): void {
    this.#made.push(task.name);
  }

  callbackStarted(): void {
    this.#did = "";
    this.#made = [];
  }

  taskSuspended(_task: AnyTask, on: AnySuspension): void {
    this.#did = on === undefined ? "yields" : `waits for ${waitName(on)}`;
  }

  callbackFinished(entry: Handle | AnyTask): void {
    const task = entry.stepOf;
    // What follows main's end, or a deadlock, is clean-up.
    if (task === undefined || activeMachine()?.asking === false) return;
    this.#step += 1;
    const made = this.#made.length > 0 ? `starts ${this.#made.join(", ")}; ` : "";
    this.lines.push({
      step: this.#step,
      time: this.#loop?.time() ?? 0,
      task: task.name,
      did: made + (task.done() ? howItEnded(task) : this.#did),
      place: placeOf(task),
    });
  }
}

function howItEnded(task: AnyTask): string {
  if (task.cancelled()) return "is cancelled";
  // Not exception(): that would count as having asked for it.
  const error: unknown = task.state === FAILED ? task.value : null;
  return error === null ? "ends" : `raises ${error instanceof Error ? error.name : "what is no Error"}`;
}

function waitName(on: unknown): string {
  const { name, label } = on as { name?: string; label?: string };
  return name === undefined ? (label ?? "a Future") : `task ${name}`;
}

function placeOf(task: AnyTask): string {
  const frame = task.getStack().findLast(({ file, line }) => file !== undefined && line !== undefined);
  return frame === undefined ? "" : `${frame.file!.split(/[/\\]/).slice(-2).join("/")}:${frame.line}`;
}
