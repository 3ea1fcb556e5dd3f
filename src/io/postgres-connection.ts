import { ValueError } from "../loop/errors.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import type { ContextManager } from "../task/using.ts";
import { InterfaceError } from "./database-errors.ts";
import { Transaction } from "./database-transaction.ts";
import type { Exchange } from "./exchange.ts";
import { Preparation } from "./postgres-batch.ts";
import { Cursor } from "./postgres-cursor.ts";
import { loadPg } from "./postgres-driver.ts";
import {
  EXECUTE,
  FETCH,
  FETCHROW,
  FETCHVAL,
  type Kind,
  Queries,
  type Row,
  type Statement,
  askStatement,
  toStatement,
} from "./postgres-queries.ts";
import type { Listener, PostgresSession } from "./postgres-session.ts";

/** How a transaction is begun. Default: as the server's settings say. */
export interface TransactionOptions {
  isolation?: "serializable" | "repeatable read" | "read committed";
  readonly?: boolean;
  /** Only for one that is serializable and readonly: waits for a moment in which it cannot fail. */
  deferrable?: boolean;
}

/**
 * A connection to a PostgreSQL server, for one task at a time.
 *
 * @example
 * const connection = yield* connect(url);
 * yield* connection.execute("create temporary table account (id int primary key, balance int check (balance >= 0))");
 * yield* connection.executemany("insert into account values ($1, $2)", [[1, 5], [2, 0]]);
 * try {
 *   yield* using(connection.transaction(), function* () {
 *     yield* connection.execute("update account set balance = balance + 9 where id = $1", 2);
 *     yield* connection.execute("update account set balance = balance - 9 where id = $1", 1);
 *   });
 * } catch (error) {
 *   print((error as PostgresError).constraint); //=> "account_balance_check"
 * }
 * print(yield* connection.fetchval("select balance from account where id = 2")); //=> 0
 * yield* connection.close();
 * @see asyncpg `Connection`
 */
export class Connection extends Queries {
  #session: PostgresSession | null;

  static {
    for (const method of ["addListener", "removeListener", "prepare", "close"] as const) {
      coroutine(this.prototype[method]);
    }
  }

  /** @internal */
  constructor(session: PostgresSession) {
    super();
    this.#session = session;
  }

  /** Whether it can be used: not closed, by either side, and not given back to its pool. */
  isClosed(): boolean {
    return this.#session?.isOpen !== true;
  }

  /** Whether a transaction is open. */
  isInTransaction(): boolean {
    return this.#session?.isInTransaction === true;
  }

