import { RuntimeError } from "../loop/errors.ts";
import type { Awaitable } from "../future/awaitable.ts";
import { CancelledError } from "../future/errors.ts";
import { PENDING } from "../future/future.ts";
import { NOT_NOW, Operation } from "../future/operation.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { WaitQueue, type Waiter } from "./waiters.ts";

/**
 * Held by one at a time; whoever waits gets it in the order of asking, and nobody overtakes.
 *
 * @example
 * const lock = new Lock();
 * yield* using(lock, function* () {
 *   yield* sleep(1); // nobody else is in here
 * });
 * @see CPython 3.13 `asyncio.Lock`
 */
export class Lock implements ContextManager<void> {
  #held = false;
  readonly #waiters = new WaitQueue("Lock.acquire");

  acquire(): Awaitable<true> {
    return new Acquire(this, this.#waiters, true);
  }

  /** @throws {RuntimeError} When it is not held. */
  release(): void {
    if (!this.#held) throw new RuntimeError("Lock.release: the lock is not acquired.");
    this.#held = false;
    this.wakeFirst();
  }

  locked(): boolean {
    return this.#held;
  }

  enter(): Awaitable<void> {
    return new Acquire(this, this.#waiters, undefined);
  }

  exit(_error?: unknown): Awaitable<void> {
    return new Instantly("Lock.exit", () => this.release());
  }

  /** @internal Free, and nobody in line before us. */
  tryAcquire(): boolean {
    if (this.#held || !this.#waiters.allCancelled()) return false;
    this.#held = true;
    return true;
  }

  /** @internal */
  take(): void {
    this.#held = true;
  }

  /** @internal Only the first in line: one who was cancelled passes the turn on when its task runs. */
  wakeFirst(): void {
    const { first } = this.#waiters;
    if (first !== null && first.state === PENDING) first.setResult(true);
  }

  toString(): string {
    const waiters = this.#waiters.size > 0 ? `, waiters:${this.#waiters.size}` : "";
    return `<Lock [${this.#held ? "locked" : "unlocked"}${waiters}]>`;
  }
}

class Acquire<R> extends Operation<R, Waiter> {
  readonly #lock: Lock;
  readonly #waiters: WaitQueue;
  readonly #result: R;

  constructor(lock: Lock, waiters: WaitQueue, result: R) {
    super();
    this.#lock = lock;
    this.#waiters = waiters;
    this.#result = result;
  }

  get label(): string {
    return "Lock.acquire";
  }

  protected attempt(): R | typeof NOT_NOW {
    return this.#lock.tryAcquire() ? this.#result : NOT_NOW;
  }

  protected begin(): Waiter {
    return this.#waiters.join();
  }

  protected finish(waiter: Waiter): R {
    this.#waiters.leave(waiter);
    this.#lock.take();
    return this.#result;
  }

  protected abandon(waiter: Waiter, error: unknown): void {
    this.#waiters.leave(waiter);
    if (error instanceof CancelledError && !this.#lock.locked()) this.#lock.wakeFirst();
  }
}
