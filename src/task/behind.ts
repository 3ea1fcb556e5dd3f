import type { Future } from "../future/future.ts";
import { StandIn } from "../future/stand-in.ts";
import type { Task } from "./task.ts";

/**
 * The tasks that whoever waits for `future` waits for: itself, or those for which a gather, a group, a shield stands.
 *
 * @internal
 */
export function tasksBehind(future: Future<any> | null): Task<any>[] {
  const tasks: Task<any>[] = [];
  const todo = future === null ? [] : [future];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const task = next.stepOf;
    if (task !== undefined) tasks.push(task);
    else if (next instanceof StandIn) for (const other of Array.from(next.awaits).toReversed()) todo.push(other);
  }
  return tasks;
}
