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
import {
  type PgClient,
  type PgQueryConfig,
  type PgResult,
  type Submittable,
  loadPg,
  makeQuery,
} from "./postgres-driver.ts";
import { postgresError } from "./postgres-errors.ts";
import { type Settings, clientConfig } from "./postgres-options.ts";

/** @internal What the client's query gave: its rows, and the server's word for it, as in `INSERT 0 1`. */
export interface Answer {
  readonly rows: unknown[];
  readonly tag: string;
}

/** @internal Who wants to hear of what is sent to channels. */
export type Listener = (payload: string) => void;

/**
 * A session with a PostgreSQL server, through `pg`.
 *
 * @internal
 */
export class PostgresSession extends DatabaseSession {
  readonly #client: PgClient;
  readonly #settings: Settings;
  readonly #listeners = new Map<string, Set<Listener>>();
  // What the client was told when there was no question to fail.
  #error: unknown = undefined;
  // The second connection, which carries the request to stop.
  #cancelWire: PgClient["connection"] | null = null;
  #statements = 0;

  constructor(loop: EventLoop, client: PgClient, settings: Settings) {
    const { cancelTimeout, commandTimeout } = settings;
    super(loop, { target: targetOf(client), cancelTimeout, commandTimeout });
    this.#client = client;
    this.#settings = settings;
    client.on("error", (error) => {
      this.#error ??= error;
    });
    client.on("end", () => this.lost(this.#explainLoss()));
    client.on("drain", () => this.#serverIsReady());
    client.on("notification", ({ channel, payload = "" }) => this.#notify(channel, payload));
  }

  // A socket's error is told as it is: what is made of it depends on what was going on.
  #explainLoss(): unknown {
    if (!(this.#error instanceof loadPg().DatabaseError)) return this.#error;
    return postgresError(this.#error, { what: "Connection to", target: this.target });
  }

  #serverIsReady(): void {
    this.occupantEnded();
    this.exchange?.serverIsReady();
  }

  get isClean(): boolean {
    const untouched = !this.wasBorrowed && !this.isOccupied && this.#listeners.size === 0;
    return untouched && !this.isBusy && !this.isInTransaction;
  }

  get transactionFault(): string | undefined {
    if (this.#client.getTransactionStatus() !== "E") return undefined;
    return "a statement in it failed, and the error was caught: nothing can be committed. It was rolled back; use a transaction within it around what may fail.";
  }

  get isInTransaction(): boolean {
    return (this.#client.getTransactionStatus() ?? "I") !== "I";
  }

  // ---- questions

  /** A statement, as a question to `ask`. */
  statement<T>(who: string, config: PgQueryConfig, pick: (answer: Answer) => T): Question<T> {
    this.checkUnoccupied(who);
    return { who, begin: (exchange) => this.submit(this.#query(exchange, config, pick)) };
  }

  #query<T>(exchange: Exchange<T>, config: PgQueryConfig, pick: (answer: Answer) => T): Submittable {
    const query = makeQuery(config, (error, result: PgResult | PgResult[]) => {
      if (error !== null && error !== undefined) this.fail(exchange, error, config.text);
      else exchange.succeed(pick({ rows: Array.isArray(result) ? [] : result.rows, tag: query.tag }));
    });
    return query;
  }

  command(who: string, sql: string): Question<unknown> {
    return this.statement(who, { text: sql }, () => undefined);
  }

  /** Tells it what `pg` gave as an error. That the connection is gone is told by its end. */
  fail(exchange: Exchange<any>, error: unknown, sql: string): void {
    if (this.wire.stream.destroyed && !(error instanceof loadPg().DatabaseError)) return;
    exchange.fail(postgresError(error, { what: `${exchange.who} on`, target: this.target, sql }));
  }

  submit(submittable: Submittable): void {
    this.#client.query(submittable);
  }

  get wire(): PgClient["connection"] {
    return this.#client.connection;
  }

  /** A name for a prepared statement. */
  nextStatementName(): string {
    this.#statements += 1;
    return `escapement_${this.#statements}`;
  }

  // ---- channels

  /** Whether it is the first of that channel. */
  addListener(channel: string, listener: Listener): boolean {
    const listeners = this.#listeners.get(channel);
    if (listeners === undefined) this.#listeners.set(channel, new Set([listener]));
    else listeners.add(listener);
    return listeners === undefined;
  }

  /** Whether it was the last of that channel. */
  removeListener(channel: string, listener: Listener): boolean {
    const listeners = this.#listeners.get(channel);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return false;
    return this.#listeners.delete(channel);
  }

  #notify(channel: string, payload: string): void {
    if (this.loop.isClosed()) return;
    for (const listener of this.#listeners.get(channel) ?? []) this.loop.callSoonThreadsafe(listener, payload);
  }

  // ---- stopping

  protected requestStop(exchange: Exchange): void {
    exchange.stopping = true;
    const wire = cancelRequest(this.#client, clientConfig(this.#settings));
    this.#cancelWire = wire;
    wire.on("end", () => {
      this.#cancelWire = null;
      if (!this.loop.isClosed()) exchange.stopping = false;
    });
  }

  protected sayGoodbye(): void {
    this.#client.end(() => {});
  }

  protected dropSocket(): void {
    this.#cancelWire?.stream.destroy();
    this.#client.connection.stream.destroy();
  }

  protected cleaning(): string[] {
    const { reset } = this.#settings;
    const statements: string[] = [];
    if (this.isInTransaction) statements.push("ROLLBACK");
    if (Object.keys(this.wire.parsedStatements).length > 0) statements.push("DEALLOCATE ALL");
    if (this.wasBorrowed && reset !== null) statements.push(reset);
    else if (this.#listeners.size > 0) statements.push("UNLISTEN *");
    return statements;
  }

  protected override cleaned(): void {
    this.#listeners.clear();
    for (const name of Object.keys(this.wire.parsedStatements)) delete this.wire.parsedStatements[name];
  }
}

function targetOf({ host, port, database }: PgClient): string {
  return `${host.startsWith("/") ? host : `${host}:${port}`}/${database ?? ""}`;
}

/** A connection that asks the server to stop what another one does; then the server closes it. */
function cancelRequest(client: PgClient, config: object): PgClient["connection"] {
  const { host, port, ssl, sslNegotiation, processID, secretKey } = client;
  const wire = new (loadPg().Connection)({ ...config, ssl, sslNegotiation });
  const send = (): void => wire.cancel(processID, secretKey);
  wire.on("connect", () => {
    if (ssl === false) send();
    else if (sslNegotiation !== "direct") wire.requestSsl();
  });
  wire.on("sslconnect", send);
  // The server's silence is what says that it did not arrive: the session waits no longer than its cancelTimeout.
  wire.on("error", () => {});
  if (host.startsWith("/")) wire.connect(`${host}/.s.PGSQL.${port}`);
  else wire.connect(port, host);
  return wire;
}

/** @internal As `127.0.0.1:5432/test`: where such settings lead. */
export function describeTarget(who: string, settings: Settings): string {
  return targetOf(makeClient(who, settings));
}

/** @internal @throws {PostgresError} @throws {NetworkError} @throws {TimeoutError} */
export const openSession: (who: string, settings: Settings) => Coroutine<PostgresSession> = coroutine(
  function* openSession(who: string, settings: Settings): Coroutine<PostgresSession> {
    const loop = hostedLoop(who, "servers are reached");
    const client = makeClient(who, settings);
    const session = new PostgresSession(loop, client, settings);
    const connected = new IoWait(who, loop);
    const failed = (error: unknown): void =>
      connected.failQuietly(
        postgresError(error, { what: `${who} to`, target: session.target, secure: Boolean(client.ssl) }),
      );
    try {
      client.connect((error) => (error === null || error === undefined ? connected.succeed() : failed(error)));
    } catch (error) {
      failed(error);
    }
    try {
      yield* waitFor(connected, settings.connectTimeout);
      return session;
    } catch (error) {
      session.destroy(undefined);
      if (!(error instanceof TimeoutError)) throw error;
      const message = `${who} to ${session.target}: no connection within ${String(settings.connectTimeout)} ms.`;
      throw new TimeoutError(message, { cause: error });
    }
  },
);

function makeClient(who: string, settings: Settings): PgClient {
  const Client = loadPg().Client;
  try {
    return new Client(clientConfig(settings));
  } catch (error) {
    // Not as its cause: it may hold the URL, and that the password.
    throw new ValueError(`${who}: the options are not understood: ${(error as Error).message}.`);
  }
}
