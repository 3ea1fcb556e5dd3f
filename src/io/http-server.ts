import type { TlsOptions } from "node:tls";
import { type Context, copyContext } from "../loop/context.ts";
import { ValueError } from "../loop/errors.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { type Awaitable, type Coroutine, describeMistake } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { waitFor } from "../task/wait.ts";
import { httpCarrier } from "./http-carrier.ts";
import { type Handler, ServerExchange } from "./http-server-exchange.ts";
import type {
  HttpAcceptor,
  HttpCarrier,
  HttpListener,
  ListenOptions,
  ServerWire,
  ServerWireEvents,
} from "./http-wire.ts";
import { IoWait } from "./io-wait.ts";
import { checkAddress, describeAddress } from "./network.ts";
import { networkError } from "./network-errors.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";

/** How a server serves. */
export interface ServeOptions {
  /** An address of this machine; "" for all. Default `127.0.0.1`. */
  host?: string;
  /** Default 0: any that is free, `server.port` says which. */
  port?: number;
  /** Options of `node:tls`, `key` and `cert` among them: then it is `https:`. */
  tls?: TlsOptions;
  /** The largest request body that `bytes`, `text` and `json` read, in bytes. Default 1 MiB. */
  bodyLimit?: number;
  /** How long `close` waits for requests that are under way, in milliseconds. Default: a minute. */
  closeTimeout?: number;
  /** How long a connection is kept that nobody uses, in milliseconds. Default 75 seconds. */
  keepAliveTimeout?: number;
}

// As aiohttp's.
const BODY_LIMIT = 2 ** 20;
const CLOSE_TIMEOUT = 60_000;
const KEEP_ALIVE = 75_000;

/**
 * Answers requests. `using(server, body)` closes it at the end of the body.
 *
 * A client that leaves cancels the task that works for it; one that closes its half of the connection has left. An error in
 * a handler is answered with 500, and reported to the loop's exception handler.
 *
 * @example
 * const server = yield* serve(function* (request) {
 *   return { body: `you asked for ${request.path}` };
 * });
 * yield* using(server, function* () {
 *   yield* using(new ClientSession(), function* (session) {
 *     const response = yield* session.get(`http://127.0.0.1:${server.port}/tick`);
 *     print(yield* response.text()); //=> "you asked for /tick"
 *   });
 * });
 * @see aiohttp `web.Server`
 */
export class HttpServer implements ContextManager<HttpServer>, HttpAcceptor, OpenResource {
  readonly #loop: EventLoop;
  readonly #handler: Handler;
  readonly #bodyLimit: number;
  readonly #closeTimeout: number;
  // What handlers run in: copies of what the server was started in.
  readonly #context: Context = copyContext();
  readonly #exchanges = new Set<ServerExchange>();
  #listener: HttpListener | null = null;
  readonly #over: IoWait;
  #target = "";
  #port = 0;
  #state: "starting" | "serving" | "closing" | "closed" = "starting";
  /** @internal When it listens. */
  readonly started: IoWait;

  static {
    for (const method of ["close", "exit"] as const) coroutine(this.prototype[method]);
  }

  /** @internal Made by serve. */
  constructor(loop: EventLoop, handler: Handler, options: ServeOptions) {
    const { bodyLimit = BODY_LIMIT, closeTimeout = CLOSE_TIMEOUT } = options;
    this.#loop = loop;
    this.#handler = handler;
    this.#bodyLimit = bodyLimit;
    this.#closeTimeout = closeTimeout;
    this.started = new IoWait("serve", loop);
    this.#over = new IoWait("HttpServer.close", loop);
  }

