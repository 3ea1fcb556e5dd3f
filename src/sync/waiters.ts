import { RuntimeError } from "../loop/errors.ts";
import { type EventLoop, getRunningLoop } from "../loop/event-loop.ts";
import { Future, PENDING } from "../future/future.ts";

/** @internal One who waits: a future, in line. */
export class Waiter extends Future<boolean> {
  /** What it waits for, as a report says it: `Queue.get`. */
  readonly label: string;
  /** @internal */ before: Waiter | null = null;
  /** @internal */ behind: Waiter | null = null;
  /** @internal */ inLine = false;

  constructor(label: string) {
    super();
    this.label = label;
  }
}

/**
 * The one wait queue: first come, first served. Linked through the waiters, so that whoever gives up leaves in O(1).
 *
 * A waiter stays in line until its task runs again, as in asyncio: between its wake-up and that step it is done, and still
 * there. Each primitive decides for itself what that means.
 *
 * @internal
 */
export class WaitQueue {
  /** For errors and reports: `Queue.get`. */
  readonly label: string;
  #loop: EventLoop | null = null;
  first: Waiter | null = null;
  #last: Waiter | null = null;
  size = 0;

  constructor(label: string) {
    this.label = label;
  }

  /** A new waiter, at the end of the line. */
  join(): Waiter {
    const loop = getRunningLoop();
    this.#loop ??= loop;
    if (this.#loop !== loop) {
      throw new RuntimeError(`${this.label}: it is bound to a different event loop, where a task waited for it first.`);
    }
    const waiter = new Waiter(this.label);
    waiter.before = this.#last;
    if (this.#last === null) this.first = waiter;
    else this.#last.behind = waiter;
    this.#last = waiter;
    waiter.inLine = true;
    this.size += 1;
    return waiter;
  }

  leave(waiter: Waiter): void {
    if (!waiter.inLine) return;
    if (waiter.before === null) this.first = waiter.behind;
    else waiter.before.behind = waiter.behind;
    if (waiter.behind === null) this.#last = waiter.before;
    else waiter.behind.before = waiter.before;
    waiter.before = null;
    waiter.behind = null;
    waiter.inLine = false;
    this.size -= 1;
  }

  /** Whether all in line have been cancelled, or nobody is. */
  allCancelled(): boolean {
    for (let waiter = this.first; waiter !== null; waiter = waiter.behind) if (!waiter.cancelled()) return false;
    return true;
  }

  /** Completes the first that is not done yet. Whether there was one. */
  wakeNext(value: boolean): boolean {
    for (let waiter = this.first; waiter !== null; waiter = waiter.behind) {
      if (waiter.state !== PENDING) continue;
      waiter.setResult(value);
      return true;
    }
    return false;
  }

  wakeAll(value: boolean): void {
    for (let waiter = this.first; waiter !== null; waiter = waiter.behind) {
      if (waiter.state === PENDING) waiter.setResult(value);
    }
  }
}
