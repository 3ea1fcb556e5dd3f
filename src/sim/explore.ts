import { ValueError } from "../loop/errors.ts";
import { Machine } from "./machine.ts";
import type { Strategy } from "./oracle.ts";
import type { Failure, Outcome } from "./outcome.ts";
import { racingPair } from "./racing-pair.ts";
import { programMark } from "./repro.ts";
import { failureKind } from "./same-failure.ts";
import { scheduleOf } from "./schedule.ts";
import { shrinkSchedule } from "./shrink.ts";
import {
  type SimulateOptions,
  checkOptions,
  checkRepeatable,
  machineOptions,
  outcomeOf,
  runSchedule,
} from "./simulate.ts";
import { Tally } from "./sometimes.ts";
import { portfolio } from "./strategies/portfolio.ts";
import { ONCE, type Runner, Twice, TwoCoursesError } from "./twice.ts";
import type { Program } from "./world.ts";

/** How a program is explored. */
export interface ExploreOptions extends SimulateOptions {
  /** How many schedules at most. Default 1000. */
  schedules?: number;
  /** How long at most, in milliseconds of the host's clock. Default: as long as it takes. */
  timeBudget?: number;
  /** After so many failures it is enough. Default 1. */
  stopAfter?: number;
  /** Whether failing schedules are made as small as they can be: the first of each kind. Default true. */
  shrink?: boolean;
  /** Told now and then how it goes. */
  onProgress?: (progress: Progress) => void;
  /** Told of each run, as it ends. @internal */
  onRun?: (machine: Machine) => void;
}

/** How an exploration goes. */
export interface Progress {
  readonly schedules: number;
  readonly failures: number;
  readonly perSecond: number;
}

/** What was found. */
export interface Exploration<T> {
  /** How many were run. */
  readonly schedules: number;
  /** Every schedule was covered: a proof. */
  readonly complete: boolean;
  readonly failures: readonly Failure<T>[];
  /** How often each condition of `sometimes` was true. */
  readonly sometimes: ReadonlyMap<string, number>;
}

const DEFAULT_SCHEDULES = 1000;
const REPORT_EVERY = 256;

/**
 * Runs a program under many schedules, and keeps those that fail: that raise, that deadlock, that do not end.
 *
 * What a strategy or `onProgress` throws comes out, with what was found until then as its `exploration`.
 *
 * @example
 * const { failures } = explore(main, { schedules: 10_000 });
 * for (const { repro, shrunk } of failures) print(repro, shrunk.error);
 */
export function explore<T>(program: Program<T>, options: ExploreOptions = {}): Exploration<T> {
  checkOptions("explore", options);
  checkLimits(options);
  checkRepeatable("explore", program);
  const exploring = new Exploring<T>(program, options);
  try {
    exploring.run();
  } catch (error) {
    if (typeof error === "object" && error !== null && Object.isExtensible(error)) {
      Object.defineProperty(error, "exploration", { value: exploring.result(), configurable: true });
    }
    throw error;
  }
  return exploring.result();
}

function checkLimits({ schedules = 1, timeBudget = 1, stopAfter = 1 }: ExploreOptions): void {
  for (const [name, value] of Object.entries({ schedules, timeBudget, stopAfter })) {
    if (typeof value !== "number" || !(value >= 1)) {
      throw new ValueError(`explore: ${name} is a number, 1 or more, not ${String(value)}.`);
    }
  }
}

class Exploring<T> {
  readonly #program: Program<T>;
  readonly #options: ExploreOptions;
  readonly #strategy: Strategy;
  readonly #machine: Machine;
  readonly #runner: Runner;
  readonly #mark: number;
  readonly #failures: Failure<T>[] = [];
  readonly #kinds = new Set<string>();
  readonly #tally = new Tally();
  readonly #start: number = performance.now();
  #schedules = 0;

