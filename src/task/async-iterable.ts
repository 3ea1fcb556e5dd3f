import { RuntimeError } from "../loop/errors.ts";
import { type EventLoop, getRunningLoop } from "../loop/event-loop.ts";
import { type Awaitable, type Coroutine, awaiting, describeMistake } from "../future/awaitable.ts";
import { Future } from "../future/future.ts";
import { fromPromise, toPromise } from "./promise.ts";
import { Task } from "./task.ts";

/** Steps that are waited for one by one: what a coroutine reads in place of `for await`. */
export interface Steps<T> {
  /** The next step. A step that nobody waited for any more, for it was cancelled, is the next one's. */
  next(): Awaitable<IteratorResult<T, unknown>>;
  /** Says that no more is wanted. */
  return?(): Awaitable<unknown>;
}

class StepFuture<T> extends Future<T> {
  readonly label = "fromAsyncIterable";
}

class AsyncSteps<T> implements Steps<T> {
  readonly #iterator: AsyncIterator<T>;
  // The step that was asked for and has been given to nobody yet, and who waits for it.
  #asked: PromiseLike<IteratorResult<T>> | null = null;
  #waiting: Future<IteratorResult<T>> | null = null;

  constructor(iterator: AsyncIterator<T>) {
    this.#iterator = iterator;
  }

  next(): Future<IteratorResult<T>> {
    if (this.#waiting !== null && !this.#waiting.done()) {
      throw new RuntimeError("fromAsyncIterable: next() is being waited for already. Its steps come one by one.");
    }
    const waiting = new StepFuture<IteratorResult<T>>();
    this.#waiting = waiting;
    const asked = (this.#asked ??= this.#iterator.next());
    const give = (settle: () => void): void => {
      if (!waiting.isAwaited()) return;
      this.#asked = null;
      settle();
    };
    asked.then(
      (step) => give(() => waiting.setResult(step)),
      (error: unknown) => give(() => waiting.setException(error ?? new Error(`It failed with ${String(error)}.`))),
    );
    return waiting;
  }

  return(): Awaitable<unknown> {
    if (this.#iterator.return !== undefined) return fromPromise(this.#iterator.return());
    const nothingToDo = new Future<void>();
    nothingToDo.setResult();
    return nothingToDo;
  }
}

/**
 * Reads what JavaScript gives by `for await`: a stream of Node's, an async generator.
 *
 * @throws {TypeError} When it is not an async iterable.
 * @example
 * async function* numbers() { yield 1; yield 2; }
 * const steps = fromAsyncIterable(numbers());
 * for (let step = yield* steps.next(); !step.done; step = yield* steps.next()) print(step.value); //=> 1 2
 */
export function fromAsyncIterable<T>(iterable: AsyncIterable<T>): Steps<T> {
  const make = (iterable as Partial<AsyncIterable<T>> | null | undefined)?.[Symbol.asyncIterator];
  if (typeof make !== "function") {
    throw new TypeError(`fromAsyncIterable: expected an async iterable, got ${describeMistake(iterable)}.`);
  }
  return new AsyncSteps(make.call(iterable));
}

/**
 * Gives steps that coroutines make to code that reads by `for await`. Each step is a task of the loop that runs now.
 *
 * @param steps - Whose `next()` is waited for, once for each step.
 * @throws {RuntimeError} When no loop is running.
 */
export function toAsyncIterable<T>(steps: Steps<T>): AsyncIterable<T, unknown> {
  return new StepsIterable(steps, getRunningLoop());
}

class StepsIterable<T> implements AsyncIterable<T, unknown>, AsyncIterator<T, unknown> {
  readonly #steps: Steps<T>;
  readonly #loop: EventLoop;

  constructor(steps: Steps<T>, loop: EventLoop) {
    this.#steps = steps;
    this.#loop = loop;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, unknown>> {
    return toPromise(new Task(awaiting(this.#steps.next()), { loop: this.#loop }));
  }

  return(): Promise<IteratorResult<T, unknown>> {
    return toPromise(new Task(end(this.#steps), { loop: this.#loop }));
  }
}

function* end(steps: Steps<unknown>): Coroutine<IteratorResult<never, unknown>> {
  const last = steps.return?.();
  if (last !== undefined) yield* last;
  return { value: undefined, done: true };
}
