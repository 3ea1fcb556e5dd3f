import { EscapeError } from "./errors.ts";
import { Abandoned, Machine } from "./machine.ts";
import type { MachineOptions } from "./machine-options.ts";
import type { Candidates, ChoiceKind, Oracle } from "./oracle.ts";
import { placeOf } from "./place.ts";
import { type Schedule, ScheduleOracle, scheduleOf } from "./schedule.ts";
import { inWords } from "./same-failure.ts";
import type { SimTask } from "./sim-task.ts";
import { type Parting, Witness } from "./witness.ts";
import type { Program } from "./world.ts";

// A leak shows in some pairs of runs, not in all: a clock of whole milliseconds, when one goes by between two runs.
const PAIRS = 20;
const PATIENCE = 100;

const WHENCE =
  "Something that is not determined gets past the fence: a clock or randomness that was taken before the simulation began, " +
  "or state that outlives a run.";

/**
 * A run that is not the same when it is run again under its own schedule.
 *
 * @internal
 */
export class TwoCoursesError extends EscapeError {
  static {
    this.prototype.name = "EscapeError";
  }
}

/** How a schedule is run. @internal */
export interface Runner {
  run(machine: Machine, program: Program<any>, oracle: Oracle, seed: number): void;
}

/** As it is. @internal */
export const ONCE: Runner = {
  run: (machine, program, oracle, seed) => machine.run(program, oracle, seed),
};

/**
 * Runs each schedule twice, and compares: every question and its answer, the digests, and how the runs end. The second run
 * has a machine of its own, so that nothing that watches or steers the first hears of it.
 *
 * @see Shuttle's `UncontrolledNondeterminismCheckScheduler`, for the idea
 * @internal
 */
export class Twice implements Runner {
  readonly #options: MachineOptions;
  readonly #again: Machine;
  #oracle: Repeating | null = null;

  constructor(options: MachineOptions) {
    const { tally: _tally, ...rest } = options;
    this.#options = { ...rest, instruments: [], explains: false, traced: false };
    this.#again = new Machine(this.#options);
  }

  /** As `machine.run`; where the second run takes another course, the run of `machine` counts as escaped. */
  run(machine: Machine, program: Program<any>, oracle: Oracle, seed: number): void {
    machine.run(program, oracle, seed);
    if (machine.abandoned || machine.status === "escaped") return;
    const difference = this.#runAgain(machine, program);
    if (difference === null) return;
    const parting = this.#findParting(program, scheduleOf(machine), seed);
    machine.status = "escaped";
    machine.error = new TwoCoursesError(tell(difference, parting));
  }

  #runAgain(first: Machine, program: Program<any>): string | null {
    const again = this.#again;
    this.#oracle ??= new Repeating(first, again);
    const oracle = this.#oracle;
    try {
      again.run(program, oracle.begin(), first.seed);
    } catch (error) {
      if (oracle.difference === null) throw error;
    }
    return oracle.difference ?? compare(first, again);
  }

  /** Watches pairs of runs step by step: that takes longer, and there is something to be found. */
  #findParting(program: Program<any>, schedule: Schedule, seed: number): Parting | null {
    const start = performance.now();
    for (let pair = 0; pair < PAIRS || performance.now() - start < PATIENCE; pair += 1) {
      const first = this.#watch(program, schedule, seed, new Witness(null));
      const { parting } = this.#watch(program, schedule, seed, new Witness(first.seen));
      if (parting !== null) return parting;
    }
    return null;
  }

  #watch(program: Program<any>, schedule: Schedule, seed: number, witness: Witness): Witness {
    new Machine({ ...this.#options, instruments: [witness] }).run(program, new ScheduleOracle(schedule), seed);
    return witness;
  }
}

/** Answers as the first run was answered, as long as as many answers are asked for. */
class Repeating implements Oracle {
  readonly #first: Machine;
  readonly #again: Machine;
  readonly #counts: readonly number[];
  readonly #picks: readonly number[];
  #choices = 0;
  #position = 0;
  difference: string | null = null;

  constructor(first: Machine, again: Machine) {
    this.#first = first;
    this.#again = again;
    this.#counts = first.record.counts;
    this.#picks = first.record.picks;
  }

