import { inspect } from "node:util";
import { type Failure, type Program, explore } from "../sim/index.ts";
import type { Machine } from "../sim/machine.ts";
import { type Told, whatBroke } from "../sim/report.ts";
import { failureKind } from "../sim/same-failure.ts";
import { quietly } from "./quiet.ts";
import { type StrategyName, isSystematic, makeStrategy } from "./strategies.ts";

// An exploration is cut into batches, the same whoever runs them: each has its numbers, its seeds and a strategy that
// knows nothing of the other batches. The first is what explore() does by default, to the letter.
const FIRST = 1000;
const LATER = 250;
// After the first batch, portfolio is its samplers in turn: exhaustive and bounded would begin where they began before.
const SAMPLERS: readonly StrategyName[] = ["random", "uniform", "pct"];
const LONGEST_VALUE = 200;

/** What is to be explored. */
export interface Plan {
  readonly strategy: StrategyName;
  readonly seed: number;
  /** Infinity where only the time is limited. */
  readonly schedules: number;
  readonly stopAfter: number;
  readonly maxSteps: number | undefined;
  /** In milliseconds of `Date.now()`. */
  readonly until: number;
}

/** So many runs, from the one of number `from` on. Plain data: it is sent to a thread. */
export interface Batch extends Plan {
  readonly from: number;
}

/** A failing run, without its values: it is sent from a thread. */
export interface Found extends Told {
  readonly kind: string;
}

/** What came of a batch. */
export interface BatchResult {
  readonly schedules: number;
  readonly complete: boolean;
  readonly failures: readonly Found[];
  readonly sometimes: ReadonlyMap<string, number>;
  /** How the runs ended, each in a text: equal ones are one. */
  readonly outcomes: ReadonlySet<string>;
}

/** How a batch goes. */
export interface BatchProgress {
  readonly schedules: number;
  readonly failures: number;
  readonly outcomes: ReadonlySet<string>;
}

/** The batch of number `index`, or null when there is none. */
export function batchOf(plan: Plan, index: number): Batch | null {
  if (isSystematic(plan.strategy)) return index === 0 ? { ...plan, from: 0 } : null;
  const from = index === 0 ? 0 : FIRST + (index - 1) * LATER;
  const schedules = Math.min(index === 0 ? FIRST : LATER, plan.schedules - from);
  if (schedules <= 0) return null;
  const sampler = index > 0 && plan.strategy === "portfolio" ? SAMPLERS[index % SAMPLERS.length]! : plan.strategy;
  return { ...plan, strategy: sampler, from, schedules };
}

/** Explores one batch; what the program prints is dropped. */
export function runBatch(
  program: Program<unknown>,
  { strategy, seed, from, schedules, stopAfter, maxSteps, until }: Batch,
  onProgress?: (progress: BatchProgress) => void,
): BatchResult {
  const outcomes = new Set<string>();
  const { failures, ...explored } = quietly(() =>
    explore(program, {
      strategy: makeStrategy(strategy),
      seed: seed + from,
      schedules,
      stopAfter,
      ...(maxSteps === undefined ? {} : { maxSteps }),
      ...(until === Infinity ? {} : { timeBudget: Math.max(1, until - Date.now()) }),
      onRun: (machine) => outcomes.add(outcomeText(machine)),
      onProgress: (progress) => onProgress?.({ ...progress, outcomes }),
    }),
  );
  return { ...explored, failures: failures.map((failure) => foundOf(failure, from)), outcomes };
}

function foundOf({ run, shrunk, repro, race }: Failure<unknown>, from: number): Found {
  const kind = failureKind(shrunk.status, shrunk.error);
  return { run: from + run, repro, what: whatBroke(shrunk), kind, race };
}

function outcomeText({ status, value, error }: Machine): string {
  if (status !== "returned") return failureKind(status, error);
  return `returned ${inspect(value, { breakLength: Infinity, depth: 4 }).slice(0, LONGEST_VALUE)}`;
}
