import { type EventLoop, getRunningLoop } from "../loop/event-loop.ts";
import {
  type Awaitable,
  type Coroutine,
  awaiting,
  describeMistake,
  isAwaitable,
  isCoroutine,
} from "../future/awaitable.ts";
import { Future } from "../future/future.ts";
import { noteAwaited } from "../future/unawaited.ts";
import { tasksOf } from "./current-task.ts";
import { Task, type TaskOptions } from "./task.ts";

/**
 * Runs a coroutine as a task of the running loop: its first step is in the next iteration.
 *
 * @throws {TypeError} When `coro` is not a coroutine.
 * @throws {RuntimeError} When no loop is running.
 * @example
 * const task = createTask(worker());
 * yield* sleep(10);
 * task.cancel();
 */
export function createTask<T>(coro: Coroutine<T>, options?: TaskOptions): Task<T> {
  const loop = options?.loop ?? getRunningLoop();
  const make = tasksOf(loop).factory;
  if (make === null) return new Task(coro, options, "createTask");
  if (!isCoroutine(coro)) {
    throw new TypeError(`createTask: a coroutine was expected, got ${describeMistake(coro)}.`);
  }
  return make(loop, coro, options);
}

/** Makes the tasks of a loop; see `eagerTaskFactory`. */
export type TaskFactory = <T>(loop: EventLoop, coro: Coroutine<T>, options?: TaskOptions) => Task<T>;

/** Tasks run to their first wait inside `createTask`: `runSync(main, { taskFactory: eagerTaskFactory })`. */
export const eagerTaskFactory: TaskFactory = startEagerly;

function startEagerly<T>(loop: EventLoop, coro: Coroutine<T>, options?: TaskOptions): Task<T> {
  return new Task(coro, { ...options, eagerStart: options?.eagerStart ?? true, loop });
}

/**
 * A future of anything that can be waited for: itself if it is one, else a task that waits for it.
 *
 * @throws {TypeError} When it cannot be waited for.
 */
export function ensureFuture<T>(aw: Awaitable<T>, who = "ensureFuture"): Future<T> {
  if (aw instanceof Future) return aw;
  if (isCoroutine(aw)) return createTask(aw);
  if (isAwaitable(aw)) {
    noteAwaited(aw);
    return createTask(awaiting(aw));
  }
  throw new TypeError(`${who}: a future, a coroutine or another awaitable was expected, got ${describeMistake(aw)}.`);
}
