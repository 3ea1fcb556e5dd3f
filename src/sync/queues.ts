import { Queue } from "./queue.ts";
import { Lifo, Smallest } from "./store.ts";

function byLessThan<T>(a: T, b: T): number {
  return a < b ? -1 : b < a ? 1 : 0;
}

/** A Queue that gives the smallest item first, equal ones in the order in which they came. */
export class PriorityQueue<T> extends Queue<T> {
  /**
   * @param maxsize - As for Queue.
   * @param compare - Negative when `a` comes before `b`. Default: by `<`.
   */
  constructor(maxsize = 0, compare: (a: T, b: T) => number = byLessThan) {
    super(maxsize);
    this.items = new Smallest(compare);
  }
}

/** A Queue that gives the item that came last first. */
export class LifoQueue<T> extends Queue<T> {
  constructor(maxsize = 0) {
    super(maxsize);
    this.items = new Lifo();
  }
}
