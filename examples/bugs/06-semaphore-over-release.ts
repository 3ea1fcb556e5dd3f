// A permit is released in a `finally` that begins before it is acquired: a worker that is cancelled while it waits gives
// back a permit that it never had.
// Fixed: the `finally` begins behind it.
import { type Coroutine, createTask } from "escapement";
import { state, until } from "escapement/sim";
import { must, together } from "./together.ts";

interface Gate {
  permits: number;
  inside: number;
  most: number;
}

function* enter(gate: Gate): Coroutine<void> {
  yield* until(() => gate.permits > 0);
  gate.permits -= 1;
}

function* work(gate: Gate): Coroutine<void> {
  gate.inside += 1;
  gate.most = Math.max(gate.most, gate.inside);
  yield;
  yield;
  gate.inside -= 1;
}

function* worker(gate: Gate): Coroutine<void> {
  try {
    yield* enter(gate);
    yield* work(gate);
  } finally {
    gate.permits += 1;
  }
}

function* carefulWorker(gate: Gate): Coroutine<void> {
  yield* enter(gate);
  try {
    yield* work(gate);
  } finally {
    gate.permits += 1;
  }
}

function* scenario(role: (gate: Gate) => Coroutine<void>): Coroutine<void> {
  const gate = state({ permits: 1, inside: 0, most: 0 }, "gate");
  const workers = ["a", "b", "c"].map((name) => createTask(role(gate), { name }));
  const canceller = function* (): Coroutine<void> {
    yield;
    workers[1]!.cancel();
  };
  yield* together(...workers, createTask(canceller(), { name: "canceller" }));
  // A worker that is cancelled inside leaves without counting itself out: only the most at a time is told.
  must(gate.permits === 1, `${gate.permits} permits came of one`);
}

export default function* semaphoreOverRelease(): Coroutine<void> {
  yield* scenario(worker);
}

export function* fixed(): Coroutine<void> {
  yield* scenario(carefulWorker);
}
