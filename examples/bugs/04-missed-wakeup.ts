// A consumer looks whether there is something, and then gets in line to be woken. What comes in between wakes nobody.
// Fixed: it looks and gets in line without letting others run in between.
import { type Coroutine, Future, createTask } from "escapement";
import { state } from "escapement/sim";
import { together } from "./together.ts";

interface Signal {
  ready: boolean;
  readonly waiters: Future<void>[];
}

function* consumer(signal: Signal, pauses: boolean): Coroutine<void> {
  if (signal.ready) return;
  if (pauses) yield;
  const woken = new Future<void>();
  signal.waiters.push(woken);
  yield* woken;
}

function* producer(signal: Signal): Coroutine<void> {
  yield;
  signal.ready = true;
  for (const waiter of signal.waiters) waiter.setResult();
}

function* signalled(pauses: boolean): Coroutine<void> {
  const signal: Signal = state({ ready: false, waiters: [] }, "signal");
  const waiting = createTask(consumer(signal, pauses), { name: "consumer" });
  yield* together(waiting, createTask(producer(signal), { name: "producer" }));
}

export default function* missedWakeup(): Coroutine<void> {
  yield* signalled(true);
}

export function* fixed(): Coroutine<void> {
  yield* signalled(false);
}
