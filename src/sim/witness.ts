import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle, TimerHandle } from "../loop/handle.ts";
import type { Instrument } from "../loop/instrument.ts";
import type { AnySuspension, AnyTask } from "../loop/parties.ts";
import { callSite } from "./fence/call-site.ts";
import { placeOf } from "./place.ts";

/** Where two runs part: the first thing that is not as it was. @internal */
export interface Parting {
  /** The number of the step in which it was done, from 1. */
  readonly step: number;
  readonly first: string;
  readonly second: string;
  /** Which line of the program did it; null when that is not known. */
  readonly place: string | null;
}

/**
 * Watches one run, and then another, until they part.
 *
 * @internal
 */
export class Witness implements Instrument {
  readonly #expected: readonly string[] | null;
  /** What was done, one thing after the other, in words. */
  readonly seen: string[] = [];
  parting: Parting | null = null;
  #loop: EventLoop | null = null;
  #running: AnyTask | undefined = undefined;
  #step = 0;

  /** @param expected - What was seen of the first run, when this is the second. */
  constructor(expected: readonly string[] | null) {
    this.#expected = expected;
  }

  iterationStarted(loop: EventLoop): void {
    this.#loop = loop;
  }

  callbackStarted(entry: Handle | AnyTask): void {
    this.#step += 1;
    this.#running = entry.stepOf;
    this.#see("ran", this.callbackStarted);
  }

  taskCreated(task: AnyTask): void {
    this.#see(`started "${task.name}"`, this.taskCreated);
  }

  timerScheduled(timer: TimerHandle): void {
    this.#see(`set a timer for t=${timer.when()}`, this.timerScheduled);
  }

  timerCancelled(timer: TimerHandle): void {
    this.#see(`cancelled the timer for t=${timer.when()}`, this.timerCancelled);
  }

  cancelRequested(task: AnyTask): void {
    this.#see(`cancelled "${task.name}"`, this.cancelRequested);
  }

  chosen(_loop: EventLoop, about: string, count: number, picked: number): void {
    if (about !== "task") this.#see(`drew ${picked} of ${count} (${about})`, this.chosen);
  }

  taskSuspended(_task: AnyTask, on: AnySuspension): void {
    const { name, label } = (on ?? {}) as { name?: string; label?: string };
    const what = name === undefined ? (label ?? "a Future") : `"${name}"`;
    this.#see(on === undefined ? "yielded" : `waited for ${what}`, this.taskSuspended);
  }

  callbackFinished(entry: Handle | AnyTask): void {
    if (entry.stepOf?.done() === true) this.#see("ended", this.callbackFinished);
    this.#running = undefined;
  }

  #see(did: string, hook: (...args: any[]) => void): void {
    const task = this.#running;
    const second = `${task === undefined ? "a callback" : `"${task.name}"`} ${did} at t=${this.#loop?.time() ?? 0}`;
    this.seen.push(second);
    if (this.#expected === null || this.parting !== null) return;
    const first = this.#expected[this.seen.length - 1] ?? "nothing more was done";
    if (first === second) return;
    const place = callSite(hook).place ?? (task === undefined ? "" : placeOf(task));
    this.parting = { step: this.#step, first, second, place: place === "" ? null : place };
  }
}