  begin(): this {
    this.#choices = this.#first.record.choices;
    this.#position = 0;
    this.difference = null;
    return this;
  }

  choose(_kind: ChoiceKind, count: number, label: string): number {
    const at = this.#position;
    if (at >= this.#choices || this.#counts[at] !== count) this.#part(at, `${count} answers to "${label}"`);
    this.#position = at + 1;
    return this.#picks[at]!;
  }

  chooseTask(ready: Candidates): number {
    const at = this.#position;
    if (at >= this.#choices || this.#counts[at] !== ready.count) this.#part(at, `the turn of one of ${namesOf(ready)}`);
    this.#position = at + 1;
    return this.#picks[at]!;
  }

  #part(at: number, found: string): never {
    const { tasks, turn } = this.#again;
    const last = tasks.find(({ identity }) => identity === turn.lastRun);
    const before = last === undefined ? "" : `; before it, "${last.name}" ran${placed(placeOf(last))}`;
    this.difference = `question ${at + 1} was ${askedAt(this.#first, at)} in the first, ${found} in the second${before}`;
    throw new Abandoned();
  }
}

function namesOf(ready: Candidates): string {
  return Array.from({ length: ready.count }, (_, i) => nameOf(ready.task(i) as SimTask<any> | undefined)).join(", ");
}

function nameOf(task: SimTask<any> | undefined): string {
  return task === undefined ? "a callback" : `"${task.name}"`;
}

function askedAt({ record, tasks }: Machine, at: number): string {
  if (at >= record.choices) return "never asked";
  const count = record.counts[at]!;
  const label = record.labels[at]!;
  if (typeof label === "string") return `${count} answers to "${label}"`;
  return `the turn of ${nameOf(tasks.find(({ identity }) => identity === label))}, one of ${count}`;
}

/** In the end; null when it was the same run. */
function compare(first: Machine, again: Machine): string | null {
  if (!first.record.equals(again.record)) return firstDifference(first, again);
  if (first.status !== again.status || !sameError(first.error, again.error)) {
    return `the first ${endOf(first)}, the second ${endOf(again)}`;
  }
  if (sameData(first.value, again.value, 0)) return null;
  return `the first returned ${shown(first.value)}, the second ${shown(again.value)}`;
}

function firstDifference(first: Machine, again: Machine): string {
  for (let at = 0; at < Math.max(first.record.choices, again.record.choices); at += 1) {
    const [asked, askedAgain] = [askedAt(first, at), askedAt(again, at)];
    if (asked !== askedAgain) return `question ${at + 1} was ${asked} in the first, ${askedAgain} in the second`;
  }
  return `the first ${endOf(first)}, the second ${endOf(again)}`;
}

function endOf({ status, error, steps, endTime }: Machine): string {
  const what = status === "raised" ? `raised ${inWords(error)}` : status;
  return `${what} after ${steps} steps at t=${endTime}`;
}

function sameError(a: unknown, b: unknown): boolean {
  if (a instanceof Error || b instanceof Error)
    return a instanceof Error && b instanceof Error && inWords(a) === inWords(b);
  return sameData(a, b, 0);
}

const DEEPEST = 20;

/** Of what is not plain data it is not known what makes two of them the same. */
function sameData(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return typeof a === "function" && typeof b === "function";
  if (depth > DEEPEST || !isPlain(a) || !isPlain(b)) return true;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) =>
    sameData((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], depth + 1),
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || ArrayBuffer.isView(value) || prototype === Object.prototype || prototype === null;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const isShort = typeof value === "number" || typeof value === "bigint" || typeof value === "string";
  return isShort ? String(value) : "something else";
}

function tell(difference: string, parting: Parting | null): string {
  const step =
    parting === null
      ? ""
      : ` They part in step ${parting.step}${placed(parting.place ?? "")}: first, ${parting.first}; then, ${parting.second}.`;
  return `Run twice under one schedule, the program took two courses: ${difference}.${step} ${WHENCE}`;
}

function placed(place: string): string {
  return place === "" ? "" : ` (${place})`;
}
