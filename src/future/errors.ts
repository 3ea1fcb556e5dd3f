/** Thrown into what is cancelled. `catch` catches it too: throw it on, unless the cancellation is to be refused. */
export class CancelledError extends Error {
  static {
    this.prototype.name = "CancelledError";
  }
}

/**
 * A cancellation by the runtime: where in the runtime it was made tells nobody anything, and a stack trace costs 3 µs.
 * (bench: W10 "mass-cancel")
 *
 * @internal
 */
export function cancelledError(message: string | undefined): CancelledError {
  const limit = traces.stackTraceLimit;
  traces.stackTraceLimit = 0;
  try {
    return new CancelledError(message);
  } finally {
    traces.stackTraceLimit = limit;
  }
}

// V8's; elsewhere it is a property that nobody reads.
const traces = Error as { stackTraceLimit?: number | undefined };

/**
 * Whether `error` is a cancellation: for the idiom `catch (error) { if (isCancelled(error)) throw error; … }`.
 */
export function isCancelled(error: unknown): error is CancelledError {
  return error instanceof CancelledError;
}

/** A result asked of a future that has none yet, or given to one that has. */
export class InvalidStateError extends Error {
  static {
    this.prototype.name = "InvalidStateError";
  }
}

/** A deadline passed. */
export class TimeoutError extends Error {
  static {
    this.prototype.name = "TimeoutError";
  }
}
