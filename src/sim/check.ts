import { SimulationError } from "./errors.ts";
import { type Exploration, type ExploreOptions, explore } from "./explore.ts";
import { tell } from "./report.ts";
import { warnOfNever } from "./sometimes.ts";
import type { Program } from "./world.ts";

/**
 * Explores, for tests: a failing run is thrown as the story of the shortest one, with the line that replays it. When there is
 * none, what was never true of that which should be `sometimes` is told on the console.
 *
 * @throws {SimulationError} When a schedule fails.
 * @example
 * check(main, { schedules: 1000 });
 */
export function check(program: Program<unknown>, options: ExploreOptions = {}): Exploration<unknown> {
  const exploration = explore(program, { ...options, stopAfter: 1 });
  const failure = exploration.failures[0];
  if (failure !== undefined) throw new SimulationError(tell(program, failure, exploration, options), failure);
  warnOfNever("check", exploration.schedules, exploration.sometimes);
  return exploration;
}
