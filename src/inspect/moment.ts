import { Table } from "./table.ts";
import type { EventOf, Place, RecordedEvent, Why } from "./trace.ts";

/** One entry of the ready queue. */
export interface ReadyView {
  /** The task, or the callback. */
  readonly task: string;
  readonly why: string;
}

/** One timer. */
export interface TimerView {
  readonly when: number;
  /** The task that set it, or the callback. */
  readonly task: string;
  /** What it is for: `sleep`, or the name of its callback. */
  readonly label: string;
}

/** Where a task is in its life. */
export type TaskState = "ready" | "running" | "waiting" | "finished" | "failed" | "cancelled";

/** One task. */
export interface TaskView {
  /** Names may be the same; these are not. */
  readonly id: number;
  readonly name: string;
  readonly state: TaskState;
  readonly parent: string | null;
  readonly parentId: number | null;
  readonly waitsFor: string | null;
  /** The tasks that it waits for, itself or through a gather, a group, a shield. */
  readonly awaits: readonly number[];
  /** Requests to cancel that it has had. */
  readonly cancelling: number;
  /** Where it waits, or waited last, outermost first, as far as the host could tell. */
  readonly frames: readonly Place[];
}

/**
 * The state of a run between two events. Its tables change; what is in them is replaced, so that copies share it.
 *
 * @internal
 */
export class Moment {
  iteration = 0;
  time = 0;
  running: string | null = null;
  ready: Table<ReadyView> = new Table();
  timers: Table<TimerView> = new Table();
  tasks: Table<TaskView> = new Table();

  copy(): Moment {
    const copy = new Moment();
    copy.iteration = this.iteration;
    copy.time = this.time;
    copy.running = this.running;
    copy.ready = this.ready.copy();
    copy.timers = this.timers.copy();
    copy.tasks = this.tasks.copy();
    return copy;
  }

  apply(event: RecordedEvent): void {
    this.iteration = event.iteration;
    this.time = event.time;
    switch (event.kind) {
      case "task.spawned":
        this.#spawn(event);
        return;
      case "task.renamed":
        this.tasks.set(event.task, { ...this.task(event.task), name: event.name });
        return;
      case "ready.pushed":
        this.#push(event);
        return;
      case "ready.popped":
        this.#pop(event);
        return;
      case "step.ended":
        this.running = null;
        return;
      case "task.suspended":
        this.#suspend(event);
        return;
      case "task.done":
        this.#move(event.task, event.state);
        return;
      case "timer.added":
        this.#addTimer(event);
        return;
      case "timer.fired":
      case "timer.cancelled":
        this.timers.delete(event.timer);
        return;
      case "cancel.requested":
        this.#requestCancel(event.task);
        return;
      case "iteration":
      case "time.passed":
      case "future.done":
      case "cancel.delivered":
      case "cancel.swallowed":
      case "choice":
      case "mark":
      case "ended":
        return;
    }
  }

  /** A task by its name; without one, the callback. */
  nameOf(task: number | null, label: string): string {
    return task === null ? label : this.task(task).name;
  }

  /** A trace may begin in the middle of a run: a task that was not seen being made is known by its number. */
  task(id: number): TaskView {
    return this.tasks.get(id) ?? made(id, `#${id}`, null, null);
  }

  #spawn({ task, name, parent }: EventOf<"task.spawned">): void {
    this.tasks.set(task, made(task, name, parent === null ? null : this.task(parent).name, parent));
  }

  #push(event: EventOf<"ready.pushed">): void {
    this.ready.set(event.entry, { task: this.nameOf(event.task, event.label), why: describeWhy(event.why, event.of) });
    if (event.task !== null) this.#move(event.task, "ready");
  }

  #pop({ entry, task, label }: EventOf<"ready.popped">): void {
    this.ready.delete(entry);
    this.running = this.nameOf(task, label);
    if (task !== null) this.#move(task, "running");
  }

  // Written out, here and below: spreading a view costs more than all the rest of an event.
  #move(id: number, state: TaskState): void {
    const { name, parent, parentId, cancelling, frames } = this.task(id);
    this.tasks.set(id, { id, name, state, parent, parentId, waitsFor: null, awaits: NONE, cancelling, frames });
  }

  #suspend({ task, on, label, awaits, frames }: EventOf<"task.suspended">): void {
    const { name, parent, parentId, cancelling } = this.task(task);
    const waitsFor = on === null ? null : label;
    this.tasks.set(task, {
      id: task,
      name,
      state: "waiting",
      parent,
      parentId,
      waitsFor,
      awaits,
      cancelling,
      frames,
    });
  }

  #addTimer({ timer, when, label, by }: EventOf<"timer.added">): void {
    this.timers.set(timer, { when: when ?? Infinity, task: this.nameOf(by, label), label });
  }

  #requestCancel(id: number): void {
    const task = this.task(id);
    this.tasks.set(id, { ...task, cancelling: task.cancelling + 1 });
  }
}

const NONE: readonly never[] = [];

function made(id: number, name: string, parent: string | null, parentId: number | null): TaskView {
  return { id, name, state: "running", parent, parentId, waitsFor: null, awaits: NONE, cancelling: 0, frames: NONE };
}

/** @internal Why an entry is in the ready queue, in a few words. */
export function describeWhy(why: Why, of: string): string {
  switch (why) {
    case "spawned":
      return "spawned";
    case "passed":
      return "gave way";
    case "done":
    case "callback":
      return `${of} is done`;
    case "failed":
      return `${of} failed`;
    case "cancelled":
      return `${of} was cancelled`;
    case "interrupted":
      return "cancelled";
    case "timer":
      return `the timer of ${of} is due`;
    case "called":
      return "called";
  }
}
