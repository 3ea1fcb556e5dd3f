import { ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { waitFor } from "../task/wait.ts";
import { DatabaseSession, type Question } from "./database-session.ts";
import type { Exchange } from "./exchange.ts";
import { hostedLoop } from "./hosted-loop.ts";
import { IoWait } from "./io-wait.ts";
import { type MysqlCommand, type MysqlConnection, type MysqlHeader, loadMysql } from "./mysql-driver.ts";
import { MysqlError, mysqlError } from "./mysql-errors.ts";
import { type Settings, clientConfig, describeTarget } from "./mysql-options.ts";

// Of the status that comes with every header.
const IN_TRANSACTION = 1;
const AUTOCOMMIT = 2;
const ER_QUERY_INTERRUPTED = 1317;

/**
 * A session with a MySQL or MariaDB server, through `mysql2`.
 *
 * @internal
 */
export class MysqlSession extends DatabaseSession {
  readonly #connection: MysqlConnection;
  readonly #settings: Settings;
  #status = AUTOCOMMIT;
  // The second connection, which carries KILL QUERY.
  #killer: MysqlConnection | null = null;
  // A request to stop has been delivered; whether it hit the statement that it was meant for is not known yet.
  #killed: Exchange | null = null;

  constructor(loop: EventLoop, connection: MysqlConnection, target: string, settings: Settings) {
    const { cancelTimeout, commandTimeout } = settings;
    super(loop, { target, cancelTimeout, commandTimeout });
    this.#connection = connection;
    this.#settings = settings;
    let error: unknown = undefined;
    connection.on("error", (cause) => {
      error ??= cause;
    });
    connection.stream.on("close", () => {
      this.lost(error === undefined ? undefined : mysqlError(error, { what: "Connection to", target }));
    });
  }

  get isClean(): boolean {
    return !this.isBusy && !this.isOccupied && this.#status === AUTOCOMMIT;
  }

  get transactionFault(): undefined {
    return undefined;
  }

  // ---- questions

  /** A statement with its parameters, as the text that is sent. */
  format(who: string, sql: string, params: readonly unknown[]): string {
    if (typeof sql !== "string") throw new TypeError(`${who}: a statement is a string, not ${typeof sql}.`);
    if (!Array.isArray(params)) throw new TypeError(`${who}: the parameters are an array, not ${typeof params}.`);
    return params.length === 0 ? sql : this.#connection.format(sql, params);
  }

  /** A statement, as a question to `ask`. `pick` is given the rows; or the header, where there are none. */
  statement<T>(who: string, sql: string, pick: (result: unknown) => T): Question<T> {
    this.checkUnoccupied(who);
    return {
      who,
      begin: (exchange) => {
        const command = this.#connection.query({ sql }, (error, result) => {
          if (error !== null && error !== undefined) exchange.fail(this.explain(who, error, sql));
          else {
            this.noteStatus(result);
            exchange.succeed(pick(result));
          }
        });
        command.on("end", () => this.serverIsReady(exchange));
      },
    };
  }

  command(who: string, sql: string): Question<unknown> {
    return this.statement(who, sql, () => undefined);
  }

  explain(who: string, error: unknown, sql: string): Error {
    return mysqlError(error, { what: `${who} on`, target: this.target, sql });
  }

  /** Of several results the last has the last word. */
  noteStatus(result: unknown): void {
    const last: unknown = Array.isArray(result) ? result.at(-1) : result;
    const status = (last as Partial<MysqlHeader> | undefined)?.serverStatus;
    if (typeof status === "number" && !Array.isArray(last)) this.#status = status & (IN_TRANSACTION | AUTOCOMMIT);
  }

  /** Sends a statement whose rows come as events. */
  stream(sql: string): MysqlCommand {
    return this.#connection.query({ sql });
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  /** The rows of a stream have ended. */
  streamEnded(exchange: Exchange<any> | null): void {
    this.occupantEnded();
    if (exchange !== null) this.serverIsReady(exchange);
  }

  serverIsReady(exchange: Exchange<any>): void {
    exchange.serverIsReady();
    if (this.#killed === exchange) this.#absorbKill(exchange);
  }

  // ---- stopping

  /** KILL QUERY, over another connection. Asked twice, it is sent once. */
  requestStop(exchange: Exchange<any>): void {
    if (exchange.stopping) return;
    exchange.stopping = true;
    const killer = loadMysql().createConnection(clientConfig(this.#settings));
    this.#killer = killer;
    killer.on("error", () => {});
    killer.stream.on("close", () => this.#killDelivered(exchange));
    killer.query({ sql: `KILL QUERY ${this.#connection.threadId}` }, () => {
      killer.destroy();
      killer.stream.destroy();
    });
  }

  #killDelivered(exchange: Exchange<any>): void {
    this.#killer = null;
    if (this.loop.isClosed() || exchange.isOver) return;
    this.#killed = exchange;
    if (exchange.isReady) this.#absorbKill(exchange);
  }

  // A kill that came after the end of its statement may stop the next one on this connection: let that be one that does
  // nothing.
  #absorbKill(exchange: Exchange<any>): void {
    this.#killed = null;
    const { error } = exchange;
    if (error instanceof MysqlError && error.errno === ER_QUERY_INTERRUPTED) exchange.stopping = false;
    else {
      const probe = this.#connection.query({ sql: "DO 0" }, () => {});
      probe.on("end", () => {
        exchange.stopping = false;
      });
    }
  }

  protected sayGoodbye(): void {
    this.#connection.end(() => {});
  }

  protected dropSocket(): void {
    this.#killer?.stream.destroy();
    this.#connection.destroy();
    this.#connection.stream.destroy();
  }

  protected cleaning(): string[] {
    if (this.#status === AUTOCOMMIT) return [];
    // Without autocommit, a SELECT may have begun one unseen.
    return this.#status === (AUTOCOMMIT | IN_TRANSACTION) ? ["ROLLBACK"] : ["ROLLBACK", "SET autocommit = 1"];
  }
}

/** @internal @throws {MysqlError} @throws {NetworkError} @throws {TimeoutError} */
export const openSession: (who: string, settings: Settings) => Coroutine<MysqlSession> = coroutine(
  function* openSession(who: string, settings: Settings): Coroutine<MysqlSession> {
    const loop = hostedLoop(who, "servers are reached");
    const target = describeTarget(who, settings);
    const connection = createConnection(who, settings);
    const session = new MysqlSession(loop, connection, target, settings);
    const connected = new IoWait(who, loop);
    connection.on("connect", () => connected.succeed());
    connection.on("error", (error) => {
      connected.failQuietly(mysqlError(error, { what: `${who} to`, target, secure: settings.ssl !== undefined }));
    });
    try {
      yield* waitFor(connected, settings.connectTimeout);
      return session;
    } catch (error) {
      session.destroy(undefined);
      if (!(error instanceof TimeoutError)) throw error;
      const message = `${who} to ${target}: no connection within ${String(settings.connectTimeout)} ms.`;
      throw new TimeoutError(message, { cause: error });
    }
  },
);

function createConnection(who: string, settings: Settings): MysqlConnection {
  const { createConnection: create } = loadMysql();
  try {
    return create(clientConfig(settings));
  } catch (error) {
    // Not as its cause: it may hold the URL, and that the password.
    throw new ValueError(`${who}: the options are not understood: ${(error as Error).message}.`);
  }
}
