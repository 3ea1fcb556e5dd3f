import type { Machine } from "./machine.ts";
import type { Oracle } from "./oracle.ts";

/** At the question of number `at`, from 0, the answer was not 0. @internal */
export interface Deviation {
  readonly at: number;
  readonly choice: number;
}

/** A run, as what sets it apart from first in, first out: sorted by position. @internal */
export type Schedule = readonly Deviation[];

/** The schedule of the run that `machine` has made. @internal */
export function scheduleOf({ record }: Machine): Schedule {
  const deviations: Deviation[] = [];
  for (let at = 0; at < record.choices; at += 1) {
    const choice = record.picks[at]!;
    if (choice > 0) deviations.push({ at, choice });
  }
  return deviations;
}

/**
 * Answers as a schedule says, and 0 where it says nothing.
 *
 * A schedule may be of a run that is not quite this one (it has been made smaller, or the program has been edited): an
 * answer that does not exist is replaced by the last that does.
 *
 * @internal
 */
export class ScheduleOracle implements Oracle {
  readonly #schedule: Schedule;
  #next = 0;
  #position = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  choose(_kind: unknown, count: number): number {
    const deviation = this.#schedule[this.#next];
    const at = this.#position;
    this.#position += 1;
    if (deviation === undefined || deviation.at !== at) return 0;
    this.#next += 1;
    return Math.min(deviation.choice, count - 1);
  }

  chooseTask({ count }: { readonly count: number }): number {
    return this.choose("task", count);
  }
}
