import { Readable } from "node:stream";
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

/**
 * The body of a request, written by a task while it is sent.
 *
 * @internal
 */
export class Upload implements BodyWriter {
  readonly stream: Readable;
  readonly #loop: EventLoop;
  readonly #task: Task<void>;
  #room: IoWait | null = null;
  #error: unknown = null;

  static {
    coroutine(this.prototype.write);
  }

  constructor(loop: EventLoop, produce: BodyProducer) {
    this.#loop = loop;
    this.stream = new Readable({ read: () => this.#room?.succeed() });
    // Whoever sends it is told as well; but nobody listens any more when it was given up before.
    this.stream.on("error", () => {});
    this.stream.on("close", () => this.cancel());
    this.#task = createTask(produce(this), { loop });
    this.#task.addDoneCallback(() => this.#produced());
  }

  /** What the producer threw, if it did. */
  get error(): unknown {
    return this.#error;
  }

  *write(data: Uint8Array | string): Coroutine<void> {
    const bytes = toBytes("BodyWriter.write", data);
    if (bytes.length === 0 || this.stream.destroyed) return;
    const room = new IoWait("BodyWriter.write", this.#loop);
    this.#room = room;
    if (!this.stream.push(bytes)) yield* room;
  }

  #produced(): void {
    if (this.#task.cancelled()) {
      this.stream.destroy(new Error("The task that wrote the request's body was cancelled."));
      return;
    }
    this.#error = this.#task.exception();
    if (this.#error === null) this.stream.push(null);
    else this.stream.destroy(new Error("The request's body could not be written."));
  }

  /** Nobody wants it any more. */
  cancel(): void {
    if (!this.#task.done() && !this.#loop.isClosed()) this.#task.cancel();
  }
}
