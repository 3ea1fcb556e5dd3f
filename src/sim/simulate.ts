import type { Instrument } from "../loop/instrument.ts";
import { RuntimeError, ValueError } from "../loop/errors.ts";
import { ReplayError } from "./errors.ts";
import { Machine, type MachineOptions } from "./machine.ts";
import type { Strategy } from "./oracle.ts";
import type { Outcome } from "./outcome.ts";
import { programMark, readRepro, runMark, writeRepro } from "./repro.ts";
import { type Schedule, ScheduleOracle, scheduleOf } from "./schedule.ts";
import { random } from "./strategies/random.ts";
import type { Program } from "./world.ts";

/** How a program is simulated. */
export interface SimulateOptions {
  /** What all draws of the strategy follow from. Default 0. */
  seed?: number;
  /** Default: `random()`. */
  strategy?: Strategy;
  /** After so many steps the run is given up: "out of steps". Default 100,000. */
  maxSteps?: number;
  /** The clock's first reading, in milliseconds. Default 0. */
  start?: number;
  /** Are told what happens. */
  instruments?: readonly Instrument[];
}

/**
 * Runs a program once, in virtual time, under one schedule: that which the strategy chooses.
 *
 * @returns How it ended. What the program throws does not come out: it is the outcome's `error`.
 * @example
 * const outcome = simulate(main, { seed: 7 });
 * print(outcome.status); //=> "returned"
 */
export function simulate<T>(program: Program<T>, options: SimulateOptions = {}): Outcome<T> {
  checkOptions("simulate", options);
  const { seed = 0, strategy = random() } = options;
  const machine = new Machine({ ...machineOptions(options), traced: strategy.attach !== undefined });
  if (machine.tracer !== null) strategy.attach?.(machine.tracer);
  const run = (): void => machine.run(program, strategy.begin(0, seed), seed);
  if (machine.tracer === null) run();
  else machine.tracer.during(run);
  const outcome = outcomeOf<T>(machine, programMark(program));
  strategy.learn?.(machine);
  strategy.end?.(outcome);
  return outcome;
}

/**
 * Runs a program once more, under the very schedule of the run that `repro` is of.
 *
 * @throws {ReplayError} When it is mistyped, cut off, of another version or of another program, and when the run takes
 * another course: something that is not determined gets past the simulation, or the program has changed.
 */
export function replay<T>(program: Program<T>, repro: string, options: SimulateOptions = {}): Outcome<T> {
  checkOptions("replay", options);
  const { schedule, program: mark, run } = readRepro(repro);
  const machine = new Machine(machineOptions(options));
  machine.run(program, new ScheduleOracle(schedule), options.seed ?? 0);
  const own = programMark(program);
  if (runMark(machine.record.digest) === run) return outcomeOf<T>(machine, own);
  throw new ReplayError(
    mark === own
      ? `The repro ${repro} is of this program, but the run takes another course. Something that is not determined gets past the simulation, or what the program uses has changed since.`
      : `The repro ${repro} is of another program, or of this one before an edit that changed its course.`,
  );
}

/** @internal The outcome of the last run under `schedule`, on a machine that explains itself. */
export function runSchedule<T>(
  program: Program<T>,
  schedule: Schedule,
  seed: number,
  options: SimulateOptions,
): Outcome<T> {
  const machine = new Machine(machineOptions(options));
  machine.run(program, new ScheduleOracle(schedule), seed);
  return outcomeOf<T>(machine, programMark(program));
}

/** @internal */
export function machineOptions({ maxSteps, start, instruments }: SimulateOptions, explains = true): MachineOptions {
  return {
    explains,
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(start === undefined ? {} : { start }),
    ...(instruments === undefined ? {} : { instruments }),
  };
}

/** @internal What the last run of `machine` came to. */
export function outcomeOf<T>(machine: Machine, mark: number): Outcome<T> {
  const { status, value, error, seed, steps, record } = machine;
  const { choices, digest } = record;
  const schedule = scheduleOf(machine);
  return {
    status,
    ...(status === "returned" ? { value: value as T } : { error }),
    seed,
    time: machine.endTime,
    steps,
    choices,
    repro: writeRepro({ schedule, program: mark, run: runMark(digest) }),
    digest,
  };
}

/** @internal */
export function checkOptions(who: string, options: SimulateOptions): void {
  const { seed = 0, maxSteps = 1 } = options;
  if (!Number.isSafeInteger(seed)) throw new ValueError(`${who}: a seed is an integer, not ${String(seed)}.`);
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1) {
    throw new ValueError(`${who}: maxSteps is a whole number, 1 or more, not ${String(maxSteps)}.`);
  }
}

/** @internal */
export function checkRepeatable(who: string, program: unknown): void {
  if (typeof program !== "function") {
    throw new RuntimeError(`${who}: the program is run many times; give a function that makes it, not one coroutine.`);
  }
}
