import type { Coroutine } from "../future/awaitable.ts";
import type { SessionPool } from "./pool.ts";
import { Connection, type TransactionOptions } from "./postgres-connection.ts";
import { Queries } from "./postgres-queries.ts";
import type { PostgresSession } from "./postgres-session.ts";
import { type SharedPool, sharing } from "./shared-pool.ts";

type PoolClass = new (
  sessions: SessionPool<PostgresSession>,
) => Queries & SharedPool<PostgresSession, Connection, TransactionOptions>;

const Shared: PoolClass = sharing(Queries, (session: PostgresSession) => new Connection(session));

/**
 * Connections that are shared: each statement takes one for itself, and `acquire()` lends one for longer.
 *
 * @example
 * yield* using(yield* createPool(url), function* (pool) {
 *   const rows = yield* pool.fetch("select n from generate_series(1, $1) n", 3);
 *   print(rows.length); //=> 3
 * });
 * @see asyncpg `Pool`
 */
export class Pool extends Shared {
  /** @internal */
  protected override lend<T>(_who: string, body: (session: PostgresSession) => Coroutine<T>): Coroutine<T> {
    return this.sessions.lend(body);
  }
}
