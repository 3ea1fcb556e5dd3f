import { getRunningLoop } from "../loop/event-loop.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import { type Awaitable, type Coroutine, describeMistake } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { Future } from "../future/future.ts";
import { StandIn } from "../future/stand-in.ts";
import { ensureFuture } from "./create-task.ts";
import { distinct } from "./distinct.ts";

/**
 * Gives one coroutine for each of `aws`; awaited one after the other, they give the results as they come.
 *
 * @param options.timeout - Milliseconds from now; those that are not done by then throw TimeoutError. Nothing is cancelled.
 * @throws {TypeError} When `aws` is not an iterable of awaitables.
 * @example
 * for (const next of asCompleted([sleep(20, "slow"), sleep(10, "fast")])) print(yield* next); //=> "fast" "slow"
 * @see CPython 3.13 `asyncio.as_completed`
 */
export function asCompleted<T>(
  aws: Iterable<Awaitable<T>>,
  options: { timeout?: number | null } = {},
): IterableIterator<Coroutine<T>> {
  if (aws instanceof Future || typeof aws !== "object" || aws === null) {
    throw new TypeError(`asCompleted: expected an iterable of awaitables, got ${describeMistake(aws)}.`);
  }
  const { timeout = null } = options;
  if (timeout !== null) checkMilliseconds("asCompleted", "timeout", timeout);
  const todo = new Set([...distinct("asCompleted", aws)].map((aw) => ensureFuture(aw, "asCompleted")));
  return new Completions(todo, timeout);
}

/** The iterator has no `return`: leaving a `for` loop does not end it, and another may go on with it. */
class Completions<T> implements IterableIterator<Coroutine<T>> {
  readonly #todo: Set<Future<T>>;
  // How many coroutines are still to be given.
  #left: number;
  readonly #onDone: (future: Future<T>) => void;
  // Done futures in order of completion; null stands for one that the timeout overtook.
  readonly #done: (Future<T> | null)[] = [];
  readonly #waiters: StandIn<void>[] = [];

  constructor(todo: Set<Future<T>>, timeout: number | null) {
    this.#todo = todo;
    this.#left = todo.size;
    const timer =
      timeout === null || todo.size === 0 ? null : getRunningLoop().callLater(timeout, () => this.#overtake());
    this.#onDone = (future) => {
      if (!todo.delete(future)) return;
      this.#put(future);
      if (todo.size === 0) timer?.cancel();
    };
    for (const future of todo) future.addDoneCallback(this.#onDone);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Coroutine<T>, undefined> {
    if (this.#left === 0) return { value: undefined, done: true };
    this.#left -= 1;
    return { value: this.#next(), done: false };
  }

  *#next(): Coroutine<T> {
    while (this.#done.length === 0) yield* this.#wait();
    const future = this.#done.shift()!;
    if (future === null) throw new TimeoutError("asCompleted: the timeout passed.");
    return future.result();
  }

  *#wait(): Coroutine<void> {
    const waiter = new StandIn<void>("asCompleted", this.#todo);
    this.#waiters.push(waiter);
    try {
      yield* waiter;
    } catch (error) {
      waiter.cancel();
      const index = this.#waiters.indexOf(waiter);
      if (index >= 0) this.#waiters.splice(index, 1);
      if (this.#done.length > 0 && !waiter.cancelled()) this.#wakeNext();
      throw error;
    }
  }

  #put(future: Future<T> | null): void {
    this.#done.push(future);
    this.#wakeNext();
  }

  #wakeNext(): void {
    for (let waiter = this.#waiters.shift(); waiter !== undefined; waiter = this.#waiters.shift()) {
      if (waiter.done()) continue;
      waiter.setResult();
      return;
    }
  }

  #overtake(): void {
    for (const future of this.#todo) {
      this.#todo.delete(future);
      future.removeDoneCallback(this.#onDone);
      this.#put(null);
    }
  }
}
