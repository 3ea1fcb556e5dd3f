import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import type { ContextManager } from "../task/using.ts";
import { InterfaceError } from "./database-errors.ts";
import type { DatabaseSession } from "./database-session.ts";
import type { SessionPool } from "./pool.ts";

/**
 * A connection of a pool, for the length of a body. After that it belongs to others, and is refused.
 *
 * @internal
 */
export class Loan<S extends DatabaseSession, C extends { release(): void }> implements ContextManager<C> {
  readonly #sessions: SessionPool<S>;
  readonly #timeout: number | null | undefined;
  readonly #wrap: (session: S) => C;
  #lent: { session: S; connection: C } | null = null;

  static {
    for (const method of ["enter", "exit"] as const) coroutine(this.prototype[method]);
  }

  constructor(sessions: SessionPool<S>, timeout: number | null | undefined, wrap: (session: S) => C) {
    this.#sessions = sessions;
    this.#timeout = timeout;
    this.#wrap = wrap;
  }

  *enter(): Coroutine<C> {
    if (this.#lent !== null) throw new InterfaceError("Pool.acquire: it was entered before. Call it again.");
    const session = yield* this.#sessions.acquire(this.#timeout);
    session.wasBorrowed = true;
    const connection = this.#wrap(session);
    this.#lent = { session, connection };
    return connection;
  }

  *exit(_error?: unknown): Coroutine<void> {
    const lent = this.#lent;
    if (lent === null) throw new InterfaceError("Pool.acquire: it was not entered.");
    this.#lent = null;
    lent.connection.release();
    yield* this.#sessions.giveBack(lent.session);
  }
}

/**
 * The same with a transaction around the body.
 *
 * @internal
 */
export class LoanWithTransaction<C> implements ContextManager<C> {
  readonly #loan: ContextManager<C>;
  readonly #begin: (connection: C) => ContextManager<C>;
  #transaction: ContextManager<C> | null = null;

  static {
    for (const method of ["enter", "exit"] as const) coroutine(this.prototype[method]);
  }

  constructor(loan: ContextManager<C>, begin: (connection: C) => ContextManager<C>) {
    this.#loan = loan;
    this.#begin = begin;
  }

  *enter(): Coroutine<C> {
    const connection = yield* this.#loan.enter();
    try {
      this.#transaction = this.#begin(connection);
      return yield* this.#transaction.enter();
    } catch (error) {
      yield* this.#loan.exit(error);
      throw error;
    }
  }

  *exit(...left: [error?: unknown]): Coroutine<void> {
    if (this.#transaction === null) throw new InterfaceError("Pool.transaction: it was not entered.");
    try {
      yield* this.#transaction.exit(...left);
    } finally {
      yield* this.#loan.exit(...left);
    }
  }
}
