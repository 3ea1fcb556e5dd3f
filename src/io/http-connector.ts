import type { ConnectionOptions } from "node:tls";
import { RuntimeError, ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { Semaphore } from "../sync/semaphore.ts";
import { coroutine } from "../task/coroutine.ts";
import { waitFor } from "../task/wait.ts";
import { type Decoding, decodingFor } from "./http-decoder.ts";
import { ClientError, requestTimeout } from "./http-errors.ts";
import { ClientExchange } from "./http-exchange.ts";
import { Origin } from "./http-origin.ts";
import type { ClientRequest } from "./http-request.ts";
import type { Deadlines } from "./http-timeouts.ts";
import type { HttpCarrier, HttpClient } from "./http-wire.ts";
import { IoWait } from "./io-wait.ts";

// As aiohttp's.
const LIMIT = 100;

/** @internal How many requests at a time, and how connections are made secure. */
export interface ConnectorOptions {
  readonly limit?: number;
  readonly limitPerHost?: number;
  readonly tls?: ConnectionOptions;
}

/** Who waits for a connection, in order; named so for reports. */
class SessionLimit extends Semaphore {}

/**
 * Sends a session's requests, as many at a time as it may. Whoever is under way has two permits, the session's and the
 * host's; they are given back when the connection is free, or gone.
 *
 * @internal
 * @see aiohttp `TCPConnector`
 */
export class Connector {
  readonly #loop: EventLoop;
  readonly #client: HttpClient;
  readonly #decoding: Decoding;
  readonly #limitPerHost: number;
  readonly #permits: Semaphore;
  readonly #origins = new Map<string, Origin>();
  readonly #exchanges = new Set<ClientExchange>();
  readonly #gone: IoWait;
  #closed = false;

  static {
    for (const method of ["begin", "close"] as const) coroutine(this.prototype[method]);
  }

  /** @throws {MissingPackageError} When the package `undici` is not installed. */
  constructor(loop: EventLoop, carrier: HttpCarrier, { limit = LIMIT, limitPerHost = 0, tls = {} }: ConnectorOptions) {
    this.#loop = loop;
    this.#client = carrier.client(tls);
    this.#decoding = decodingFor(carrier);
    this.#permits = new SessionLimit(readLimit("limit", limit));
    this.#limitPerHost = readLimit("limitPerHost", limitPerHost);
    this.#gone = new IoWait("ClientSession.close", loop);
  }

  /** Sends a request, when it is its turn. */
  *begin(request: ClientRequest, deadlines: Deadlines): Coroutine<ClientExchange> {
    this.#checkOpen();
    const origin = this.#origin(request.url.origin);
    origin.use();
    let taken = 0;
    try {
      if (!origin.permits.tryAcquire()) yield* this.#take(origin.permits, request, deadlines);
      taken += 1;
      if (!this.#permits.tryAcquire()) yield* this.#take(this.#permits, request, deadlines);
      taken += 1;
      this.#checkOpen();
    } catch (error) {
      this.#giveBack(origin, taken);
      throw error;
    }
    return this.#send(request, deadlines, origin);
  }

  *#take(permits: Semaphore, { target }: ClientRequest, deadlines: Deadlines): Coroutine<void> {
    const phase = deadlines.total < deadlines.connect ? "total" : "connect";
    const left = deadlines[phase] - this.#loop.time();
    try {
      yield* waitFor(permits.acquire(), left === Infinity ? null : left);
    } catch (error) {
      if (error instanceof TimeoutError) throw requestTimeout(target, phase, deadlines.durations[phase]);
      throw error;
    }
  }

  #giveBack(origin: Origin, taken: number): void {
    if (taken > 1) this.#permits.release();
    if (taken > 0) origin.permits.release();
    origin.leave();
  }

  #send(request: ClientRequest, deadlines: Deadlines, origin: Origin): ClientExchange {
    const exchange = new ClientExchange({
      loop: this.#loop,
      request,
      origin,
      decoding: this.#decoding,
      deadlines,
      onOver: this.#onOver,
    });
    this.#exchanges.add(exchange);
    try {
      exchange.begin();
    } catch (error) {
      // Who waits for it is told.
      exchange.fail(error);
    }
    return exchange;
  }

  readonly #onOver = (exchange: ClientExchange): void => {
    this.#exchanges.delete(exchange);
    this.#giveBack(exchange.origin, 2);
  };

  #origin(name: string): Origin {
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      origin = new Origin(name, {
        client: this.#client,
        limit: this.#limitPerHost,
        onIdle: (idle) => this.#forget(idle),
      });
      this.#origins.set(name, origin);
    }
    return origin;
  }

  #forget(origin: Origin): void {
    if (this.#origins.get(origin.name) === origin) this.#origins.delete(origin.name);
    if (this.#closed && this.#origins.size === 0) this.#gone.succeed();
  }

  #checkOpen(): void {
    if (this.#closed) throw new RuntimeError("ClientSession: the session is closed.");
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Closes every connection, and waits until they are. */
  *close(): Coroutine<void> {
    this.shutDown();
    if (this.#origins.size > 0) yield* this.#gone.join();
  }

  /** Begins to. What is under way fails. */
  shutDown(): void {
    if (this.#closed) return;
    this.#closed = true;
    const error = new ClientError("The session was closed.", { target: "ClientSession" });
    for (const exchange of this.#exchanges) exchange.fail(error);
    for (const origin of this.#origins.values()) origin.destroy(error);
  }

  toString(): string {
    return `hosts:${this.#origins.size} requests:${this.#exchanges.size}`;
  }
}

function readLimit(name: string, limit: number): number {
  if (!(Number.isInteger(limit) || limit === Infinity) || limit < 0) {
    throw new ValueError(`ClientSession: ${name} is a whole number from 0 on (0 for any number), not ${limit}.`);
  }
  return limit === 0 ? Infinity : limit;
}
