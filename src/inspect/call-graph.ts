import type { Task } from "../task/task.ts";
import { tasksBehind } from "../task/behind.ts";
import { currentTask, tasksOf } from "../task/current-task.ts";
import { openStacks } from "../task/stack.ts";
import { framesOfStack } from "./native-stack.ts";
import type { Place } from "./trace.ts";

/** A task, where it is, and the tasks that wait for it. */
export interface CallGraph {
  readonly task: string;
  /** Innermost first, as asyncio has it. */
  readonly stack: readonly Place[];
  readonly awaitedBy: readonly CallGraph[];
  /** It stands further up already: these tasks wait for each other. */
  readonly deadlock?: true;
}

/** How much of a graph. */
export interface CallGraphOptions {
  /**
   * How many frames of each stack: a positive number keeps the innermost, a negative one the outermost, 0 none. Default:
   * all.
   */
  limit?: number;
}

/**
 * Where a task is, and who waits for it, and for them, and so on: through gather, groups, shield and wait.
 *
 * @param task - Default: the current one.
 * @returns Null in a callback, which is no task's.
 * @throws {RuntimeError} When no task is given and no loop runs.
 * @throws {TypeError} When it is no task.
 * @see CPython 3.14 `asyncio.capture_call_graph`
 */
export function captureCallGraph(task?: Task<any>, options: CallGraphOptions = {}): CallGraph | null {
  const subject = task === undefined ? currentTask() : checkTask("captureCallGraph", task);
  if (subject === null) return null;
  const capture = new Capture(subject, options.limit);
  try {
    return capture.graphOf(subject);
  } finally {
    capture.close();
  }
}

/**
 * The call graph as text; empty where there is none.
 *
 * @example
 * print(formatCallGraph()); //=> "* Task(name='Task-1')" and its frames
 * @see CPython 3.14 `asyncio.format_call_graph`
 */
export function formatCallGraph(task?: Task<any>, options: CallGraphOptions = {}): string {
  const graph = captureCallGraph(task, options);
  return graph === null ? "" : linesOf(graph).join("\n");
}

/** A graph that is being made. */
interface Node extends CallGraph {
  readonly awaitedBy: Node[];
}

/** Makes one graph. Not recursive: a chain of tasks may be longer than the stack is deep. */
class Capture {
  readonly #limit: number | undefined;
  readonly #running: Task<any> | null;
  readonly #waiters = new Map<Task<any>, Set<Task<any>>>();
  readonly #stacks = openStacks();

  constructor(subject: Task<any>, limit: number | undefined) {
    this.#limit = limit;
    this.#running = subject.loop.isRunning() ? currentTask() : null;
    for (const waiter of tasksOf(subject.loop).all()) {
      for (const task of tasksBehind(waiter.waitingFor)) this.#waitersOf(task).add(waiter);
    }
  }

  close(): void {
    this.#stacks.close();
  }

  graphOf(subject: Task<any>): CallGraph {
    const top = this.#nodeOf(subject);
    // From the task that was asked about to the one that is being looked at, each with those who wait for it.
    const path = [{ task: subject, node: top, waiters: this.#waitersOf(subject).values() }];
    const onPath = new Set([subject]);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const { done, value: task } = last.waiters.next();
      if (done === true) {
        onPath.delete(last.task);
        path.pop();
      } else if (onPath.has(task)) {
        last.node.awaitedBy.push({ task: task.name, stack: [], awaitedBy: [], deadlock: true });
      } else {
        const node = this.#nodeOf(task);
        last.node.awaitedBy.push(node);
        onPath.add(task);
        path.push({ task, node, waiters: this.#waitersOf(task).values() });
      }
    }
    return top;
  }

  #waitersOf(task: Task<any>): Set<Task<any>> {
    const known = this.#waiters.get(task);
    if (known !== undefined) return known;
    const waiters = new Set<Task<any>>();
    this.#waiters.set(task, waiters);
    return waiters;
  }

  #nodeOf(task: Task<any>): Node {
    return { task: task.name, stack: this.#limit === 0 ? [] : this.#cut(this.#stackOf(task)), awaitedBy: [] };
  }

  // Of the running task, the innermost frames are on the native stack, and those that wait for them are not.
  #stackOf(task: Task<any>): readonly Place[] {
    const suspended = task.done() ? [] : this.#stacks.of([task])[0]!.toReversed();
    if (task !== this.#running) return suspended;
    const native = framesOfStack();
    return native.length === 0 ? suspended : [...native, ...suspended.slice(1)];
  }

  #cut(stack: readonly Place[]): readonly Place[] {
    const limit = this.#limit;
    if (limit === undefined) return stack;
    return limit >= 0 ? stack.slice(0, limit) : stack.slice(limit);
  }
}

function checkTask(who: string, task: Task<any>): Task<any> {
  if ((task as Task<any> | null)?.stepOf === task) return task;
  throw new TypeError(`${who}: a Task was expected, got ${task === null ? "null" : typeof task}.`);
}

function linesOf(top: CallGraph): string[] {
  const lines: string[] = [];
  const todo = [{ graph: top, margin: "" }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { graph, margin } = next;
    lines.push(...headOf(graph).map((line) => margin + line));
    for (const waiter of graph.awaitedBy.toReversed()) todo.push({ graph: waiter, margin: `${margin}    ` });
  }
  return lines;
}

function headOf({ task, stack, awaitedBy, deadlock }: CallGraph): string[] {
  const lines = [`* Task(name='${task}')`];
  if (deadlock === true) lines.push("  + DEADLOCK: this task waits, through those above, for itself");
  if (stack.length > 0) lines.push("  + Call stack:");
  for (const place of stack) lines.push(`  |   ${describePlace(place)}`);
  if (awaitedBy.length > 0) lines.push("  + Awaited by:");
  return lines;
}

function describePlace({ name, file, line }: Place): string {
  return file === undefined ? `in ${name}()` : `File '${file}', line ${line}, in ${name}()`;
}
