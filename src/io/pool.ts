import type { Handle } from "../loop/handle.ts";
import { ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { Semaphore } from "../sync/semaphore.ts";
import { coroutine } from "../task/coroutine.ts";
import { gather } from "../task/gather.ts";
import { waitFor } from "../task/wait.ts";
import { InterfaceError } from "./database-errors.ts";
import type { DatabaseSession } from "./database-session.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";

/** @internal How a pool of sessions is kept. */
export interface PoolSettings<S extends DatabaseSession> {
  readonly target: string;
  readonly minSize: number;
  readonly maxSize: number;
  /** Milliseconds to wait for a connection; null for ever. */
  readonly acquireTimeout: number | null;
  /** Milliseconds after which a connection that nobody has used is closed; 0 for never. */
  readonly maxInactiveLifetime: number;
  connect(): Coroutine<S>;
}

/** A session that nobody uses, and since when. */
interface Idle<S> {
  readonly session: S;
  readonly since: number;
}

/** Who waits for a session, in order; named so for reports. */
class Pool extends Semaphore {}

/**
 * Sessions that are lent, first come, first served, and taken back. Whoever has one has a permit; whoever has a permit and
 * no session gets the one that was given back last, or a new one. So the books hold wherever a borrower is cancelled.
 *
 * @internal
 */
export class SessionPool<S extends DatabaseSession> implements OpenResource {
  readonly #loop: EventLoop;
  readonly #settings: PoolSettings<S>;
  readonly #permits: Pool;
  // The last that came back is at the end, and is the first to be lent: the one at the front has waited longest.
  readonly #idle: Idle<S>[] = [];
  // Looks at the front when the one that was there may have waited too long. (bench:io: "queries")
  #expiry: Handle | null = null;
  readonly #lent = new Set<S>();
  #state: "open" | "closing" | "closed" = "open";

  static {
    for (const method of ["fill", "acquire", "lend", "giveBack", "close"] as const) coroutine(this.prototype[method]);
  }

  constructor(loop: EventLoop, settings: PoolSettings<S>) {
    checkSettings(settings);
    this.#loop = loop;
    this.#settings = settings;
    this.#permits = new Pool(settings.maxSize);
    remember(loop, this);
  }

  /** How many connections there are. */
  get size(): number {
    return this.#idle.length + this.#lent.size;
  }

  /** How many of them nobody uses. */
  get idleSize(): number {
    return this.#idle.length;
  }

  /** Makes the first `minSize` connections: one, whose failure is the pool's, and then the others together. */
  *fill(): Coroutine<void> {
    const { minSize } = this.#settings;
    try {
      const first = minSize > 0 ? [yield* this.acquire()] : [];
      const rest = yield* gather(Array.from({ length: Math.max(0, minSize - 1) }, () => this.acquire()));
      for (const session of [...first, ...rest]) this.#takeBack(session);
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  *acquire(timeout: number | null = this.#settings.acquireTimeout): Coroutine<S> {
    this.#checkOpen();
    yield* this.#takePermit(timeout);
    try {
      this.#checkOpen();
      const session = this.#takeIdle() ?? (yield* this.#connect());
      this.#lent.add(session);
      return session;
    } catch (error) {
      this.#permits.release();
      throw error;
    }
  }

  *#takePermit(timeout: number | null): Coroutine<void> {
    if (this.#permits.tryAcquire()) return;
    const { target, maxSize } = this.#settings;
    try {
      if (timeout === null) yield* this.#permits.acquire();
      else yield* waitFor(this.#permits.acquire(), timeout);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      const what = `none of the ${maxSize} connections became free within ${String(timeout)} ms`;
      throw new TimeoutError(`Pool.acquire on ${target}: ${what}.`, { cause: error });
    }
  }

  *#connect(): Coroutine<S> {
    const session = yield* this.#settings.connect();
    if (this.#state !== "closed") return session;
    session.destroy(undefined);
    throw this.#closedError();
  }

  // The last that came back: the others may grow old, and are closed then.
  #takeIdle(): S | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.session.isOpen) return idle.session;
    }
    return undefined;
  }

  /** A session for `body`. */
  *lend<T>(body: (session: S) => Coroutine<T>): Coroutine<T> {
    const session = yield* this.acquire();
    let result: T;
    try {
      result = yield* body(session);
    } finally {
      yield* this.giveBack(session);
    }
    return result;
  }

  /** Cleans it, and takes it back; what cannot be cleaned is closed. Nothing that happens meanwhile keeps it from that. */
  *giveBack(session: S): Coroutine<void> {
    let cancellation: Error | null = null;
    try {
      if (session.isOpen && !session.isClean) cancellation = yield* session.clean();
    } finally {
      this.#takeBack(session);
    }
    if (cancellation !== null) throw cancellation;
  }

  #takeBack(session: S): void {
    this.#lent.delete(session);
    if (session.isOpen && this.#state !== "closed") this.#keep(session);
    else session.destroy(undefined);
    this.#permits.release();
  }

  #keep(session: S): void {
    this.#idle.push({ session, since: this.#loop.time() });
    if (this.#expiry === null && this.#settings.maxInactiveLifetime > 0) this.#watch(this.#idle[0]!);
  }

  #watch(idle: Idle<S>): void {
    this.#expiry = this.#loop.callAt(this.#deadlineOf(idle), () => this.#expire());
  }

  #expire(): void {
    this.#expiry = null;
    const now = this.#loop.time();
    while (this.#idle.length > 0 && this.#deadlineOf(this.#idle[0]!) <= now) this.#hangUp(this.#idle.shift()!.session);
    if (this.#idle.length > 0) this.#watch(this.#idle[0]!);
  }

  #deadlineOf({ since }: Idle<S>): number {
    return since + this.#settings.maxInactiveLifetime;
  }

  #hangUp(session: S): void {
    // Until it is gone: a server that is deaf must not keep the host alive.
    remember(this.#loop, session);
    session.hangUp();
  }

  #takeAllIdle(): S[] {
    this.#expiry?.cancel();
    this.#expiry = null;
    return this.#idle.splice(0).map(({ session }) => session);
  }

  /** Waits until all are given back, and closes them. Cancelled, it closes all at once. */
  *close(): Coroutine<void> {
    if (this.#state === "closed") return;
    this.#state = "closing";
    try {
      for (let i = 0; i < this.#settings.maxSize; i += 1) yield* this.#permits.acquire();
      yield* gather(this.#takeAllIdle().map((session) => session.close()));
    } finally {
      this.terminate();
    }
  }

  /** Closes every connection at once, those that are lent included. */
  terminate(): void {
    this.#state = "closed";
    forget(this.#loop, this);
    for (const session of [...this.#takeAllIdle(), ...this.#lent]) session.destroy(undefined);
  }

  #checkOpen(): void {
    if (this.#state !== "open") throw this.#closedError();
  }

  #closedError(): InterfaceError {
    return new InterfaceError(`Pool.acquire on ${this.#settings.target}: the pool is ${this.#state}.`);
  }

  abandon(): boolean {
    this.terminate();
    return true;
  }

  toString(): string {
    return `<Pool ${this.#state} ${this.#settings.target} size:${this.size} idle:${this.idleSize}>`;
  }
}

function checkSettings({ minSize, maxSize, acquireTimeout, maxInactiveLifetime }: PoolSettings<any>): void {
  if (!Number.isInteger(maxSize) || maxSize < 1) {
    throw new ValueError(`createPool: maxSize is a whole number from 1 on, not ${maxSize}.`);
  }
  if (!Number.isInteger(minSize) || minSize < 0 || minSize > maxSize) {
    throw new ValueError(`createPool: minSize is a whole number from 0 to maxSize (${maxSize}), not ${minSize}.`);
  }
  if (acquireTimeout !== null) checkMilliseconds("createPool", "acquireTimeout", acquireTimeout);
  checkMilliseconds("createPool", "maxInactiveLifetime", maxInactiveLifetime);
}
