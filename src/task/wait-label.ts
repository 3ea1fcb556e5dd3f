import type { Future } from "../future/future.ts";

/** @internal What a task waits for, as people are told: `Task "b"`, `Queue.get`, `sleep`. */
export function waitLabel(future: Future<any> | null): string {
  if (future === null) return "nothing";
  const task = future.stepOf;
  if (task !== undefined) return `Task "${task.name}"`;
  return (future as { label?: string }).label ?? "a Future";
}
