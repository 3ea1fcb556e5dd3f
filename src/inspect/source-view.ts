import type { TaskView } from "./moment.ts";
import { placeOf } from "./places.ts";
import { type Place, type RecordedEvent, type Trace, recorded } from "./trace.ts";

/**
 * Where the program is after the first `index` events: where the task waits, or waited last, that the last event is about
 * whose place is known. Null before there is one.
 *
 * @internal
 */
export function currentPlace(trace: Trace, tasks: readonly TaskView[], index: number): Place | null {
  const events = recorded(trace);
  const places = new Map<number, Place>();
  for (const { id, frames } of tasks) {
    const place = placeOf(frames);
    if (place !== null) places.set(id, place);
  }
  for (let i = places.size === 0 ? -1 : index - 1; i >= 0; i -= 1) {
    const place = places.get(taskOf(events[i]!) ?? 0);
    if (place !== undefined) return place;
  }
  return null;
}

/** @internal The tasks that wait in a file, by line. */
export function parkedIn(tasks: readonly TaskView[], file: string): Map<number, TaskView[]> {
  const parked = new Map<number, TaskView[]>();
  for (const task of tasks) {
    const place = task.state === "waiting" ? placeOf(task.frames) : null;
    if (place === null || place.file !== file) continue;
    parked.set(place.line!, [...(parked.get(place.line!) ?? []), task]);
  }
  return parked;
}

/** @internal The task that an event is about; null for none. */
export function taskOf(event: RecordedEvent): number | null {
  return "task" in event ? event.task : null;
}
