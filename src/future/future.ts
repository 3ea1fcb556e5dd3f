import { type Context, copyContext } from "../loop/context.ts";
import { RuntimeError } from "../loop/errors.ts";
import { type EventLoop, runningLoopOrNull } from "../loop/event-loop.ts";
import { Handle, type Runnable } from "../loop/handle.ts";
import type { AnyTask } from "../loop/parties.ts";
import type { Awaitable, Suspension } from "./awaitable.ts";
import { type CancelledError, InvalidStateError, cancelledError } from "./errors.ts";

declare module "../loop/parties.ts" {
  interface Parties {
    readonly future: Future<any>;
    readonly suspension: Suspension;
  }
}

// A future is in one of four states. One small integer, because it is read at every wait and every wake-up.
/** @internal */
export const PENDING = 0;
/** @internal */
export const FINISHED = 1;
/** @internal */
export const FAILED = 2;
/** @internal */
export const CANCELLED = 3;

/** A callback that a future will schedule when it is done: the handle itself is kept, and is what becomes ready. */
class DoneCallback extends Handle {
  readonly original: (future: any) => void;
  readonly #isIdle: ((future: any) => boolean) | undefined;

  constructor(
    future: Future<any>,
    callback: (future: any) => void,
    context: Context,
    isIdle?: (future: any) => boolean,
  ) {
    super(future.loop, callback, [future], context);
    this.original = callback;
    this.#isIdle = isIdle;
  }

  override get idle(): boolean {
    return this.#isIdle !== undefined && !this.cancelled() && this.#isIdle(this.args[0]);
  }
}

/**
 * Remembers callbacks until it has a result.
 *
 * `yield* future` waits for it: a future that is done costs nothing; one that is pending resumes its waiters, in the order
 * in which they came, in the iteration after the one that completes it.
 *
 * @example
 * const future = new Future();
 * loop.callLater(100, () => future.setResult("here"));
 * print(yield* future); //=> "here"
 * @see CPython 3.13 `asyncio.Future`
 */
export class Future<T> implements Awaitable<T>, Iterator<Suspension, T, unknown> {
  /** @internal */ readonly loop: EventLoop;
  /** @internal */ state: number;
  /** @internal The result, the error, or why it was cancelled (the message; for a task, its error), as `state` says. */
  value: unknown;
  // Who wants to know, in order: nobody, one, or a list. Most futures have one waiter, and need no list.
  /** @internal */ waiters: Runnable | Runnable[] | null;

  /**
   * @param options.loop - Default: the running one.
   * @throws {RuntimeError} When no loop is given and none runs.
   */
  constructor(options?: { loop?: EventLoop }) {
    const loop = options?.loop ?? runningLoopOrNull();
    if (loop === null) {
      throw new RuntimeError(
        `new ${new.target.name}: no running event loop. Make it inside a coroutine, or give { loop }.`,
      );
    }
    this.loop = loop;
    this.state = PENDING;
    this.value = undefined;
    this.waiters = null;
    if (loop.debug) sources.set(this, new Error("created here").stack);
  }

  // ---- waiting: a future is its own iterator, so that `yield*` allocates nothing but the result object

  [Symbol.iterator](): this {
    return this;
  }

  /** @internal */
  next(): IteratorResult<Suspension, T> {
    if (this.state === PENDING) return { value: this, done: false };
    return { value: this.result(), done: true };
  }

  /** @internal */
  throw(error: unknown): IteratorResult<Suspension, T> {
    throw error;
  }

  // ---- asking

  /** Whether it has a result or an error, or is cancelled. */
  done(): boolean {
    return this.state !== PENDING;
  }

  cancelled(): boolean {
    return this.state === CANCELLED;
  }

  /** @internal Whether a result may still be set: for the host, which may come when it was cancelled, or the loop closed. */
  isAwaited(): boolean {
    return this.state === PENDING && !this.loop.isClosed();
  }

  /**
   * The result.
   *
   * @throws The error that was set, itself.
   * @throws {CancelledError} When it is cancelled.
   * @throws {InvalidStateError} When it is not done.
   */
  result(): T {
    if (this.state === FINISHED) return this.value as T;
    throw this.takeError("Future has no result yet. Wait for it: yield* future.");
  }

  /**
   * The error that was set; null when there is none.
   *
   * @throws {CancelledError} When it is cancelled.
   * @throws {InvalidStateError} When it is not done.
   */
  exception(): unknown {
    if (this.state === FINISHED) return null;
    if (this.state === FAILED) return this.takeError("");
    throw this.takeError("Future has no exception yet: it is not done.");
  }

  /** @internal What whoever waits for it is thrown. Whoever takes it has seen it: it is not reported any more. */
  takeError(ifPending: string): unknown {
    if (this.state === FAILED) {
      unretrieved.get(this.loop)?.delete(this);
      return this.value;
    }
    if (this.state === CANCELLED) return this.makeCancelledError();
    return new InvalidStateError(ifPending);
  }

  /** @internal */
  makeCancelledError(): CancelledError {
    return cancelledError(this.cancelReason());
  }

  /** @internal The message it was cancelled with; undefined when it was not, or without one. */
  cancelReason(): string | undefined {
    return this.state === CANCELLED && typeof this.value === "string" ? this.value : undefined;
  }

  // ---- completing

