import type { ConnectionOptions } from "node:tls";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { httpCarrier } from "./http-carrier.ts";
import { Connector } from "./http-connector.ts";
import { InvalidUrlError, ServerDisconnectedError, TooManyRedirectsError } from "./http-errors.ts";
import {
  type ClientRequest,
  type RequestDefaults,
  type RequestOptions,
  prepareRequest,
  resolveUrl,
} from "./http-request.ts";
import { ClientResponse } from "./http-response.ts";
import {
  DEFAULT_TIMEOUTS,
  type Deadlines,
  type RequestTimeouts,
  deadlinesFrom,
  readTimeouts,
} from "./http-timeouts.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";

/** Where a session keeps cookies: for instance a `CookieJar` of the package `tough-cookie`. */
export interface CookieJar {
  /** The value of the header `Cookie`, for a request to that URL. */
  getCookieStringSync(url: string): string;
  /** Keeps a header `Set-Cookie`, or ignores one that is wrong. */
  setCookieSync(cookie: string, url: string, options: { ignoreError: true }): unknown;
}

/** How a session makes its requests. */
export interface SessionOptions {
  /** What URLs are relative to. */
  baseUrl?: string;
  /** Go with every request. */
  headers?: Record<string, string>;
  /** How many requests are under way at a time, the others waiting in order; 0 for any number. Default 100. */
  limit?: number;
  /** How many to one host (name and port). Default 0: any number. */
  limitPerHost?: number;
  timeout?: RequestTimeouts;
  /** Whether a status of 400 or more is an error. Default false. */
  raiseForStatus?: boolean;
  /** Options of `node:tls` for `https:`, as `ca`. */
  tls?: ConnectionOptions;
  /** Default: none; cookies are not kept. */
  cookieJar?: CookieJar;
  /** The largest body that is received, in bytes, after decompression. Default: any. */
  maxResponseSize?: number;
}

const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;

/**
 * Makes requests, and keeps connections for the next. One for the whole program is enough.
 *
 * Defaults are aiohttp's: 100 connections, five minutes for a request, thirty seconds for a connection, ten redirections.
 *
 * @example
 * const server = yield* serve(function* (request) {
 *   return { json: { path: request.path, tick: request.query.get("tick") } };
 * });
 * yield* using(server, function* () {
 *   const baseUrl = `http://127.0.0.1:${server.port}`;
 *   yield* using(new ClientSession({ baseUrl, raiseForStatus: true }), function* (session) {
 *     const response = yield* session.get("/clock", { params: { tick: 3 } });
 *     print(yield* response.json()); //=> {"path":"/clock","tick":"3"}
 *   });
 * });
 * @see aiohttp `ClientSession`
 */
export class ClientSession implements ContextManager<ClientSession>, OpenResource {
  readonly #loop: EventLoop;
  readonly #defaults: RequestDefaults;
  readonly #timeouts: Required<RequestTimeouts>;
  readonly #raiseForStatus: boolean;
  readonly #cookieJar: CookieJar | null;
  readonly #connector: Connector;

  static {
    for (const method of ["request", "close", "exit"] as const) coroutine(this.prototype[method]);
  }

  /**
   * @throws {MissingPackageError} When the package `undici` is not installed.
   * @throws {RuntimeError} Outside of `run()`.
   */
  constructor(options: SessionOptions = {}) {
    const who = "ClientSession";
    const { loop, carrier } = httpCarrier(who);
    this.#loop = loop;
    this.#defaults = {
      baseUrl: options.baseUrl === undefined ? null : resolveUrl("baseUrl", options.baseUrl, null),
      headers: options.headers ?? {},
      maxResponseSize: options.maxResponseSize ?? Infinity,
    };
    this.#timeouts = readTimeouts(who, options.timeout, DEFAULT_TIMEOUTS);
    this.#raiseForStatus = options.raiseForStatus ?? false;
    this.#cookieJar = options.cookieJar ?? null;
    this.#connector = new Connector(loop, carrier, options);
    remember(this.#loop, this);
  }

