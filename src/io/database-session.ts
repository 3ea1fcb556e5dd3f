import type { Handle } from "../loop/handle.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { waitFor } from "../task/wait.ts";
import { InterfaceError } from "./database-errors.ts";
import { Exchange } from "./exchange.ts";
import { IoWait } from "./io-wait.ts";
import { ConnectionResetError, networkError } from "./network-errors.ts";
import { type OpenResource, forget } from "./open-resources.ts";
import { uninterrupted } from "./uninterrupted.ts";

/** @internal What is asked of a server. */
export interface Question<T> {
  /** For errors: `fetch`. */
  readonly who: string;
  /** Sends it. What comes of it is told to the exchange. */
  begin(exchange: Exchange<T>): void;
  /** Called, too, when the answer is not wanted any more: sends what is left to send no more. */
  stop?(): void;
}

/** @internal What keeps a session between two questions: an open cursor, rows on their way. */
export interface Occupant {
  /** As errors name it: `a cursor`. */
  readonly kind: string;
  /** The question that ends it. */
  ending(): Question<void>;
  /** It has ended. */
  ended(): void;
}

/** @internal What became of a question that was not to be cancelled. */
export interface Insisted {
  readonly failed: boolean;
  readonly error: unknown;
  /** What the task was cancelled with meanwhile; to be thrown when all is in order. */
  readonly cancellation: Error | null;
}

/** @internal How a session behaves, whichever server it is with. */
export interface SessionSettings {
  /** For errors, as in `127.0.0.1:5432/test`. */
  readonly target: string;
  /** Milliseconds that the server has to answer when it is asked to stop; then the connection is closed. */
  readonly cancelTimeout: number;
  /** Milliseconds that a statement may take; null for any. */
  readonly commandTimeout: number | null;
}

/**
 * A conversation with a database server: one question at a time. A question that is cancelled is cancelled on the server
 * too, and until that is over the session takes no other.
 *
 * @internal
 */
export abstract class DatabaseSession implements OpenResource {
  readonly loop: EventLoop;
  readonly target: string;
  readonly #cancelTimeout: number;
  readonly #commandTimeout: number | null;
  readonly #gone: IoWait;
  #exchange: Exchange<any> | null = null;
  #occupant: Occupant | null = null;
  // Until the server must have taken leave, too.
  #patience: Handle | null = null;
  // Open; then closing, by the program or because it is broken; then gone. A closed session never opens again.
  #state: "open" | "closing" | "gone" = "open";
  // Why it is not open any more, when the program did not close it.
  #reason: unknown = undefined;
  /** How many transactions of ours are open, one inside the other. */
  transactionDepth = 0;
  /** Whether somebody had it to himself, and may have changed more than can be seen. */
  wasBorrowed = false;

  static {
    for (const method of ["ask", "insist", "endOccupant", "clean", "close"] as const) coroutine(this.prototype[method]);
  }

  constructor(loop: EventLoop, { target, cancelTimeout, commandTimeout }: SessionSettings) {
    this.loop = loop;
    this.target = target;
    this.#cancelTimeout = cancelTimeout;
    this.#commandTimeout = commandTimeout;
    this.#gone = new IoWait("Connection.close", loop);
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  get isBusy(): boolean {
    return this.#exchange !== null;
  }

  /** Whether the next borrower would find it as if it were new. */
  abstract get isClean(): boolean;

  // ---- what a server's own session knows

  /** Asks the server, over another connection, to stop; sets `exchange.stopping` until that has arrived. */
  protected abstract requestStop(exchange: Exchange<any>): void;
  /** Takes leave of the server. */
  protected abstract sayGoodbye(): void;
  protected abstract dropSocket(): void;
  /** What undoes what the borrower left: a transaction, a setting. */
  protected abstract cleaning(): string[];
  /** It is as if it were new. */
  protected cleaned(): void {}
  /** Why a transaction cannot be committed, although nothing was thrown; undefined when it can. */
  abstract get transactionFault(): string | undefined;
  abstract command(who: string, sql: string): Question<unknown>;

  // ---- asking

  /**
   * Asks, and waits for the answer. Cancelled, it has the server stop, and waits for the end of that first.
   *
   * @param timeout - Milliseconds; null for any; undefined for the session's own.
   * @throws {InterfaceError} When it is closed, or busy with another question.
   * @throws {TimeoutError} When the answer took longer.
   */
  *ask<T>(question: Question<T>, timeout: number | null = this.#commandTimeout): Coroutine<T> {
    if (timeout === null) return yield* this.#ask(question);
    try {
      return yield* waitFor(this.#ask(question), timeout);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw new TimeoutError(`${question.who} on ${this.target}: no answer within ${timeout} ms.`, { cause: error });
    }
  }

  *#ask<T>(question: Question<T>): Coroutine<T> {
    const exchange = this.#begin(question);
    try {
      return yield* exchange.answer;
    } catch (error) {
      if (!exchange.isOver) {
        const giveUp = this.#giveUpLater(exchange);
        question.stop?.();
        this.requestStop(exchange);
        yield* uninterrupted(exchange.over);
        giveUp.cancel();
      }
      throw error;
    }
  }

  /** Asks, and waits for the answer even when the task is cancelled: of what would otherwise be in doubt. */
  *insist(question: Question<unknown>): Coroutine<Insisted> {
    const exchange = this.#begin(question);
    let giveUp = null;
    const cancellation = yield* uninterrupted(exchange.over, () => {
      giveUp = this.#giveUpLater(exchange);
    });
    (giveUp as { cancel(): void } | null)?.cancel();
    const error = exchange.answer.exception();
    return { failed: error !== null, error, cancellation };
  }

  #begin<T>(question: Question<T>): Exchange<T> {
    const { who } = question;
    this.checkUsable(who);
    const exchange = new Exchange<T>(who, `Connection.${who}`, this.loop, () => {
      this.#exchange = null;
    });
    this.#exchange = exchange;
    try {
      question.begin(exchange);
    } catch (error) {
      // Nobody knows how much of it was sent.
      exchange.lost(error);
      this.destroy(error);
    }
    return exchange;
  }

