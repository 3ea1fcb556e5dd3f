import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { Future, PENDING } from "../future/future.ts";
import type { Task } from "../task/task.ts";
import { sleep } from "../task/sleep.ts";
import { activeMachine } from "./active.ts";
import { runningTask } from "./sim-task.ts";

/** One who waits for a condition. @internal */
export class Guard extends Future<void> {
  readonly label = "until";
  readonly waiter: Task<any>;
  readonly holds: () => boolean;

  constructor(waiter: Task<any>, condition: () => boolean) {
    super();
    this.waiter = waiter;
    this.holds = condition;
  }

  open(): void {
    if (this.state === PENDING) this.setResult();
  }
}

/**
 * Waits until `condition()` holds: the task may run whenever it does, and may not while it does not, even if it has held
 * in between. Others may run first even when it holds at once. For models of what has no primitive: a machine that is up, a message that has come.
 *
 * Outside of a simulation it asks again every millisecond.
 *
 * @param condition - Must change nothing.
 * @example
 * yield* until(() => queue.length > 0);
 */
export function* until(condition: () => boolean): Coroutine<void> {
  const machine = activeMachine();
  const task = runningTask();
  if (machine === null || task === null) {
    while (!condition()) yield* sleep(1);
    return;
  }
  const guard = new Guard(task, condition);
  machine.guards.add(guard);
  yield* guard as Awaitable<void>;
}
