import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import type { Occupant, Question } from "./database-session.ts";
import type { Exchange } from "./exchange.ts";
import type { MysqlSession } from "./mysql-session.ts";

// So many rows are held here; then the server must wait.
const MOST_ROWS = 64;

/**
 * The rows of a statement, one at a time, while the server is still sending: it is made to wait when they are not taken.
 *
 * While it is open its connection takes no other statement. It ends with its last row, by `close()`, when a `next()` is
 * cancelled, with its transaction, or when the connection goes back to its pool; the server is told to stop.
 *
 * @example
 * const connection = yield* connect(url);
 * const stream = connection.stream("select seq from seq_1_to_1000000");
 * print(yield* stream.next()); //=> {"seq":1}
 * print(yield* stream.next()); //=> {"seq":2}
 * yield* stream.close();
 * yield* connection.close();
 * @see aiomysql `SSCursor`
 */
export class RowStream<R> implements Occupant {
  /** @internal */
  readonly kind = "a stream of rows";
  readonly #session: () => MysqlSession;
  readonly #sql: (session: MysqlSession) => string;
  readonly #rows: R[] = [];
  // Open: the statement is under way. Stopping: what comes is not wanted any more.
  #state: "new" | "open" | "stopping" | "ended" = "new";
  #error: Error | null = null;
  // On which it runs, when it does.
  #running: MysqlSession | null = null;
  // Who waits for the next row, or for the end.
  #waiting: Exchange<any> | null = null;

  static {
    for (const method of ["next", "close"] as const) coroutine(this.prototype[method]);
  }

  /** @internal */
  constructor(session: () => MysqlSession, sql: (session: MysqlSession) => string) {
    this.#session = session;
    this.#sql = sql;
  }

  /**
   * The next row; null when there are no more.
   *
   * @throws {MysqlError} When the statement fails.
   */
  *next(): Coroutine<R | null> {
    const row = this.#rows.shift();
    if (row !== undefined) return row;
    if (this.#error !== null) throw this.#error;
    if (this.#state === "ended") return null;
    const session = this.#session();
    session.checkUsable("RowStream.next");
    const sql = this.#state === "new" ? this.#sql(session) : null;
    if (sql !== null) session.occupy(this, "RowStream.next");
    return yield* session.ask<R | null>({
      who: "RowStream.next",
      begin: (exchange) => {
        this.#waiting = exchange;
        if (sql === null) session.resume();
        else this.#start(session, sql);
      },
      stop: () => {
        this.#state = "stopping";
      },
    });
  }

  #start(session: MysqlSession, sql: string): void {
    this.#state = "open";
    this.#running = session;
    const command = session.stream(sql);
    command.on("result", (row: R) => this.#onRow(session, row));
    command.on("error", (error) => {
      this.#error = session.explain("RowStream.next", error, sql);
    });
    command.on("end", () => this.#onEnd(session));
  }

  #onRow(session: MysqlSession, row: R): void {
    // A statement without rows gives its header.
    if (!isRow(row)) session.noteStatus(row);
    else if (this.#state !== "open") return;
    else if (this.#waiting === null) this.#keep(session, row);
    else {
      const exchange = this.#waiting;
      this.#waiting = null;
      exchange.succeed(row);
      exchange.serverIsReady();
    }
  }

  #keep(session: MysqlSession, row: R): void {
    this.#rows.push(row);
    if (this.#rows.length >= MOST_ROWS) session.pause();
  }

  #onEnd(session: MysqlSession): void {
    const exchange = this.#waiting;
    this.#waiting = null;
    const stopped = this.#state === "stopping";
    if (exchange !== null) {
      if (this.#error === null) exchange.succeed(null);
      else exchange.fail(this.#error);
      // It has been thrown; after that there is nothing.
      this.#error = null;
    }
    if (stopped) this.#error = null;
    session.streamEnded(exchange);
  }

  /** Has the server stop, and waits for that. It may be called again. */
  *close(): Coroutine<void> {
    this.#rows.length = 0;
    this.#error = null;
    if (this.#state !== "open") {
      if (this.#state === "new") this.#state = "ended";
      return;
    }
    if (this.#running?.isOpen === true) yield* this.#running.ask(this.ending());
  }

  /** @internal */
  ending(): Question<void> {
    return {
      who: "RowStream.close",
      begin: (exchange) => {
        this.#rows.length = 0;
        this.#state = "stopping";
        this.#waiting = exchange;
        // Whether it was stopped or came to its end by itself, it is over.
        exchange.succeed();
        this.#running?.requestStop(exchange);
        this.#running?.resume();
      },
    };
  }

  /** @internal */
  ended(): void {
    this.#state = "ended";
  }
}

function isRow(value: unknown): boolean {
  return (value as { constructor?: { name?: string } } | null)?.constructor?.name !== "ResultSetHeader";
}
