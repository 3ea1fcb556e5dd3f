import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle, TimerHandle } from "../loop/handle.ts";
import type { Instrument } from "../loop/instrument.ts";
import type { AnyFuture, AnySuspension, AnyTask } from "../loop/parties.ts";
import type { ReadyView, Scheduler } from "../loop/scheduler.ts";
import { tasksBehind } from "../task/behind.ts";
import { openStacks } from "../task/stack.ts";
import { describeError, describeValue } from "./describe-value.ts";
import { asTask, endingOf, labelOf } from "./future-facts.ts";
import { withKeyframes } from "./keyframes.ts";
import { enterRecorder, leaveRecorder } from "./mark.ts";
import { framesOfProgram, sourcesOf } from "./program-sources.ts";
import type { EventFields, EventKind, Place, Trace, TraceEvent, Why } from "./trace.ts";

/** Whether the frames of suspended tasks are noted; or what tells those of a task, outermost first, where no host can. */
export type LinesOption = boolean | ((task: AnyTask) => readonly Place[]);

/** What a recorder notes. */
export interface RecorderOptions {
  /** Notes the line where each task waits, where the host can tell; or asks who can. Default true. */
  lines?: LinesOption;
  /** Goes into the trace as it is. */
  header?: Readonly<Record<string, unknown>>;
  /**
   * A clock of the host's, in milliseconds: `performance.now()`. What it shows at each iteration goes into the header, as
   * `hostTimes`, from 0. Without it a trace of virtual time says nothing of how long the program really took, and is the
   * same each time.
   */
  hostClock?: () => number;
}

/** A timer of a sleep, which completes a future. */
type Alarm = TimerHandle & { readonly future?: AnyFuture };
/** A callback of `addDoneCallback`. */
type DoneCallback = Handle & { readonly original?: unknown };
type Entry = Handle | AnyTask;

/**
 * An Instrument that writes down what happens. It reads and never writes: a program runs as it does without.
 *
 * @example
 * const recorder = new Recorder();
 * runSync(main, { instruments: [recorder] });
 * print(recorder.trace().events.length);
 */
export class Recorder implements Instrument {
  readonly #events: TraceEvent[] = [];
  readonly #lines: LinesOption;
  readonly #header: Readonly<Record<string, unknown>>;
  readonly #hostClock: (() => number) | null;
  readonly #hostTimes: number[] = [];
  readonly #futures = new Numbers<AnyFuture>();
  readonly #timers = new Numbers<TimerHandle>();
  readonly #names = new WeakMap<AnyTask, string>();
  // What is in the ready queue, in order, by the number of its entry.
  readonly #ready = new Map<Entry, number>();
  readonly #spawned = new WeakSet<AnyTask>();
  readonly #passing = new WeakSet<AnyTask>();
  #entries = 0;
  #stacks: ReturnType<typeof openStacks> | null = null;
  #running: { readonly entry: number; readonly task: AnyTask | null } | null = null;
  // Of the last event.
  #loop: EventLoop | null = null;
  #time = 0;

  /** @param options - See RecorderOptions. */
  constructor(options: RecorderOptions = {}) {
    this.#lines = options.lines ?? true;
    this.#header = options.header ?? {};
    this.#hostClock = options.hostClock ?? null;
  }

  /** @internal How many events were noted until now. */
  get size(): number {
    return this.#events.length;
  }

