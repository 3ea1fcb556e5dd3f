import type { Instrument } from "../loop/instrument.ts";
import { RuntimeError, ValueError } from "../loop/errors.ts";
import { ReplayError } from "./errors.ts";
import { FENCE_MODES, type FenceMode } from "./fence/fence.ts";
import type { MachineOptions } from "./machine-options.ts";
import { Machine } from "./machine.ts";
import { markedScheduleOf } from "./marks.ts";
import type { Strategy } from "./oracle.ts";
import type { Outcome } from "./outcome.ts";
import { type Repro, failureMark, programMark, readRepro, runMark, writeRepro } from "./repro.ts";
import { resynchronize } from "./resynchronize.ts";
import { type Schedule, ScheduleOracle } from "./schedule.ts";
import { random } from "./strategies/random.ts";
import { ONCE, Twice } from "./twice.ts";
import type { Program } from "./world.ts";
import { DEFAULT_LINK, type NetworkOptions, linkOptions } from "./world/options.ts";
import { DEFAULT_DISK, type DiskOptions, diskSettings } from "./world/disk-options.ts";

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
  /** How well the disks of all machines work; `World.disk` says it of one. */
  disk?: DiskOptions;
  /**
   * What is done about a program that gets at something which is not determined and cannot be: a host's timer, the real
   * network, a native Promise. "throw" an EscapeError, "warn" on the console, or turn the whole fence "off": then it reads
   * the real time and draws real random numbers, too. Default "throw".
   */
  fence?: FenceMode;
  /**
   * Runs each schedule a second time, and compares: what is not determined and gets past the fence makes the run "escaped",
   * and its error names the first difference. Costs a second run each. Default false.
   */
  twice?: boolean;
  /** Are told what happens. */
  instruments?: readonly Instrument[];
  /** What the links between hosts do; `World.link` says it of one. */
  network?: NetworkOptions;
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
  const twice = options.twice === true ? new Twice(machineOptions(options)) : null;
  const run = (): void => (twice ?? ONCE).run(machine, program, strategy.begin(0, seed), seed);
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
 * Where the program has been edited since, the choices of a failing run are looked for near to where they were: the same
 * task's turn, the same draw. What is found fails in the same way, and has a repro of its own.
 *
 * @throws {ReplayError} When it is mistyped, cut off, of another version or of another program; when the run takes another
 * course, because something that is not determined gets past the simulation; and when an edit has left no way to fail like
 * that. It says which choice was not found.
 */
export function replay<T>(program: Program<T>, repro: string, options: SimulateOptions = {}): Outcome<T> {
  checkOptions("replay", options);
  const said = readRepro(repro);
  const seed = options.seed ?? 0;
  const machine = new Machine(machineOptions(options));
  machine.run(program, new ScheduleOracle(said.schedule), seed);
  const mark = programMark(program);
  if (runMark(machine.record.digest) === said.run) return outcomeOf<T>(machine, mark);
  const itsOwn = mark === said.program;
  if (typeof program !== "function" || said.failure === 0) throw new ReplayError(tellOfAnother(repro, itsOwn));
  const quiet = new Machine(machineOptions({ ...options, instruments: [] }, false));
  quiet.run(program, new ScheduleOracle(said.schedule), seed);
  if (quiet.record.digest !== machine.record.digest) {
    throw new ReplayError(`The repro ${repro} runs differently each time: something gets past the simulation.`);
  }
  const { schedule, found } = resynchronize(quiet, program, seed, said);
  if (schedule === null) throw new ReplayError(`${tellOfAnother(repro, itsOwn)} ${tellLost(said, found)}`);
  machine.run(program, new ScheduleOracle(schedule), seed);
  return outcomeOf<T>(machine, mark);
}

function tellOfAnother(repro: string, itsOwn: boolean): string {
  return itsOwn
    ? `The repro ${repro} is of this program, but the run takes another course. Something that is not determined gets past the simulation, or what the program uses has changed since.`
    : `The repro ${repro} is of another program, or of this one before an edit that changed its course.`;
}

function tellLost({ schedule }: Repro, found: number): string {
  const lost = schedule[found];
  if (lost === undefined) return "Its choices can be made as they were, but do not lead to that failure any more.";
  return `Of its ${schedule.length} choices, number ${found + 1} is not to be found again: question ${lost.at + 1} of the recorded run.`;
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
export function machineOptions(
  { maxSteps, start, instruments, network, disk, fence }: SimulateOptions,
  explains = true,
): MachineOptions {
  return {
    explains,
    ...(disk === undefined ? {} : { disk: diskSettings("simulate: disk", disk, DEFAULT_DISK) }),
    ...(network === undefined ? {} : { network: linkOptions("simulate: network", network, DEFAULT_LINK) }),
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(start === undefined ? {} : { start }),
    ...(fence === undefined ? {} : { fence }),
    ...(instruments === undefined ? {} : { instruments }),
  };
}

/** @internal What the last run of `machine` came to. */
export function outcomeOf<T>(machine: Machine, mark: number): Outcome<T> {
  const { status, value, error, seed, steps, record } = machine;
  const { choices, digest } = record;
  const schedule = markedScheduleOf(machine);
  return {
    status,
    ...(status === "returned" ? { value: value as T } : { error }),
    seed,
    time: machine.endTime,
    steps,
    choices,
    repro: writeRepro({ schedule, program: mark, run: runMark(digest), failure: failureMark(status, error) }),
    digest,
  };
}

/** @internal */
export function checkOptions(who: string, options: SimulateOptions): void {
  const { seed = 0, maxSteps = 1, fence = "throw" } = options;
  if (!Number.isSafeInteger(seed)) throw new ValueError(`${who}: a seed is an integer, not ${String(seed)}.`);
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1) {
    throw new ValueError(`${who}: maxSteps is a whole number, 1 or more, not ${String(maxSteps)}.`);
  }
  if (!FENCE_MODES.includes(fence)) {
    throw new ValueError(`${who}: fence is one of "${FENCE_MODES.join('", "')}", not ${JSON.stringify(fence)}.`);
  }
}

/** @internal */
export function checkRepeatable(who: string, program: unknown): void {
  if (typeof program !== "function") {
    throw new RuntimeError(`${who}: the program is run many times; give a function that makes it, not one coroutine.`);
  }
}
