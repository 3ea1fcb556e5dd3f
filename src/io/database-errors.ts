/** Used in a way that its state forbids: closed, busy with another question, given back. Python's PEP 249 has the name. */
export class InterfaceError extends Error {
  static {
    this.prototype.name = "InterfaceError";
  }
}

/** What a database server said of a statement or a connection; `target` says which server and database. */
export class DatabaseError extends Error {
  static {
    this.prototype.name = "DatabaseError";
  }

  /** Address and database, as in `127.0.0.1:5432/test`. */
  readonly target: string;
  /** The server's own: an SQLSTATE, as in `42P01`, or a name, as in `ER_NO_SUCH_TABLE`. */
  readonly code: string;
  /** The statement that it is about, if any. */
  readonly sql: string | undefined;

  constructor(message: string, { target, code, sql, cause }: DatabaseErrorFields) {
    super(message, { cause });
    this.target = target;
    this.code = code;
    this.sql = sql;
  }
}

/** @internal */
export interface DatabaseErrorFields {
  readonly target: string;
  readonly code: string;
  readonly sql: string | undefined;
  readonly cause: unknown;
}
