import type { Run } from "./theatre.ts";

// Okabe and Ito's, which everybody can tell apart: see style/theme.css.
const HUES = 7;

/** The class that gives a task its colour: by its place in order of creation. */
export function hueOf({ order }: Run, task: number): string {
  return `hue-${(order.get(task) ?? task) % HUES}`;
}

/** The task that a name in a queue means: of those that are called so, the youngest that is not done. */
export function hueOfName(run: Run, tasks: readonly { id: number; name: string }[], name: string): string | null {
  const task = tasks.findLast((one) => one.name === name);
  return task === undefined ? null : hueOf(run, task.id);
}
