import { RuntimeError, ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { runningLoopOrNull } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { toBytes } from "./bytes.ts";
import { IoWait } from "./io-wait.ts";
import { IncompleteReadError, LimitOverrunError } from "./stream-errors.ts";

/** @internal As many bytes as asyncio's: 64 KiB. */
export const DEFAULT_LIMIT: number = 2 ** 16;

const LINE_END = toBytes("StreamReader", "\n");

/** How a reader is made. */
export interface StreamReaderOptions {
  /** The longest that `readuntil` and `readline` return, and half of what is held before the peer must wait. Default 64 KiB. */
  limit?: number;
  /** Default: the running one. */
  loop?: EventLoop;
}

/** @internal What a reader needs of what feeds it: to be told to wait. */
export interface PausableSource {
  pauseReading(): void;
  resumeReading(): void;
  toString(): string;
}

/**
 * Bytes that arrive, read in order by one coroutine at a time.
 *
 * A read that is cancelled takes nothing: what has come is there for the next one. When more than twice the limit is
 * waiting to be read, the peer is made to wait; it goes on when no more than the limit is left.
 *
 * @example
 * const reader = new StreamReader();
 * reader.feedData(new TextEncoder().encode("one\ntwo\nthree"));
 * reader.feedEof();
 * const decoder = new TextDecoder();
 * print(decoder.decode(yield* reader.readuntil("e"))); //=> "one"
 * print((yield* reader.readexactly(1))[0]); //=> 10
 * print(decoder.decode(yield* reader.read())); //=> "two\nthree"
 * print(reader.atEof()); //=> true
 * @see CPython 3.13 `asyncio.StreamReader`
 */
export class StreamReader {
  readonly #loop: EventLoop;
  readonly #limit: number;
  readonly #buffer = new ByteBuffer();
  #eof = false;
  #error: Error | null = null;
  #source: PausableSource | null = null;
  #paused = false;
  // The one read that waits for more.
  #waiter: IoWait | null = null;

  static {
    for (const method of ["read", "readline", "readuntil", "readexactly"] as const) coroutine(this.prototype[method]);
  }

  /**
   * @throws {ValueError} When the limit is zero or less.
   * @throws {RuntimeError} When no loop is given and none runs.
   */
  constructor({ limit = DEFAULT_LIMIT, loop }: StreamReaderOptions = {}) {
    checkLimit("StreamReader", limit);
    const ours = loop ?? runningLoopOrNull();
    if (ours === null) {
      throw new RuntimeError("new StreamReader: no running event loop. Make it inside a coroutine, or give { loop }.");
    }
    this.#loop = ours;
    this.#limit = limit;
  }

  // ---- reading

  /**
   * What has come, `count` bytes at most: as soon as there is one. Nothing at all means the end of the stream.
   *
   * @param count - Default -1: everything, up to the end.
   * @throws What the connection broke with, even when there are bytes that came before.
   */
  *read(count: number = -1): Coroutine<Uint8Array> {
    checkCount("read", count);
    this.#throwIfBroken();
    if (count === 0) return new Uint8Array(0);
    if (count < 0) return yield* this.#readToTheEnd();
    if (this.#buffer.size === 0 && !this.#eof) yield* this.#waitForData("read");
    return this.#take(count);
  }

  /** Piece by piece: to wait for all of it would leave the peer waiting for us once the limit is reached. */
  *#readToTheEnd(): Coroutine<Uint8Array> {
    const everything = new ByteBuffer();
    try {
      for (;;) {
        const piece = yield* this.read(this.#limit);
        if (piece.length === 0) return everything.takeAll();
        everything.append(piece);
      }
    } catch (error) {
      this.#putBack(everything.takeAll());
      throw error;
    }
  }

  #putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#buffer.prepend(bytes);
    this.#pauseIfHigh();
  }

  /**
   * A line, with the line feed that ends it; the last one may have none. Nothing at all means the end of the stream.
   *
   * @throws {ValueError} When the line is longer than the limit. It is dropped, or as much of it as has come.
   */
  *readline(): Coroutine<Uint8Array> {
    try {
      return yield* this.readuntil(LINE_END);
    } catch (error) {
      if (error instanceof IncompleteReadError) return error.partial;
      if (!(error instanceof LimitOverrunError)) throw error;
      if (this.#buffer.startsWith(LINE_END, error.consumed)) this.#buffer.drop(error.consumed + LINE_END.length);
      else this.#buffer.clear();
      this.#resumeIfLow();
      throw new ValueError(error.message, { cause: error });
    }
  }

  /**
   * Everything up to a separator, and the separator.
   *
   * @param separator - Of several, the one that ends first counts. Default: a line feed.
   * @throws {IncompleteReadError} When the stream ends before: `partial` has what came, and it is gone from here.
   * @throws {LimitOverrunError} When there is more than the limit before the separator. It is still here.
   * @throws {ValueError} When the separator is empty.
   */
  *readuntil(separator: Uint8Array | string | readonly (Uint8Array | string)[] = LINE_END): Coroutine<Uint8Array> {
    const separators = separatorsOf(separator);
    this.#throwIfBroken();
    const [shortest, longest] = [separators[0]!.length, separators.at(-1)!.length];
    // No separator begins in the first `searched` bytes.
    let searched = 0;
    for (;;) {
      const { size } = this.#buffer;
      if (size - searched >= shortest) {
        const found = this.#find(separators, searched);
        if (found !== null) return this.#takeFound(found);
        // The last bytes may be the beginning of the longest separator.
        searched = Math.max(0, size + 1 - longest);
        if (searched > this.#limit) {
          throw new LimitOverrunError("Separator is not found, and chunk exceed the limit", searched);
        }
      }
      if (this.#eof) throw new IncompleteReadError(this.#buffer.takeAll(), null);
      yield* this.#waitForData("readuntil");
    }
  }

  #find(separators: readonly Uint8Array[], from: number): Match | null {
    let first: Match | null = null;
    for (const separator of separators) {
      const start = this.#buffer.indexOf(separator, from);
      const end = start + separator.length;
      if (start >= 0 && (first === null || end < first.end)) first = { start, end };
    }
    return first;
  }

  #takeFound({ start, end }: Match): Uint8Array {
    if (start > this.#limit) {
      throw new LimitOverrunError("Separator is found, but chunk is longer than limit", start);
    }
    return this.#take(end);
  }

  /**
   * Exactly `count` bytes; the limit does not matter.
   *
   * @throws {IncompleteReadError} When the stream ends before: `partial` has what came, and it is gone from here.
   * @throws {ValueError} When `count` is negative.
   */
  *readexactly(count: number): Coroutine<Uint8Array> {
    checkCount("readexactly", count);
    if (count < 0) throw new ValueError("StreamReader.readexactly: the size can not be less than zero.");
    this.#throwIfBroken();
    while (this.#buffer.size < count) {
      if (this.#eof) throw new IncompleteReadError(this.#buffer.takeAll(), count);
      yield* this.#waitForData("readexactly");
    }
    return count === 0 ? new Uint8Array(0) : this.#take(count);
  }

  #take(count: number): Uint8Array {
    const bytes = this.#buffer.take(count);
    this.#resumeIfLow();
    return bytes;
  }

  #throwIfBroken(): void {
    if (this.#error !== null) throw this.#error;
  }

  *#waitForData(who: string): Coroutine<void> {
    if (this.#waiter !== null) {
      throw new RuntimeError(
        `StreamReader.${who}() called while another coroutine is already waiting for incoming data.`,
      );
    }
    // Whoever waits wants more than there is: a peer that is made to wait would wait for ever.
    if (this.#paused) this.#resume();
    this.#waiter = new IoWait(`StreamReader.${who}`, this.#loop);
    try {
      yield* this.#waiter;
    } finally {
      this.#waiter = null;
    }
  }

  // ---- being fed

  /** Appends what has arrived. The bytes belong to the reader from now on. */
  feedData(data: Uint8Array): void {
    if (this.#eof) throw new RuntimeError("StreamReader.feedData: the end of the stream was fed before.");
    if (data.length === 0) return;
    this.#buffer.append(data);
    this.#wake();
    this.#pauseIfHigh();
  }

  /** There will be no more. */
  feedEof(): void {
    this.#eof = true;
    this.#wake();
  }

  /** The connection broke: whoever reads is thrown `error`, and so is every later read. */
  setException(error: Error): void {
    this.#error = error;
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.failQuietly(error);
  }

  /** What the connection broke with; null while it is whole. */
  exception(): Error | null {
    return this.#error;
  }

  /** Whether all has been read, and there will be no more. */
  atEof(): boolean {
    return this.#eof && this.#buffer.size === 0;
  }

  /** @internal Who is made to wait when too much arrives. */
  setTransport(source: PausableSource): void {
    if (this.#source !== null) throw new RuntimeError("StreamReader.setTransport: it has a transport already.");
    this.#source = source;
  }

  /** @internal A copy of what has arrived and is not read. */
  get buffered(): Uint8Array {
    return this.#buffer.peek();
  }

  #wake(): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.succeed();
  }

  #pauseIfHigh(): void {
    if (this.#source === null || this.#paused || this.#buffer.size <= 2 * this.#limit) return;
    this.#paused = true;
    this.#source.pauseReading();
  }

  #resumeIfLow(): void {
    if (this.#paused && this.#buffer.size <= this.#limit) this.#resume();
  }

  #resume(): void {
    this.#paused = false;
    this.#source?.resumeReading();
  }

  getLoop(): EventLoop {
    return this.#loop;
  }

  toString(): string {
    const facts = [
      this.#buffer.size > 0 && `${this.#buffer.size} bytes`,
      this.#eof && "eof",
      this.#limit !== DEFAULT_LIMIT && `limit=${this.#limit}`,
      this.#waiter !== null && `waiter=${this.#waiter.toString()}`,
      this.#error !== null && `exception=${String(this.#error)}`,
      this.#source !== null && `transport=${this.#source.toString()}`,
      this.#paused && "paused",
    ];
    return `<${["StreamReader", ...facts.filter((fact) => fact !== false)].join(" ")}>`;
  }
}

/** @internal @throws {ValueError} When it is zero or less. */
export function checkLimit(who: string, limit: unknown): void {
  if (typeof limit === "number" && limit > 0) return;
  throw new ValueError(`${who}: the limit is a number of bytes, one at least, not ${String(limit)}.`);
}

interface Match {
  readonly start: number;
  readonly end: number;
}

/** As bytes, the shortest first. */
function separatorsOf(separator: Uint8Array | string | readonly (Uint8Array | string)[]): Uint8Array[] {
  const given = Array.isArray(separator) ? separator : [separator];
  const separators = given.map((one: Uint8Array | string) => toBytes("StreamReader.readuntil", one));
  if (separators.length === 0) {
    throw new ValueError("StreamReader.readuntil: Separator should contain at least one element");
  }
  if (separators.some(({ length }) => length === 0)) {
    throw new ValueError("StreamReader.readuntil: Separator should be at least one-byte string");
  }
  return separators.toSorted((a, b) => a.length - b.length);
}

function checkCount(who: string, count: unknown): void {
  if (Number.isInteger(count)) return;
  throw new TypeError(`StreamReader.${who}: a number of bytes is a whole number, not ${String(count)}.`);
}
