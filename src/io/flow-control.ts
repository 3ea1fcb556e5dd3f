import type { EventLoop } from "../loop/event-loop.ts";
import { ConnectionResetError } from "./network-errors.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { IoWait } from "./io-wait.ts";

/**
 * What `drain()` waits for: until no more is waiting to be sent than there should be.
 *
 * @internal
 * @see CPython 3.13 `asyncio.streams.FlowControlMixin`
 */
export class FlowControl {
  readonly #loop: EventLoop;
  /** For errors. */
  readonly #target: () => string;
  readonly #waiters = new Set<IoWait>();
  #paused = false;
  #connectionLost = false;
  #error: Error | null = null;

  static {
    coroutine(this.prototype.drained);
  }

  constructor(loop: EventLoop, target: () => string = () => "the peer") {
    this.#loop = loop;
    this.#target = target;
  }

  pauseWriting(): void {
    this.#paused = true;
  }

  resumeWriting(): void {
    this.#paused = false;
    for (const waiter of this.#waiters) waiter.succeed();
  }

  connectionLost(error: Error | null): void {
    this.#connectionLost = true;
    this.#error = error;
    if (!this.#paused) return;
    for (const waiter of this.#waiters) {
      if (error === null) waiter.succeed();
      else waiter.failQuietly(error);
    }
  }

  /** @throws {ConnectionResetError} When the connection is lost. */
  *drained(): Coroutine<void> {
    if (this.#connectionLost) {
      const target = this.#target();
      const { code } = (this.#error ?? {}) as { code?: string };
      throw new ConnectionResetError(`StreamWriter.drain: ${target}: the connection is lost.`, {
        target,
        code,
        cause: this.#error ?? undefined,
      });
    }
    if (!this.#paused) return;
    const waiter = new IoWait("StreamWriter.drain", this.#loop);
    this.#waiters.add(waiter);
    try {
      yield* waiter;
    } finally {
      this.#waiters.delete(waiter);
    }
  }
}
