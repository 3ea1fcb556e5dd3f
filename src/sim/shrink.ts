import { type LooseDeviation, LooseOracle, looseScheduleOf } from "./loose-schedule.ts";
import { Machine } from "./machine.ts";
import type { Oracle } from "./oracle.ts";
import { failureKind } from "./same-failure.ts";
import { type Deviation, type Schedule, ScheduleOracle, scheduleOf } from "./schedule.ts";
import { type SimulateOptions, machineOptions } from "./simulate.ts";
import type { Program } from "./world.ts";

const MOST_RUNS = 2000;
// Of a run with more deviations than that, most are those of a world: how long each message took.
const LONG = 30;

/** Tries schedules, and keeps the smallest that still fails in the same way. */
class Shrinker {
  readonly #program: Program<unknown>;
  readonly #seed: number;
  readonly #kind: string;
  readonly #machine: Machine;
  best: Schedule;
  /** The same, by what each deviation was about; known once a smaller one than the first was found. */
  loose: readonly LooseDeviation[] = [];
  runs = 0;

  constructor(program: Program<unknown>, schedule: Schedule, seed: number, kind: string, options: SimulateOptions) {
    this.#program = program;
    this.#seed = seed;
    this.#kind = kind;
    this.#machine = new Machine(machineOptions({ ...options, instruments: [] }, false));
    this.best = schedule;
  }

  /** Whether `schedule` fails in the same way and is smaller, as it turns out when it is run. Then it is the best. */
  try(schedule: Schedule): boolean {
    return this.#try(new ScheduleOracle(schedule));
  }

  /** The same, of loose deviations. */
  tryLoose(deviations: readonly LooseDeviation[]): boolean {
    return this.#try(new LooseOracle(deviations));
  }

  /** Runs the best once more, to learn what its deviations are about. */
  loosen(): void {
    this.#machine.run(this.#program, new ScheduleOracle(this.best), this.#seed);
    this.loose = looseScheduleOf(this.#machine);
  }

  #try(oracle: Oracle): boolean {
    if (this.runs >= MOST_RUNS) return false;
    this.runs += 1;
    const machine = this.#machine;
    machine.run(this.#program, oracle, this.#seed);
    if (machine.status === "returned" || failureKind(machine.status, machine.error) !== this.#kind) return false;
    const ran = scheduleOf(machine);
    if (!isSmaller(ran, this.best)) return false;
    this.best = ran;
    this.loose = looseScheduleOf(machine);
    return true;
  }
}

/** Fewer deviations; or as many, and smaller: sooner, lower. */
function isSmaller(a: Schedule, b: Schedule): boolean {
  if (a.length !== b.length) return a.length < b.length;
  for (const [i, { at, choice }] of a.entries()) {
    const other = b[i]!;
    if (at !== other.at) return at < other.at;
    if (choice !== other.choice) return choice < other.choice;
  }
  return false;
}

/**
 * The smallest schedule found that fails as `schedule` does: no single deviation can be left out, made sooner by one or
 * lower. Faults and the program's draws are deviations, too. (Zeller, Hildebrandt: "Simplifying and isolating
 * failure-inducing input", 2002.)
 *
 * @internal
 */
export function shrinkSchedule(
  program: Program<unknown>,
  schedule: Schedule,
  seed: number,
  kind: string,
  options: SimulateOptions,
): Schedule {
  const shrinker = new Shrinker(program, schedule, seed, kind, options);
  truncate(shrinker);
  if (schedule.length > LONG) removeLooseChunks(shrinker);
  for (let before: Schedule = []; before !== shrinker.best;) {
    before = shrinker.best;
    removeChunks(shrinker);
    lower(shrinker);
    if (before === shrinker.best) advance(shrinker);
  }
  return shrinker.best;
}

/** The shortest prefix that fails, the rest first in, first out: as if it were true that longer ones fail as well. */
function truncate(shrinker: Shrinker): void {
  const whole = shrinker.best;
  let [fails, passes] = [whole.length, -1];
  while (fails - passes > 1) {
    const middle = (fails + passes) >> 1;
    if (shrinker.try(whole.slice(0, middle))) fails = middle;
    else passes = middle;
  }
}

/** ddmin: leaves out ever smaller pieces, until no single deviation can be left out. */
function removeChunks(shrinker: Shrinker): void {
  for (let size = shrinker.best.length; size >= 1; size = size === 1 ? 0 : (size + 1) >> 1) {
    for (let start = 0; start < shrinker.best.length;) {
      if (!shrinker.try(shrinker.best.toSpliced(start, size))) start += size;
    }
  }
}

/**
 * The same, of a long run: where leaving out one deviation moves the positions of all that follow. First all that are about
 * the same: one link's latencies, all turns.
 */
function removeLooseChunks(shrinker: Shrinker): void {
  shrinker.loosen();
  for (const subject of new Set(shrinker.loose.map(({ about }) => about))) {
    shrinker.tryLoose(shrinker.loose.filter(({ about }) => about !== subject));
  }
  for (let size = shrinker.loose.length; size >= 1; size = size === 1 ? 0 : (size + 1) >> 1) {
    for (let start = 0; start < shrinker.loose.length;) {
      if (!shrinker.tryLoose(shrinker.loose.toSpliced(start, size))) start += size;
    }
  }
}

/** Makes each choice as low as it can be, the last first. */
function lower(shrinker: Shrinker): void {
  for (let i = shrinker.best.length - 1; i >= 0; i -= 1) {
    for (let low = 1; low < (shrinker.best[i]?.choice ?? 0);) {
      const middle = (low + shrinker.best[i]!.choice) >> 1;
      if (!shrinker.try(withOne(shrinker.best, i, { ...shrinker.best[i]!, choice: middle }))) low = middle + 1;
    }
  }
}

/** Makes each deviation sooner, by one question at a time. */
function advance(shrinker: Shrinker): void {
  for (let i = 0; i < shrinker.best.length; i += 1) {
    for (;;) {
      const { at, choice } = shrinker.best[i]!;
      const free = i === 0 ? 0 : shrinker.best[i - 1]!.at + 1;
      if (at <= free || !shrinker.try(withOne(shrinker.best, i, { at: at - 1, choice }))) break;
      if (i >= shrinker.best.length) return;
    }
  }
}

function withOne(schedule: Schedule, index: number, deviation: Deviation): Schedule {
  return schedule.with(index, deviation);
}
