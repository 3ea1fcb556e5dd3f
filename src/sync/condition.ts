import { RuntimeError } from "../loop/errors.ts";
import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { CancelledError } from "../future/errors.ts";
import type { ContextManager } from "../task/using.ts";
import { Lock } from "./lock.ts";
import { WaitQueue } from "./waiters.ts";

/**
 * A lock, and the means to wait, without holding it, until somebody who holds it says that something has changed.
 *
 * @see CPython 3.13 `asyncio.Condition`
 */
export class Condition implements ContextManager<void> {
  readonly #lock: Lock;
  readonly #waiters = new WaitQueue("Condition.wait");

  /** @param lock - Default: one of its own. */
  constructor(lock: Lock = new Lock()) {
    if (!(lock instanceof Lock)) throw new TypeError("Condition: expected a Lock.");
    this.#lock = lock;
  }

  acquire(): Awaitable<true> {
    return this.#lock.acquire();
  }

  /** @throws {RuntimeError} When the lock is not held. */
  release(): void {
    this.#checkHeld("release");
    this.#lock.release();
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  enter(): Awaitable<void> {
    return this.#lock.enter();
  }

  exit(error?: unknown): Awaitable<void> {
    return this.#lock.exit(error);
  }

  /**
   * Releases the lock, waits to be notified, and acquires the lock again, even when it is cancelled.
   *
   * @throws {RuntimeError} When the lock is not held.
   */
  *wait(): Coroutine<true> {
    this.#checkHeld("wait");
    const waiter = this.#waiters.join();
    this.#lock.release();
    try {
      try {
        try {
          yield* waiter;
        } finally {
          this.#waiters.leave(waiter);
        }
      } finally {
        yield* this.#reacquire();
      }
      return true;
    } catch (error) {
      // This task may have used up a notification: another gets it.
      this.#waiters.wakeNext(false);
      throw error;
    }
  }

  *#reacquire(): Coroutine<void> {
    let cancellation: CancelledError | null = null;
    for (;;) {
      try {
        yield* this.#lock.acquire();
        break;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancellation = error;
      }
    }
    if (cancellation !== null) throw cancellation;
  }

  /** Waits until `predicate()` is true, which is asked first and at every notification; gives what it gave. */
  *waitFor<T>(predicate: () => T): Coroutine<T> {
    let result = predicate();
    while (!result) {
      yield* this.wait();
      result = predicate();
    }
    return result;
  }

  /**
   * Wakes the `n` that have waited longest.
   *
   * @throws {RuntimeError} When the lock is not held.
   */
  notify(n = 1): void {
    this.#checkHeld("notify");
    for (let left = n; left > 0; left -= 1) if (!this.#waiters.wakeNext(false)) return;
  }

  notifyAll(): void {
    this.notify(this.#waiters.size);
  }

  #checkHeld(who: string): void {
    if (!this.locked()) throw new RuntimeError(`Condition.${who}: the lock is not acquired.`);
  }

  toString(): string {
    const waiters = this.#waiters.size > 0 ? `, waiters:${this.#waiters.size}` : "";
    return `<Condition [${this.locked() ? "locked" : "unlocked"}${waiters}]>`;
  }
}
