import type { EventLoop } from "./event-loop.ts";
import type { Handle, TimerHandle } from "./handle.ts";
import type { AnyFuture, AnySuspension, AnyTask } from "./parties.ts";

/**
 * Hooks that are told what happens in a loop, as it happens. All are optional; a loop without an instrument pays nothing.
 * A hook must not change what it watches; what it throws comes out of the loop.
 *
 * @see trio's `Instrument`
 */
export interface Instrument {
  iterationStarted?(loop: EventLoop): void;
  callbackScheduled?(handle: Handle | AnyTask): void;
  timerScheduled?(timer: TimerHandle): void;
  /** A timer that was set will not fire. */
  timerCancelled?(timer: TimerHandle): void;
  callbackStarted?(handle: Handle | AnyTask): void;
  callbackFinished?(handle: Handle | AnyTask): void;
  taskCreated?(task: AnyTask, parent: AnyTask | null): void;
  taskSuspended?(task: AnyTask, on: AnySuspension): void;
  /** A task that is not done was asked to cancel; through tasks that wait for tasks, each of them. */
  cancelRequested?(task: AnyTask): void;
  futureDone?(future: AnyFuture): void;
  /** A simulation asked what is not determined, and was answered: `picked` of `count`. */
  chosen?(loop: EventLoop, about: string, count: number, picked: number): void;
}

type Hook = keyof Instrument;

const HOOKS: readonly Hook[] = [
  "iterationStarted",
  "callbackScheduled",
  "timerScheduled",
  "timerCancelled",
  "callbackStarted",
  "callbackFinished",
  "taskCreated",
  "taskSuspended",
  "cancelRequested",
  "futureDone",
  "chosen",
];

/**
 * One instrument that tells all of `instruments` in order; null when there is none, so that asking costs one comparison.
 *
 * @internal
 */
export function combineInstruments(instruments: readonly Instrument[]): Instrument | null {
  if (instruments.length <= 1) return instruments[0] ?? null;
  const combined: { -readonly [K in Hook]?: (...args: any[]) => void } = {};
  for (const hook of HOOKS) {
    const listeners = instruments.filter((instrument) => instrument[hook] !== undefined);
    if (listeners.length === 0) continue;
    combined[hook] = (...args: unknown[]) => {
      for (const listener of listeners) (listener[hook] as (...args: unknown[]) => void)(...args);
    };
  }
  return combined;
}
