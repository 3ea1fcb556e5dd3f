import type { Handle, Runnable } from "../loop/handle.ts";
import type { Instrument } from "../loop/instrument.ts";
import type { AnyTask } from "../loop/parties.ts";
import type { Access, Footprint } from "./footprint.ts";
import type { Candidates } from "./oracle.ts";
import { installProbes } from "./probes.ts";
import { SimTask } from "./sim-task.ts";
import { Prompt } from "./prompt.ts";
import { proxyOf } from "./proxy.ts";
import { bootOf } from "./world/boot.ts";

/** One callback that ran. @internal */
export interface Step extends Footprint {
  readonly thread: number;
  /** Of the task, and how many steps it had taken before; -1 for a callback. */
  readonly identity: number;
  readonly number: number;
  /** Its name. */
  readonly task: string;
  /** The number of the question that chose it; -1 when there was no choice. */
  readonly question: number;
  /** The step that made it ready; -1 when none did. */
  readonly madeReadyBy: number;
  readonly time: number;
  readonly touched: Map<number, boolean>;
}

/** Where all meet that cannot be told apart. */
const EVERYTHING = {};

/**
 * Notes what each step of a run touches: tracked state, the library's own primitives, futures and tasks.
 *
 * A task is one thread, and so is each callback. Threads, like locations, are numbered as they come.
 *
 * @internal
 */
export class Tracer implements Instrument {
  readonly steps: Step[] = [];
  /** Threads that were made ready and have not run since, with the step that made them so. */
  readonly ready: Map<number, number> = new Map();
  /** Of a task that waits for a condition: what its condition reads. */
  readonly conditions: Map<number, ReadonlyMap<number, boolean>> = new Map();
  /** Told when a step begins and ends. */
  listener: { begun(step: Step): void; ended(step: Step): void } | null = null;
  readonly now: () => number;
  // What is shared is not tracked: then every step may touch what any other touches.
  blind = true;
  #stopped = false;
  readonly #threads = new Map<object, number>();
  readonly #locations = new Map<object, Map<PropertyKey, number>>();
  /** What reports call each location; the same, most often, in every run. */
  readonly names: string[] = [];
  readonly #labels = new Map<object, string>();
  // By location, what it is a part of.
  readonly #owners: object[] = [];
  #touched: Map<number, boolean> | null = null;
  #question = -1;
  #proxies = new WeakMap<object, object>();

  constructor(now: () => number) {
    this.now = now;
  }

  /** A run begins. */
  begin(): void {
    this.steps.length = 0;
    this.ready.clear();
    this.conditions.clear();
    this.blind = true;
    this.#stopped = false;
    this.#threads.clear();
    this.#locations.clear();
    this.names.length = 0;
    this.#labels.clear();
    this.#owners.length = 0;
    this.#touched = null;
    this.#question = -1;
    this.#proxies = new WeakMap();
  }

  /** What follows decides nothing. */
  stop(): void {
    this.#stopped = true;
    this.#touched = null;
  }

  /** While `work` does its runs, the library's own classes tell what is done with their objects. */
  during(work: () => void): void {
    const remove = installProbes(this);
    try {
      work();
    } finally {
      remove();
    }
  }

  // ---- what the loop tells

  callbackScheduled(entry: Handle | AnyTask): void {
    if (this.#stopped || entry instanceof Prompt) return;
    // Between two steps it is a condition that has come true: nobody in particular has made it so.
    this.ready.set(this.thread(entry), this.#touched === null ? -1 : this.steps.length - 1);
  }

  callbackStarted(entry: Handle | AnyTask): void {
    if (this.#stopped || entry instanceof Prompt) return;
    const thread = this.thread(entry);
    const condition = this.conditions.get(thread);
    const touched = new Map(condition);
    const step: Step = {
      thread,
      identity: entry instanceof SimTask ? entry.identity : -1,
      number: entry instanceof SimTask ? entry.steps : -1,
      task: entry.stepOf?.name ?? "a callback",
      question: this.#question,
      madeReadyBy: this.ready.get(thread) ?? -1,
      time: this.now(),
      touched,
      known: this.names.length,
    };
    this.#question = -1;
    this.ready.delete(thread);
    this.conditions.delete(thread);
    this.steps.push(step);
    this.#touched = touched;
    this.touch(entry, "cancel", false);
    const site = bootOf(entry)?.site;
    if (site !== undefined) this.touch(site, "", false);
    if (entry.stepOf === undefined) this.touch(alarmed(entry) ?? (entry as Handle).callback ?? entry, "", true);
    if (this.blind && entry.stepOf !== undefined) this.touch(EVERYTHING, "", true);
    this.listener?.begun(step);
  }

  callbackFinished(entry: Handle | AnyTask): void {
    if (entry instanceof Prompt) return;
    const step = this.steps.at(-1);
    this.#touched = null;
    if (!this.#stopped && step !== undefined) this.listener?.ended(step);
  }

  // ---- what the machine tells

  /** The next step is the answer to question `number`. */
  chosenBy(number: number): void {
    this.#question = number;
  }

  /** Asks whether a condition holds, for the task that waits for it. */
  observe(waiter: Runnable, condition: () => boolean): boolean {
    const outer = this.#touched;
    const read = new Map<number, boolean>();
    this.#touched = this.#stopped ? null : read;
    const holds = condition();
    this.#touched = outer;
    if (!this.#stopped) {
      if (this.blind) read.set(this.#locate(EVERYTHING, ""), false);
      this.conditions.set(this.thread(waiter), read);
    }
    return holds;
  }

  thread(entry: object): number {
    let thread = this.#threads.get(entry);
    if (thread === undefined) this.#threads.set(entry, (thread = this.#threads.size));
    return thread;
  }

  threadsOf({ entries, count }: Candidates): number[] {
    return entries.slice(0, count).map((entry) => this.thread((entry as { waiter?: object }).waiter ?? entry));
  }

  /** -1 when it is not ready. */
  indexOf(ready: Candidates, thread: number): number {
    return this.threadsOf(ready).indexOf(thread);
  }

  // ---- accesses

  /** Whether a location is part of what the program gave to `state()`. */
  tracks(location: number): boolean {
    return this.#labels.has(this.#owners[location]!);
  }

  accessOf({ task, touched }: Step, location: number): Access {
    return { task, operation: touched.get(location) === true ? "write" : "read", location: this.names[location]! };
  }

  touch(object: object, key: PropertyKey, writes: boolean): void {
    const touched = this.#touched;
    if (touched === null) return;
    const location = this.#locate(object, key);
    if (writes || !touched.has(location)) touched.set(location, writes);
  }

  #locate(object: object, key: PropertyKey): number {
    let keys = this.#locations.get(object);
    if (keys === undefined) this.#locations.set(object, (keys = new Map()));
    let location = keys.get(key);
    if (location === undefined) {
      location = this.names.length;
      keys.set(key, location);
      this.#owners.push(object);
      this.names.push(`${this.#labels.get(object) ?? object.constructor.name}.${String(key)}`);
    }
    return location;
  }

  label(object: object, name: string): void {
    this.#labels.set(object, name);
  }

  /** `value`, seen. */
  watch<T extends object>(value: T, name: string): T {
    this.blind = false;
    return proxyOf(value, name, this, this.#proxies);
  }
}

/** The future that a sleeper's timer completes, if it is one. It is not asked in a way that a probe would see. */
function alarmed(entry: object): object | undefined {
  return (entry as { future?: object }).future;
}
