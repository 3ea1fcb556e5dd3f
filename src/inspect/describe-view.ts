import { formatTime } from "./format-time.ts";
import type { ReadyView, TaskView, TimerView } from "./moment.ts";
import { deadlocksIn } from "./wait-graph.ts";

/**
 * Shapes, not colours: they must be told apart in print. And shapes that every font has: an hourglass is a box in most.
 *
 * @internal
 */
export const GLYPHS: Readonly<Record<TaskView["state"], string>> = {
  running: "▶",
  ready: "●",
  waiting: "○",
  cancelled: "✕",
  failed: "!",
  finished: "✓",
};

/** @internal `○ worker: Queue.get`. */
export function describeTask({ name, state, waitsFor }: TaskView): string {
  return `${GLYPHS[state]} ${name}${waitsFor === null ? "" : `: ${waitsFor}`}`;
}

/** @internal `worker: spawned`. */
export function describeReady({ task, why }: ReadyView): string {
  return `${task}: ${why}`;
}

/** @internal `100 worker: sleep`. */
export function describeTimer({ when, task, label }: TimerView): string {
  return task === label ? `${formatTime(when)} ${label}` : `${formatTime(when)} ${task}: ${label}`;
}

/** @internal A line for each ring of tasks that wait for each other. */
export function describeDeadlocks(tasks: readonly TaskView[]): string[] {
  return deadlocksIn(tasks).map((ring) => `DEADLOCK: ${ring.map(({ name }) => name).join(" → ")}`);
}
