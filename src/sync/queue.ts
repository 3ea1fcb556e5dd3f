import { ValueError } from "../loop/errors.ts";
import type { Awaitable } from "../future/awaitable.ts";
import { NOT_NOW, Operation } from "../future/operation.ts";
import { QueueEmpty, QueueFull, QueueShutDown } from "./errors.ts";
import { Fifo, type Store } from "./store.ts";
import { WaitQueue, type Waiter } from "./waiters.ts";

/**
 * Passes items from task to task; with a `maxsize`, putters wait while it is full.
 *
 * @example
 * const queue = new Queue<string>(10);
 * yield* queue.put("item");
 * print(yield* queue.get()); //=> "item"
 * queue.taskDone();
 * yield* queue.join();
 * @see CPython 3.13 `asyncio.Queue`
 */
export class Queue<T> {
  /** Zero: without bound. */
  readonly maxsize: number;
  /** @internal Decides which item is next. */
  protected items: Store<T> = new Fifo<T>();
  readonly #getters: WaitQueue;
  readonly #putters: WaitQueue;
  readonly #joiners: WaitQueue;
  /** @internal How many items were put in and are not done. */
  unfinished = 0;
  #shutDown = false;

  /**
   * @param maxsize - How many items it holds at most; 0 (the default) is without bound.
   * @throws {ValueError} When it is negative or NaN.
   */
  constructor(maxsize = 0) {
    if (typeof maxsize !== "number" || !(maxsize >= 0)) {
      throw new ValueError(`${new.target.name}: maxsize is 0 (no bound) or more, got ${String(maxsize)}.`);
    }
    this.maxsize = maxsize;
    this.#getters = new WaitQueue(`${new.target.name}.get`);
    this.#putters = new WaitQueue(`${new.target.name}.put`);
    this.#joiners = new WaitQueue(`${new.target.name}.join`);
  }

  qsize(): number {
    return this.items.size;
  }

  empty(): boolean {
    return this.items.size === 0;
  }

  full(): boolean {
    return this.maxsize > 0 && this.items.size >= this.maxsize;
  }

