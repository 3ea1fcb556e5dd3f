import { swapCurrentTask } from "../task/current-task.ts";
import { Task, type TaskOptions } from "../task/task.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { ROOT } from "./identity.ts";
import type { Machine } from "./machine.ts";

/**
 * A task of a simulated program: it has an identity, and says when it steps.
 *
 * @internal
 */
export class SimTask<T> extends Task<T> {
  static {
    // What users see of it is a Task.
    Object.defineProperty(this, "name", { value: "Task" });
  }

  readonly machine: Machine;
  readonly identity: number;
  steps: number;
  // Declared only: a task that starts eagerly makes others before its own constructor is over.
  declare created: number;

  constructor(machine: Machine, coro: Coroutine<T>, options?: TaskOptions) {
    const identity = nextIdentity(machine);
    const outer = machine.constructing;
    machine.constructing = identity;
    super(coro, options);
    machine.constructing = outer;
    this.machine = machine;
    this.identity = identity;
    this.steps = 0;
    this.created ??= 0;
    machine.tasks.push(this);
  }

  override run(): void {
    this.steps += 1;
    const { machine } = this;
    machine.stepping(this);
    super.run();
    if (machine.vigilant) machine.world.stepped(this);
  }
}

/** For the next task that is made: who makes it, and how many it has made. */
function nextIdentity(machine: Machine): number {
  const creator = runningTask();
  if (!(creator instanceof SimTask)) {
    machine.madeByCallbacks += 1;
    return machine.identities.child(ROOT, machine.madeByCallbacks - 1);
  }
  const identity = (creator.identity as number | undefined) ?? machine.constructing;
  const counter = (creator.created as number | undefined) ?? 0;
  creator.created = counter + 1;
  return machine.identities.child(identity, counter);
}

/** @internal The task that runs, if one does. */
export function runningTask(): Task<any> | null {
  const task = swapCurrentTask(null);
  swapCurrentTask(task);
  return task;
}