  /** What was recorded until now. */
  trace(): Trace {
    this.#stacks?.close();
    this.#stacks = null;
    const events = [...this.#events];
    const hostTimes = this.#hostTimes.map((time) => Math.round((time - this.#hostTimes[0]!) * 1000) / 1000);
    const header = { ...this.#header, ...(this.#hostClock === null ? {} : { hostTimes }) };
    return withKeyframes({ version: 1, header, sources: sourcesOf(events), events });
  }

  // ---- the hooks

  iterationStarted(loop: EventLoop): void {
    const time = loop.time();
    if (time > this.#time && this.#ready.size === 0) this.#note(loop, "time.passed", { from: this.#time });
    this.#note(loop, "iteration", {});
    if (this.#hostClock !== null) this.#hostTimes.push(this.#hostClock());
  }

  taskCreated(task: AnyTask, parent: AnyTask | null): void {
    this.#spawned.add(task);
    this.#names.set(task, task.name);
    const parentNumber = parent === null ? null : this.#futures.of(parent);
    this.#note(task.loop, "task.spawned", { task: this.#futures.of(task), name: task.name, parent: parentNumber });
  }

  callbackScheduled(entry: Entry): void {
    this.#entries += 1;
    this.#ready.set(entry, this.#entries);
    const task = entry.stepOf ?? null;
    const label = task === null ? (entry as Handle).describe() : "";
    if (isTimer(entry)) this.#note(entry.loop, "timer.fired", { timer: this.#timers.of(entry) });
    const reason = task === null ? this.#whyCallback(entry as Handle) : this.#whyTask(task);
    const number = task === null ? null : this.#futures.of(task);
    this.#note(entry.loop, "ready.pushed", { entry: this.#entries, task: number, label, ...reason, by: this.#by() });
  }

  callbackStarted(entry: Entry): void {
    const task = entry.stepOf ?? null;
    const number = task === null ? null : this.#futures.of(task);
    const position = this.#positionOf(entry);
    const id = this.#ready.get(entry) ?? 0;
    const label = task === null ? (entry as Handle).describe() : "";
    const dropped = task === null && entry.cancelled();
    this.#ready.delete(entry);
    this.#running = { entry: id, task };
    this.#note(entry.loop, "ready.popped", { entry: id, task: number, label, position, dropped });
    if (task !== null && isToBeCancelled(task)) this.#note(entry.loop, "cancel.delivered", { task: number! });
    enterRecorder(this);
  }

  callbackFinished(entry: Entry): void {
    leaveRecorder(this);
    const { entry: id, task } = this.#running!;
    this.#note(entry.loop, "step.ended", { entry: id, task: task === null ? null : this.#futures.of(task) });
    this.#running = null;
  }

  taskSuspended(task: AnyTask, on: AnySuspension): void {
    this.#checkName(task);
    const future = (on ?? null) as AnyFuture | null;
    // An eager task had its first step without a place in the ready queue.
    this.#spawned.delete(task);
    if (future === null) this.#passing.add(task);
    this.#note(task.loop, "task.suspended", {
      task: this.#futures.of(task),
      on: future === null ? null : this.#futures.of(future),
      label: future === null ? "" : labelOf(future),
      awaits: tasksBehind(future).map((one) => this.#futures.of(one)),
      frames: this.#framesOf(task),
    });
  }

  futureDone(future: AnyFuture): void {
    const state = endingOf(future)!;
    const value = state === "failed" ? describeError(future.value) : describeValue(future.value);
    const text = state === "cancelled" ? "" : value;
    const task = asTask(future);
    const number = this.#futures.of(future);
    if (task === null) {
      const label = labelOf(future);
      this.#note(future.loop, "future.done", { future: number, label, state, value: text, by: this.#by() });
      return;
    }
    this.#checkName(task);
    if (state === "finished" && task.cancelRequests > 0) this.#note(task.loop, "cancel.swallowed", { task: number });
    this.#note(task.loop, "task.done", { task: number, state, value: text });
  }

  timerScheduled(timer: TimerHandle): void {
    const when = Math.max(timer.when(), -Number.MAX_VALUE);
    this.#note(timer.loop, "timer.added", {
      timer: this.#timers.of(timer),
      when: when === Infinity ? null : when,
      label: timerLabel(timer),
      by: this.#by(),
    });
  }

  timerCancelled(timer: TimerHandle): void {
    this.#note(timer.loop, "timer.cancelled", { timer: this.#timers.of(timer) });
  }

  cancelRequested(task: AnyTask): void {
    this.#note(task.loop, "cancel.requested", { task: this.#futures.of(task), by: this.#by() });
  }

  chosen(loop: EventLoop, about: string, count: number, picked: number): void {
    this.#note(loop, "choice", { about, count, picked });
  }

  // ---- what others tell

  /** Notes what the program says, as part of what runs now. See `mark`. */
  mark(text: string): void {
    const loop = this.#loop;
    if (loop !== null) this.#note(loop, "mark", { text, by: this.#by() });
  }

  /** The same scheduler, each of whose choices is noted. */
  scheduler(scheduler: Scheduler): Scheduler {
    return {
      pick: (ready: ReadyView): number => {
        const picked = scheduler.pick(ready);
        const loop = this.#loop;
        if (loop !== null) this.chosen(loop, "task", ready.size, picked);
        return picked;
      },
    };
  }

  /** @internal The run is over. */
  end(outcome: "returned" | "raised", value: unknown): void {
    const text = outcome === "raised" ? describeError(value) : describeValue(value);
    const loop = this.#loop;
    if (loop !== null) this.#note(loop, "ended", { outcome, value: text });
  }

  // ---- how

  #note<K extends EventKind>(loop: EventLoop, kind: K, fields: EventFields[K]): void {
    this.#loop = loop;
    this.#time = loop.time();
    this.#events.push({ kind, iteration: loop.iteration, time: this.#time, ...fields });
  }

