import { DatabaseError, type DatabaseErrorFields, InterfaceError } from "./database-errors.ts";
import type { MysqlDriverError } from "./mysql-driver.ts";
import { ConnectionResetError, networkError } from "./network-errors.ts";

/** An error of the server: `code` is its name, as in `ER_NO_SUCH_TABLE`, `errno` its number. */
export class MysqlError extends DatabaseError {
  static {
    this.prototype.name = "MysqlError";
  }

  readonly errno: number;
  readonly sqlState: string | undefined;

  constructor(message: string, fields: DatabaseErrorFields, { errno, sqlState }: { errno: number; sqlState?: string }) {
    super(message, fields);
    this.errno = errno;
    this.sqlState = sqlState;
  }
}

/** @internal What failed, where, and with which statement. */
export interface MysqlContext {
  /** `query on`: the target is named next. */
  readonly what: string;
  readonly target: string;
  readonly sql?: string | undefined;
  readonly secure?: boolean;
}

/**
 * What `mysql2` gave as an error, as one of ours.
 *
 * @internal
 */
export function mysqlError(cause: unknown, { what, target, sql, secure = false }: MysqlContext): Error {
  if (cause instanceof InterfaceError) return cause;
  const { code = "", errno, sqlState, sqlMessage, message } = cause as MysqlDriverError;
  if (code === "PROTOCOL_CONNECTION_LOST") {
    return new ConnectionResetError(`${what} ${target}: the server closed the connection.`, { target, code, cause });
  }
  // A server's error has its text, and an errno of its own; a socket's errno is negative.
  if (sqlMessage === undefined || errno === undefined) return networkError(what, target, cause, secure);
  const fields = { target, code, sql, cause };
  const state = sqlState === undefined ? {} : { sqlState };
  return new MysqlError(`${what} ${target}: ${message} (${code}).`, fields, { errno, ...state });
}
