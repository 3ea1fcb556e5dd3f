import { printWarning } from "../loop/print.ts";
import { activeMachine } from "./active.ts";

/** How often each condition was true, over the runs of an exploration. @internal */
export class Tally {
  readonly counts: Map<string, number> = new Map();

  note(name: string, condition: boolean): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + (condition ? 1 : 0));
  }
}

/** For tests that have passed: where the program ought to have been and was not, they say less than they seem to. @internal */
export function warnOfNever(who: string, schedules: number, counts: ReadonlyMap<string, number>): void {
  for (const [name, count] of counts) {
    if (count === 0) printWarning(`${who}: "${name}" was never true (schedules: ${schedules}).`);
  }
}

/**
 * Says that `condition` ought to be true in some run, so that an exploration can tell whether it went where it should:
 * `Exploration.sometimes` has how often it was, 0 when never; of what never was, `check` and `sim.test` warn on the console, and
 * `escapement explore` tells. Outside of a simulation it does nothing.
 */
export function sometimes(condition: boolean, name: string): void {
  activeMachine()?.tally?.note(name, condition);
}
