import { VirtualClock } from "../loop/clock.ts";
import { type Context, copyContext } from "../loop/context.ts";
import { RuntimeError, StalledError } from "../loop/errors.ts";
import { EventLoop, type LoopOptions, runningLoopOrNull } from "../loop/event-loop.ts";
import {
  type Awaitable,
  type Coroutine,
  awaiting,
  describeMistake,
  isAwaitable,
  isCoroutine,
} from "../future/awaitable.ts";
import type { Future } from "../future/future.ts";
import { FAILED } from "../future/future.ts";
import { tasksOf } from "./current-task.ts";
import { DeadlockError } from "./deadlock.ts";
import { gatherFutures } from "./gather.ts";
import { type TaskFactory, createTask } from "./create-task.ts";
import type { Task } from "./task.ts";

/** A program: something to wait for, or a function that gives it. */
export type Main<T> = Awaitable<T> | (() => Awaitable<T>);

/** How a program is run. */
export interface RunOptions extends LoopOptions {
  /** Makes the tasks of `createTask` and all that uses it; see `eagerTaskFactory`. */
  taskFactory?: TaskFactory;
}

/**
 * One loop and one context for several programs, run here and now, one after the other.
 *
 * @example
 * const runner = new Runner();
 * print(runner.run(() => sleep(1000, "a second later"))); //=> "a second later"
 * runner.close();
 * @see CPython 3.13 `asyncio.Runner`
 */
export class Runner implements Disposable {
  readonly #loop: EventLoop;
  readonly #context: Context = copyContext();

  /** @param options - As for `runSync`: virtual time unless a clock is given. */
  constructor(options: RunOptions = {}) {
    this.#loop = makeLoop({ ...options, clock: options.clock ?? new VirtualClock() });
  }

  /**
   * Runs `main` to its end.
   *
   * @returns Its result. What it throws comes out.
   * @throws {DeadlockError} When nothing can ever run again, and main is not done.
   * @throws {RuntimeError} Inside a running loop, or when the loop is stopped before main is done.
   */
  run<T>(main: Main<T>, options: { context?: Context } = {}): T {
    return this.runFor("Runner.run", main, options.context);
  }

  /** @internal @param who - For errors: who was called. */
  runFor<T>(who: string, main: Main<T>, context: Context = this.#context): T {
    refuseInsideALoop(who);
    this.#loop.checkOpen(who);
    const task = mainTask(who, main, this.#loop, context);
    this.#drive(task);
    return task.result();
  }

  /** @throws {RuntimeError} When the runner is closed. */
  getLoop(): EventLoop {
    if (this.#loop.isClosed()) throw new RuntimeError("Runner.getLoop: the runner is closed. Make a new one.");
    return this.#loop;
  }

  /** Cancels what is left, waits for its end, and closes the loop. */
  close(): void {
    if (this.#loop.isClosed()) return;
    try {
      const left = cancelLeftovers(this.#loop);
      if (left === null) return;
      this.#drive(left.ended);
      reportFailed(this.#loop, left.tasks);
    } finally {
      this.#loop.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Until `future` is done, and one iteration more. */
  #drive(future: Future<any>): void {
    const loop = this.#loop;
    const stop = (): void => loop.stop();
    future.addDoneCallback(stop);
    try {
      loop.runForever();
    } catch (error) {
      throw error instanceof StalledError ? new DeadlockError(loop) : error;
    } finally {
      future.removeDoneCallback(stop);
    }
    if (!future.done()) {
      throw new RuntimeError("Event loop stopped before the main task completed: somebody called loop.stop().");
    }
  }
}

/**
 * Runs a program here and now, on this thread, and returns its result. In virtual time unless another clock is given: a
 * day of sleeps takes milliseconds.
 *
 * @example
 * const result = runSync(function* () {
 *   yield* sleep(24 * 3600 * 1000);
 *   return "tomorrow";
 * });
 * print(result); //=> "tomorrow"
 */
export function runSync<T>(main: Main<T>, options?: RunOptions): T {
  refuseInsideALoop("runSync");
  const runner = new Runner(options);
  let result: T;
  try {
    result = runner.runFor("runSync", main);
  } catch (error) {
    closeQuietly(runner);
    throw error;
  }
  runner.close();
  return result;
}

/** When the program failed, its error is what comes out, whatever the clean-up meets. */
function closeQuietly(runner: Runner): void {
  try {
    runner.close();
  } catch (error) {
    if (!(error instanceof DeadlockError)) throw error;
  }
}

/** @internal */
export function makeLoop(options: RunOptions): EventLoop {
  const { taskFactory } = options;
  if (taskFactory !== undefined && typeof taskFactory !== "function") {
    throw new TypeError(`taskFactory: expected a function that makes tasks, got ${describeMistake(taskFactory)}.`);
  }
  const loop = new EventLoop(options);
  if (taskFactory !== undefined) tasksOf(loop).factory = taskFactory;
  return loop;
}

/** @internal */
export function refuseInsideALoop(who: string): void {
  if (runningLoopOrNull() !== null) {
    throw new RuntimeError(
      `${who} cannot be called from a running event loop. Inside a coroutine, write yield* main().`,
    );
  }
}

/** @internal Checks `main`, and makes the task whose first step is in the next iteration. */
export function mainTask<T>(
  who: string,
  main: Main<T>,
  loop: EventLoop,
  context: Context,
  naming: { name?: string } = {},
): Task<T> {
  return createTask(mainCoroutine(who, main), { loop, context, ...naming });
}

function mainCoroutine<T>(who: string, main: Main<T>): Coroutine<T> {
  if (isCoroutine(main)) return main;
  if (isAwaitable(main)) return awaiting(main);
  const kind = Object.prototype.toString.call(main);
  if (kind === "[object GeneratorFunction]") return (main as () => Coroutine<T>)();
  if (kind !== "[object Function]") {
    throw new TypeError(
      `${who}: a coroutine, or a function that gives one, was expected, got ${describeMistake(main)}.`,
    );
  }
  return callMain(who, main);
}

// Called inside the loop: it may make futures.
function* callMain<T>(who: string, main: () => Awaitable<T>): Coroutine<T> {
  const aw = main();
  if (!isAwaitable(aw)) {
    throw new TypeError(`${who}: the main function gave ${describeMistake(aw)}; an awaitable was expected.`);
  }
  return yield* aw;
}

/** @internal Cancels the tasks that are not done, in order of creation; null when there are none. */
export function cancelLeftovers(loop: EventLoop): { tasks: Task<any>[]; ended: Future<any> } | null {
  const tasks = tasksOf(loop).all();
  if (tasks.length === 0) return null;
  for (const task of tasks) task.cancel();
  return { tasks, ended: gatherFutures(tasks, true) };
}

/** @internal */
export function reportFailed(loop: EventLoop, tasks: readonly Task<any>[]): void {
  for (const task of tasks) {
    if (task.state !== FAILED) continue;
    loop.callExceptionHandler({
      message: "Unhandled exception while the tasks that were left were cancelled",
      exception: task.exception(),
      task,
    });
  }
}