  /** @throws {InvalidStateError} When it is done. */
  setResult(value: T): void {
    this.checkPending("setResult");
    this.complete(FINISHED, value);
  }

  /**
   * @throws {InvalidStateError} When it is done.
   * @throws {TypeError} When the error is null or undefined.
   */
  setException(error: unknown): void {
    this.checkPending("setException");
    if (error === null || error === undefined) {
      throw new TypeError(`Future.setException: expected an error, got ${String(error)}.`);
    }
    this.fail(error);
  }

  /**
   * Cancels it: whoever waits for it is thrown a CancelledError.
   *
   * @param message - Comes out as the message of that error.
   * @returns False when it was done, and nothing happened.
   */
  cancel(message?: string): boolean {
    if (this.state === FAILED) unretrieved.get(this.loop)?.delete(this);
    if (this.state !== PENDING) return false;
    this.complete(CANCELLED, message);
    return true;
  }

  private checkPending(who: string): void {
    if (this.state === PENDING) return;
    const what = this.state === FINISHED ? "a result" : this.state === FAILED ? "an exception" : "been cancelled";
    throw new InvalidStateError(`Future.${who}: Future already has ${what}.`);
  }

  /** @internal */
  fail(error: unknown): void {
    this.complete(FAILED, error);
    unretrievedOf(this.loop).add(this);
  }

  /** @internal Never runs a callback: all become ready, in the order in which they were added. */
  complete(state: number, value: unknown): void {
    this.state = state;
    this.value = value;
    const { loop, waiters } = this;
    if (loop.instrument !== null) loop.instrument.futureDone?.(this);
    if (waiters === null) return;
    loop.checkOpen("Future");
    this.waiters = null;
    if (Array.isArray(waiters)) for (const waiter of waiters) loop.enqueue(waiter);
    else loop.enqueue(waiters);
  }

  // ---- callbacks

  /** @internal */
  addWaiter(waiter: Runnable): void {
    if (this.waiters === null) this.waiters = waiter;
    else if (Array.isArray(this.waiters)) this.waiters.push(waiter);
    else this.waiters = [this.waiters, waiter];
  }

  /** @internal Removes those that `matches` fits; how many they were. */
  removeWaiters(matches: (waiter: Runnable) => boolean): number {
    if (this.waiters === null) return 0;
    const before = Array.isArray(this.waiters) ? this.waiters : [this.waiters];
    const after = before.filter((waiter) => !matches(waiter));
    this.waiters = after.length === 0 ? null : after;
    return before.length - after.length;
  }

  /** Calls `callback` with this future, one iteration after it is done; in the context that is current now. */
  addDoneCallback(callback: (future: this) => void): void {
    if (typeof callback !== "function") {
      throw new TypeError(`addDoneCallback: the callback is a function, not ${typeof callback}.`);
    }
    this.addCallback(callback);
  }

  /** @internal @param isIdle - Whether calling it now would only count; see Handle. */
  addCallback(callback: (future: this) => void, isIdle?: (future: this) => boolean): void {
    const entry = new DoneCallback(this, callback, copyContext(), isIdle);
    if (this.state === PENDING) this.addWaiter(entry);
    else {
      this.loop.checkOpen("addDoneCallback");
      this.loop.enqueue(entry);
    }
  }

  /** Takes back every addDoneCallback of that function; how many they were. After completion, it is too late: 0. */
  removeDoneCallback(callback: (future: this) => void): number {
    return this.removeWaiters((waiter) => waiter instanceof DoneCallback && waiter.original === callback);
  }

  getLoop(): EventLoop {
    return this.loop;
  }

  toString(): string {
    return `<Future ${STATE_NAMES[this.state]!}>`;
  }

  /** @internal A task is a step of itself; a future is none. */
  get stepOf(): AnyTask | undefined {
    return undefined;
  }

  /** @internal In debug mode, where it was made. */
  get source(): string | undefined {
    return sources.get(this);
  }
}

/** @internal */
export const STATE_NAMES = ["pending", "finished", "failed", "cancelled"] as const;

const sources = new WeakMap<Future<any>, string | undefined>();

// Failed futures whose error nobody has asked for yet, by loop, in the order in which they failed.
const unretrieved = new WeakMap<EventLoop, Set<Future<any>>>();

function unretrievedOf(loop: EventLoop): Set<Future<any>> {
  return unretrieved.get(loop) ?? listUnretrievedOf(loop);
}

function listUnretrievedOf(loop: EventLoop): Set<Future<any>> {
  const futures = new Set<Future<any>>();
  unretrieved.set(loop, futures);
  loop.onClose(() => reportUnretrieved(loop));
  return futures;
}

function reportUnretrieved(loop: EventLoop): void {
  for (const future of unretrieved.get(loop) ?? []) {
    const kind = future.stepOf === undefined ? "Future" : "Task";
    loop.callExceptionHandler({
      message: `${kind} exception was never retrieved`,
      exception: future.value,
      ...(future.stepOf === undefined ? { future } : { future, task: future.stepOf }),
    });
  }
  unretrieved.delete(loop);
}

/** @internal Sets the result, unless the future was cancelled meanwhile. */
export function setResultUnlessCancelled<T>(future: Future<T>, value: T): void {
  if (!future.cancelled()) future.setResult(value);
}
