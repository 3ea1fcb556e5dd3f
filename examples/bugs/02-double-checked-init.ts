// Three tasks share an instance that the first makes, under a lock. It is there before it is ready, and whoever looks
// without the lock may get it too early.
// Fixed: it is put where others see it when it is ready.
import { type Coroutine, Lock, createTask } from "escapement";
import { state } from "escapement/sim";
import { must, together } from "./together.ts";

interface Shared {
  instance: { ready: boolean } | null;
}

function* makeInPlace(shared: Shared): Coroutine<void> {
  shared.instance = { ready: false };
  yield;
  shared.instance.ready = true;
}

function* makeThenPublish(shared: Shared): Coroutine<void> {
  const instance = { ready: false };
  yield;
  instance.ready = true;
  shared.instance = instance;
}

function* use(shared: Shared, lock: Lock, make: (shared: Shared) => Coroutine<void>): Coroutine<void> {
  if (shared.instance === null) {
    yield* lock.acquire();
    if (shared.instance === null) yield* make(shared);
    lock.release();
  }
  must(shared.instance?.ready === true, "the instance was used before it was ready");
}

function* threeUsers(make: (shared: Shared) => Coroutine<void>): Coroutine<void> {
  const shared: Shared = state({ instance: null }, "shared");
  const lock = new Lock();
  yield* together(...["a", "b", "c"].map((name) => createTask(use(shared, lock, make), { name })));
}

export default function* doubleCheckedInit(): Coroutine<void> {
  yield* threeUsers(makeInPlace);
}

export function* fixed(): Coroutine<void> {
  yield* threeUsers(makeThenPublish);
}