  #by(): number | null {
    const task = this.#running?.task ?? null;
    return task === null ? null : this.#futures.of(task);
  }

  /** What it waits for has been settled, and is still noted in the task: so it is known what woke it. */
  #whyTask(task: AnyTask): { why: Why; of: string } {
    if (this.#spawned.delete(task)) return { why: "spawned", of: "" };
    if (this.#passing.delete(task)) return { why: "passed", of: "" };
    const { waitingFor } = task;
    if (waitingFor === null) return { why: "interrupted", of: "" };
    const ending = endingOf(waitingFor);
    return { why: ending === "finished" || ending === null ? "done" : ending, of: labelOf(waitingFor) };
  }

  #whyCallback(handle: Handle): { why: Why; of: string } {
    if (isTimer(handle)) return { why: "timer", of: timerLabel(handle) };
    if ((handle as DoneCallback).original === undefined) return { why: "called", of: "" };
    return { why: "callback", of: labelOf(handle.args[0] as AnyFuture) };
  }

  // Almost always the first: only a scheduler takes another.
  #positionOf(entry: Entry): number {
    let position = 0;
    for (const other of this.#ready.keys()) {
      if (other === entry) return position;
      position += 1;
    }
    return 0;
  }

  // Kept open from wait to wait: the first question is what costs.
  #framesOf(task: AnyTask): readonly Place[] {
    if (typeof this.#lines === "function") return this.#lines(task);
    if (!this.#lines) return [];
    this.#stacks ??= openStacks();
    return framesOfProgram(this.#stacks.of([task])[0]!);
  }

  #checkName(task: AnyTask): void {
    if (this.#names.get(task) === task.name) return;
    this.#names.set(task, task.name);
    this.#note(task.loop, "task.renamed", { task: this.#futures.of(task), name: task.name });
  }
}

function isTimer(entry: Entry): entry is TimerHandle {
  return "when" in entry;
}

/** What it is for: the wait that it ends, or the name of its callback. */
function timerLabel(timer: Alarm): string {
  return timer.future === undefined ? timer.describe() : labelOf(timer.future);
}

/** Whether its next step will be thrown a CancelledError that is its own: not that of what it waited for. */
function isToBeCancelled(task: AnyTask): boolean {
  if (task.mustCancel) return true;
  return task.cancelRequests > 0 && task.waitingFor !== null && endingOf(task.waitingFor) === "cancelled";
}

/** Numbers from 1, in the order in which things are first seen. */
class Numbers<T extends object> {
  readonly #numbers = new WeakMap<T, number>();
  #last = 0;

  of(thing: T): number {
    const known = this.#numbers.get(thing);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#numbers.set(thing, this.#last);
    return this.#last;
  }
}
