import { activeMachine } from "./active.ts";

/** How often each condition was true, over the runs of an exploration. @internal */
export class Tally {
  readonly counts: Map<string, number> = new Map();

  note(name: string, condition: boolean): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + (condition ? 1 : 0));
  }
}

/**
 * Says that `condition` ought to be true in some run, so that an exploration can tell whether it went where it should:
 * `Exploration.sometimes` has how often it was, 0 when never. Outside of a simulation it does nothing.
 */
export function sometimes(condition: boolean, name: string): void {
  activeMachine()?.tally?.note(name, condition);
}
