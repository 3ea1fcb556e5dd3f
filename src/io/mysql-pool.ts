import type { Coroutine } from "../future/awaitable.ts";
import { Connection, Queries, type TransactionOptions } from "./mysql-connection.ts";
import type { MysqlSession } from "./mysql-session.ts";
import type { SessionPool } from "./pool.ts";
import { type SharedPool, sharing } from "./shared-pool.ts";

type PoolClass = new (
  sessions: SessionPool<MysqlSession>,
) => Queries & SharedPool<MysqlSession, Connection, TransactionOptions>;

const Shared: PoolClass = sharing(Queries, (session: MysqlSession) => new Connection(session));

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
export class Pool extends Shared {
  /** @internal */
  protected override lend<T>(_who: string, body: (session: MysqlSession) => Coroutine<T>): Coroutine<T> {
    return this.sessions.lend(body);
  }
}
