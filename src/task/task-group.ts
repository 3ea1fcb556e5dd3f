import { RuntimeError } from "../loop/errors.ts";
import { type Awaitable, type Coroutine, describeMistake, isCoroutine } from "../future/awaitable.ts";
import { CancelledError } from "../future/errors.ts";
import { FAILED, type Future } from "../future/future.ts";
import { StandIn } from "../future/stand-in.ts";
import { currentTask } from "./current-task.ts";
import { ExceptionGroup } from "./exception-group.ts";
import { Instantly } from "./instantly.ts";
import { createTask } from "./create-task.ts";
import type { Task, TaskOptions } from "./task.ts";
import type { ContextManager } from "./using.ts";

/**
 * Tasks that end together: the body's end waits for all; an error in one cancels the others and the body.
 *
 * @example
 * const group = new TaskGroup();
 * yield* using(group, function* () {
 *   group.createTask(work(1));
 *   group.createTask(work(2));
 * }); // both are done here
 * @see CPython 3.13 `asyncio/taskgroups.py`; `cancel()`: CPython 3.15
 */
export class TaskGroup implements ContextManager<TaskGroup> {
  #entered = false;
  #exiting = false;
  #aborting = false;
  #cancelled = false;
  #parent: Task<any> | null = null;
  // The group has asked its parent to cancel, and must take that back.
  #parentCancelRequested = false;
  readonly #tasks = new Set<Task<any>>();
  readonly #errors: unknown[] = [];
  #ended: Future<void> | null = null;

  /**
   * @throws {RuntimeError} Before the group is entered, after it has ended, and while it is shutting down.
   * @throws {TypeError} When `coro` is not a coroutine.
   */
  createTask<T>(coro: Coroutine<T>, options?: TaskOptions): Task<T> {
    if (!isCoroutine(coro)) {
      throw new TypeError(`TaskGroup.createTask: a coroutine was expected, got ${describeMistake(coro)}.`);
    }
    if (!this.#entered)
      throw new RuntimeError("TaskGroup.createTask: the group has not been entered. Use using(group, …).");
    if (this.#exiting && this.#tasks.size === 0) throw new RuntimeError("TaskGroup.createTask: the group is finished.");
    if (this.#aborting) throw new RuntimeError("TaskGroup.createTask: the group is shutting down.");
    const task = createTask(coro, options);
    this.#tasks.add(task);
    task.addCallback(this.#onTaskDone, this.#isIdle);
    // An eager task may have cancelled the group before it was in it.
    if (this.#aborting) task.cancel();
    return task;
  }

  /** Ends body and children, without an error. Before the group is entered, it ends the body at its first wait. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    if (!this.#entered || (this.#exiting && this.#tasks.size === 0)) return;
    this.#cancelParentAndAbort();
  }

  #cancelParentAndAbort(): void {
    if (!this.#aborting) this.#abort();
    if (this.#parentCancelRequested || this.#parent!.done()) return;
    this.#parentCancelRequested = true;
    this.#parent!.cancel();
  }

  #abort(): void {
    this.#aborting = true;
    for (const task of this.#tasks) if (!task.done()) task.cancel();
  }

  readonly #onTaskDone = (task: Task<any>): void => {
    this.#tasks.delete(task);
    if (this.#ended !== null && !this.#ended.done() && this.#tasks.size === 0) this.#ended.setResult();
    if (task.state !== FAILED) return;
    const error = task.exception();
    this.#errors.push(error);
    const parent = this.#parent!;
    if (parent.done()) {
      parent.loop.callExceptionHandler({
        message: `Task "${task.name}" has errored out but its parent task "${parent.name}" is already completed`,
        exception: error,
        task,
      });
      return;
    }
    if (!this.#aborting && !this.#parentCancelRequested) {
      this.#abort();
      this.#parentCancelRequested = true;
      parent.cancel();
    }
  };

  readonly #isIdle = (task: Task<any>): boolean => task.state !== FAILED && this.#tasks.size > 1;

  /** @throws {RuntimeError} When awaited: the second time, or outside of a task. */
  enter(): Awaitable<TaskGroup> {
    return new Instantly("TaskGroup.enter", () => this.#enter());
  }

  #enter(): this {
    if (this.#entered) throw new RuntimeError("TaskGroup: has already been entered. Make a new one.");
    const parent = currentTask();
    if (parent === null) throw new RuntimeError("TaskGroup: cannot determine the parent task; use it inside a task.");
    this.#entered = true;
    this.#parent = parent;
    if (this.#cancelled) this.#cancelParentAndAbort();
    return this;
  }

  /** Waits for the children. @throws {ExceptionGroup} When awaited: of their errors, in the order they came, the body's last. */
  exit(...left: [error?: unknown]): Awaitable<void> {
    // After cancel() it gives true, which swallows the cancellation: the contract's `void` is what everybody else sees.
    return this.#leave(left) as Awaitable<any>;
  }

  *#leave(left: [error?: unknown]): Coroutine<boolean> {
    this.#exiting = true;
    const bodyFailed = left.length > 0;
    const bodyError = left[0];
    let cancellation: CancelledError | null = bodyError instanceof CancelledError ? bodyError : null;
    let duringCancel: CancelledError | null = null;
    if (bodyFailed && !this.#aborting) this.#abort();

    // 1. Wait for the children. A cancellation from outside cancels them, once.
    while (this.#tasks.size > 0) {
      this.#ended ??= new StandIn<void>("TaskGroup", this.#tasks);
      try {
        yield* this.#ended;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        if (!this.#aborting) {
          cancellation = error;
          this.#abort();
        } else if (this.#cancelled) duringCancel = error;
      }
      this.#ended = null;
    }

    // 2. Take back the group's own request to cancel the parent. If there was no other, that was all.
    const parent = this.#parent!;
    if (this.#parentCancelRequested && parent.uncancel() === 0) cancellation = null;

    // 3. Cancelled from outside; or failed; or ended.
    if (cancellation !== null && this.#errors.length === 0) throw cancellation;
    if (bodyFailed && !(bodyError instanceof CancelledError)) this.#errors.push(bodyError);
    if (this.#errors.length > 0) {
      if (parent.cancelling() > 0) {
        // The errors win; the cancellation is asked for again, for the next wait.
        parent.uncancel();
        parent.cancel();
      }
      throw new ExceptionGroup(this.#errors, "unhandled errors in a TaskGroup");
    }
    // A request from outside, while cancel() waited for the children: gh-155433.
    if (duringCancel !== null && parent.cancelling() > 0) throw duringCancel;
    return bodyFailed;
  }

  toString(): string {
    const parts = ["<TaskGroup"];
    if (this.#tasks.size > 0) parts.push(`tasks=${this.#tasks.size}`);
    if (this.#errors.length > 0) parts.push(`errors=${this.#errors.length}`);
    if (this.#aborting) parts.push("cancelling");
    else if (this.#entered) parts.push("entered");
    return `${parts.join(" ")}>`;
  }
}
