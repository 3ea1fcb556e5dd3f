import { ValueError } from "../loop/errors.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import type { ContextManager } from "../task/using.ts";
import { InterfaceError } from "./database-errors.ts";
import { Transaction } from "./database-transaction.ts";
import type { MysqlHeader } from "./mysql-driver.ts";
import { RowStream } from "./mysql-rows.ts";
import type { MysqlSession } from "./mysql-session.ts";

/** A row as an object, by the names of its columns. */
export type Row = Record<string, unknown>;

/** What a statement did. */
export interface Outcome {
  /** Rows that it changed, or found to be so already; of a query, how many it returned. */
  readonly affectedRows: number;
  /** What AUTO_INCREMENT gave the first row that was inserted; else 0. */
  readonly insertId: number;
}

/** What is to be said of one call. */
export interface CallOptions {
  /** Milliseconds it may take; null for any. Default: the connection's `commandTimeout`. */
  timeout?: number | null;
}

/** How a transaction is begun. Default: as the server's settings say. */
export interface TransactionOptions {
  isolation?: "serializable" | "repeatable read" | "read committed" | "read uncommitted";
  readonly?: boolean;
}

/** What a connection and a pool can be asked. Parameters stand in the statement as `?`, and are quoted as they must be. */
export abstract class Queries {
  static {
    for (const method of ["execute", "query"] as const) coroutine(this.prototype[method]);
  }

  /** @internal Lends a session to `body`. */
  protected abstract lend<T>(who: string, body: (session: MysqlSession) => Coroutine<T>): Coroutine<T>;

  /** What the statement did. */
  *execute(sql: string, params: readonly unknown[] = [], options: CallOptions = {}): Coroutine<Outcome> {
    return yield* this.lend("execute", (session) => ask(session, "execute", { sql, params, options, pick: outcomeOf }));
  }

  /** All rows. */
  *query<R = Row>(sql: string, params: readonly unknown[] = [], options: CallOptions = {}): Coroutine<R[]> {
    const rows = yield* this.lend("query", (session) => ask(session, "query", { sql, params, options, pick: rowsOf }));
    return rows as R[];
  }
}

interface Call<T> {
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly options: CallOptions;
  pick(result: unknown): T;
}

function* ask<T>(session: MysqlSession, who: string, { sql, params, options, pick }: Call<T>): Coroutine<T> {
  return yield* session.ask(session.statement(who, session.format(who, sql, params), pick), options.timeout);
}

function outcomeOf(result: unknown): Outcome {
  if (Array.isArray(result)) return { affectedRows: result.length, insertId: 0 };
  const { affectedRows, insertId } = result as MysqlHeader;
  return { affectedRows, insertId };
}

function rowsOf(result: unknown): unknown[] {
  return Array.isArray(result) ? result : [];
}

/**
 * A connection to a MySQL or MariaDB server, for one task at a time. Each statement is committed, outside of transactions.
 *
 * @example
 * const connection = yield* connect(url);
 * yield* connection.execute("create temporary table item (name text) engine = innodb");
 * try {
 *   yield* using(connection.transaction(), function* () {
 *     yield* connection.execute("insert into item values (?)", ["lost"]);
 *     throw new Error("no");
 *   });
 * } catch (error) {
 *   print((error as Error).message); //=> "no"
 * }
 * print(yield* connection.query("select * from item")); //=> []
 * yield* connection.close();
 * @see aiomysql `Connection`
 */
export class Connection extends Queries {
  #session: MysqlSession | null;

  static {
    coroutine(this.prototype.close);
  }

  /** @internal */
  constructor(session: MysqlSession) {
    super();
    this.#session = session;
  }

  /** Whether it can be used: not closed, by either side, and not given back to its pool. */
  isClosed(): boolean {
    return this.#session?.isOpen !== true;
  }

  /** @internal */
  session(who: string): MysqlSession {
    if (this.#session === null) throw new InterfaceError(`${who}: the connection was given back to its pool.`);
    return this.#session;
  }

  /** @internal Its borrower has it no more. */
  release(): void {
    this.#session = null;
  }

  /** @internal */
  protected override lend<T>(who: string, body: (session: MysqlSession) => Coroutine<T>): Coroutine<T> {
    return body(this.session(who));
  }

  /** A statement whose rows are taken one at a time, while the server sends them. */
  stream<R = Row>(sql: string, params: readonly unknown[] = []): RowStream<R> {
    return new RowStream<R>(
      () => this.session("RowStream"),
      (session) => session.format("stream", sql, params),
    );
  }

  /**
   * What a body does within it is done when the body returns, and undone when it throws. Inside another transaction, that
   * is only for the inner part: a savepoint.
   */
  transaction(options: TransactionOptions = {}): ContextManager<Connection> {
    return new Transaction(this.session("transaction"), this, beginStatements(options));
  }

  /** Closes it, and waits for that. What another task has asked of it meanwhile fails. */
  *close(): Coroutine<void> {
    const session = this.session("close");
    const cancellation = yield* session.endOccupant();
    yield* session.close();
    if (cancellation !== null) throw cancellation;
  }

  override toString(): string {
    return this.#session?.toString() ?? "<Connection given back>";
  }
}

const ISOLATION = ["serializable", "repeatable read", "read committed", "read uncommitted"];

function beginStatements({ isolation, readonly }: TransactionOptions): string[] {
  if (isolation !== undefined && !ISOLATION.includes(isolation)) {
    throw new ValueError(`transaction: isolation is one of ${ISOLATION.join(", ")}, not ${isolation as string}.`);
  }
  const mode = readonly === undefined ? "" : readonly ? " READ ONLY" : " READ WRITE";
  const level = isolation === undefined ? [] : [`SET TRANSACTION ISOLATION LEVEL ${isolation.toUpperCase()}`];
  return [...level, `START TRANSACTION${mode}`];
}
