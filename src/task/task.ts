import { type Context, copyContext, enterContext, isEntered, nestContext, unnestContext } from "../loop/context.ts";
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Runnable } from "../loop/handle.ts";
import {
  type Coroutine,
  type Suspension,
  awaiting,
  describeMistake,
  isAwaitable,
  isCoroutine,
} from "../future/awaitable.ts";
import { CancelledError, InvalidStateError, cancelledError } from "../future/errors.ts";
import { CANCELLED, FAILED, FINISHED, Future, PENDING, STATE_NAMES } from "../future/future.ts";
import { type Frames, NOTHING, call, resume } from "./coroutine.ts";
import { runningTask, swapCurrentTask, tasksOf } from "./current-task.ts";
import { claim, noteSwallowed, reportSwallowed, stepInDebugMode } from "./misuse.ts";
import { type Frame, stacksOf } from "./stack.ts";

declare module "../loop/parties.ts" {
  interface Parties {
    readonly task: Task<any>;
  }
}

/** How a task is made. */
export interface TaskOptions {
  /** Default: `Task-1`, `Task-2`, … in order of creation. */
  name?: string;
  /** What it runs in. Default: a copy of the current one. */
  context?: Context;
  /** Runs to the first wait at once, if the loop is running. */
  eagerStart?: boolean;
  /** Default: the running one. */
  loop?: EventLoop;
}

/** @internal Told when a task is asked to cancel; see abort.ts. */
export const cancelListener: { call: ((task: Task<any>) => void) | null } = { call: null };

/**
 * A future that drives a coroutine: it runs it to its next `yield`, and asks what was yielded to call it back.
 *
 * @see CPython 3.13 `asyncio.Task`; the comment over the class in `tasks.py`
 */
export class Task<T> extends Future<T> implements Frames, Runnable {
  // A task that is not done is in one of three states:
  //   1. waiting:   `waitingFor` is pending, and has this task among its waiters;
  //   2. scheduled: its step is in the ready queue, exactly once;
  //   3. running:   its step is on the stack.
  /** @internal */ waitingFor: Future<any> | null;
  /** @internal */ innermost: Coroutine<any>;
  /** @internal */ outer: Frames["outer"];
  /** @internal */ readonly context: Context;
  /** @internal A cancellation that is still to be delivered. */
  mustCancel: boolean;
  /** @internal */ cancelRequests: number;
  /** @internal */ cancelMessage: string | undefined;
  /** @internal The name, or the number of which the name is made when somebody asks. */
  nameOrNumber: string | number;
  /** @internal */ older: Task<any> | null;
  /** @internal */ younger: Task<any> | null;

  /**
   * @param coro - What a generator function returned, not yet started.
   * @param who - For the error: who was given it. Default: Task.
   * @throws {TypeError} When it is anything else.
   */
  constructor(coro: Coroutine<T>, options?: TaskOptions, who?: string) {
    super(options);
    if (!isCoroutine(coro)) {
      throw new TypeError(`${who ?? "Task"}: a coroutine was expected, got ${describeMistake(coro)}.`);
    }
    const { loop } = this;
    loop.checkOpen("Task");
    const tasks = tasksOf(loop);
    this.waitingFor = null;
    this.innermost = coro;
    this.outer = null;
    this.context = options?.context ?? copyContext();
    const eager = options?.eagerStart === true && loop.isRunning();
    if (eager && isEntered(this.context)) {
      throw new RuntimeError("Task: it cannot start eagerly in a context that is already entered. Give it a copy().");
    }
    this.mustCancel = false;
    this.cancelRequests = 0;
    this.cancelMessage = undefined;
    this.nameOrNumber = options?.name === undefined ? (tasks.created += 1) : asText(options.name);
    this.older = null;
    this.younger = null;
    claim(coro, this);
    tasks.add(this);
    if (loop.instrument !== null) loop.instrument.taskCreated?.(this, runningTask());
    if (eager) this.#startEagerly();
    else loop.enqueue(this);
  }

  get name(): string {
    return typeof this.nameOrNumber === "number" ? `Task-${this.nameOrNumber}` : this.nameOrNumber;
  }

  set name(name: string) {
    this.nameOrNumber = asText(name);
  }

  getCoro(): Coroutine<T> {
    // Of those that lie on the stack, the outermost is never a mark.
    return this.outer === null || this.outer.length === 0 ? this.innermost : (this.outer[0] as Coroutine<any>);
  }

  getContext(): Context {
    return this.context;
  }

  /** Not for tasks: only the coroutine's end completes one. @throws {RuntimeError} Always. */
  override setResult(_value: T): void {
    throw new RuntimeError(`Task "${this.name}" does not support setResult: its coroutine gives the result.`);
  }

