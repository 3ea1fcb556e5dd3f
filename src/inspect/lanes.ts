import { type RecordedEvent, type Trace, recorded } from "./trace.ts";

/** What a task does for a stretch of events. */
export type Activity = "ready" | "running" | "waiting";

/** From the event with the number `from` on, until before that with the number `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly activity: Activity;
}

/** The life of a task. */
export interface Lane {
  readonly id: number;
  readonly name: string;
  /** Without gaps, from when it was made to when it was done, or the trace ends. */
  readonly stretches: readonly Stretch[];
}

/** At the event `at`, a step of one task puts another into the ready queue. */
export interface WakeUp {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Who did what when. */
export interface Timeline {
  /** In order of creation. */
  readonly lanes: readonly Lane[];
  readonly wakeUps: readonly WakeUp[];
}

interface OpenLane {
  readonly id: number;
  name: string;
  readonly stretches: Stretch[];
  activity: Activity | null;
  since: number;
}

/** The lives of all tasks, in one pass. */
export function timelineOf(trace: Trace): Timeline {
  const events = recorded(trace);
  const lanes = new Map<number, OpenLane>();
  const wakeUps: WakeUp[] = [];
  const laneOf = (id: number): OpenLane => {
    const lane = lanes.get(id) ?? { id, name: `#${id}`, stretches: [], activity: null, since: 0 };
    lanes.set(id, lane);
    return lane;
  };
  for (const [index, event] of events.entries()) {
    if (!("task" in event) || event.task === null) continue;
    const lane = laneOf(event.task);
    if (event.kind === "task.spawned" || event.kind === "task.renamed") lane.name = event.name;
    if (event.kind === "ready.pushed" && event.by !== null) wakeUps.push({ at: index, from: event.by, to: event.task });
    const next = activityAfter(event, lane.activity);
    if (next !== lane.activity) turn(lane, next, index);
  }
  for (const lane of lanes.values()) turn(lane, null, events.length);
  return { lanes: [...lanes.values()].map(({ id, name, stretches }) => ({ id, name, stretches })), wakeUps };
}

function turn(lane: OpenLane, next: Activity | null, index: number): void {
  const { activity, since } = lane;
  if (activity !== null && index > since) lane.stretches.push({ from: since, to: index, activity });
  lane.activity = next;
  lane.since = index;
}

function activityAfter(event: RecordedEvent, before: Activity | null): Activity | null {
  switch (event.kind) {
    case "task.spawned":
    case "ready.popped":
      return "running";
    case "ready.pushed":
      return "ready";
    case "task.suspended":
      return "waiting";
    case "task.done":
      return null;
    case "iteration":
    case "time.passed":
    case "task.renamed":
    case "step.ended":
    case "future.done":
    case "timer.added":
    case "timer.fired":
    case "timer.cancelled":
    case "cancel.requested":
    case "cancel.delivered":
    case "cancel.swallowed":
    case "choice":
    case "mark":
    case "ended":
      return before;
  }
}
