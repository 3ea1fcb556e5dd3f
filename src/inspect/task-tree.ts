import type { TaskView } from "./moment.ts";

/** @internal The tasks under those that made them, in order of creation, each with how deep it lies. */
export function treeOf(tasks: readonly TaskView[]): { task: TaskView; depth: number }[] {
  const children = new Map<number | null, TaskView[]>();
  const known = new Set<number>();
  for (const task of tasks) {
    const parent = task.parentId !== null && known.has(task.parentId) ? task.parentId : null;
    known.add(task.id);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [task]);
    else siblings.push(task);
  }
  const tree: { task: TaskView; depth: number }[] = [];
  const todo = (children.get(null) ?? []).map((task) => ({ task, depth: 0 })).toReversed();
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    tree.push(next);
    const { depth } = next;
    for (const task of (children.get(next.task.id) ?? []).toReversed()) todo.push({ task, depth: depth + 1 });
  }
  return tree;
}
