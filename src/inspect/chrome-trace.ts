import { narrateAll } from "./narrate.ts";
import { type EventOf, type RecordedEvent, type Trace, recorded } from "./trace.ts";

type ChromeEvent = Readonly<Record<string, unknown>>;

const PROCESS = 1;
// Callbacks that are no task's.
const LOOP = 0;

/**
 * The trace in Chrome's format, which Perfetto and `chrome://tracing` open: a track for each task, its steps as slices, its
 * waits as spans, wake-ups as arrows.
 *
 * Virtual time stands still while a step runs. So that steps can be seen, each event takes a microsecond at least; `args`
 * has the clock's own reading.
 *
 * @see "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
export function toChromeTrace(trace: Trace): string {
  const writer = new Writer(trace);
  return JSON.stringify({ displayTimeUnit: "ms", otherData: trace.header, traceEvents: writer.write() });
}

class Writer {
  readonly #events: readonly RecordedEvent[];
  readonly #sentences: readonly string[];
  readonly #written: ChromeEvent[] = [];
  readonly #names = new Map<number, string>();
  // Steps and waits that have begun, and wake-ups on their way.
  #step: ChromeEvent | null = null;
  readonly #waits = new Map<number, ChromeEvent>();
  readonly #arrows = new Set<number>();
  #now = -1;
  #waitNumber = 0;

  constructor(trace: Trace) {
    this.#events = recorded(trace);
    this.#sentences = narrateAll(trace);
  }

  write(): ChromeEvent[] {
    this.#name("process_name", LOOP, "escapement");
    this.#name("thread_name", LOOP, "callbacks");
    for (const [index, event] of this.#events.entries()) {
      // Never backwards, and each event in a place of its own.
      this.#now = Math.max(event.time * 1000, this.#now + 1);
      this.#writeEvent(event, this.#sentences[index]!);
    }
    this.#endStep();
    for (const task of this.#waits.keys()) this.#endWait(task);
    return this.#written;
  }

  #writeEvent(event: RecordedEvent, sentence: string): void {
    switch (event.kind) {
      case "task.spawned":
        this.#names.set(event.task, event.name);
        this.#name("thread_name", event.task, event.name);
        return;
      case "ready.pushed":
        if (event.task !== null) this.#endWait(event.task);
        this.#startArrow(event);
        return;
      case "ready.popped":
        this.#beginStep(event);
        return;
      case "step.ended":
        this.#endStep();
        return;
      case "task.suspended":
        this.#beginWait(event);
        return;
      case "iteration":
      case "time.passed":
      case "timer.added":
      case "timer.fired":
      case "future.done":
      case "task.renamed":
        return;
      case "task.done":
      case "timer.cancelled":
      case "cancel.requested":
      case "cancel.delivered":
      case "cancel.swallowed":
      case "choice":
      case "mark":
      case "ended":
        this.#add({ name: sentence, cat: event.kind, ph: "i", s: "t", tid: this.#trackOf(event) });
    }
  }

  #add(event: ChromeEvent): void {
    this.#written.push({ pid: PROCESS, ts: this.#now, ...event });
  }

  #name(what: "process_name" | "thread_name", track: number, name: string): void {
    this.#written.push({ name: what, ph: "M", pid: PROCESS, tid: track, args: { name } });
  }

  #beginStep({ entry, task, label, time, iteration }: EventOf<"ready.popped">): void {
    const name = task === null ? label : (this.#names.get(task) ?? `#${task}`);
    this.#step = { name, cat: "step", tid: task ?? LOOP, ts: this.#now, args: { iteration, time } };
    if (this.#arrows.delete(entry)) this.#add({ ...this.#arrow(entry), ph: "f", bp: "e", tid: task ?? LOOP });
  }

  #endStep(): void {
    if (this.#step === null) return;
    this.#add({ ...this.#step, ph: "X", dur: this.#now - (this.#step["ts"] as number) });
    this.#step = null;
  }

  #beginWait({ task, on, label }: EventOf<"task.suspended">): void {
    if (on === null) return;
    this.#waitNumber += 1;
    const wait = { name: label, cat: "wait", id: this.#waitNumber, tid: task };
    this.#waits.set(task, wait);
    this.#add({ ...wait, ph: "b" });
  }

  #endWait(task: number): void {
    const wait = this.#waits.get(task);
    if (wait === undefined) return;
    this.#waits.delete(task);
    this.#add({ ...wait, ph: "e" });
  }

  // From the step that put it there. What no step put there, a timer did.
  #startArrow({ entry }: EventOf<"ready.pushed">): void {
    if (this.#step === null) return;
    this.#arrows.add(entry);
    this.#add({ ...this.#arrow(entry), ph: "s", tid: this.#step["tid"] });
  }

  #arrow(entry: number): ChromeEvent {
    return { name: "wakes", cat: "ready", id: entry };
  }

  #trackOf(event: RecordedEvent): number {
    if ("task" in event && event.task !== null) return event.task;
    return ("by" in event ? event.by : null) ?? (this.#step?.["tid"] as number | undefined) ?? LOOP;
  }
}
