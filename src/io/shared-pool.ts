import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import type { DatabaseSession } from "./database-session.ts";
import { Loan, LoanWithTransaction } from "./loan.ts";
import type { SessionPool } from "./pool.ts";

/** What a pool has beside the queries of its database. `using(pool, body)` closes it at the end of the body. */
export interface SharedPool<S extends DatabaseSession, C, O> extends ContextManager<any> {
  /** @internal */
  readonly sessions: SessionPool<S>;
  /** How many connections there are. */
  readonly size: number;
  /** How many of them nobody uses. */
  readonly idleSize: number;
  /**
   * A connection for a body: `using(pool.acquire(), function* (connection) { … })`.
   *
   * @param options.timeout - Milliseconds to wait for one; null for ever. Default: the pool's `acquireTimeout`.
   */
  acquire(options?: { timeout?: number | null }): ContextManager<C>;
  /** A connection for a body, with a transaction around it. */
  transaction(options?: O): ContextManager<C>;
  /** Waits until all connections are given back, and closes them. Cancelled, it closes all at once. */
  close(): Coroutine<void>;
  /** Closes all connections at once, also those that are in use. */
  terminate(): void;
  enter(): Awaitable<this>;
  exit(error?: unknown): Coroutine<void>;
  toString(): string;
}

/** @internal What a borrower gets. */
interface Borrowed<C, O> {
  release(): void;
  transaction(options?: O): ContextManager<C>;
}

/**
 * A class of pools: the queries of a database, and what all pools have. Its subclass lends a session to a query.
 *
 * @param Queries - What can be asked.
 * @param wrap - Makes a session a connection of its borrower's.
 * @internal
 */
export function sharing<Q extends object, S extends DatabaseSession, C extends Borrowed<C, O>, O>(
  Queries: abstract new () => Q,
  wrap: (session: S) => C,
): new (sessions: SessionPool<S>) => Q & SharedPool<S, C, O> {
  class Sharing extends (Queries as unknown as new () => object) implements SharedPool<S, C, O> {
    readonly sessions: SessionPool<S>;

    static {
      for (const method of ["close", "exit"] as const) coroutine(this.prototype[method]);
    }

    constructor(sessions: SessionPool<S>) {
      super();
      this.sessions = sessions;
    }

    get size(): number {
      return this.sessions.size;
    }

    get idleSize(): number {
      return this.sessions.idleSize;
    }

    acquire(options: { timeout?: number | null } = {}): ContextManager<C> {
      return new Loan(this.sessions, options.timeout, wrap);
    }

    transaction(options?: O): ContextManager<C> {
      return new LoanWithTransaction(this.acquire(), (connection) => connection.transaction(options));
    }

    *close(): Coroutine<void> {
      yield* this.sessions.close();
    }

    terminate(): void {
      this.sessions.terminate();
    }

    enter(): Awaitable<this> {
      return new Instantly("Pool.enter", () => this);
    }

    *exit(_error?: unknown): Coroutine<void> {
      yield* this.sessions.close();
    }

    override toString(): string {
      return this.sessions.toString();
    }
  }
  return Sharing as unknown as new (sessions: SessionPool<S>) => Q & SharedPool<S, C, O>;
}
