// A lock that is handed to the first in line when it is released. A waiter that is cancelled leaves the line; but one that
// was handed the lock, and is cancelled before it runs, leaves with it.
// Fixed: it gives back what it was handed; and nothing is handed to one that is cancelled and has not left the line yet.
import { type Coroutine, Future, type Task, createTask } from "escapement";
import { state } from "escapement/sim";
import { must, together } from "./together.ts";

interface HandOff {
  owner: string | null;
  readonly line: { readonly name: string; readonly granted: Future<void> }[];
  readonly givesBack: boolean;
}

function* acquire(lock: HandOff, name: string): Coroutine<void> {
  if (lock.owner === null) {
    lock.owner = name;
    return;
  }
  const granted = new Future<void>();
  lock.line.push({ name, granted });
  try {
    yield* granted;
  } catch (error) {
    const place = lock.line.findIndex((waiter) => waiter.name === name);
    if (place >= 0) lock.line.splice(place, 1);
    else if (lock.givesBack) release(lock);
    throw error;
  }
}

function release(lock: HandOff): void {
  let next = lock.line.shift();
  while (lock.givesBack && next?.granted.cancelled() === true) next = lock.line.shift();
  lock.owner = next === undefined ? null : next.name;
  next?.granted.setResult();
}

function* holder(lock: HandOff): Coroutine<void> {
  yield* acquire(lock, "holder");
  yield;
  yield;
  release(lock);
}

function* victim(lock: HandOff): Coroutine<void> {
  yield* acquire(lock, "victim");
  try {
    yield;
  } finally {
    release(lock);
  }
}

function* other(lock: HandOff): Coroutine<void> {
  yield;
  yield* acquire(lock, "other");
  release(lock);
}

function* canceller(task: Task<void>): Coroutine<void> {
  yield;
  yield;
  task.cancel();
}

function* scenario(givesBack: boolean): Coroutine<void> {
  const lock: HandOff = state({ owner: null, line: [], givesBack }, "lock");
  const first = createTask(holder(lock), { name: "holder" });
  const second = createTask(victim(lock), { name: "victim" });
  const third = createTask(other(lock), { name: "other" });
  yield* together(first, second, third, createTask(canceller(second), { name: "canceller" }));
  must(lock.owner === null, `${lock.owner} still owns the lock`);
}

export default function* cancelledWaiter(): Coroutine<void> {
  yield* scenario(false);
}

export function* fixed(): Coroutine<void> {
  yield* scenario(true);
}
