import type { Runnable } from "./handle.ts";
import type { AnyTask } from "./parties.ts";
import type { Ring } from "./ring.ts";

/**
 * Chooses which of the ready callbacks runs next. Without one it is first in, first out, as in asyncio, at no cost.
 *
 * An iteration runs as many callbacks as were ready at its start; a scheduler may choose each of them from all that are
 * ready at that moment, new ones included.
 *
 * @example
 * const lastFirst: Scheduler = { pick: (ready) => ready.size - 1 };
 */
export interface Scheduler {
  /**
   * @param ready - The ready callbacks, oldest first; at least one.
   * @returns The index of the one to run, from 0 to `ready.size - 1`.
   */
  pick(ready: ReadyView): number;
  /** @internal It is asked even when there is but one. */
  readonly vigilant?: boolean;
}

/** The ready queue as a Scheduler sees it, oldest first. */
export interface ReadyView {
  readonly size: number;
  /** The task that the callback at `index` is a step of; undefined for a callback that is no task's. */
  task(index: number): AnyTask | undefined;
  /** @internal The callback itself. */
  entry?(index: number): Runnable | undefined;
  /** @internal */
  replace?(index: number, entry: Runnable): void;
}

/** @internal What a Scheduler sees of the ready queue. */
export function viewOf(ready: Ring<Runnable>): ReadyView {
  return {
    get size(): number {
      return ready.size;
    },
    task: (index) => ready.at(index)?.stepOf,
    entry: (index) => ready.at(index),
    replace: (index, entry) => ready.replace(index, entry),
  };
}
