import { Handle, TimerHandle } from "../loop/handle.ts";
import { Future } from "../future/future.ts";
import { Barrier } from "../sync/barrier.ts";
import { Condition } from "../sync/condition.ts";
import { Event } from "../sync/event.ts";
import { Lock } from "../sync/lock.ts";
import { Queue } from "../sync/queue.ts";
import { BoundedSemaphore, Semaphore } from "../sync/semaphore.ts";
import { WaitQueue, Waiter } from "../sync/waiters.ts";
import { Task } from "../task/task.ts";
import { TaskGroup } from "../task/task-group.ts";
import type { Toucher } from "./proxy.ts";

type Methods = Record<string, (...args: unknown[]) => unknown>;

// Every method of a primitive counts as a write of it, but for these.
const READERS = new Set(["locked", "isSet", "qsize", "empty", "full", "allCancelled"]);
const NO_ACCESS = new Set(["constructor", "toString"]);
const PRIMITIVES = [Lock, Event, Condition, Semaphore, BoundedSemaphore, Barrier, Queue, WaitQueue, TaskGroup];

/** By method of Future: whether it writes. */
const FUTURE: Readonly<Record<string, boolean>> = {
  next: false,
  done: false,
  cancelled: false,
  result: false,
  exception: false,
  complete: true,
  cancel: true,
  addWaiter: true,
  removeWaiters: true,
};

// A primitive looks at those who wait for it without asking them: it reads a field. So each call of one of its methods reads
// the waiters of all primitives of its class, and whoever completes or cancels one of these writes them.
const WAITERS = {};

/**
 * Makes the library's own classes tell what is done with their objects: only strategies that ask for it pay.
 *
 * @returns Puts everything back.
 * @internal
 */
export function installProbes(toucher: Toucher): () => void {
  const undo: (() => void)[] = [];
  const probe = (prototype: object, name: string, tell: (object: object) => void): void => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    const original = descriptor.value as Methods[string];
    const value = function (this: object, ...args: unknown[]): unknown {
      tell(this);
      return original.apply(this, args);
    };
    Object.defineProperty(prototype, name, { ...descriptor, value });
    undo.push(() => Object.defineProperty(prototype, name, descriptor));
  };
  for (const { prototype } of PRIMITIVES as readonly { prototype: object }[]) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value !== "function" || NO_ACCESS.has(name)) continue;
      probe(prototype, name, (primitive) => {
        toucher.touch(primitive, "", !READERS.has(name));
        toucher.touch(WAITERS, classOf(primitive), false);
      });
    }
  }
  for (const [name, writes] of Object.entries(FUTURE)) {
    probe(Future.prototype, name, (future) => {
      toucher.touch(future, "", writes);
      if (writes && future instanceof Waiter) toucher.touch(WAITERS, classOf(future), true);
    });
  }
  // Each step of a task, and each callback, reads whether it was cancelled; see Tracer.
  for (const { prototype } of [Task, Handle, TimerHandle]) {
    probe(prototype, "cancel", (entry) => toucher.touch(entry, "cancel", true));
  }
  return () => {
    for (const restore of undo) restore();
  };
}

/** Lines and those in them are labelled with what they belong to: `Queue.get`. */
function classOf(object: object): string {
  const { label } = object as { label?: string };
  return label?.split(".")[0] ?? object.constructor.name;
}
