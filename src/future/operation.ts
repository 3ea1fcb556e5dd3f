import { RuntimeError } from "../loop/errors.ts";
import type { Awaitable, Suspension } from "./awaitable.ts";
import { FINISHED, type Future, PENDING } from "./future.ts";
import { noteAwaited, noteMade } from "./unawaited.ts";

/** @internal An attempt that failed: it has to wait. */
export const NOT_NOW: unique symbol = Symbol("not now");

/**
 * An awaitable that does nothing before it is awaited, and can be awaited once: an acquire, a get, a sleep.
 *
 * Three steps that fit in no generator, for a generator is 200 bytes and a call more (bench: W8 "queue", W9
 * "semaphore"): it is attempted; where that fails, it waits for a future; then it finishes, or is abandoned.
 *
 * @internal
 */
export abstract class Operation<T, F extends Future<any> | undefined = Future<any>>
  implements Awaitable<T>, Iterator<Suspension, T, unknown>
{
  private started = false;
  private waiting: F | null = null;

  /** For errors and reports: `Queue.get`. */
  abstract readonly label: string;
  /** Does it now, if that needs no waiting: the result, or NOT_NOW. */
  protected abstract attempt(): T | typeof NOT_NOW;
  /** After an attempt that failed: what to wait for. Undefined is one pass of the loop. */
  protected abstract begin(): F;
  /** What it waited for has come: the result, or NOT_NOW to begin again. */
  protected abstract finish(waited: F): T | typeof NOT_NOW;
  /** An error came instead, and will be thrown on. */
  protected abstract abandon(waited: F, error: unknown): void;

  constructor() {
    noteMade(this);
  }

  [Symbol.iterator](): this {
    if (this.started) {
      throw new RuntimeError(
        `${this.label}: this awaitable was awaited before, and can be awaited once. Call it again.`,
      );
    }
    return this;
  }

  next(): IteratorResult<Suspension, T> {
    if (!this.started) {
      this.started = true;
      noteAwaited(this);
      const result = this.attempt();
      return result === NOT_NOW ? this.suspend() : { value: result, done: true };
    }
    const waited = this.waiting as F;
    if (waited !== undefined && waited.state !== FINISHED) {
      // Resumed by hand, before its time or past its end.
      if (waited.state === PENDING) return { value: waited, done: false };
      return this.throw(waited.takeError(""));
    }
    const result = this.finish(waited);
    return result === NOT_NOW ? this.suspend() : { value: result, done: true };
  }

  throw(error: unknown): IteratorResult<Suspension, T> {
    if (this.waiting !== null) this.abandon(this.waiting, error);
    throw error;
  }

  private suspend(): IteratorResult<Suspension, T> {
    this.waiting = this.begin();
    return { value: this.waiting, done: false };
  }
}
