import { ValueError } from "../loop/errors.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import type { Occupant, Question } from "./database-session.ts";
import { InterfaceError } from "./database-errors.ts";
import type { Exchange } from "./exchange.ts";
import { type PgCursor, loadCursor } from "./postgres-driver.ts";
import { postgresError } from "./postgres-errors.ts";
import type { PostgresSession } from "./postgres-session.ts";

type State = "new" | "open" | "ended";

/**
 * The rows of a statement, as many at a time as are asked for: the server holds the others back.
 *
 * While it is open its connection takes no other statement. It ends with its last row, by `close()`, with its transaction,
 * or when the connection goes back to its pool.
 *
 * @example
 * const connection = yield* connect(url);
 * const cursor = connection.cursor("select n from generate_series(1, $1) n", 5);
 * for (let rows = yield* cursor.fetch(2); rows.length > 0; rows = yield* cursor.fetch(2)) print(rows.length);
 * //=> 2
 * //=> 2
 * //=> 1
 * yield* connection.close();
 * @see asyncpg `Cursor`
 */
export class Cursor<R> implements Occupant {
  /** @internal */
  readonly kind = "a cursor";
  readonly #session: () => PostgresSession;
  readonly #sql: string;
  readonly #params: readonly unknown[];
  #cursor: PgCursor | null = null;
  #state: State = "new";

  static {
    for (const method of ["fetch", "close"] as const) coroutine(this.prototype[method]);
  }

  /** @internal */
  constructor(session: () => PostgresSession, sql: string, params: readonly unknown[]) {
    this.#session = session;
    this.#sql = sql;
    this.#params = params;
  }

  /**
   * The next `n` rows; fewer when there are no more, and none after that.
   *
   * @throws {PostgresError} When the statement fails.
   */
  *fetch(n: number): Coroutine<R[]> {
    if (!Number.isInteger(n) || n < 1) throw new ValueError(`Cursor.fetch: n is a whole number from 1 on, not ${n}.`);
    if (this.#state === "ended") return [];
    const session = this.#session();
    session.checkUsable("Cursor.fetch");
    const submit = this.#state === "new";
    const cursor = (this.#cursor ??= this.#create(session));
    if (submit) session.occupy(this, "Cursor.fetch");
    this.#state = "open";
    return yield* session.ask<R[]>({
      who: "Cursor.fetch",
      begin: (exchange) => {
        if (submit) session.submit(cursor);
        this.#read(session, cursor, exchange, n);
      },
    });
  }

  #create({ target }: PostgresSession): PgCursor {
    const Native = loadCursor();
    try {
      return new Native(this.#sql, this.#params);
    } catch (error) {
      throw postgresError(error, { what: "Cursor.fetch on", target, sql: this.#sql });
    }
  }

  // The rows are the end of the exchange, though the server is not ready for anything else. An error is, when the server
  // is; a cancelled read waits for that, too.
  #read(session: PostgresSession, cursor: PgCursor, exchange: Exchange<R[]>, n: number): void {
    cursor.read(n, (error, rows) => {
      if (error !== null && error !== undefined) {
        session.fail(exchange, error, this.#sql);
        return;
      }
      exchange.succeed(rows as R[]);
      if (this.#state === "ended" || !exchange.answer.cancelled()) exchange.serverIsReady();
      else cursor.close(() => {});
    });
  }

  /** Ends it. It may be called again. */
  *close(): Coroutine<void> {
    if (this.#state !== "open") {
      this.#state = "ended";
      return;
    }
    const session = this.#session();
    if (session.isOpen) yield* session.ask(this.ending());
  }

  /** @internal */
  ending(): Question<void> {
    return {
      who: "Cursor.close",
      begin: (exchange) => {
        if (this.#cursor === null) throw new InterfaceError("Cursor.close: it is not open.");
        this.#cursor.close(() => {});
        exchange.succeed();
      },
    };
  }

  /** @internal */
  ended(): void {
    this.#state = "ended";
  }
}