  /** Not for tasks: only the coroutine's end completes one. @throws {RuntimeError} Always. */
  override setException(_error: unknown): void {
    throw new RuntimeError(`Task "${this.name}" does not support setException: its coroutine throws the error.`);
  }

  // ---- stepping

  /** @internal */
  override get stepOf(): Task<T> {
    return this;
  }

  /** @internal The loop calls it when the task's turn has come. */
  run(): void {
    if (this.state !== PENDING) {
      this.#reportAlreadyDone();
      return;
    }

    // 1. What it waited for has come: a value, or an error.
    const awaited = this.waitingFor;
    let error: unknown = NOTHING;
    let value: unknown = undefined;
    if (awaited !== null) {
      this.waitingFor = null;
      if (awaited.state === FINISHED) value = awaited.value;
      else error = awaited.takeError("");
    }

    // 2. A cancellation replaces either.
    if (this.mustCancel) {
      if (!(error instanceof CancelledError)) error = cancelledError(this.cancelMessage);
      this.mustCancel = false;
    }

    swapCurrentTask(this);
    enterContext(this.context);
    try {
      if (this.loop.debug) stepInDebugMode(this, error, value);
      else this.step(error, value);
    } finally {
      swapCurrentTask(null);
    }
  }

  /** Somebody has called Future's setResult on it, or the like, while its step was due: its coroutine goes no further. */
  #reportAlreadyDone(): void {
    tasksOf(this.loop).remove(this);
    const exception = new InvalidStateError(`Task "${this.name}": a step is due, but it is already done.`);
    this.loop.callExceptionHandler({ message: `Exception in a step of task "${this.name}"`, exception, task: this });
  }

  #startEagerly(): void {
    const outerTask = swapCurrentTask(this);
    const outerContext = nestContext(this.context);
    try {
      if (this.loop.debug) stepInDebugMode(this, NOTHING, undefined);
      else this.step(NOTHING, undefined);
    } finally {
      unnestContext(outerContext);
      swapCurrentTask(outerTask);
    }
  }

  /** @internal Runs the coroutine to its next wait, or to its end. */
  step(error: unknown, value: unknown): void {
    for (;;) {
      // 1. Run it.
      let result: IteratorResult<Suspension, T>;
      try {
        result = resume(this, error, value) as IteratorResult<Suspension, T>;
      } catch (thrown) {
        this.#endWithError(thrown);
        return;
      }
      if (result.done) {
        this.#endWithResult(result.value);
        return;
      }
      const on = result.value;
      const { loop } = this;
      if (loop.debug && error instanceof CancelledError) noteSwallowed(this);

      // 2. It waits for a future, or for nothing: one pass of the loop.
      if (on instanceof Future) {
        if (on.state !== PENDING) {
          // Only a bare `yield` hands over a future that is done: here is its outcome.
          error = on.state === FINISHED ? NOTHING : on.takeError("");
          value = on.value;
          continue;
        }
        if (loop.instrument !== null) loop.instrument.taskSuspended?.(this, on);
        this.#waitFor(on);
        return;
      }
      if (on === undefined) {
        if (loop.instrument !== null) loop.instrument.taskSuspended?.(this, on);
        loop.enqueue(this);
        return;
      }

      // 3. `yield x` is `yield* x`: x becomes a frame of this task.
      if (isAwaitable(on)) {
        error = NOTHING;
        value = undefined;
        const child = isCoroutine(on) ? on : awaiting(on);
        const claimed = claim(child, this, false);
        if (claimed === null) call(this, child);
        else error = claimed;
        continue;
      }
      this.#mistaken(new TypeError(`Task "${this.name}" yielded ${describeMistake(on)}.`));
      return;
    }
  }

  #waitFor(future: Future<any>): void {
    if (future === (this as Future<any>)) {
      this.#mistaken(new RuntimeError(`Task "${this.name}" cannot await itself.`));
    } else if (future.loop !== this.loop) {
      this.#mistaken(new RuntimeError(`Task "${this.name}" awaits a ${kindOf(future)} of a different event loop.`));
    } else {
      future.addWaiter(this);
      this.waitingFor = future;
      if (this.mustCancel && future.cancel(this.cancelMessage)) this.mustCancel = false;
    }
  }

  /** It waits for a future that has failed, of which nobody else knows: the error is thrown in the next iteration. */
  #mistaken(error: Error): void {
    const mistake = new Future<never>({ loop: this.loop });
    mistake.state = FAILED;
    mistake.value = error;
    this.waitingFor = mistake;
    this.loop.enqueue(this);
  }

  #endWithResult(value: T): void {
    if (this.mustCancel) {
      // Cancelled in its last step: it returned, and yet it is cancelled.
      this.mustCancel = false;
      this.#end(CANCELLED, this.cancelMessage);
      return;
    }
    if (this.loop.debug && this.cancelRequests > 0) reportSwallowed(this);
    this.#end(FINISHED, value);
  }

  #endWithError(error: unknown): void {
    if (error instanceof CancelledError) {
      this.#end(CANCELLED, error);
      return;
    }
    tasksOf(this.loop).remove(this);
    this.fail(error);
  }

  #end(state: number, value: unknown): void {
    tasksOf(this.loop).remove(this);
    this.complete(state, value);
  }

  /** @internal The first who asks gets the very error; all others a new one, without its message. */
  override makeCancelledError(): CancelledError {
    if (this.state !== CANCELLED) return cancelledError(this.cancelMessage);
    const reason = this.value as CancelledError | string | undefined;
    if (!(reason instanceof CancelledError)) return cancelledError(reason);
    this.value = undefined;
    return reason;
  }

  // ---- cancelling

  /**
   * Asks the task to stop: a CancelledError is thrown into it where it waits, in the next iteration.
   *
   * What it waits for is cancelled; through tasks that wait for tasks the request goes to the innermost.
   *
   * @returns False when the task was done, and nothing happened.
   */
  override cancel(message?: string): boolean {
    if (this.state !== PENDING) return super.cancel(message);
    // Not recursive: a chain of tasks may be longer than the stack is deep. A chain that comes back to itself (tasks
    // waiting for each other) ends at the task it comes back to, which is then interrupted where it waits.
    if (passing.has(this)) {
      this.#interrupt(message);
      return true;
    }
    const chain: Task<any>[] = [];
    try {
      this.#passCancel(chain, message);
    } finally {
      for (const task of chain) passing.delete(task);
    }
    return true;
  }

  #passCancel(chain: Task<any>[], message: string | undefined): void {
    let target = this as Task<any>;
    let ring = false;
    while (!ring) {
      chain.push(target);
      passing.add(target);
      const next: Future<any> | null = target.waitingFor;
      if (!(next instanceof Task) || next.state !== PENDING) break;
      target = next;
      ring = passing.has(next);
    }
    const end = ring ? chain.indexOf(target) : -1;
    for (const task of end < 0 ? chain : chain.slice(0, end + 1)) task.#requestCancel();
    if (ring) target.#interrupt(message);
    else target.#cancelWait(message);
  }

  #requestCancel(): void {
    this.cancelRequests += 1;
    if (this.loop.instrument !== null) this.loop.instrument.cancelRequested?.(this);
    if (cancelListener.call !== null) cancelListener.call(this);
  }

  #cancelWait(message: string | undefined): void {
    if (this.waitingFor !== null && this.waitingFor.cancel(message)) return;
    this.mustCancel = true;
    this.cancelMessage = message;
  }

  /** Leaves the ring: what it waits for will never come. */
  #interrupt(message: string | undefined): void {
    this.mustCancel = true;
    this.cancelMessage = message;
    if (this.waitingFor === null || this.waitingFor.state !== PENDING) return;
    this.waitingFor.removeWaiters((waiter) => waiter === this);
    this.waitingFor = null;
    this.loop.enqueue(this);
  }

  /** How many requests to cancel it has had, less those taken back. */
  cancelling(): number {
    return this.cancelRequests;
  }

  /**
   * Takes back one request to cancel. A request that is not delivered yet is dropped when none is left.
   *
   * @returns How many requests are left.
   */
  uncancel(): number {
    if (this.cancelRequests > 0) {
      this.cancelRequests -= 1;
      if (this.cancelRequests === 0) this.mustCancel = false;
    }
    return this.cancelRequests;
  }

  /**
   * Its suspended frames, innermost last: function name, and where the host can tell, file, line and column. Plain
   * generators inside a coroutine cannot be seen; those of `coroutine()` functions can.
   */
  getStack(): Frame[] {
    return this.state === PENDING ? stacksOf([this])[0]! : [];
  }

  override toString(): string {
    const state = this.state === PENDING && this.cancelRequests > 0 ? "cancelling" : STATE_NAMES[this.state]!;
    return `<Task ${state} name="${this.name}">`;
  }
}

// Tasks through which a cancellation is passing, to what they wait for.
const passing = new Set<Task<any>>();

/** Names are text; who writes JavaScript may give a number, and gets its digits. */
function asText(name: unknown): string {
  return String(name);
}

function kindOf(future: Future<any>): string {
  return future instanceof Task ? `Task "${future.name}"` : "Future";
}
