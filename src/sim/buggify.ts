import { activeMachine } from "./active.ts";
import { checkProbability } from "./random.ts";

const DEFAULT_PROBABILITY = 0.25;

/**
 * Whether to go wrong here, for once: a choice of the oracle in a simulation, false outside of one.
 *
 * @param probability - How likely that is in a run that draws. Default 0.25.
 * @throws {ValueError} When it is not from 0 to 1.
 * @example
 * if (buggify()) yield* sleep(1000); // a slow disk
 * @see FoundationDB's BUGGIFY
 */
export function buggify(probability: number = DEFAULT_PROBABILITY): boolean {
  checkProbability("buggify", probability);
  const machine = activeMachine();
  if (machine === null || probability === 0) return false;
  return machine.ask("fault", 2, "buggify", probability) === 1;
}
