import { momentAt } from "./keyframes.ts";
import type { ReadyView, TaskView, TimerView } from "./moment.ts";
import { type Trace, recorded } from "./trace.ts";

/** What a watcher would see at one moment of a run. */
export interface View {
  readonly iteration: number;
  readonly time: number;
  /** The task whose step runs, or the callback. */
  readonly running: string | null;
  /** The ready queue: the head first. */
  readonly ready: readonly ReadyView[];
  /** By deadline, then by age. */
  readonly timers: readonly TimerView[];
  /** In order of creation; those that are done, too. */
  readonly tasks: readonly TaskView[];
}

/**
 * What a watcher would see after the first `index` events: ready queue, timers, tasks, who waits for whom.
 *
 * @param index - From 0, before the first event, to the number of events.
 * @throws {RangeError} When it is not.
 */
export function viewAt(trace: Trace, index: number): View {
  if (!Number.isInteger(index) || index < 0 || index > trace.events.length) {
    throw new RangeError(`viewAt: expected an index from 0 to ${trace.events.length}, got ${String(index)}.`);
  }
  const { iteration, time, running, ready, timers, tasks } = momentAt(recorded(trace), index);
  return {
    iteration,
    time,
    running,
    ready: ready.values(),
    // The sort is stable, and they come in order of their age.
    timers: timers.values().toSorted((a, b) => (a.when < b.when ? -1 : Number(a.when > b.when))),
    tasks: tasks.values(),
  };
}
