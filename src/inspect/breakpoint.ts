import { momentAt } from "./keyframes.ts";
import type { Moment } from "./moment.ts";
import { placeOf } from "./places.ts";
import { type RecordedEvent, type Trace, recorded } from "./trace.ts";

/** Whether to stop after an event; `after` is the moment that it made. */
export type Breakpoint = (event: RecordedEvent, after: Moment) => boolean;

/** What may be typed, for the help. */
export const BREAKPOINT_FORMS: readonly string[] = ["line 12", "task worker", "time 2000", "queue > 3"];

/** The breakpoint that a text means; null when it means none. */
export function parseBreakpoint(text: string): Breakpoint | null {
  const [, word = "", rest = ""] = /^\s*(line|task|time|queue)\s*(.*?)\s*$/.exec(text) ?? [];
  const number = Number(/^>?\s*(\d+(?:\.\d+)?)$/.exec(rest)?.[1] ?? NaN);
  if (word === "task") return rest === "" ? null : atStepOf(rest);
  if (Number.isNaN(number)) return null;
  if (word === "line") return atLine(number);
  return word === "time" ? atTime(number) : atQueueAbove(number);
}

/**
 * How many events have happened when the breakpoint is met next, after the first `index`; null when it is not met.
 *
 * @param to - Look no further than this. Default: to the end.
 */
export function nextStop(
  trace: Trace,
  index: number,
  breakpoint: Breakpoint,
  to: number = trace.events.length,
): number | null {
  const events = recorded(trace);
  const moment = momentAt(events, index);
  for (let i = index; i < to; i += 1) {
    moment.apply(events[i]!);
    if (breakpoint(events[i]!, moment)) return i + 1;
  }
  return null;
}

/** A task begins to wait at the line, or goes on from it. */
function atLine(line: number): Breakpoint {
  return (event, after) =>
    (event.kind === "task.suspended" || event.kind === "ready.popped") &&
    event.task !== null &&
    placeOf(after.task(event.task).frames)?.line === line;
}

function atStepOf(name: string): Breakpoint {
  return (event, after) => event.kind === "ready.popped" && event.task !== null && after.task(event.task).name === name;
}

// When the clock gets there: a time that has passed is not met again.
function atTime(time: number): Breakpoint {
  return (event) => event.kind === "time.passed" && event.from < time && event.time >= time;
}

function atQueueAbove(length: number): Breakpoint {
  return (event, after) => event.kind === "ready.pushed" && after.ready.size > length;
}
