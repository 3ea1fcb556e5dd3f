import { DatabaseError, type DatabaseErrorFields, InterfaceError } from "./database-errors.ts";
import { networkError } from "./network-errors.ts";
import { type PgServerError, loadPg } from "./postgres-driver.ts";

/**
 * An error of the server: `code` is its SQLSTATE, and the other fields are as it sent them.
 *
 * @see asyncpg `PostgresError`; PostgreSQL, "Error and Notice Message Fields"
 */
export class PostgresError extends DatabaseError {
  static {
    this.prototype.name = "PostgresError";
  }

  readonly severity: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  /** The character of the statement at which it was found, counted from 1; null when it has no place. */
  readonly position: number | null;
  readonly where: string | undefined;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly dataType: string | undefined;
  readonly constraint: string | undefined;

  constructor(message: string, fields: Omit<DatabaseErrorFields, "code">, server: PgServerError) {
    super(message, { ...fields, code: server.code });
    this.severity = server.severity;
    this.detail = server.detail;
    this.hint = server.hint;
    this.position = server.position === undefined ? null : Number(server.position);
    this.where = server.where;
    this.schema = server.schema;
    this.table = server.table;
    this.column = server.column;
    this.dataType = server.dataType;
    this.constraint = server.constraint;
  }
}

/** @internal What failed, where, and with which statement. */
export interface PostgresContext {
  /** `fetch on`: the target is named next. */
  readonly what: string;
  readonly target: string;
  readonly sql?: string | undefined;
  readonly secure?: boolean;
}

/**
 * What `pg` gave as an error, as one of ours.
 *
 * @internal
 */
export function postgresError(cause: unknown, { what, target, sql, secure = false }: PostgresContext): Error {
  if (cause instanceof loadPg().DatabaseError) {
    const message = `${what} ${target}: ${cause.message} (${cause.code})${placeOf(cause, sql)}.`;
    return new PostgresError(message, { target, sql, cause }, cause);
  }
  if (cause instanceof InterfaceError) return cause;
  if (sql === undefined) return networkError(what, target, cause, secure);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new InterfaceError(`${what} ${target}: a value could not be converted: ${why}`, { cause });
}

function placeOf({ position }: PgServerError, sql: string | undefined): string {
  if (position === undefined || sql === undefined) return "";
  const at = Number(position) - 1;
  return `, at character ${position}: ${JSON.stringify(sql.slice(at, at + 20))}`;
}
