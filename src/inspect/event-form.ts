import type { EventFields, EventKind } from "./trace.ts";

/** @internal What a field holds. `id` is a whole number from 1. */
export type Form =
  | "id"
  | "id or null"
  | "count"
  | "number"
  | "number or null"
  | "text"
  | "boolean"
  | "ids"
  | "places"
  | { readonly oneOf: readonly string[] };

/**
 * The form of every event: what the parser checks, and the JSON Schema says.
 *
 * @internal
 */
export const EVENT_FORM: { readonly [K in EventKind]: { readonly [F in keyof EventFields[K]]: Form } } = {
  iteration: {},
  "time.passed": { from: "number" },
  "task.spawned": { task: "id", name: "text", parent: "id or null" },
  "task.renamed": { task: "id", name: "text" },
  "ready.pushed": {
    entry: "id",
    task: "id or null",
    label: "text",
    why: {
      oneOf: ["spawned", "passed", "done", "failed", "cancelled", "interrupted", "timer", "callback", "called"],
    },
    of: "text",
    by: "id or null",
  },
  "ready.popped": { entry: "id", task: "id or null", label: "text", position: "count", dropped: "boolean" },
  "step.ended": { entry: "id", task: "id or null" },
  "task.suspended": { task: "id", on: "id or null", label: "text", awaits: "ids", frames: "places" },
  "task.done": { task: "id", state: { oneOf: ["finished", "failed", "cancelled"] }, value: "text" },
  "future.done": {
    future: "id",
    label: "text",
    state: { oneOf: ["finished", "failed", "cancelled"] },
    value: "text",
    by: "id or null",
  },
  "timer.added": { timer: "id", when: "number or null", label: "text", by: "id or null" },
  "timer.fired": { timer: "id" },
  "timer.cancelled": { timer: "id" },
  "cancel.requested": { task: "id", by: "id or null" },
  "cancel.delivered": { task: "id" },
  "cancel.swallowed": { task: "id" },
  choice: { about: "text", count: "count", picked: "count" },
  mark: { text: "text", by: "id or null" },
  ended: { outcome: { oneOf: ["returned", "raised"] }, value: "text" },
};

/** @internal */
export function isEventKind(kind: string): kind is EventKind {
  return Object.hasOwn(EVENT_FORM, kind);
}
