// The public names of "escapement/sim", in reading order.

// exploring
export { check } from "./check.ts";
export { type Exploration, type ExploreOptions, type Progress, explore } from "./explore.ts";
export { type SimulateOptions, replay, simulate } from "./simulate.ts";
export type { Failure, Outcome, Status } from "./outcome.ts";
export { EscapeError, ReplayError, SimulationError } from "./errors.ts";

// programs
export type { Host, Program, World } from "./world.ts";
export type { NetworkOptions } from "./world/options.ts";
export type { DiskOptions } from "./world/disk-options.ts";
export { Random } from "./random.ts";
export { buggify } from "./buggify.ts";
export { sometimes } from "./sometimes.ts";
export { state } from "./state.ts";
export { until } from "./until.ts";
export type { Access } from "./footprint.ts";

// strategies
export type { Candidates, ChoiceKind, Oracle, Strategy } from "./oracle.ts";
export { fifo } from "./strategies/fifo.ts";
export { random } from "./strategies/random.ts";
export { uniform } from "./strategies/uniform.ts";
export { pct } from "./strategies/pct.ts";
export { bounded } from "./strategies/bounded.ts";
export { exhaustive } from "./strategies/exhaustive.ts";
export { pos } from "./strategies/pos.ts";
export { dpor } from "./strategies/dpor.ts";
export { portfolio } from "./strategies/portfolio.ts";

// checkers
export { History, type Operation } from "./history.ts";
export { linearizable, type LinearizableOptions, type Model, type Verdict } from "./linearizable.ts";
export {
  lockModel,
  mapModel,
  queueModel,
  registerModel,
  type LockInput,
  type MapInput,
  type MapOutput,
  type QueueInput,
  type QueueState,
  type RegisterInput,
  type RegisterOutput,
} from "./models.ts";
