import { ValueError } from "../loop/errors.ts";
import type { Awaitable } from "../future/awaitable.ts";
import { CancelledError } from "../future/errors.ts";
import { FINISHED } from "../future/future.ts";
import { NOT_NOW, Operation } from "../future/operation.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { WaitQueue, type Waiter } from "./waiters.ts";

/**
 * Lets in as many at a time as it has permits; whoever waits is served in the order of asking.
 *
 * @see CPython 3.13 `asyncio.Semaphore`
 */
export class Semaphore implements ContextManager<void> {
  /** @internal */ protected value: number;
  readonly #waiters: WaitQueue;

  /** @param value - How many permits. @throws {ValueError} When negative or NaN. */
  constructor(value = 1) {
    if (!(value >= 0) || (!Number.isInteger(value) && value !== Infinity)) {
      throw new ValueError(`${new.target.name}: the initial value must be a whole number >= 0, got ${String(value)}.`);
    }
    this.value = value;
    this.#waiters = new WaitQueue(`${new.target.name}.acquire`);
  }

  acquire(): Awaitable<true> {
    return new Acquire(this, this.#waiters, true);
  }

  release(): void {
    this.value += 1;
    this.wakeNext();
  }

  /** Whether asking now means waiting. */
  locked(): boolean {
    return this.value === 0 || !this.#waiters.allCancelled();
  }

  enter(): Awaitable<void> {
    return new Acquire(this, this.#waiters, undefined);
  }

  exit(_error?: unknown): Awaitable<void> {
    return new Instantly("Semaphore.exit", () => this.release());
  }

  /** @internal */
  tryAcquire(): boolean {
    if (this.locked()) return false;
    this.value -= 1;
    return true;
  }

  /** @internal The permit is taken here, for the one who is woken: nobody can take it before that task runs. */
  wakeNext(): boolean {
    if (!this.#waiters.wakeNext(true)) return false;
    this.value -= 1;
    return true;
  }

  /** @internal */
  giveBack(): void {
    this.value += 1;
  }

  /** @internal */
  wakeWhilePermits(): void {
    while (this.value > 0) if (!this.wakeNext()) return;
  }

  toString(): string {
    const waiters = this.#waiters.size > 0 ? `, waiters:${this.#waiters.size}` : "";
    const state = this.locked() ? "locked" : `unlocked, value:${this.value}`;
    return `<${this.constructor.name} [${state}${waiters}]>`;
  }
}

class Acquire<R> extends Operation<R, Waiter> {
  readonly #semaphore: Semaphore;
  readonly #waiters: WaitQueue;
  readonly #result: R;

  constructor(semaphore: Semaphore, waiters: WaitQueue, result: R) {
    super();
    this.#semaphore = semaphore;
    this.#waiters = waiters;
    this.#result = result;
  }

  get label(): string {
    return this.#waiters.label;
  }

  protected attempt(): R | typeof NOT_NOW {
    return this.#semaphore.tryAcquire() ? this.#result : NOT_NOW;
  }

  protected begin(): Waiter {
    return this.#waiters.join();
  }

  protected finish(waiter: Waiter): R {
    this.#waiters.leave(waiter);
    this.#semaphore.wakeWhilePermits();
    return this.#result;
  }

  protected abandon(waiter: Waiter, error: unknown): void {
    this.#waiters.leave(waiter);
    // Woken and cancelled: the permit that was taken for this task goes back.
    if (error instanceof CancelledError && waiter.state === FINISHED) this.#semaphore.giveBack();
    this.#semaphore.wakeWhilePermits();
  }
}

/** A Semaphore that cannot be released more often than it was acquired. */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  constructor(value = 1) {
    super(value);
    this.#bound = value;
  }

  /** @throws {ValueError} When nothing was acquired. */
  override release(): void {
    if (this.value >= this.#bound) throw new ValueError("BoundedSemaphore.release: released too many times.");
    super.release();
  }
}
