import type { Coroutine } from "../future/awaitable.ts";
import { describeMistake } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { Batch, prepareRows } from "./postgres-batch.ts";
import { type CopyOutput, type CopySource, copyIn, copyOut } from "./postgres-copy.ts";
import { type CopyFormatOptions, type CopyOptions, copyFormat, copyLines, copyTarget } from "./postgres-copy-text.ts";
import type { PgQueryConfig } from "./postgres-driver.ts";
import { postgresError } from "./postgres-errors.ts";
import type { Answer, PostgresSession } from "./postgres-session.ts";

/** A row as an object, by the names of its columns. */
export type Row = Record<string, unknown>;

/** A statement, and what is to be said of this one call: `fetch({ sql: "select …", timeout: 500 }, 1)`. */
export interface Statement {
  readonly sql: string;
  /** Milliseconds it may take; null for any. Default: the connection's `commandTimeout`. */
  readonly timeout?: number | null;
}

/** @internal The text of a statement; or, once it is prepared, its name besides. */
export type Source = { readonly text: string; readonly name?: string };

const rowsOf = ({ rows }: Answer): unknown[] => rows;
const firstOf = ({ rows }: Answer): unknown => rows[0] ?? null;
const valueOf = ({ rows }: Answer): unknown => (rows as unknown[][])[0]?.[0] ?? null;
const tagOf = ({ tag }: Answer): string => tag;

/** @internal A kind of question: how it is asked, and what is taken of the answer. */
export interface Kind {
  readonly who: string;
  readonly config: Pick<PgQueryConfig, "rowMode" | "queryMode">;
  readonly pick: (answer: Answer) => unknown;
}

/** @internal */
export const FETCH: Kind = { who: "fetch", config: { queryMode: "extended" }, pick: rowsOf };
/** @internal */
export const FETCHROW: Kind = { who: "fetchrow", config: { queryMode: "extended" }, pick: firstOf };
/** @internal */
export const FETCHVAL: Kind = {
  who: "fetchval",
  config: { queryMode: "extended", rowMode: "array" },
  pick: valueOf,
};
/** @internal Without parameters it may be several statements: the simple protocol takes them. */
export const EXECUTE: Kind = { who: "execute", config: {}, pick: tagOf };

/** @internal */
export function* askStatement(
  session: PostgresSession,
  { who, config, pick }: Kind,
  source: Source,
  { params, timeout }: { params: readonly unknown[]; timeout: number | null | undefined },
): Coroutine<unknown> {
  return yield* session.ask(session.statement(who, { ...config, ...source, values: params }, pick), timeout);
}

/** @internal */
export function* askMany(
  session: PostgresSession,
  { sql, timeout }: Statement,
  rows: readonly (readonly unknown[])[],
): Coroutine<void> {
  session.checkUnoccupied("executemany");
  const prepared = preparing(session.target, rows);
  let batch: Batch | null = null;
  yield* session.ask<void>(
    {
      who: "executemany",
      begin: (exchange) => {
        batch = new Batch(exchange, sql, prepared, (error) => session.fail(exchange, error, sql));
        session.submit(batch);
      },
      stop: () => batch?.giveUp(),
    },
    timeout,
  );
}

function preparing(target: string, rows: readonly (readonly unknown[])[]): unknown[][] {
  try {
    return prepareRows(rows);
  } catch (error) {
    throw postgresError(error, { what: "executemany on", target, sql: "" });
  }
}

/** @internal @throws {TypeError} When it is no statement. */
export function toStatement(who: string, given: string | Statement): Statement {
  if (typeof given === "string") return { sql: given };
  if (typeof given === "object" && typeof given?.sql === "string") return given;
  throw new TypeError(`${who}: a statement is a string, or { sql, timeout }, not ${describeMistake(given)}.`);
}

/** What a connection and a pool can be asked. Parameters stand in the statement as `$1`, `$2` … */
export abstract class Queries {
  static {
    for (const method of ["fetch", "fetchrow", "fetchval", "execute", "executemany"] as const) {
      coroutine(this.prototype[method]);
    }
    for (const method of ["copyRecordsToTable", "copyToTable", "copyFromTable", "copyFromQuery"] as const) {
      coroutine(this.prototype[method]);
    }
  }

  /** @internal Lends a session to `body`. */
  protected abstract lend<T>(who: string, body: (session: PostgresSession) => Coroutine<T>): Coroutine<T>;

