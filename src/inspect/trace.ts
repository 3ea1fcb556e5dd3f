/** A recorded run: plain data, to keep, send, step through and compare. */
export interface Trace {
  readonly version: 1;
  /** About the run: its clock, how it ended. */
  readonly header: Record<string, unknown>;
  /** The text of the files that its events point to. */
  readonly sources: Readonly<Record<string, string>>;
  readonly events: readonly TraceEvent[];
}

/** One thing that happened, and when. What fields it has besides depends on its kind: see `RecordedEvent`. */
export interface TraceEvent {
  readonly kind: string;
  readonly iteration: number;
  readonly time: number;
  readonly [field: string]: unknown;
}

/** A place in a source, as `Task.getStack()` tells it. */
export interface Place {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Why something is in the ready queue. */
export type Why =
  | "spawned" // a task's first step
  | "passed" // a bare `yield`
  | "done" // what the task waited for has a result,
  | "failed" // or an error,
  | "cancelled" // or was cancelled
  | "interrupted" // a task in a ring of tasks was cancelled
  | "timer" // a timer is due
  | "callback" // addDoneCallback of a future that is done
  | "called"; // callSoon

/** How a future ended. */
export type Ending = "finished" | "failed" | "cancelled";

/**
 * The fields of each kind of event. Tasks and futures share one series of numbers; timers and entries of the ready queue
 * have their own. `by` is the task that was running, if one was; `label` and `of` are names for people.
 */
export interface EventFields {
  iteration: object;
  /** The loop waited: nothing was ready. */
  "time.passed": { readonly from: number };
  "task.spawned": { readonly task: number; readonly name: string; readonly parent: number | null };
  "task.renamed": { readonly task: number; readonly name: string };
  "ready.pushed": {
    readonly entry: number;
    /** Whose step it is; null for a callback. */
    readonly task: number | null;
    /** The name of the callback; of a task's step, empty. */
    readonly label: string;
    readonly why: Why;
    /** What is done, due or over, where there is such a thing. */
    readonly of: string;
    readonly by: number | null;
  };
  /** It left the queue from `position`, and runs. */
  "ready.popped": {
    readonly entry: number;
    readonly task: number | null;
    readonly label: string;
    readonly position: number;
    /** Cancelled meanwhile: it takes its turn, and does nothing in it. */
    readonly dropped: boolean;
  };
  "step.ended": { readonly entry: number; readonly task: number | null };
  "task.suspended": {
    readonly task: number;
    /** The future or task it waits for; null for one pass of the loop. */
    readonly on: number | null;
    readonly label: string;
    /** The tasks that it waits for so: `on` itself, the children of a gather, the tasks of a group. */
    readonly awaits: readonly number[];
    /** Where, outermost first, as far as the host can tell. */
    readonly frames: readonly Place[];
  };
  "task.done": { readonly task: number; readonly state: Ending; readonly value: string };
  "future.done": {
    readonly future: number;
    readonly label: string;
    readonly state: Ending;
    readonly value: string;
    readonly by: number | null;
  };
  "timer.added": {
    readonly timer: number;
    /** The deadline; null for one that never comes. */
    readonly when: number | null;
    readonly label: string;
    readonly by: number | null;
  };
  "timer.fired": { readonly timer: number };
  "timer.cancelled": { readonly timer: number };
  "cancel.requested": { readonly task: number; readonly by: number | null };
  /** A CancelledError is thrown into it. */
  "cancel.delivered": { readonly task: number };
  /** It was asked to cancel, and returned all the same. */
  "cancel.swallowed": { readonly task: number };
  /** A scheduler or an oracle was asked, and answered. */
  choice: { readonly about: string; readonly count: number; readonly picked: number };
  /** The program said so: `mark("…")`. */
  mark: { readonly text: string; readonly by: number | null };
  ended: { readonly outcome: "returned" | "raised"; readonly value: string };
}

/** What kinds of events there are. */
export type EventKind = keyof EventFields;

/** An event of one kind. */
export type EventOf<K extends EventKind> = { readonly kind: K; readonly iteration: number; readonly time: number } & {
  readonly [F in keyof EventFields[K]]: EventFields[K][F];
};

/** An event of this version, by its kind. */
export type RecordedEvent = { [K in EventKind]: EventOf<K> }[EventKind];

/** @internal The events of a trace whose form has been checked, or that was recorded here. */
export function recorded(trace: Trace): readonly RecordedEvent[] {
  return trace.events as readonly unknown[] as readonly RecordedEvent[];
}
