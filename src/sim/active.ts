import type { Machine } from "./machine.ts";
import type { Oracle } from "./oracle.ts";
import { withStacksAgain } from "./stacks.ts";

let active: Machine | null = null;

/** The simulation that this code runs in; null outside of one. @internal */
export function activeMachine(): Machine | null {
  return active;
}

/** Returns the one that was. @internal */
export function swapActiveMachine(machine: Machine | null): Machine | null {
  const previous = active;
  active = machine;
  return previous;
}

/**
 * An oracle that a user wrote is no part of the simulation: what it asks of the host, it gets. The library's own ask nothing.
 *
 * @internal
 */
export function asOutsider(oracle: Oracle): Oracle {
  if (oracle.chooseTask !== undefined) return oracle;
  return {
    choose(...question) {
      const machine = swapActiveMachine(null);
      try {
        return withStacksAgain(() => oracle.choose(...question));
      } finally {
        swapActiveMachine(machine);
      }
    },
  };
}