  /** @internal */
  session(who: string): PostgresSession {
    if (this.#session === null) throw new InterfaceError(`${who}: the connection was given back to its pool.`);
    return this.#session;
  }

  /** @internal Its borrower has it no more. */
  release(): void {
    this.#session = null;
  }

  /** @internal */
  protected override lend<T>(who: string, body: (session: PostgresSession) => Coroutine<T>): Coroutine<T> {
    return body(this.session(who));
  }

  /**
   * What a body does within it is done when the body returns, and undone when it throws. Inside another transaction, that
   * is only for the inner part: a savepoint.
   */
  transaction(options: TransactionOptions = {}): ContextManager<Connection> {
    return new Transaction(this.session("transaction"), this, [beginStatement(options)]);
  }

  /** A statement whose rows are fetched some at a time. */
  cursor<R = Row>(sql: string, ...params: unknown[]): Cursor<R> {
    return new Cursor<R>(() => this.session("Cursor"), toStatement("cursor", sql).sql, params);
  }

  /** Has the server parse a statement once, for many executions on this connection. */
  *prepare(given: string | Statement): Coroutine<PreparedStatement> {
    const session = this.session("prepare");
    const { sql, timeout } = toStatement("prepare", given);
    session.checkUnoccupied("prepare");
    const name = session.nextStatementName();
    const begin = (exchange: Exchange<void>): void =>
      session.submit(new Preparation(exchange, name, sql, (error) => session.fail(exchange, error, sql)));
    yield* session.ask<void>({ who: "prepare", begin }, timeout);
    return new PreparedStatement(() => this.session("PreparedStatement"), name, sql);
  }

  /** Calls `callback` with what is sent to `channel` (NOTIFY) from now on, on the loop, until `removeListener`. */
  *addListener(channel: string, callback: Listener): Coroutine<void> {
    const session = this.session("addListener");
    if (!session.addListener(channel, callback)) return;
    try {
      yield* session.ask(session.command("addListener", `LISTEN ${loadPg().escapeIdentifier(channel)}`));
    } catch (error) {
      session.removeListener(channel, callback);
      throw error;
    }
  }

  *removeListener(channel: string, callback: Listener): Coroutine<void> {
    const session = this.session("removeListener");
    if (!session.removeListener(channel, callback)) return;
    yield* session.ask(session.command("removeListener", `UNLISTEN ${loadPg().escapeIdentifier(channel)}`));
  }

  /** Closes it, and waits for that. What another task has asked of it meanwhile fails. */
  *close(): Coroutine<void> {
    yield* this.session("close").close();
  }

  override toString(): string {
    return this.#session?.toString() ?? "<Connection given back>";
  }
}

const ISOLATION = ["serializable", "repeatable read", "read committed"];

function beginStatement({ isolation, readonly, deferrable }: TransactionOptions): string {
  if (isolation !== undefined && !ISOLATION.includes(isolation)) {
    throw new ValueError(`transaction: isolation is one of ${ISOLATION.join(", ")}, not ${isolation as string}.`);
  }
  const modes = [
    ...(isolation === undefined ? [] : [`ISOLATION LEVEL ${isolation.toUpperCase()}`]),
    ...(readonly === undefined ? [] : [readonly ? "READ ONLY" : "READ WRITE"]),
    ...(deferrable === undefined ? [] : [deferrable ? "DEFERRABLE" : "NOT DEFERRABLE"]),
  ];
  return ["BEGIN", ...(modes.length === 0 ? [] : [modes.join(", ")])].join(" ");
}

/** A statement that the server has parsed, for its connection. */
export class PreparedStatement {
  readonly #session: () => PostgresSession;
  readonly #name: string;
  readonly #sql: string;
  #closed = false;

  static {
    for (const method of ["fetch", "fetchrow", "fetchval", "execute", "close"] as const) {
      coroutine(this.prototype[method]);
    }
  }

  /** @internal */
  constructor(session: () => PostgresSession, name: string, sql: string) {
    this.#session = session;
    this.#name = name;
    this.#sql = sql;
  }

  /** As the connection's, without the statement. */
  *fetch<R = Row>(...params: unknown[]): Coroutine<R[]> {
    return (yield* this.#ask(FETCH, params)) as R[];
  }

  *fetchrow<R = Row>(...params: unknown[]): Coroutine<R | null> {
    return (yield* this.#ask(FETCHROW, params)) as R | null;
  }

  *fetchval<V = unknown>(...params: unknown[]): Coroutine<V | null> {
    return (yield* this.#ask(FETCHVAL, params)) as V | null;
  }

  *execute(...params: unknown[]): Coroutine<string> {
    return (yield* this.#ask(EXECUTE, params)) as string;
  }

  *#ask(kind: Kind, params: readonly unknown[]): Coroutine<unknown> {
    if (this.#closed) throw new InterfaceError(`${kind.who}: the prepared statement is closed.`);
    const source = { name: this.#name, text: this.#sql };
    return yield* askStatement(this.#session(), kind, source, { params, timeout: undefined });
  }

  /** Has the server forget it. */
  *close(): Coroutine<void> {
    if (this.#closed) return;
    this.#closed = true;
    const session = this.#session();
    delete session.wire.parsedStatements[this.#name];
    yield* session.ask(session.command("PreparedStatement.close", `DEALLOCATE ${this.#name}`));
  }
}
