/**
 * An operation that the present state forbids: releasing what is not held, entering twice, a loop that runs already.
 *
 * @see Python's built-in `RuntimeError`
 */
export class RuntimeError extends Error {
  static {
    this.prototype.name = "RuntimeError";
  }
}

/**
 * An argument of the right type with an impossible value: NaN as a delay, a negative size.
 *
 * @see Python's built-in `ValueError`
 */
export class ValueError extends Error {
  static {
    this.prototype.name = "ValueError";
  }
}

/** A call on an event loop that has been closed. */
export class LoopClosedError extends RuntimeError {
  static {
    this.prototype.name = "LoopClosedError";
  }
}

/**
 * Nothing is ready and nothing is scheduled: no callback can run, ever.
 *
 * @internal
 */
export class StalledError extends RuntimeError {
  constructor() {
    super("runForever: nothing is ready and nothing is scheduled, so nothing could ever call stop().");
  }
}
