// The entry point escapement/postgres: PostgreSQL, in the shape of asyncpg, on `pg`, `pg-cursor` and `pg-copy-streams`.
import { getRunningLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { remember } from "./open-resources.ts";
import { SessionPool } from "./pool.ts";
import { Connection } from "./postgres-connection.ts";
import { type ConnectOptions, type PoolOptions, readOptions } from "./postgres-options.ts";
import { Pool } from "./postgres-pool.ts";
import { describeTarget, openSession } from "./postgres-session.ts";

export type { ConnectOptions, PoolOptions } from "./postgres-options.ts";
export { Connection, PreparedStatement, type TransactionOptions } from "./postgres-connection.ts";
export { Cursor } from "./postgres-cursor.ts";
export type { CopyOutput, CopySource, CopyWriter } from "./postgres-copy.ts";
export type { CopyFormatOptions, CopyOptions } from "./postgres-copy-text.ts";
export { Pool } from "./postgres-pool.ts";
export { Queries, type Row, type Statement } from "./postgres-queries.ts";
export type { Listener } from "./postgres-session.ts";
export { DatabaseError, InterfaceError } from "./database-errors.ts";
export { PostgresError } from "./postgres-errors.ts";
export { MissingPackageError } from "./peer-package.ts";
export {
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  NetworkError,
  TlsError,
  UnknownHostError,
} from "./network-errors.ts";

/**
 * Connects to a PostgreSQL server.
 *
 * @param options - A URL, as in `postgres://user@host/database`, or ConnectOptions.
 * @throws {PostgresError} When the server does not let us in: a wrong password, an unknown database.
 * @throws {NetworkError} When it cannot be reached.
 * @throws {TimeoutError} After `connectTimeout`.
 * @throws {MissingPackageError} When `pg` is not installed.
 * @example
 * const connection = yield* connect(url);
 * print(yield* connection.fetchval("select $1::int + 1", 41)); //=> 42
 * yield* connection.close();
 * @see asyncpg `connect`
 */
export const connect: (options: string | ConnectOptions) => Coroutine<Connection> = coroutine(function* connect(
  options: string | ConnectOptions,
): Coroutine<Connection> {
  const session = yield* openSession("connect", readOptions("connect", options));
  remember(getRunningLoop(), session);
  return new Connection(session);
});

/**
 * A pool of connections, of which the first `minSize` are made now. What connect throws, this throws, too.
 *
 * @param options - A URL, or PoolOptions.
 * @example
 * const pool = yield* createPool({ url, minSize: 1, maxSize: 2 });
 * print(yield* gather([1, 2, 3].map((n) => pool.fetchval("select $1::int", n)))); //=> [1,2,3]
 * print(pool.size); //=> 2
 * yield* pool.close();
 * @see asyncpg `create_pool`
 */
export const createPool: (options: string | PoolOptions) => Coroutine<Pool> = coroutine(function* createPool(
  options: string | PoolOptions,
): Coroutine<Pool> {
  const settings = readOptions("createPool", options);
  const { maxSize = 10, minSize = Math.min(10, maxSize), acquireTimeout = null } = settings;
  const { maxInactiveLifetime = 300_000 } = settings;
  const sessions = new SessionPool(getRunningLoop(), {
    target: describeTarget("createPool", settings),
    minSize,
    maxSize,
    acquireTimeout,
    maxInactiveLifetime,
    connect: () => openSession("Pool.connect", settings),
  });
  yield* sessions.fill();
  return new Pool(sessions);
});
