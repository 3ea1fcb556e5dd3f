import type { EventLoop } from "../loop/event-loop.ts";
import { getRunningLoop } from "../loop/event-loop.ts";
import { publishLoop } from "./attach.ts";
import type { TaskFactory } from "./create-task.ts";
import type { Task } from "./task.ts";

let current: Task<any> | null = null;

/**
 * The task whose step this code is part of; null in a plain callback.
 *
 * @throws {RuntimeError} When no loop is running.
 */
export function currentTask(): Task<any> | null {
  if (current === null) getRunningLoop();
  return current;
}

/** @internal As currentTask, anywhere. */
export function runningTask(): Task<any> | null {
  return current;
}

/** @internal Returns the one that was. */
export function swapCurrentTask(task: Task<any> | null): Task<any> | null {
  const previous = current;
  current = task;
  return previous;
}

/** @internal What the task layer keeps for a loop: its tasks that are not done, oldest first, and how many it made. */
export class TaskList {
  created = 0;
  /** Makes the tasks of `createTask`; null for plain ones. */
  factory: TaskFactory | null = null;
  first: Task<any> | null = null;
  last: Task<any> | null = null;

  // Linked through the tasks themselves: a Set would cost more than the rest of a task's birth and death.
  add(task: Task<any>): void {
    task.older = this.last;
    if (this.last === null) this.first = task;
    else this.last.younger = task;
    this.last = task;
  }

  remove(task: Task<any>): void {
    if (task.older === null) this.first = task.younger;
    else task.older.younger = task.younger;
    if (task.younger === null) this.last = task.older;
    else task.younger.older = task.older;
    task.older = null;
    task.younger = null;
  }

  /** The one whose step is on the stack, if it is of `loop`, whose list this is. */
  running(loop: EventLoop): Task<any> | null {
    return current?.loop === loop ? current : null;
  }

  all(): Task<any>[] {
    const tasks: Task<any>[] = [];
    for (let task = this.first; task !== null; task = task.younger) tasks.push(task);
    return tasks;
  }
}

/** @internal */
export function tasksOf(loop: EventLoop): TaskList {
  return (loop.annex as TaskList | null) ?? listTasksOf(loop);
}

// On its own: a function that makes a closure pays for it at every call, whether or not it comes to that.
function listTasksOf(loop: EventLoop): TaskList {
  const tasks = new TaskList();
  loop.annex = tasks;
  loop.onClose(() => reportPending(loop, tasks));
  publishLoop(loop);
  return tasks;
}

function reportPending(loop: EventLoop, tasks: TaskList): void {
  for (const task of tasks.all()) {
    loop.callExceptionHandler({ message: "Task was destroyed but it is pending!", future: task, task });
  }
}

/**
 * The tasks that are not done, in order of creation.
 *
 * @param loop - Default: the running one.
 */
export function allTasks(loop: EventLoop = getRunningLoop()): Set<Task<any>> {
  return new Set(tasksOf(loop).all());
}