  /** All rows. */
  *fetch<R = Row>(sql: string | Statement, ...params: unknown[]): Coroutine<R[]> {
    return (yield* this.#ask(FETCH, sql, params)) as R[];
  }

  /** The first row; null when there is none. */
  *fetchrow<R = Row>(sql: string | Statement, ...params: unknown[]): Coroutine<R | null> {
    return (yield* this.#ask(FETCHROW, sql, params)) as R | null;
  }

  /** The first column of the first row; null when there is none. */
  *fetchval<V = unknown>(sql: string | Statement, ...params: unknown[]): Coroutine<V | null> {
    return (yield* this.#ask(FETCHVAL, sql, params)) as V | null;
  }

  /**
   * What the server says that it did, as in `INSERT 0 1`. Without parameters there may be several statements in `sql`: the
   * last one's word is given.
   */
  *execute(sql: string | Statement, ...params: unknown[]): Coroutine<string> {
    return (yield* this.#ask(EXECUTE, sql, params)) as string;
  }

  *#ask(kind: Kind, given: string | Statement, params: readonly unknown[]): Coroutine<unknown> {
    const { sql, timeout } = toStatement(kind.who, given);
    return yield* this.lend(kind.who, (session) => askStatement(session, kind, { text: sql }, { params, timeout }));
  }

  /** One statement for each of `rows`: for all of them or, when one fails, for none. */
  *executemany(given: string | Statement, rows: readonly (readonly unknown[])[]): Coroutine<void> {
    const statement = toStatement("executemany", given);
    yield* this.lend("executemany", (session) => askMany(session, statement, rows));
  }

  // ---- copying: all of it, or nothing

  /**
   * Copies records into a table, faster than any statement: all of them or, when one fails, none.
   *
   * @param options.records - Arrays, with a value for each column.
   * @returns What the server says that it did, as in `COPY 2`.
   * @example
   * const connection = yield* connect(url);
   * yield* connection.execute("create temporary table part (id int, name text)");
   * print(yield* connection.copyRecordsToTable("part", { records: [[1, "anchor"], [2, null]] })); //=> "COPY 2"
   * yield* connection.close();
   * @see asyncpg `copy_records_to_table`
   */
  *copyRecordsToTable(
    table: string,
    { records, ...options }: CopyOptions & { readonly records: Iterable<readonly unknown[]> },
  ): Coroutine<string> {
    const who = "copyRecordsToTable";
    const sql = `COPY ${copyTarget(who, table, options)} FROM STDIN`;
    const request = { who, sql, timeout: options.timeout, source: copyLines(who, records) };
    return yield* this.lend(who, (session) => copyIn(session, request));
  }

  /**
   * Copies into a table what is written in one of the server's formats, no faster than the server takes it.
   *
   * @see asyncpg `copy_to_table`
   */
  *copyToTable(
    table: string,
    { source, ...options }: CopyFormatOptions & { readonly source: CopySource },
  ): Coroutine<string> {
    const who = "copyToTable";
    const sql = `COPY ${copyTarget(who, table, options)} FROM STDIN ${copyFormat(who, options)}`;
    return yield* this.lend(who, (session) => copyIn(session, { who, sql, timeout: options.timeout, source }));
  }

  /**
   * Copies a table to `output`, in one of the server's formats, no faster than `output` takes it.
   *
   * @see asyncpg `copy_from_table`
   */
  *copyFromTable(
    table: string,
    { output, ...options }: CopyFormatOptions & { readonly output: CopyOutput },
  ): Coroutine<string> {
    const who = "copyFromTable";
    const sql = `COPY ${copyTarget(who, table, options)} TO STDOUT ${copyFormat(who, options)}`;
    return yield* this.lend(who, (session) => copyOut(session, { who, sql, timeout: options.timeout, output }));
  }

  /**
   * As copyFromTable, with the rows of a query. It can have no parameters.
   *
   * @see asyncpg `copy_from_query`
   */
  *copyFromQuery(
    query: string,
    { output, ...options }: Omit<CopyFormatOptions, "columns" | "schema"> & { readonly output: CopyOutput },
  ): Coroutine<string> {
    const who = "copyFromQuery";
    const sql = `COPY (${query}) TO STDOUT ${copyFormat(who, options)}`;
    return yield* this.lend(who, (session) => copyOut(session, { who, sql, timeout: options.timeout, output }));
  }
}
