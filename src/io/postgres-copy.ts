import type { Coroutine } from "../future/awaitable.ts";
import { describeMistake, isCoroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { createTask } from "../task/create-task.ts";
import type { Task } from "../task/task.ts";
import { plain, toBytes } from "./bytes.ts";
import type { Question } from "./database-session.ts";
import type { Exchange } from "./exchange.ts";
import { IoWait } from "./io-wait.ts";
import { type CopyInStream, type CopyOutStream, loadCopyStreams } from "./postgres-driver.ts";
import type { PostgresSession } from "./postgres-session.ts";
import { uninterrupted } from "./uninterrupted.ts";

/** What a copy into a table is written to. */
export interface CopyWriter {
  /** Sends bytes, or a string as UTF-8; waits while the server takes them more slowly than they come. */
  write(data: Uint8Array | string): Coroutine<void>;
}

/** What is copied into a table: all of it, or pieces of any length, or a coroutine that writes it. */
export type CopySource =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | ((writer: CopyWriter) => Coroutine<void>);

/** Takes what is copied out of a table, piece by piece. The next piece comes when it has ended. */
export type CopyOutput = (bytes: Uint8Array) => Coroutine<void> | void;

/** One COPY: the question, and the task that writes or reads what is copied meanwhile. */
abstract class Copy {
  readonly session: PostgresSession;
  readonly who: string;
  readonly sql: string;
  #task: Task<void> | null = null;
  #taskEnded: IoWait | null = null;

  constructor(session: PostgresSession, who: string, sql: string) {
    session.checkUnoccupied(who);
    this.session = session;
    this.who = who;
    this.sql = sql;
  }

  /** Sends it; `pump` is to be started when there is somebody to talk to. */
  protected abstract begin(exchange: Exchange<string>): void;
  /** Has the server send, or wait for, no more. */
  protected abstract stop(): void;

  /** @returns What the server says that it did, as in `COPY 2`. */
  *run(timeout: number | null | undefined): Coroutine<string> {
    const question: Question<string> = {
      who: this.who,
      begin: (exchange) => this.begin(exchange),
      stop: () => this.stop(),
    };
    try {
      return yield* this.session.ask(question, timeout);
    } finally {
      yield* this.#endPump();
    }
  }

  /** What it throws is thrown where the copy is waited for, once the server has stopped. */
  protected startPump(exchange: Exchange<string>, pump: Coroutine<void>, done: () => void): void {
    const { loop } = this.session;
    const task = createTask(pump, { loop });
    const ended = new IoWait(this.who, loop);
    this.#task = task;
    this.#taskEnded = ended;
    task.addDoneCallback(() => {
      ended.succeed();
      if (task.cancelled()) exchange.answer.cancel();
      else if (task.exception() !== null) exchange.answer.failQuietly(task.exception());
      else done();
    });
  }

  /** The program's own part may have something to clean up. */
  *#endPump(): Coroutine<void> {
    if (this.#task === null || this.#taskEnded === null) return;
    this.#task.cancel();
    const cancellation = yield* uninterrupted(this.#taskEnded);
    if (cancellation !== null) throw cancellation;
  }
}

class CopyIn extends Copy implements CopyWriter {
  readonly #source: CopySource;
  #stream: CopyInStream | null = null;
  #room: IoWait | null = null;

  static {
    coroutine(this.prototype.write);
  }

  constructor(session: PostgresSession, who: string, sql: string, source: CopySource) {
    super(session, who, sql);
    checkSource(who, source);
    this.#source = source;
  }

  protected begin(exchange: Exchange<string>): void {
    const stream = loadCopyStreams().from(this.sql);
    this.#stream = stream;
    stream.on("drain", () => this.#room?.succeed());
    stream.on("finish", () => exchange.succeed(`COPY ${stream.rowCount}`));
    stream.on("error", (error) => {
      this.session.fail(exchange, error, this.sql);
      // It would go on sending, and has nobody left to send to.
      stream.destroy();
    });
    this.session.submit(stream);
    this.startPump(exchange, this.#feed(), () => stream.end());
  }

  /** The server is told that the copy has failed: it keeps none of it. */
  protected stop(): void {
    this.#stream?.destroy(new Error("the copy was given up"));
  }

  *#feed(): Coroutine<void> {
    const source = this.#source;
    if (typeof source === "function") yield* source(this);
    else if (typeof source === "string" || source instanceof Uint8Array) yield* this.write(source);
    else for (const piece of source) yield* this.write(piece);
  }

  *write(data: Uint8Array | string): Coroutine<void> {
    const bytes = toBytes(this.who, data);
    if (bytes.length === 0 || this.#stream!.write(bytes)) return;
    this.#room = new IoWait("CopyWriter.write", this.session.loop);
    yield* this.#room;
  }
}

class CopyOut extends Copy {
  readonly #output: CopyOutput;
  #stream: CopyOutStream | null = null;
  #readable: IoWait | null = null;
  #ended = false;

  constructor(session: PostgresSession, who: string, sql: string, output: CopyOutput) {
    super(session, who, sql);
    if (typeof output !== "function") {
      throw new TypeError(`${who}: output is a function that takes bytes, not ${describeMistake(output)}.`);
    }
    this.#output = output;
  }

  protected begin(exchange: Exchange<string>): void {
    const stream = loadCopyStreams().to(this.sql);
    this.#stream = stream;
    stream.on("readable", () => this.#readable?.succeed());
    stream.on("end", () => {
      this.#ended = true;
      this.#readable?.succeed();
    });
    stream.on("error", (error) => this.session.fail(exchange, error, this.sql));
    this.session.submit(stream);
    // The last piece has been taken.
    this.startPump(exchange, this.#drain(), () => exchange.succeed(`COPY ${stream.rowCount}`));
  }

  /** What is on its way must be read, for what the server says after it to be heard. */
  protected stop(): void {
    this.#stream?.removeAllListeners("readable");
    this.#stream?.resume();
  }

  *#drain(): Coroutine<void> {
    const stream = this.#stream!;
    for (;;) {
      const chunk = stream.read();
      if (chunk !== null) yield* this.#give(plain(chunk));
      else if (this.#ended) return;
      else {
        this.#readable = new IoWait(this.who, this.session.loop);
        yield* this.#readable;
      }
    }
  }

  *#give(bytes: Uint8Array): Coroutine<void> {
    const taking: unknown = this.#output(bytes);
    if (isCoroutine(taking)) yield* taking;
  }
}

function checkSource(who: string, source: unknown): void {
  const isIterable = typeof source === "object" && source !== null && Symbol.iterator in source;
  if (typeof source === "string" || typeof source === "function" || isIterable) return;
  throw new TypeError(
    `${who}: source is text, bytes, pieces of either, or a coroutine function that writes them, not ${describeMistake(source)}.`,
  );
}

/** @internal What is copied into the server. */
export interface CopyInRequest {
  readonly who: string;
  readonly sql: string;
  readonly timeout: number | null | undefined;
  readonly source: CopySource;
}

/** @internal */
export function* copyIn(session: PostgresSession, { who, sql, timeout, source }: CopyInRequest): Coroutine<string> {
  return yield* new CopyIn(session, who, sql, source).run(timeout);
}

/** @internal What is copied out of the server. */
export interface CopyOutRequest {
  readonly who: string;
  readonly sql: string;
  readonly timeout: number | null | undefined;
  readonly output: CopyOutput;
}

/** @internal */
export function* copyOut(session: PostgresSession, { who, sql, timeout, output }: CopyOutRequest): Coroutine<string> {
  return yield* new CopyOut(session, who, sql, output).run(timeout);
}
