import { RuntimeError } from "../loop/errors.ts";
import { currentTask } from "./current-task.ts";
import type { AbortSignalLike } from "./run.ts";
import { type Task, cancelListener } from "./task.ts";

interface Controller {
  readonly signal: AbortSignalLike;
  abort(reason?: unknown): void;
}

const controllers = new WeakMap<Task<any>, Controller>();

/**
 * An AbortSignal that aborts when `task` is asked to cancel: for what the host offers and the loop cannot cancel itself.
 *
 * @param task - Default: the current one.
 * @returns The host's own AbortSignal; `any`, because the core is compiled without the host's types.
 * @throws {RuntimeError} Outside of a task.
 * @example
 * const response = yield* fromPromise(fetch(url, { signal: abortSignal() }));
 */
export function abortSignal(task: Task<any> | null = currentTask()): any {
  if (task === null)
    throw new RuntimeError("abortSignal: no current task. Call it inside a coroutine, or give it a task.");
  cancelListener.call ??= (cancelled) => controllers.get(cancelled)?.abort();
  let controller = controllers.get(task);
  if (controller === undefined) {
    controller = new (globalThis as unknown as { AbortController: new () => Controller }).AbortController();
    controllers.set(task, controller);
    if (task.cancelling() > 0) controller.abort();
  }
  return controller.signal;
}
