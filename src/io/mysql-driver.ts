import type { EventEmitter } from "node:events";
import { loadPeer } from "./peer-package.ts";

// What is used of `mysql2`: its callbacks and events, no promise.

/** @internal A statement under way. Its `end` says that the server takes the next one. */
export type MysqlCommand = EventEmitter;

/** @internal What the server says of a statement without rows. */
export interface MysqlHeader {
  readonly affectedRows: number;
  readonly insertId: number;
  readonly serverStatus: number;
}

/** @internal */
export interface MysqlConnection extends EventEmitter {
  readonly stream: EventEmitter & { destroy(): void };
  readonly threadId: number;
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly socketPath?: string;
    readonly database?: string;
    readonly ssl?: unknown;
  };
  query(options: { sql: string }, callback?: (error: unknown, result: unknown) => void): MysqlCommand;
  format(sql: string, values: readonly unknown[]): string;
  pause(): void;
  resume(): void;
  end(callback: () => void): void;
  destroy(): void;
}

/** @internal An error as `mysql2` gives it: the server's, or of the connection. */
export interface MysqlDriverError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
}

interface Mysql {
  createConnection(config: object): MysqlConnection;
}

/** @internal @throws {MissingPackageError} */
export function loadMysql(): Mysql {
  return loadPeer("escapement/mysql", "mysql2") as Mysql;
}