  /** @throws {InterfaceError} When it is closed, or busy with another question. */
  checkUsable(who: string): void {
    if (!this.isOpen) throw this.#closedError(who);
    if (this.#exchange === null) return;
    throw new InterfaceError(
      `${who} on ${this.target}: the connection is busy with ${this.#exchange.who}. One task at a time may use it; a pool has more.`,
    );
  }

  // ---- what is open between questions

  get isOccupied(): boolean {
    return this.#occupant !== null;
  }

  /** @throws {InterfaceError} When a cursor is open, or rows are on their way. */
  checkUnoccupied(who: string): void {
    if (this.#occupant === null) return;
    throw new InterfaceError(
      `${who} on ${this.target}: ${this.#occupant.kind} is open on the connection. Close it first.`,
    );
  }

  occupy(occupant: Occupant, who: string): void {
    this.checkUnoccupied(who);
    this.#occupant = occupant;
  }

  protected occupantEnded(): void {
    this.#occupant?.ended();
    this.#occupant = null;
  }

  /** Ends what is open between questions, if anything is. The cancellation that came meanwhile, if any. */
  *endOccupant(): Coroutine<Error | null> {
    if (this.#occupant === null || this.isBusy || !this.isOpen) return null;
    const { failed, error, cancellation } = yield* this.insist(this.#occupant.ending());
    if (failed) this.destroy(error);
    return cancellation;
  }

  /** Makes it as it was before it was lent, or closes it. The cancellation that came meanwhile, if any. */
  *clean(): Coroutine<Error | null> {
    if (this.isBusy) {
      this.destroy(
        new InterfaceError(`Connection to ${this.target}: it was given back while a statement was going on.`),
      );
      return null;
    }
    this.transactionDepth = 0;
    let cancellation = yield* this.endOccupant();
    for (const sql of this.cleaning()) {
      if (!this.isOpen) return cancellation;
      const insisted = yield* this.insist(this.command("Pool.release", sql));
      cancellation = insisted.cancellation ?? cancellation;
      if (insisted.failed) this.destroy(insisted.error);
    }
    this.wasBorrowed = false;
    this.cleaned();
    return cancellation;
  }

  #closedError(who: string): Error {
    const cause = this.#reason === undefined ? {} : { cause: this.#reason };
    return new InterfaceError(`${who} on ${this.target}: the connection is closed.`, cause);
  }

  #giveUpLater({ who }: Exchange<any>): { cancel(): void } {
    return this.loop.callLater(this.#cancelTimeout, () => {
      const waited = `${who} on ${this.target}: the server did not stop within ${this.#cancelTimeout} ms`;
      this.destroy(new TimeoutError(`${waited}, so the connection was closed.`));
    });
  }

  protected get exchange(): Exchange<any> | null {
    return this.#exchange;
  }

  // ---- the end

  /** Closes it, and waits for that. What is going on meanwhile, in another task, fails. */
  *close(): Coroutine<void> {
    this.hangUp();
    const cancellation = yield* uninterrupted(this.#gone, () => this.dropSocket());
    if (cancellation !== null) throw cancellation;
  }

  /** The same without waiting. */
  hangUp(): void {
    if (this.isBusy) this.destroy(undefined);
    if (!this.isOpen) return;
    this.#state = "closing";
    this.sayGoodbye();
    this.#patience = this.loop.callLater(this.#cancelTimeout, () => this.dropSocket());
  }

  /** Closes it at once: it is broken, for that reason, or nobody wants it any more. */
  destroy(reason: unknown): void {
    if (this.#state === "gone") return;
    this.#state = "closing";
    this.#reason ??= reason;
    this.dropSocket();
  }

  /** To be called when the socket is closed, with the host's or the server's error, if there was any. */
  protected lost(cause: unknown): void {
    if (this.#state === "gone" || this.loop.isClosed()) return;
    const exchange = this.#exchange;
    if (this.#state === "open") this.#reason = cause ?? this.#lostError("Connection", undefined);
    const closedByProgram = this.#state === "closing";
    this.#state = "gone";
    forget(this.loop, this);
    this.#patience?.cancel();
    this.#gone.succeed();
    this.occupantEnded();
    if (exchange === null) return;
    exchange.lost(closedByProgram ? this.#closedError(exchange.who) : this.#lostError(exchange.who, cause));
  }

  #lostError(who: string, cause: unknown): Error {
    if ((cause as { code?: string } | undefined)?.code?.startsWith("E") === true) {
      return networkError(`${who} on`, this.target, cause, false);
    }
    return new ConnectionResetError(`${who} on ${this.target}: the server closed the connection.`, {
      target: this.target,
      cause,
    });
  }

  abandon(): boolean {
    const wasOpen = this.isOpen;
    this.destroy(undefined);
    return wasOpen;
  }

  toString(): string {
    return `<Connection ${this.#state} ${this.target}>`;
  }
}
