import { type Strategy, bounded, dpor, exhaustive, fifo, pct, portfolio, pos, random, uniform } from "../sim/index.ts";
import { UsageError } from "./usage-error.ts";

/** A strategy, as the command line names it. */
export type StrategyName =
  | "portfolio"
  | "random"
  | "uniform"
  | "pct"
  | "pos"
  | "bounded"
  | "exhaustive"
  | "dpor"
  | "fifo";

const FACTORIES: Readonly<Record<StrategyName, () => Strategy>> = {
  portfolio,
  random,
  uniform,
  pct,
  pos,
  bounded,
  exhaustive,
  dpor,
  fifo,
};

/** Those that go from each schedule to the next: what one has covered, another cannot know. */
const SYSTEMATIC: ReadonlySet<StrategyName> = new Set(["bounded", "exhaustive", "dpor"]);

/** Their names, the default first. */
export const STRATEGY_NAMES: readonly string[] = Object.keys(FACTORIES);

/** @throws {UsageError} When there is none of that name. */
export function strategyNamed(name: string): StrategyName {
  if (Object.hasOwn(FACTORIES, name)) return name as StrategyName;
  throw new UsageError(`there is no strategy "${name}"; there are ${STRATEGY_NAMES.join(", ")}.`);
}

/** A new one, that has learned nothing. */
export function makeStrategy(name: StrategyName): Strategy {
  return FACTORIES[name]();
}

/** Whether its schedules follow from one another, so that they cannot be cut into batches. */
export function isSystematic(name: StrategyName): boolean {
  return SYSTEMATIC.has(name);
}
