// The entry point escapement/mysql: MySQL and MariaDB, on `mysql2`.
import { getRunningLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { remember } from "./open-resources.ts";
import { SessionPool } from "./pool.ts";
import { Connection } from "./mysql-connection.ts";
import { type ConnectOptions, type PoolOptions, describeTarget, readOptions } from "./mysql-options.ts";
import { Pool } from "./mysql-pool.ts";
import { openSession } from "./mysql-session.ts";

export type { ConnectOptions, PoolOptions } from "./mysql-options.ts";
export {
  Connection,
  Queries,
  type CallOptions,
  type Outcome,
  type Row,
  type TransactionOptions,
} from "./mysql-connection.ts";
export { RowStream } from "./mysql-rows.ts";
export { Pool } from "./mysql-pool.ts";
export { DatabaseError, InterfaceError } from "./database-errors.ts";
export { MysqlError } from "./mysql-errors.ts";
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
 * Connects to a MySQL or MariaDB server.
 *
 * @param options - A URL, as in `mysql://user@host/database`, or ConnectOptions.
 * @throws {MysqlError} When the server does not let us in: a wrong password, an unknown database.
 * @throws {NetworkError} When it cannot be reached.
 * @throws {TimeoutError} After `connectTimeout`.
 * @throws {MissingPackageError} When `mysql2` is not installed.
 * @example
 * const connection = yield* connect(url);
 * print(yield* connection.query("select ? + 1 as answer", [41])); //=> [{"answer":42}]
 * yield* connection.close();
 * @see aiomysql `connect`
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
 * const pool = yield* createPool({ url, maxSize: 2 });
 * const rows = yield* gather([1, 2, 3].map((n) => pool.query("select ? as n", [n])));
 * print(rows.flat()); //=> [{"n":1},{"n":2},{"n":3}]
 * yield* pool.close();
 * @see aiomysql `create_pool`
 */
export const createPool: (options: string | PoolOptions) => Coroutine<Pool> = coroutine(function* createPool(
  options: string | PoolOptions,
): Coroutine<Pool> {
  const settings = readOptions("createPool", options);
  const { maxSize = 10, minSize = 1, acquireTimeout = null } = settings;
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
