// What all the programs of this folder use.
import { type Coroutine, type Task, wait } from "escapement";

/** Waits for all of them; then throws what one of them threw. One that was cancelled is no failure. */
export function* together(...tasks: Task<unknown>[]): Coroutine<void> {
  yield* wait(tasks);
  for (const task of tasks) if (!task.cancelled()) task.result();
}

/** What must be true, whatever the schedule. */
export function must(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
