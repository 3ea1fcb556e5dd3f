import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { Future } from "../future/future.ts";
import { coroutine } from "../task/coroutine.ts";

/**
 * What a task waits for until the host has done something. Reports name it: `"main" on StreamReader.read`.
 *
 * @internal
 */
export class IoWait<T = void> extends Future<T> {
  readonly label: string;

  static {
    coroutine(this.prototype.join);
  }

  constructor(label: string, loop: EventLoop) {
    super({ loop });
    this.label = label;
  }

  /** Sets the result, unless it is done: somebody gave up first. */
  succeed(value: T): void {
    if (!this.done()) this.setResult(value);
  }

  /** As succeed. An error that nobody takes is not reported: whoever waits for it is told, and nobody may. */
  failQuietly(error: unknown): void {
    if (this.done()) return;
    this.setException(error);
    this.exception();
  }

  /** Waits for it beside others: cancelling one who waits must not cancel what others wait for. */
  *join(): Coroutine<T> {
    if (this.done()) return this.result();
    const waiter = new IoWait<T>(this.label, this.getLoop());
    const tell = (): void => {
      const error = this.exception();
      if (error === null) waiter.succeed(this.result());
      else waiter.failQuietly(error);
    };
    this.addDoneCallback(tell);
    try {
      return yield* waiter;
    } finally {
      this.removeDoneCallback(tell);
    }
  }
}
