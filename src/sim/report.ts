import type { Instrument } from "../loop/instrument.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle } from "../loop/handle.ts";
import type { AnySuspension, AnyTask } from "../loop/parties.ts";
import { FAILED } from "../future/future.ts";
import { activeMachine } from "./active.ts";
import { ReplayError } from "./errors.ts";
import type { Access } from "./footprint.ts";
import type { Exploration } from "./explore.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { placeOf } from "./place.ts";
import { racingPair } from "./racing-pair.ts";
import { readRepro } from "./repro.ts";
import { failureKind, inWords } from "./same-failure.ts";
import { replay, type SimulateOptions } from "./simulate.ts";
import { TwoCoursesError } from "./twice.ts";
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
const NOT_AGAIN =
  "It does not fail again under that very schedule: something outlives a run, as what a module keeps does, or gets past the simulation. With { twice: true } the first difference is named.";

/**
 * A failure as a story: what broke, the shortest schedule as a table, and the line that replays it.
 *
 * @param replayIt - How to replay it, where that is not by calling `replay`.
 * @internal
 */
export function tell(
  program: Program<unknown>,
  { run, shrunk, repro, race }: Failure<unknown>,
  exploration: Pick<Exploration<unknown>, "schedules">,
  options: SimulateOptions,
  replayIt?: string,
): string {
  const what = whatBroke(shrunk);
  // It has no course to show: each time it runs it takes another.
  if (shrunk.error instanceof TwoCoursesError) return `${what} — ${foundBy(run, exploration)}.`;
  return tellFound(program, { run, what, repro, race }, exploration, options, replayIt);
}

/** A failure, without what it came to. @internal */
export interface Told {
  readonly run: number;
  readonly what: string;
  readonly repro: string;
  readonly race: readonly [Access, Access] | undefined;
}

/** As `tell`, where there are but words. @internal */
export function tellFound(
  program: Program<unknown>,
  { run, what, repro, race }: Told,
  exploration: Pick<Exploration<unknown>, "schedules">,
  options: SimulateOptions,
  replayIt: string = `replay(main, "${repro}")`,
): string {
  const found = foundBy(run, exploration);
  const lines = linesAgain(program, repro, options);
  if (lines === null) return [...headline(what, ` — ${found}.`), "", NOT_AGAIN].join("\n");
  return [
    ...headline(what, ` — ${found}, made as short as it gets:`),
    "",
    ...table(lines),
    ...(race === undefined ? [] : ["", tellRace(race)]),
    "",
    `Replay it: ${replayIt}`,
  ].join("\n");
}

function foundBy(run: number, { schedules }: Pick<Exploration<unknown>, "schedules">): string {
  return run === 0 ? "found by the first schedule" : `found by schedule ${run + 1} of ${schedules}`;
}

/**
 * One run as a story: how it ended, its steps as a table, and what decides that it fails.
 *
 * @internal
 */
export function tellRun(program: Program<unknown>, outcome: Outcome<unknown>, options: SimulateOptions): string {
  const { status, error, repro, seed } = outcome;
  const failed = status !== "returned";
  const steps = table(watched(program, repro, options).lines);
  const { schedule } = readRepro(repro);
  const race = failed ? racingPair(program, schedule, seed, failureKind(status, error), options) : undefined;
  return [
    ...(failed ? headline(whatBroke(outcome), ":") : ["The run returned: nothing fails."]),
    "",
    ...steps,
    ...(race === undefined ? [] : ["", tellRace(race)]),
  ].join("\n");
}

/** An error may explain itself in many lines: what is said of it belongs behind the first. */
function headline(what: string, more: string): string[] {
  const [first = "", ...rest] = what.split("\n");
  return rest.length === 0 ? [first + more] : [first + more, "", ...rest];
}

function tellRace(race: readonly [Access, Access]): string {
  const [first, second] = race.map(({ task, operation, location }) => `"${task}" ${operation}s ${location}`);
  return `What decides: ${first} before ${second}. The other way round, it does not fail.`;
}

/** How a run ended that failed, in a line. @internal */
export function whatBroke({ status, error }: Outcome<unknown>): string {
  if (status === "raised") return error instanceof Error ? inWords(error) : `raised ${inWords(error)}`;
  return error instanceof Error ? `${status}: ${error.message}` : status;
}

/** Null when the run takes another course, or does not fail. */
function linesAgain(program: Program<unknown>, repro: string, options: SimulateOptions): Line[] | null {
  try {
    const { status, lines } = watched(program, repro, options);
    return status === "returned" ? null : lines;
  } catch (error) {
    if (error instanceof ReplayError) return null;
    throw error;
  }
}

function watched(program: Program<unknown>, repro: string, options: SimulateOptions) {
  const watch = new Watch();
  const { status } = replay(program, repro, { ...options, instruments: [watch] });
  return { status, lines: watch.lines };
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
  // So many questions have been told of.
  #told = 0;

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
    const machine = activeMachine();
    if (machine?.asking === false) return;
    const deviations = this.#deviations();
    const time = machine?.clock.trueTime ?? this.#loop?.time() ?? 0;
    if (task === undefined) {
      if (deviations.length > 0) {
        this.lines.push({ step: this.#step, time, task: "a callback", did: deviations.join("; "), place: "" });
      }
      return;
    }
    this.#step += 1;
    const made = this.#made.length > 0 ? `starts ${this.#made.join(", ")}; ` : "";
    this.lines.push({
      step: this.#step,
      time,
      task: task.name,
      did: [made + (task.done() ? howItEnded(task) : this.#did), ...deviations].join("; "),
      place: placeOf(task),
    });
  }

  /** What has gone wrong since it was asked last, and what the program has drawn, but for zeros. */
  #deviations(): string[] {
    const record = activeMachine()?.record;
    if (record === undefined) return [];
    const { choices, kinds, counts, picks, labels } = record;
    const deviations: string[] = [];
    for (let i = this.#told; i < choices; i += 1) {
      if (kinds[i] === "task" || picks[i] === 0) continue;
      const which = counts[i]! > 2 ? `, ${picks[i]} of ${counts[i]! - 1}` : "";
      deviations.push(`${kinds[i] === "fault" ? "fault" : "draw"}: ${labels[i]}${which}`);
    }
    this.#told = choices;
    return deviations;
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
