/**
 * The stream ended before what was asked for had come.
 *
 * @see CPython 3.13 `asyncio.IncompleteReadError`
 */
export class IncompleteReadError extends Error {
  static {
    this.prototype.name = "IncompleteReadError";
  }

  /** What had come. It is gone from the stream. */
  readonly partial: Uint8Array;
  /** How many bytes were asked for; null when it was as many as there are before a separator. */
  readonly expected: number | null;

  constructor(partial: Uint8Array, expected: number | null) {
    super(`${partial.length} bytes read on a total of ${expected ?? "undefined"} expected bytes`);
    this.partial = partial;
    this.expected = expected;
  }
}

/**
 * More bytes before a separator than the reader's limit allows. They are still there to be read.
 *
 * @see CPython 3.13 `asyncio.LimitOverrunError`
 */
export class LimitOverrunError extends Error {
  static {
    this.prototype.name = "LimitOverrunError";
  }

  /** How many bytes there are in which no separator begins. */
  readonly consumed: number;

  constructor(message: string, consumed: number) {
    super(message);
    this.consumed = consumed;
  }
}