  /** @internal Begins to listen. */
  listen(carrier: HttpCarrier, options: ListenOptions): void {
    this.#target = describeAddress(options);
    this.#listener = carrier.listen(options, this);
    remember(this.#loop, this);
  }

  // ---- what a carrier tells

  /** @internal */
  listening(host: string, port: number): void {
    this.#port = port;
    this.#target = describeAddress({ host, port });
    if (this.#state === "starting") this.#state = "serving";
    this.started.succeed();
  }

  /** @internal */
  failed(cause: Error): void {
    const error = networkError("serve on", this.#target, cause, false);
    if (this.#state === "starting") this.started.failQuietly(error);
    else if (this.#state === "serving") {
      this.#loop.callExceptionHandler({ message: "A connection could not be accepted", exception: error });
    }
  }

  /** @internal */
  disconnected(): void {
    this.#tellIfOver();
  }

  /** @internal The host tells it outside of an iteration; the handler is called inside of one. */
  accept(wire: ServerWire): ServerWireEvents {
    const exchange = new ServerExchange({
      loop: this.#loop,
      wire,
      handler: this.#handler,
      bodyLimit: this.#bodyLimit,
      onOver: this.#onOver,
    });
    this.#exchanges.add(exchange);
    if (this.#state !== "serving") exchange.beLast();
    this.#loop.callSoonThreadsafe(this.#begin, exchange);
    return exchange;
  }

  readonly #begin = (exchange: ServerExchange): void => this.#context.copy().run(() => exchange.begin());

  readonly #onOver = (exchange: ServerExchange): void => {
    this.#exchanges.delete(exchange);
    this.#tellIfOver();
  };

  // ---- serving

  /** The port it listens on: the one that was chosen when 0 was asked for. */
  get port(): number {
    return this.#port;
  }

  /** Whether it accepts connections. */
  isServing(): boolean {
    return this.#state === "serving";
  }

  /**
   * Accepts no more connections, and waits until the requests that are under way are answered; after `closeTimeout` their
   * handlers are cancelled, and their connections closed. Cancelled, it does that at once.
   */
  *close(): Coroutine<void> {
    this.#stopAccepting();
    if (this.#isOver()) return;
    try {
      yield* waitFor(this.#over.join(), this.#closeTimeout === Infinity ? null : this.#closeTimeout);
    } catch (error) {
      this.abort();
      if (!(error instanceof TimeoutError)) throw error;
      yield* this.#over.join();
    }
  }

  #stopAccepting(): void {
    if (this.#state === "closing" || this.#state === "closed") return;
    this.#state = "closing";
    forget(this.#loop, this);
    this.#listener?.close(new Set([...this.#exchanges].map(({ client }) => client)));
    for (const exchange of this.#exchanges) exchange.beLast();
  }

  /** Closes it now: the requests that are under way are not answered, and their handlers are cancelled. */
  abort(): void {
    this.#stopAccepting();
    for (const exchange of this.#exchanges) exchange.cancel();
    this.#listener?.drop();
  }

  #isOver(): boolean {
    if (this.#state !== "closing") return this.#state === "closed";
    return this.#exchanges.size + (this.#listener?.connections ?? 0) === 0;
  }

  #tellIfOver(): void {
    if (!this.#isOver() || this.#loop.isClosed()) return;
    this.#state = "closed";
    this.#over.succeed();
  }

  enter(): Awaitable<HttpServer> {
    return new Instantly("HttpServer.enter", () => this);
  }

  /** Closes it. */
  *exit(_error?: unknown): Coroutine<void> {
    yield* this.close();
  }

  /** @internal */
  abandon(): boolean {
    const wasOpen = this.#state === "serving";
    this.#state = "closed";
    this.#listener?.close(new Set());
    return wasOpen;
  }

  toString(): string {
    return `<HttpServer ${this.#state} ${this.#target}>`;
  }
}

/**
 * Listens for HTTP, and calls `handler` with each request, as a task of its own.
 *
 * @returns The server, which listens.
 * @throws {NetworkError} When it cannot listen there.
 * @throws {RuntimeError} Outside of `run()`.
 * @example
 * const server = yield* serve(function* () {
 *   return {
 *     stream: function* (writer) {
 *       for (const word of ["tick", "tock"]) yield* writer.write(`${word} `);
 *     },
 *   };
 * });
 * yield* using(server, function* () {
 *   yield* using(new ClientSession(), function* (session) {
 *     const response = yield* session.get(`http://127.0.0.1:${server.port}/`);
 *     print(yield* response.text()); //=> "tick tock "
 *   });
 * });
 */
export const serve: (handler: Handler, options?: ServeOptions) => Coroutine<HttpServer> = coroutine(function* serve(
  handler: Handler,
  options: ServeOptions = {},
): Coroutine<HttpServer> {
  if (typeof handler !== "function") {
    throw new TypeError(`serve: the handler is a function, not ${describeMistake(handler)}.`);
  }
  checkOptions(options);
  const { host = "127.0.0.1", port = 0, tls, keepAliveTimeout = KEEP_ALIVE } = options;
  const { loop, carrier } = httpCarrier("serve");
  const server = new HttpServer(loop, handler, options);
  server.listen(carrier, { host, port, tls, keepAliveTimeout });
  try {
    yield* server.started;
    return server;
  } catch (error) {
    server.abort();
    throw error;
  }
});

function checkOptions({
  host = "",
  port = 0,
  bodyLimit = 0,
  closeTimeout = 0,
  keepAliveTimeout = 0,
}: ServeOptions): void {
  checkAddress("serve", { host, port });
  checkMilliseconds("serve", "closeTimeout", closeTimeout);
  checkMilliseconds("serve", "keepAliveTimeout", keepAliveTimeout);
  if (typeof bodyLimit !== "number" || !(bodyLimit >= 0)) {
    throw new ValueError(`serve: bodyLimit is a number of bytes, not ${String(bodyLimit)}.`);
  }
}
