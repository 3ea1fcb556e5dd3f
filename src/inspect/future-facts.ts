import type { AnyFuture, AnyTask } from "../loop/parties.ts";
import type { Ending } from "./trace.ts";

// This layer sees the types of the core and nothing that runs: what is what is read off the objects themselves.

/** @internal The future as a task, if it is one. */
export function asTask(future: AnyFuture): AnyTask | null {
  return future.stepOf ?? null;
}

/** @internal What a report calls it: `Task "worker"`, `Queue.get`. */
export function labelOf(future: AnyFuture): string {
  const task = asTask(future);
  return task === null ? ((future as { label?: string }).label ?? "a Future") : `Task "${task.name}"`;
}

// In the order of the states in future.ts.
const ENDINGS: readonly (Ending | null)[] = [null, "finished", "failed", "cancelled"];

/** @internal Null while it is pending. */
export function endingOf(future: AnyFuture): Ending | null {
  return ENDINGS[future.state] ?? null;
}
