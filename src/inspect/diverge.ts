import { narrate } from "./narrate.ts";
import type { Trace, TraceEvent } from "./trace.ts";

/** Where two runs part. */
export interface Divergence {
  /** The number of the first event that differs; all before it are the same. */
  readonly index: number;
  /** What each does there; null for the one that has ended. */
  readonly left: string | null;
  readonly right: string | null;
}

/**
 * The first event at which two traces differ; null when they are the same. Where their tasks wait in the source is not
 * compared: a program and its fixed version are the same run until they do something else.
 */
export function firstDivergence(left: Trace, right: Trace): Divergence | null {
  const length = Math.max(left.events.length, right.events.length);
  for (let index = 0; index < length; index += 1) {
    if (essence(left.events[index]) !== essence(right.events[index])) {
      return { index, left: told(left, index), right: told(right, index) };
    }
  }
  return null;
}

// The fields in an order of their own: a trace may have been written by hand, or by another tool.
function essence(event: TraceEvent | undefined): string | undefined {
  if (event === undefined) return undefined;
  const fields = Object.entries(event).filter(([field]) => field !== "frames");
  return JSON.stringify(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function told(trace: Trace, index: number): string | null {
  return index < trace.events.length ? narrate(trace, index) : null;
}
