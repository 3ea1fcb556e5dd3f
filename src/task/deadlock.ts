import type { EventLoop } from "../loop/event-loop.ts";
import { tasksBehind } from "./behind.ts";
import { tasksOf } from "./current-task.ts";
import { placeIn } from "./place.ts";
import { ringsOf } from "./rings.ts";
import { type Frame, stacksOf } from "./stack.ts";
import type { Task } from "./task.ts";
import { waitLabel } from "./wait-label.ts";

// So many tasks are named in the message, and so many are asked where they wait, which takes a millisecond each.
const NAMED = 20;
const LOCATED = 100;

/**
 * Nothing is ready and nothing is scheduled, yet the main task is not done. The message lists the tasks, the first
 * twenty of them, what each waits for, and where; tasks that await each other in a ring are named as such.
 */
export class DeadlockError extends Error {
  static {
    this.prototype.name = "DeadlockError";
  }

  /** The tasks that are not done, in order of creation. */
  declare readonly tasks: readonly Task<any>[];
  /**
   * Where each of the first hundred waited, as `Task.getStack()` told then: the clean-up that follows ends them. Of all
   * others it is empty.
   */
  declare readonly stacks: readonly (readonly Frame[])[];

  /** @internal */
  constructor(loop: EventLoop) {
    const tasks = tasksOf(loop).all();
    const stacks: Frame[][] = stacksOf(tasks.slice(0, LOCATED));
    while (stacks.length < tasks.length) stacks.push([]);
    super(describe(tasks, stacks));
    // Not enumerable: whoever prints the error wants its message, not the insides of tasks.
    Object.defineProperty(this, "tasks", { value: tasks });
    Object.defineProperty(this, "stacks", { value: stacks });
  }
}

function describe(tasks: readonly Task<any>[], stacks: readonly (readonly Frame[])[]): string {
  const waits = tasks
    .slice(0, NAMED)
    .map((task, i) => `"${task.name}" on ${waitLabel(task.waitingFor)}${placeOf(stacks[i]!)}`);
  if (tasks.length > NAMED) waits.push(`and ${tasks.length - NAMED} more`);
  const wait = tasks.length === 1 ? "1 task waits" : `${tasks.length} tasks wait`;
  const rings = ringsOf(tasks, ({ waitingFor }) => tasksBehind(waitingFor)).map((ring) => {
    const names = [...ring, ring[0]!].map(({ name }) => `"${name}"`);
    return ` They await each other in a ring: ${names.join(" → ")}.`;
  });
  return `${wait} and nothing is scheduled: ${waits.join(", ")}.${rings.join("")}`;
}

function placeOf(stack: readonly Frame[]): string {
  const place = placeIn(stack);
  return place === "" ? "" : ` (${place})`;
}
