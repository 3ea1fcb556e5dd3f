import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { Loan, LoanWithTransaction } from "./loan.ts";
import type { SessionPool } from "./pool.ts";
import { Connection, Queries, type TransactionOptions } from "./mysql-connection.ts";
import type { MysqlSession } from "./mysql-session.ts";

/**
 * Connections that are shared: each statement takes one for itself, and `acquire()` lends one for longer.
 *
 * @example
 * yield* using(yield* createPool(url), function* (pool) {
 *   const rows = yield* pool.query("select seq from seq_1_to_3 where seq < ?", [3]);
 *   print(rows.length); //=> 2
 * });
 * @see aiomysql `Pool`
 */
export class Pool extends Queries implements ContextManager<Pool> {
  readonly #sessions: SessionPool<MysqlSession>;

  static {
    for (const method of ["close", "exit"] as const) coroutine(this.prototype[method]);
  }

  /** @internal */
  constructor(sessions: SessionPool<MysqlSession>) {
    super();
    this.#sessions = sessions;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#sessions.size;
  }

  /** How many of them nobody uses. */
  get idleSize(): number {
    return this.#sessions.idleSize;
  }

  /** @internal */
  protected override *lend<T>(_who: string, body: (session: MysqlSession) => Coroutine<T>): Coroutine<T> {
    return yield* this.#sessions.lend(body);
  }

  /**
   * A connection for a body: `using(pool.acquire(), function* (connection) { … })`.
   *
   * @param options.timeout - Milliseconds to wait for one; null for ever. Default: the pool's `acquireTimeout`.
   */
  acquire(options: { timeout?: number | null } = {}): ContextManager<Connection> {
    return new Loan(this.#sessions, options.timeout, (session) => new Connection(session));
  }

  /** A connection for a body, with a transaction around it. */
  transaction(options: TransactionOptions = {}): ContextManager<Connection> {
    return new LoanWithTransaction(this.acquire(), (connection) => connection.transaction(options));
  }

  /** Waits until all connections are given back, and closes them. Cancelled, it closes all at once. */
  *close(): Coroutine<void> {
    yield* this.#sessions.close();
  }

  /** Closes all connections at once, also those that are in use. */
  terminate(): void {
    this.#sessions.terminate();
  }

  enter(): Awaitable<Pool> {
    return new Instantly("Pool.enter", () => this);
  }

  *exit(_error?: unknown): Coroutine<void> {
    yield* this.#sessions.close();
  }

  override toString(): string {
    return this.#sessions.toString();
  }
}
