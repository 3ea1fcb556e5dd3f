import type { Awaitable } from "../future/awaitable.ts";
import { NOT_NOW, Operation } from "../future/operation.ts";
import { WaitQueue, type Waiter } from "./waiters.ts";

/**
 * A flag that tasks wait for.
 *
 * @see CPython 3.13 `asyncio.Event`
 */
export class Event {
  #set = false;
  readonly #waiters = new WaitQueue("Event.wait");

  isSet(): boolean {
    return this.#set;
  }

  /** Wakes all who wait; they go on even if it is cleared before they run. */
  set(): void {
    if (this.#set) return;
    this.#set = true;
    this.#waiters.wakeAll(true);
  }

  clear(): void {
    this.#set = false;
  }

  /** Waits until it is set. */
  wait(): Awaitable<true> {
    return new Wait(this, this.#waiters);
  }

  toString(): string {
    const waiters = this.#waiters.size > 0 ? `, waiters:${this.#waiters.size}` : "";
    return `<Event [${this.#set ? "set" : "unset"}${waiters}]>`;
  }
}

class Wait extends Operation<true, Waiter> {
  readonly #event: Event;
  readonly #waiters: WaitQueue;

  constructor(event: Event, waiters: WaitQueue) {
    super();
    this.#event = event;
    this.#waiters = waiters;
  }

  get label(): string {
    return "Event.wait";
  }

  protected attempt(): true | typeof NOT_NOW {
    return this.#event.isSet() ? true : NOT_NOW;
  }

  protected begin(): Waiter {
    return this.#waiters.join();
  }

  protected finish(waiter: Waiter): true {
    this.#waiters.leave(waiter);
    return true;
  }

  protected abandon(waiter: Waiter): void {
    this.#waiters.leave(waiter);
  }
}