  /**
   * Sends a request, and waits for status and headers of the response.
   *
   * @throws {ConnectError} When there is no connection; its cause says why.
   * @throws {ServerDisconnectedError} When the connection ends before the answer.
   * @throws {ProtocolError} When the answer is no HTTP.
   * @throws {RequestTimeoutError} When one of `timeout` passes.
   * @throws {ResponseError} With `raiseForStatus`, when the status is 400 or more.
   * @throws {TooManyRedirectsError} After `maxRedirects`.
   * @throws {InvalidUrlError} When it cannot be asked for.
   * @throws {RuntimeError} When the session is closed.
   */
  *request(method: string, url: string, options: RequestOptions = {}): Coroutine<ClientResponse> {
    let request = prepareRequest(method, url, options, this.#defaults);
    const maxRedirects = options.maxRedirects ?? (request.method === "HEAD" ? 0 : MAX_REDIRECTS);
    const deadlines = deadlinesFrom(
      this.#loop.time(),
      readTimeouts("ClientSession.request", options.timeout, this.#timeouts),
    );
    for (let redirects = 0; ; redirects += 1) {
      const response = yield* this.#fetch(request, deadlines);
      const next = maxRedirects === 0 ? null : redirection(request, response);
      if (next === null) {
        if (options.raiseForStatus ?? this.#raiseForStatus) response.raiseForStatus();
        return response;
      }
      if (redirects >= maxRedirects) throw tooMany(request, response, maxRedirects);
      yield* response.discard();
      request = next;
    }
  }

  get(url: string, options?: RequestOptions): Coroutine<ClientResponse> {
    return this.request("GET", url, options);
  }

  head(url: string, options?: RequestOptions): Coroutine<ClientResponse> {
    return this.request("HEAD", url, options);
  }

  post(url: string, options?: RequestOptions): Coroutine<ClientResponse> {
    return this.request("POST", url, options);
  }

  put(url: string, options?: RequestOptions): Coroutine<ClientResponse> {
    return this.request("PUT", url, options);
  }

  patch(url: string, options?: RequestOptions): Coroutine<ClientResponse> {
    return this.request("PATCH", url, options);
  }

  delete(url: string, options?: RequestOptions): Coroutine<ClientResponse> {
    return this.request("DELETE", url, options);
  }

  /** With the session's cookies; and once more, when the server had closed the kept connection in that very moment. */
  *#fetch(request: ClientRequest, deadlines: Deadlines): Coroutine<ClientResponse> {
    const jar = this.#cookieJar;
    const cookies = jar === null || request.headers.has("cookie") ? "" : jar.getCookieStringSync(request.url.href);
    const sent = cookies === "" ? request : request.withHeader("cookie", cookies);
    const mayRepeat = IDEMPOTENT.has(request.method) && request.stream === null;
    const response =
      (yield* this.#attempt(sent, deadlines, mayRepeat)) ?? (yield* this.#attempt(sent, deadlines, false))!;
    try {
      for (const cookie of response.setCookies) jar?.setCookieSync(cookie, request.url.href, { ignoreError: true });
      return response;
    } catch (error) {
      response.close();
      throw error;
    }
  }

  /** Null when it may be repeated. */
  *#attempt(request: ClientRequest, deadlines: Deadlines, mayRepeat: boolean): Coroutine<ClientResponse | null> {
    const exchange = yield* this.#connector.begin(request, deadlines);
    try {
      const head = yield* exchange.head;
      return new ClientResponse({ loop: this.#loop, request, exchange, head });
    } catch (error) {
      exchange.fail(error);
      if (mayRepeat && error instanceof ServerDisconnectedError && exchange.mayHaveComeTooLate) return null;
      throw error;
    }
  }

  /** Whether it makes no more requests. */
  get closed(): boolean {
    return this.#connector.closed;
  }

  /** Closes every connection, and waits until they are. Requests that are under way fail. */
  *close(): Coroutine<void> {
    forget(this.#loop, this);
    yield* this.#connector.close();
  }

  enter(): Awaitable<ClientSession> {
    return new Instantly("ClientSession.enter", () => this);
  }

  /** Closes it. */
  *exit(_error?: unknown): Coroutine<void> {
    yield* this.close();
  }

  /** @internal */
  abandon(): boolean {
    const wasOpen = !this.closed;
    this.#connector.shutDown();
    return wasOpen;
  }

  toString(): string {
    return `<ClientSession ${this.closed ? "closed" : "open"} ${this.#connector.toString()}>`;
  }
}

/** What to ask for next; null when the response is the answer. */
function redirection(request: ClientRequest, response: ClientResponse): ClientRequest | null {
  const { location } = response;
  if (location === null || !REDIRECTIONS.has(response.status)) return null;
  const { method } = request;
  const becomesGet =
    (response.status === 303 && method !== "HEAD") ||
    ((response.status === 301 || response.status === 302) && method === "POST");
  try {
    return request.redirected(
      resolveUrl(`${request.target} redirects to`, location, request.url),
      becomesGet ? "GET" : method,
    );
  } catch (error) {
    if (error instanceof InvalidUrlError) response.close();
    throw error;
  }
}

function tooMany({ target }: ClientRequest, response: ClientResponse, limit: number): TooManyRedirectsError {
  response.close();
  return new TooManyRedirectsError(`${target}: redirected more than ${limit} times.`, {
    target,
    status: response.status,
  });
}
