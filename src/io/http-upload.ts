import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { createTask } from "../task/create-task.ts";
import type { Task } from "../task/task.ts";
import { toBytes } from "./bytes.ts";
import { IoWait } from "./io-wait.ts";

/** What a body is written to, piece by piece. */
export interface BodyWriter {
  /** Sends bytes, or a string as UTF-8; waits while the other side takes them more slowly than they come. */
  write(data: Uint8Array | string): Coroutine<void>;
}

/** A coroutine that writes a body: when it returns, the body is complete. */
export type BodyProducer = (writer: BodyWriter) => Coroutine<void>;

/** @internal What sends a body. */
export interface BodySink {
  /** Whether it takes no more. */
  readonly destroyed: boolean;
  /** @returns False when it has enough for now; then the source is told when it wants more. */
  push(bytes: Uint8Array): boolean;
  end(): void;
  fail(error: Error): void;
}

/** @internal A body that is written while it is sent. */
export interface BodySource {
  /** Who sends it: once, before the first byte is there. */
  attach(sink: BodySink): void;
  /** There is room for more. */
  wanted(): void;
  /** Nobody wants it any more. */
  cancel(): void;
}

/**
 * The body of a request, written by a task while it is sent.
 *
 * @internal
 */
export class Upload implements BodyWriter, BodySource {
  readonly #loop: EventLoop;
  readonly #task: Task<void>;
  #sink: BodySink | null = null;
  #room: IoWait | null = null;
  #error: unknown = null;

  static {
    coroutine(this.prototype.write);
  }

  constructor(loop: EventLoop, produce: BodyProducer) {
    this.#loop = loop;
    this.#task = createTask(produce(this), { loop });
    this.#task.addDoneCallback(() => this.#produced());
  }

  /** What the producer threw, if it did. */
  get error(): unknown {
    return this.#error;
  }

  attach(sink: BodySink): void {
    this.#sink = sink;
  }

  wanted(): void {
    this.#room?.succeed();
  }

  *write(data: Uint8Array | string): Coroutine<void> {
    const bytes = toBytes("BodyWriter.write", data);
    if (bytes.length === 0 || this.#sink === null || this.#sink.destroyed) return;
    const room = new IoWait("BodyWriter.write", this.#loop);
    this.#room = room;
    if (!this.#sink.push(bytes)) yield* room;
  }

  #produced(): void {
    if (this.#task.cancelled()) {
      this.#sink?.fail(new Error("The task that wrote the request's body was cancelled."));
      return;
    }
    this.#error = this.#task.exception();
    if (this.#error === null) this.#sink?.end();
    else this.#sink?.fail(new Error("The request's body could not be written."));
  }

  cancel(): void {
    if (!this.#task.done() && !this.#loop.isClosed()) this.#task.cancel();
  }
}
