/** `getNowait` on an empty queue. */
export class QueueEmpty extends Error {
  static {
    this.prototype.name = "QueueEmpty";
  }
}

/** `putNowait` on a full queue. */
export class QueueFull extends Error {
  static {
    this.prototype.name = "QueueFull";
  }
}

/** `put` on a queue that has been shut down, or `get` on one that is empty besides. */
export class QueueShutDown extends Error {
  static {
    this.prototype.name = "QueueShutDown";
  }
}

/** The barrier was broken by `abort()`, or reset, while a task waited at it or before it came. */
export class BrokenBarrierError extends Error {
  static {
    this.prototype.name = "BrokenBarrierError";
  }
}
