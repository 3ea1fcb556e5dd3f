import type { Machine } from "./machine.ts";

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
