import { printWarning } from "../loop/print.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { ClientError, PayloadError, ResponseError } from "./http-errors.ts";
import type { ClientExchange, ResponseHead } from "./http-exchange.ts";
import type { ClientRequest } from "./http-request.ts";
import { decodeBody } from "./http-text.ts";
import type { IncomingHeaders } from "./http-wire.ts";

// What a redirection's body may have, for the connection to be worth reading it.
const WORTH_READING = 64 * 1024;

/** @internal */
export interface ResponseParts {
  readonly loop: EventLoop;
  readonly request: ClientRequest;
  readonly exchange: ClientExchange;
  readonly head: ResponseHead;
}

/**
 * What a server answered. Status and headers are there; the body arrives while it is read, and no faster.
 *
 * A response that was read to its end gives its connection back; one that was not must be closed: `using` does that.
 *
 * @example
 * const server = yield* serve(function* () {
 *   return { json: { tick: 1 } };
 * });
 * yield* using(server, function* () {
 *   yield* using(new ClientSession(), function* (session) {
 *     const response = yield* session.get(`http://127.0.0.1:${server.port}/`);
 *     print([response.status, response.headers.get("content-length")]); //=> [200,"10"]
 *     print(yield* response.json()); //=> {"tick":1}
 *   });
 * });
 * @see aiohttp `ClientResponse`
 */
export class ClientResponse implements ContextManager<ClientResponse> {
  readonly status: number;
  /** What the server says to the status: `Not Found`. */
  readonly statusText: string;
  /** The one that answered, after redirections. */
  readonly url: string;
  readonly #loop: EventLoop;
  readonly #request: ClientRequest;
  readonly #exchange: ClientExchange;
  readonly #incoming: IncomingHeaders;
  #headers: Headers | null = null;
  #bytes: Uint8Array | null = null;

  static {
    for (const method of ["text", "json", "bytes", "chunk", "discard"] as const) coroutine(this.prototype[method]);
  }

  /** @internal */
  constructor({ loop, request, exchange, head }: ResponseParts) {
    this.status = head.status;
    this.statusText = head.statusText;
    this.url = request.url.href;
    this.#loop = loop;
    this.#request = request;
    this.#exchange = exchange;
    this.#incoming = head.headers;
  }

  get headers(): Headers {
    return (this.#headers ??= readHeaders(this.#incoming));
  }

  /** Whether the status is below 400. */
  get ok(): boolean {
    return this.status < 400;
  }

  /** @internal */
  get setCookies(): readonly string[] {
    const given = this.#incoming["set-cookie"] ?? [];
    return typeof given === "string" ? [given] : given;
  }

  // Not by way of `headers`, which are made when somebody asks for them. (bench:io: "http-client")
  get #contentType(): string | null {
    const type = this.#incoming["content-type"];
    return typeof type === "string" ? type : null;
  }

  /** @internal Where it redirects to. */
  get location(): string | null {
    const { location } = this.#incoming;
    return typeof location === "string" ? location : null;
  }

  /**
   * The body as text, in the encoding that the content type names; UTF-8 where it names none.
   *
   * @throws {UnicodeDecodeError} When it is not in that encoding.
   */
  *text(): Coroutine<string> {
    const bytes = yield* this.bytes();
    return decodeBody("ClientResponse.text", this.#request.target, this.#contentType, bytes);
  }

  /** @throws {PayloadError} When the body is no JSON. */
  *json<T = unknown>(): Coroutine<T> {
    const text = yield* this.text();
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      const { target } = this.#request;
      throw new PayloadError(`${target}: the body is no JSON: ${(cause as Error).message}.`, { target, cause });
    }
  }

  /**
   * The whole body, or what `chunk` has left of it. Asked again, it gives the same.
   *
   * @throws {ServerDisconnectedError} When the connection ends in the middle.
   * @throws {PayloadError} When the body is not what it says it is, or too large.
   * @throws {RequestTimeoutError} When a timeout passes.
   */
  *bytes(): Coroutine<Uint8Array> {
    this.#bytes ??= yield* this.#exchange.body.all();
    return this.#bytes;
  }

  /** The next piece of the body, as it came; null at the end. The server waits while 64 KiB are not read. */
  *chunk(): Coroutine<Uint8Array | null> {
    return yield* this.#exchange.body.chunk();
  }

  /** @internal Reads what is left, for the sake of the connection; or closes it, when that is much. */
  *discard(): Coroutine<void> {
    let size = 0;
    for (let chunk = yield* this.chunk(); chunk !== null && size < WORTH_READING; chunk = yield* this.chunk()) {
      size += chunk.length;
    }
    this.close();
  }

  /** @throws {ResponseError} When the status is 400 or more; and closes it. */
  raiseForStatus(): void {
    if (this.ok) return;
    this.close();
    const { target } = this.#request;
    throw new ResponseError(`${target}: ${this.status} ${this.statusText}`.trimEnd(), { target, status: this.status });
  }

  /** What has not been read is not wanted: its connection is closed, unless it had arrived whole. */
  close(): void {
    const { target } = this.#request;
    if (!this.#exchange.body.consumed) {
      this.#exchange.fail(new ClientError(`${target}: the response was closed before it was read.`, { target }));
    }
  }

  enter(): Awaitable<ClientResponse> {
    return new Instantly("ClientResponse.enter", () => this);
  }

  exit(...left: [error?: unknown]): Awaitable<void> {
    return new Instantly("ClientResponse.exit", () => {
      if (this.#loop.debug && left.length === 0 && this.#exchange.wastesConnection) {
        printWarning(`${this.#request.target}: the body was not read to its end, which costs a connection.`);
      }
      this.close();
    });
  }

  toString(): string {
    return `<ClientResponse [${this.status} ${this.statusText}] ${this.#request.target}>`;
  }
}

function readHeaders(incoming: IncomingHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming)) {
    for (const one of typeof value === "string" ? [value] : (value ?? [])) headers.append(name, one);
  }
  return headers;
}
