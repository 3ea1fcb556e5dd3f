// Two tasks add one to a counter; between reading and writing it, each lets others run. One addition gets lost.
// Fixed: the two halves are under a lock.
import { type Coroutine, Lock, createTask, using } from "escapement";
import { state } from "escapement/sim";
import { must, together } from "./together.ts";

interface Counter {
  value: number;
}

function* add(counter: Counter): Coroutine<void> {
  const before = counter.value;
  yield;
  counter.value = before + 1;
}

export default function* lostUpdate(): Coroutine<void> {
  const counter = state({ value: 0 }, "counter");
  yield* together(createTask(add(counter), { name: "a" }), createTask(add(counter), { name: "b" }));
  must(counter.value === 2, `two additions came to ${counter.value}`);
}

export function* fixed(): Coroutine<void> {
  const counter = state({ value: 0 }, "counter");
  const lock = new Lock();
  const addAlone = (): Coroutine<void> => using(lock, () => add(counter));
  yield* together(createTask(addAlone(), { name: "a" }), createTask(addAlone(), { name: "b" }));
  must(counter.value === 2, `two additions came to ${counter.value}`);
}