  /** Puts an item in, waiting while the queue is full. @throws {QueueShutDown} When awaited. */
  put(item: T): Awaitable<void> {
    return new Put(this, item, this.#putters);
  }

  /** @throws {QueueFull} When it is full. @throws {QueueShutDown} When it was shut down. */
  putNowait(item: T): void {
    if (this.#shutDown) throw new QueueShutDown("Queue.put: the queue has been shut down.");
    if (this.full()) throw new QueueFull("Queue.putNowait: the queue is full.");
    this.items.put(item);
    this.unfinished += 1;
    wakeNext(this.#getters);
  }

  /** Takes the next item out, waiting while there is none. @throws {QueueShutDown} When awaited. */
  get(): Awaitable<T> {
    return new Get(this, this.#getters);
  }

  /** @throws {QueueEmpty} When it is empty. @throws {QueueShutDown} When it was shut down besides. */
  getNowait(): T {
    if (this.empty()) {
      if (this.#shutDown) throw new QueueShutDown("Queue.get: the queue has been shut down and is empty.");
      throw new QueueEmpty("Queue.getNowait: the queue is empty.");
    }
    const item = this.items.take();
    wakeNext(this.#putters);
    return item;
  }

  /** Says that the work on an item that was taken out is done. @throws {ValueError} When said too often. */
  taskDone(): void {
    if (this.unfinished <= 0) throw new ValueError("Queue.taskDone: called more often than items were put in.");
    this.unfinished -= 1;
    if (this.unfinished === 0) this.#joiners.wakeAll(true);
  }

  /** Waits until `taskDone` was called for every item that was put in. */
  join(): Awaitable<void> {
    return new Join(this, this.#joiners);
  }

  /**
   * Refuses what is put in from now on, and wakes all who wait. What is in can still be taken out.
   *
   * @param immediate - Drops what is in, too, as if it were done.
   */
  shutdown(immediate = false): void {
    this.#shutDown = true;
    if (immediate) this.#dropAll();
    while (wakeNext(this.#getters));
    while (wakeNext(this.#putters));
  }

  #dropAll(): void {
    while (!this.empty()) {
      this.items.take();
      if (this.unfinished > 0) this.unfinished -= 1;
    }
    if (this.unfinished === 0) this.#joiners.wakeAll(true);
  }

  /** @internal */
  get isShutDown(): boolean {
    return this.#shutDown;
  }

  toString(): string {
    const parts = [`<${this.constructor.name} maxsize=${this.maxsize}`];
    if (this.items.size > 0) parts.push(`items=${this.items.size}`);
    if (this.#getters.size > 0) parts.push(`getters=${this.#getters.size}`);
    if (this.#putters.size > 0) parts.push(`putters=${this.#putters.size}`);
    if (this.unfinished > 0) parts.push(`tasks=${this.unfinished}`);
    if (this.#shutDown) parts.push("shutdown");
    return `${parts.join(" ")}>`;
  }
}

/** Takes waiters out of the line until one is not done, and wakes that one. */
function wakeNext(waiters: WaitQueue): boolean {
  for (let waiter = waiters.first; waiter !== null; waiter = waiters.first) {
    waiters.leave(waiter);
    if (waiter.done()) continue;
    waiter.setResult(true);
    return true;
  }
  return false;
}

/** Who is cancelled as it was woken hands the wake-up on, while `thereIsReason`. */
function giveUp(waiters: WaitQueue, waiter: Waiter, thereIsReason: boolean): void {
  waiter.cancel();
  waiters.leave(waiter);
  if (thereIsReason && !waiter.cancelled()) wakeNext(waiters);
}

class Put<T> extends Operation<void, Waiter> {
  readonly #queue: Queue<T>;
  readonly #item: T;
  readonly #putters: WaitQueue;

  constructor(queue: Queue<T>, item: T, putters: WaitQueue) {
    super();
    this.#queue = queue;
    this.#item = item;
    this.#putters = putters;
  }

  get label(): string {
    return this.#putters.label;
  }

  protected attempt(): void | typeof NOT_NOW {
    if (this.#queue.full() && !this.#queue.isShutDown) return NOT_NOW;
    this.#queue.putNowait(this.#item);
  }

  protected begin(): Waiter {
    return this.#putters.join();
  }

  // Somebody else may have been quicker: then it waits again, at the end of the line.
  protected finish(): void | typeof NOT_NOW {
    return this.attempt();
  }

  protected abandon(waiter: Waiter): void {
    giveUp(this.#putters, waiter, !this.#queue.full());
  }
}

class Get<T> extends Operation<T, Waiter> {
  readonly #queue: Queue<T>;
  readonly #getters: WaitQueue;

  constructor(queue: Queue<T>, getters: WaitQueue) {
    super();
    this.#queue = queue;
    this.#getters = getters;
  }

  get label(): string {
    return this.#getters.label;
  }

  protected attempt(): T | typeof NOT_NOW {
    if (this.#queue.empty() && !this.#queue.isShutDown) return NOT_NOW;
    return this.#queue.getNowait();
  }

  protected begin(): Waiter {
    return this.#getters.join();
  }

  protected finish(): T | typeof NOT_NOW {
    return this.attempt();
  }

  protected abandon(waiter: Waiter): void {
    giveUp(this.#getters, waiter, !this.#queue.empty());
  }
}

class Join extends Operation<void, Waiter> {
  readonly #queue: Queue<any>;
  readonly #joiners: WaitQueue;

  constructor(queue: Queue<any>, joiners: WaitQueue) {
    super();
    this.#queue = queue;
    this.#joiners = joiners;
  }

  get label(): string {
    return this.#joiners.label;
  }

  protected attempt(): void | typeof NOT_NOW {
    if (this.#queue.unfinished > 0) return NOT_NOW;
  }

  protected begin(): Waiter {
    return this.#joiners.join();
  }

  // Woken is woken, whatever was put in since.
  protected finish(waiter: Waiter): void {
    this.#joiners.leave(waiter);
  }

  protected abandon(waiter: Waiter): void {
    this.#joiners.leave(waiter);
  }
}
