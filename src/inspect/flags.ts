import { type RecordedEvent, type Trace, recorded } from "./trace.ts";

/** What kind of landmark an event is. */
export type FlagKind = "failed" | "cancelled" | "mark" | "ended";

/** An event that one may want to go to. */
export interface Flag {
  /** The number of the event. */
  readonly index: number;
  readonly kind: FlagKind;
}

/** The events where something failed, was cancelled, was marked by the program, and where it ended. */
export function flagsOf(trace: Trace): Flag[] {
  return recorded(trace).flatMap((event, index) => {
    const kind = flagOf(event);
    return kind === null ? [] : [{ index, kind }];
  });
}

function flagOf(event: RecordedEvent): FlagKind | null {
  if (event.kind === "task.done" && event.state === "failed") return "failed";
  if (event.kind === "ended") return event.outcome === "raised" ? "failed" : "ended";
  if (event.kind === "cancel.requested" || event.kind === "cancel.swallowed") return "cancelled";
  return event.kind === "mark" ? "mark" : null;
}
