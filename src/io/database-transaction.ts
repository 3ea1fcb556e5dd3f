import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import type { ContextManager } from "../task/using.ts";
import { InterfaceError } from "./database-errors.ts";
import type { DatabaseSession } from "./database-session.ts";

/**
 * A body between BEGIN and COMMIT, or ROLLBACK when it throws; inside another, between a savepoint and its release.
 *
 * None of these statements can be cancelled half-way: it is always known whether a transaction is open.
 *
 * @internal
 */
export class Transaction<C> implements ContextManager<C> {
  readonly #session: DatabaseSession;
  readonly #connection: C;
  readonly #beginning: readonly string[];
  #level: number | null = null;

  static {
    for (const method of ["enter", "exit"] as const) coroutine(this.prototype[method]);
  }

  /** @param begin - The statements that begin it, when it is not inside another. */
  constructor(session: DatabaseSession, connection: C, begin: readonly string[]) {
    this.#session = session;
    this.#connection = connection;
    this.#beginning = begin;
  }

  *enter(): Coroutine<C> {
    if (this.#level !== null) throw new InterfaceError("transaction: it was entered before. Make a new one.");
    const level = this.#session.transactionDepth;
    this.#level = level;
    const statements = level === 0 ? this.#beginning : [`SAVEPOINT ${savepoint(level)}`];
    for (const sql of statements) {
      const { failed, error, cancellation } = yield* this.#session.insist(this.#session.command(verbOf(sql), sql));
      if (failed) throw cancellation ?? error;
      if (cancellation === null) continue;
      yield* this.#undo(level);
      throw cancellation;
    }
    this.#session.transactionDepth = level + 1;
    return this.#connection;
  }

  *exit(...left: [error?: unknown]): Coroutine<void> {
    const level = this.#level;
    if (level === null) throw new InterfaceError("transaction: it was not entered.");
    this.#session.transactionDepth = level;
    if (left.length > 0) yield* this.#rollback(level);
    else yield* this.#commit(level);
  }

  *#commit(level: number): Coroutine<void> {
    const session = this.#session;
    const early = yield* session.endOccupant();
    const fault = session.transactionFault;
    if (fault !== undefined) {
      yield* this.#rollback(level);
      throw new InterfaceError(`transaction on ${session.target}: ${fault}`);
    }
    const sql = level === 0 ? "COMMIT" : `RELEASE SAVEPOINT ${savepoint(level)}`;
    const { failed, error, cancellation } = yield* session.insist(session.command(verbOf(sql), sql));
    if (failed) yield* this.#undo(level);
    if (early !== null || cancellation !== null) throw early ?? cancellation;
    if (failed) throw error;
  }

  *#rollback(level: number): Coroutine<void> {
    const cancellation = yield* this.#undo(level);
    if (cancellation !== null) throw cancellation;
  }

  /** A connection that cannot roll back is closed: then the server does it. */
  *#undo(level: number): Coroutine<Error | null> {
    const session = this.#session;
    if (!session.isOpen) return null;
    if (session.isBusy) {
      session.destroy(new InterfaceError(`transaction on ${session.target}: it ended while a statement was going on.`));
      return null;
    }
    const sql = level === 0 ? "ROLLBACK" : `ROLLBACK TO SAVEPOINT ${savepoint(level)}`;
    const early = yield* session.endOccupant();
    if (!session.isOpen) return early;
    const { failed, error, cancellation } = yield* session.insist(session.command(verbOf(sql), sql));
    if (failed) session.destroy(error);
    return cancellation ?? early;
  }
}

function savepoint(level: number): string {
  return `escapement_${level}`;
}

// Errors and reports name the statement: COMMIT.
function verbOf(sql: string): string {
  return sql.split(" ", 1)[0]!;
}
