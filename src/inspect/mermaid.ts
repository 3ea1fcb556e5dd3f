import { describeTask } from "./describe-view.ts";
import type { TaskView } from "./moment.ts";
import type { Trace } from "./trace.ts";
import { viewAt } from "./view.ts";
import { deadlocksIn } from "./wait-graph.ts";

/**
 * The tasks after the first `index` events as a Mermaid flowchart: who made whom, and dotted, who waits for whom. Tasks
 * that wait for each other in a ring have a thick edge and the word DEADLOCK.
 */
export function toMermaid(trace: Trace, index: number): string {
  const { tasks } = viewAt(trace, index);
  const locked = new Set(deadlocksIn(tasks).flat());
  return [
    "flowchart TD",
    ...tasks.map((task) => `  t${task.id}["${escape(describeTask(task))}"]${locked.has(task) ? ":::deadlock" : ""}`),
    ...tasks.flatMap(({ id, parentId }) => (parentId === null ? [] : [`  t${parentId} --> t${id}`])),
    ...tasks.flatMap((task) => task.awaits.map((other) => `  t${task.id} ${arrow(task, other, locked)} t${other}`)),
    ...(locked.size > 0 ? ["  classDef deadlock stroke:#d00,stroke-width:4px"] : []),
    "",
  ].join("\n");
}

function arrow(task: TaskView, other: number, locked: ReadonlySet<TaskView>): string {
  const both = locked.has(task) && [...locked].some(({ id }) => id === other);
  return both ? "== DEADLOCK ==>" : "-. waits for .->";
}

// Mermaid reads entities, and nothing else, within its quotes; a line break would end the line.
function escape(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[&<>"#;`]/g, (character) => `#${character.charCodeAt(0)};`);
}