  constructor(program: Program<T>, options: ExploreOptions) {
    this.#program = program;
    this.#options = options;
    this.#strategy = options.strategy ?? portfolio();
    const traced = this.#strategy.attach !== undefined;
    this.#machine = new Machine({ ...machineOptions(options, false), tally: this.#tally, traced });
    if (this.#machine.tracer !== null) this.#strategy.attach?.(this.#machine.tracer);
    this.#runner = options.twice === true ? new Twice(machineOptions(options)) : ONCE;
    this.#mark = programMark(program);
  }

  run(): void {
    const { tracer, fence } = this.#machine;
    fence.around(() => {
      if (tracer === null) this.#runAll();
      else tracer.during(() => this.#runAll());
    });
  }

  #runAll(): void {
    const { schedules = DEFAULT_SCHEDULES, stopAfter = 1, timeBudget = Infinity, onProgress } = this.#options;
    while (this.#schedules < schedules && this.#failures.length < stopAfter && !this.#ended()) {
      this.#runOne();
      if (timeBudget < Infinity && performance.now() - this.#start >= timeBudget) break;
      if (this.#schedules % REPORT_EVERY === 0) onProgress?.(this.#progress());
    }
    onProgress?.(this.#progress());
  }

  #ended(): boolean {
    return this.#strategy.complete === true || this.#strategy.exhausted === true;
  }

  #runOne(): void {
    const strategy = this.#strategy;
    const machine = this.#machine;
    const run = this.#schedules;
    const seed = (this.#options.seed ?? 0) + run;
    this.#runner.run(machine, this.#program, strategy.begin(run, seed), seed);
    strategy.learn?.(machine);
    if (machine.abandoned) return;
    this.#schedules += 1;
    this.#options.onRun?.(machine);
    strategy.end?.(outcomeOf(machine, this.#mark));
    if (machine.status !== "returned") this.#keep(run);
  }

  #keep(run: number): void {
    const machine = this.#machine;
    const kind = failureKind(machine.status, machine.error);
    // To say where it failed, and where each task of a deadlock waits, takes as long as hundreds of runs: once of a kind
    // is enough. What does not run the same way twice cannot be run once more, nor be made smaller.
    const explains = !this.#kinds.has(kind) && !(machine.error instanceof TwoCoursesError);
    this.#kinds.add(kind);
    this.#failures.push(explains ? this.#explain(run, kind) : asFound(run, outcomeOf(machine, this.#mark)));
  }

  #explain(run: number, kind: string): Failure<T> {
    const machine = this.#machine;
    const { seed } = machine;
    const schedule = scheduleOf(machine);
    const explained = runSchedule(this.#program, schedule, seed, this.#options);
    // A program with state that outlives a run may fail otherwise, or not at all.
    const again = (outcome: Outcome<T>): boolean => failureKind(outcome.status, outcome.error) === kind;
    const same = explained.digest === machine.record.digest && again(explained);
    const found: Outcome<T> = same ? explained : outcomeOf(machine, this.#mark);
    if (this.#options.shrink === false) return asFound(run, found);
    const smallest = shrinkSchedule(this.#program, schedule, seed, kind, this.#options);
    const shrunk: Outcome<T> = runSchedule(this.#program, smallest, seed, this.#options);
    if (!again(shrunk)) return asFound(run, found);
    const race = racingPair(this.#program, smallest, seed, kind, this.#options);
    return { run, found, shrunk, repro: shrunk.repro, ...(race === undefined ? {} : { race }) };
  }

  #progress(): Progress {
    const seconds = (performance.now() - this.#start) / 1000;
    const perSecond = seconds > 0 ? this.#schedules / seconds : 0;
    return { schedules: this.#schedules, failures: this.#failures.length, perSecond };
  }

  result(): Exploration<T> {
    return {
      schedules: this.#schedules,
      complete: this.#strategy.complete === true,
      failures: [...this.#failures],
      sometimes: this.#tally.counts,
    };
  }
}

function asFound<T>(run: number, found: Outcome<T>): Failure<T> {
  return { run, found, shrunk: found, repro: found.repro };
}
