import { ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { isCoroutine } from "../future/awaitable.ts";
import { Lock } from "../sync/lock.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { toBytes } from "./bytes.ts";
import { fileCall } from "./file-call.ts";
import { fileError } from "./file-errors.ts";
import type { FileMode } from "./file-mode.ts";
import type { Done, FileSystem, OpenedFile } from "./file-system.ts";
import { IoWait } from "./io-wait.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";
import { ByteScan, CharacterScan, decodeUtf8 } from "./utf8.ts";

// How much is asked for at a time: for lines, and for all the rest.
const PIECE = 64 * 1024;
const BIG_PIECE = 1024 * 1024;

const LINE_END = toBytes("AsyncFile", "\n");

/** @internal What an AsyncFile is made of. */
export interface AsyncFileOptions {
  readonly loop: EventLoop;
  readonly system: FileSystem;
  readonly path: string;
  readonly mode: FileMode;
  readonly opened: OpenedFile;
}

/**
 * An open file, of text (UTF-8) or, opened with a `b` in its mode, of bytes.
 *
 * Its operations run one after the other, in the order in which they were asked for. A read that is cancelled takes
 * nothing: the next one reads the same. A write that is cancelled may have written, but never twice.
 *
 * @example
 * yield* using(temporaryDirectory(), function* (folder) {
 *   yield* using(yield* open(`${folder}/notes.txt`, "w+"), function* (file) {
 *     yield* file.write("tick\ntock\n");
 *     yield* file.seek(0);
 *     print(yield* file.readline()); //=> "tick\n"
 *     print(yield* file.read()); //=> "tock\n"
 *     yield* file.seek(2);
 *     yield* file.forEachLine((line) => print(line));
 *     //=> "ck\n"
 *     //=> "tock\n"
 *   });
 * });
 * @see The package `aiofiles` for Python
 */
export class AsyncFile<D extends string | Uint8Array = string | Uint8Array>
  implements ContextManager<AsyncFile<D>>, OpenResource
{
  readonly path: string;
  readonly mode: string;
  readonly #mode: FileMode;
  readonly #loop: EventLoop;
  readonly #system: FileSystem;
  readonly #descriptor: number;
  // One operation at a time has its turn; the line of those who wait for theirs.
  readonly #turn = new Lock();
  // Read, and not taken yet: it ends where the host reads next.
  readonly #ahead = new ByteBuffer();
  // Where the host reads and writes next; null where a file has no positions.
  #position: number | null;
  #state: "open" | "closing" | "closed" = "open";
  // Whether a call is under way. It goes on though its operation was cancelled: then the turn ends with the call.
  #inFlight = false;
  #endTurnOnLanding = false;
  readonly #closed: IoWait;

  static {
    const methods = ["read", "readline", "readlines", "forEachLine", "write", "seek", "truncate", "flush"] as const;
    for (const method of [...methods, "sync", "close", "exit"] as const) coroutine(this.prototype[method]);
  }

  /** @internal Made by open. */
  constructor({ loop, system, path, mode, opened }: AsyncFileOptions) {
    this.path = path;
    this.mode = mode.name;
    this.#mode = mode;
    this.#loop = loop;
    this.#system = system;
    this.#descriptor = opened.descriptor;
    this.#position = opened.seekable ? (mode.appends ? opened.size : 0) : null;
    this.#closed = new IoWait("AsyncFile.close", loop);
    remember(loop, this);
  }

  // ---- reading

  /**
   * The next `count` characters, or bytes in a file of bytes; fewer where the file ends before, and none at its end.
   *
   * @param count - Default -1: all the rest.
   * @throws {OSError} What the host refused it with: IsADirectoryError, PermissionError …
   * @throws {UnicodeDecodeError} When it is no UTF-8.
   * @throws {ValueError} When the file is closed, or was not opened for reading.
   */
  *read(count: number = -1): Coroutine<D> {
    if (!Number.isInteger(count)) throw new TypeError(`AsyncFile.read: not a whole number: ${String(count)}.`);
    return yield* this.#reading("read", () => this.#readCount(count)) as Coroutine<D>;
  }

  *#readCount(count: number): Coroutine<string | Uint8Array> {
    const bytes = this.#ahead;
    const text = !this.#mode.binary;
    if (count < 0) {
      while (yield* this.#readMore("read", BIG_PIECE));
      return text ? decodeUtf8("AsyncFile.read", this.path, bytes.takeAll()) : bytes.takeAll();
    }
    const scan = text ? new CharacterScan(count) : new ByteScan(count);
    const size = Math.min(Math.max(count, PIECE), BIG_PIECE);
    while (!scan.isComplete(bytes) && (yield* this.#readMore("read", size)));
    const taken = bytes.take(scan.length);
    return text ? decodeUtf8("AsyncFile.read", this.path, taken) : taken;
  }

  /**
   * A line as text, with the line feed that ends it; the last one may have none. `""` means the end of the file.
   *
   * @throws As `read`.
   */
  *readline(): Coroutine<string> {
    return yield* this.#reading("readline", () => this.#readLine("readline"));
  }

  *#readLine(who: string): Coroutine<string> {
    const bytes = this.#ahead;
    let searched = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_END, searched);
      if (end >= 0) return decodeUtf8(`AsyncFile.${who}`, this.path, bytes.take(end + LINE_END.length));
      searched = bytes.size;
      if (!(yield* this.#readMore(who, PIECE))) return decodeUtf8(`AsyncFile.${who}`, this.path, bytes.takeAll());
    }
  }

  /** The rest of the file, line by line. */
  *readlines(): Coroutine<string[]> {
    const lines: string[] = [];
    yield* this.forEachLine((line) => void lines.push(line));
    return lines;
  }

  /** Calls `body` with each line of the rest of the file, and waits for it when it is a coroutine. */
  *forEachLine(body: (line: string) => Coroutine<void> | void): Coroutine<void> {
    for (;;) {
      const line = yield* this.#reading("forEachLine", () => this.#readLine("forEachLine"));
      if (line === "") return;
      const coro = body(line);
      if (isCoroutine(coro)) yield* coro;
    }
  }

  #reading<T>(who: string, body: () => Coroutine<T>): Coroutine<T> {
    return this.#inTurn(who, () => {
      if (this.#mode.reads) return body();
      throw new ValueError(`AsyncFile.${who}: ${this.path} was opened with "${this.mode}", not for reading.`);
    });
  }

  /** Whether there was more. */
  *#readMore(who: string, size: number): Coroutine<boolean> {
    const chunk = new Uint8Array(size);
    const count = yield* this.#call<number>(
      who,
      (done) => this.#system.read(this.#descriptor, chunk, this.#position, done),
      (read) => {
        this.#advance(read);
        if (read > 0) this.#ahead.append(read === size ? chunk : chunk.slice(0, read));
      },
    );
    return count > 0;
  }

  // ---- writing

  /**
   * Writes a string as UTF-8, or bytes to a file of bytes. Nothing is held back: when this returns, the operating system
   * has it.
   *
   * @returns How many characters, or bytes, that were: all of them.
   * @throws {OSError} What the host refused it with: a full disk is one.
   * @throws {TypeError} When a file of text is given bytes, or one of bytes a string.
   * @throws {ValueError} When the file is closed, or was not opened for writing.
   */
  *write(data: D): Coroutine<number> {
    const bytes = toBytes("AsyncFile.write", data);
    if ((typeof data !== "string") !== this.#mode.binary) {
      const [wanted, found] = this.#mode.binary ? ["bytes", "a string"] : ["a string", "bytes"];
      throw new TypeError(`AsyncFile.write: ${this.path} takes ${wanted}, not ${found}.`);
    }
    yield* this.#writing("write", () => this.#writeAll(bytes));
    return data.length;
  }

  #writing<T>(who: string, body: () => Coroutine<T>): Coroutine<T> {
    return this.#inTurn(who, () => {
      if (this.#mode.writes) return body();
      throw new ValueError(`AsyncFile.${who}: ${this.path} was opened with "${this.mode}", not for writing.`);
    });
  }

  *#writeAll(bytes: Uint8Array): Coroutine<void> {
    this.#dropAhead();
    for (let rest = bytes; rest.length > 0;) {
      const written = yield* this.#call<number>(
        "write",
        (done) => this.#system.write(this.#descriptor, rest, this.#mode.appends ? null : this.#position, done),
        (count) => this.#advance(count),
      );
      rest = rest.subarray(written);
    }
    // What is appended goes to the end, wherever the file stood.
    if (this.#mode.appends && this.#position !== null) yield* this.#goToTheEnd();
  }

  *#goToTheEnd(): Coroutine<void> {
    yield* this.#call<number>(
      "write",
      (done) => this.#system.sizeOf(this.#descriptor, done),
      (size) => void (this.#position = size),
    );
  }

  /** Cuts the file off, or fills it up with zeros. @param size - Default: where the file stands. */
  *truncate(size?: number): Coroutine<void> {
    checkOffset("truncate", size ?? 0);
    yield* this.#writing("truncate", () =>
      this.#call<void>("truncate", (done) => this.#system.resize(this.#descriptor, size ?? this.tell(), done)),
    );
  }

  /** Waits until everything that was written before is in the hands of the operating system. */
  *flush(): Coroutine<void> {
    yield* this.#inTurn("flush", function* () {});
  }

  /** Waits until what was written is on the disk itself. */
  *sync(): Coroutine<void> {
    yield* this.#inTurn("sync", () => this.#call<void>("sync", (done) => this.#system.sync(this.#descriptor, done)));
  }

  // ---- where it stands

  /**
   * Goes to a place in the file, counted in bytes from its beginning.
   *
   * @returns That place.
   * @throws {ValueError} When the file has no places: a pipe, a terminal.
   */
  *seek(offset: number): Coroutine<number> {
    checkOffset("seek", offset);
    yield* this.#inTurn("seek", () => this.#goTo(offset));
    return offset;
  }

  *#goTo(offset: number): Coroutine<void> {
    if (this.#position === null) throw new ValueError(`AsyncFile.seek: ${this.path} has no positions.`);
    this.#ahead.clear();
    this.#position = offset;
  }

  /** Where it stands, in bytes from its beginning: what is read or written next. */
  tell(): number {
    if (this.#position === null) throw new ValueError(`AsyncFile.tell: ${this.path} has no positions.`);
    return this.#position - this.#ahead.size;
  }

  #advance(count: number): void {
    if (this.#position !== null) this.#position += count;
  }

  /** What was read ahead is not taken: whoever writes writes behind what was taken. */
  #dropAhead(): void {
    if (this.#position === null) return;
    this.#position -= this.#ahead.size;
    this.#ahead.clear();
  }

  // ---- turns, and calls of the host

  *#inTurn<T>(who: string, body: () => Coroutine<T>): Coroutine<T> {
    this.#checkOpen(who);
    yield* this.#turn.acquire();
    try {
      this.#checkOpen(who);
      return yield* body();
    } finally {
      if (this.#inFlight) this.#endTurnOnLanding = true;
      else this.#turn.release();
    }
  }

  /** `land` is what it does to this file, whether or not somebody still waits. */
  #call<T>(who: string, start: (done: Done<T>) => void, land: (value: T) => void = () => {}): Coroutine<T> {
    return fileCall<T>({
      who: `AsyncFile.${who}`,
      target: this.path,
      system: this.#system,
      start: (done) => {
        this.#checkOpen(who);
        this.#inFlight = true;
        start((error, value) => {
          if (error === null) land(value);
          this.#landed();
          done(error, value);
        });
      },
    });
  }

  #landed(): void {
    this.#inFlight = false;
    if (this.#endTurnOnLanding) this.#turn.release();
    this.#endTurnOnLanding = false;
    if (this.#state === "closing") this.#closeDescriptor();
  }

  #checkOpen(who: string): void {
    if (this.#state !== "open") throw new ValueError(`AsyncFile.${who}: ${this.path} is closed.`);
  }

  // ---- closing

  /** Whether it is closed, or about to be. */
  get closed(): boolean {
    return this.#state !== "open";
  }

  /**
   * Closes it, as soon as the host is done with what is under way, and waits for that. Once begun it cannot be cancelled.
   * Closing a closed file is no error.
   *
   * @throws {OSError} When what was written turns out to be lost.
   */
  *close(): Coroutine<void> {
    if (this.#state === "open") this.#beginToClose();
    yield* this.#closed.join();
  }

  #beginToClose(): void {
    this.#state = "closing";
    if (!this.#inFlight) this.#closeDescriptor();
  }

  #closeDescriptor(): void {
    this.#system.close(this.#descriptor, (error) => {
      this.#state = "closed";
      forget(this.#loop, this);
      if (error === null) this.#closed.succeed();
      else this.#closed.failQuietly(fileError("AsyncFile.close", this.path, error));
    });
  }

  enter(): Awaitable<this> {
    return new Instantly("AsyncFile.enter", () => {
      this.#checkOpen("enter");
      return this;
    });
  }

  /** Closes it. */
  *exit(_error?: unknown): Coroutine<void> {
    yield* this.close();
  }

  /** @internal */
  abandon(): boolean {
    const wasOpen = this.#state === "open";
    if (wasOpen) this.#beginToClose();
    return wasOpen;
  }

  toString(): string {
    return `<AsyncFile ${this.path} mode="${this.mode}" ${this.#state}>`;
  }
}

function checkOffset(who: string, offset: unknown): void {
  if (Number.isSafeInteger(offset) && (offset as number) >= 0) return;
  throw new ValueError(
    `AsyncFile.${who}: a place in a file is a whole number of bytes, zero at least, not ${String(offset)}.`,
  );
}
