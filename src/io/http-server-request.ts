import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { Body } from "./http-body.ts";
import { HttpError, ServerDisconnectedError } from "./http-errors.ts";
import { decodeBody } from "./http-text.ts";
import type { ServerWire } from "./http-wire.ts";

/** What a client asks of a server. */
export interface ServerRequest {
  /** In capitals: `GET`. */
  readonly method: string;
  /** As in the URL, percent signs and all, without what is behind the question mark. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** The client's address. */
  readonly remoteAddress: string;
  /**
   * The body as text, in the encoding that the content type names; UTF-8 where it names none.
   *
   * @throws {HttpError} 400, when it is not in that encoding; 413, when it is larger than `bodyLimit`.
   */
  text(): Coroutine<string>;
  /** @throws {HttpError} 400, when the body is no JSON; 413, when it is larger than `bodyLimit`. */
  json<T = unknown>(): Coroutine<T>;
  /** The whole body, or what `chunk` has left of it. @throws {HttpError} 413, when it is larger than `bodyLimit`. */
  bytes(): Coroutine<Uint8Array>;
  /** The next piece of the body, however large that is in all; null at the end. The client waits while 64 KiB are not read. */
  chunk(): Coroutine<Uint8Array | null>;
}

/** @internal What has come over a wire as a request. */
export class WireRequest implements ServerRequest {
  readonly method: string;
  readonly path: string;
  readonly #wire: ServerWire;
  readonly #search: string;
  readonly #body: Body;
  readonly #bodyLimit: number;
  #query: URLSearchParams | null = null;
  #headers: Headers | null = null;
  #bytes: Uint8Array | null = null;

  static {
    for (const method of ["text", "json", "bytes", "chunk"] as const) coroutine(this.prototype[method]);
  }

  constructor(wire: ServerWire, loop: EventLoop, bodyLimit: number) {
    const { method, url } = wire;
    const mark = url.indexOf("?");
    this.method = method;
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.#search = mark < 0 ? "" : url.slice(mark);
    this.#wire = wire;
    this.#bodyLimit = bodyLimit;
    this.#body = new Body("ServerRequest.chunk", loop, wire);
  }

  // ---- what a wire tells

  data(chunk: Uint8Array): void {
    this.#body.push(chunk);
  }

  ended(): void {
    this.#body.finish();
  }

  interrupted(cause?: Error): void {
    if (this.#body.ended) return;
    const target = this.toString();
    const what = "the client left in the middle of its request.";
    this.#body.fail(new ServerDisconnectedError(`${target}: ${what}`, { target, cause }));
  }

  // ---- asking

  get query(): URLSearchParams {
    return (this.#query ??= new URLSearchParams(this.#search));
  }

  get headers(): Headers {
    return (this.#headers ??= readRawHeaders(this.#wire.rawHeaders));
  }

  get remoteAddress(): string {
    return this.#wire.remoteAddress;
  }

  *text(): Coroutine<string> {
    const bytes = yield* this.bytes();
    try {
      return decodeBody("ServerRequest.text", this.toString(), this.#wire.header("content-type") ?? null, bytes);
    } catch (cause) {
      throw new HttpError(400, (cause as Error).message, { cause });
    }
  }

  *json<T = unknown>(): Coroutine<T> {
    const text = yield* this.text();
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new HttpError(400, `${this.toString()}: the body is no JSON: ${(cause as Error).message}.`, { cause });
    }
  }

  *bytes(): Coroutine<Uint8Array> {
    if (this.#bytes === null) {
      this.#checkSize(Number(this.#wire.header("content-length") ?? 0));
      this.#bytes = yield* this.#body.all((size) => this.#checkSize(size));
    }
    return this.#bytes;
  }

  #checkSize(size: number): void {
    if (size <= this.#bodyLimit) return;
    throw new HttpError(413, `${this.toString()}: the body is larger than ${this.#bodyLimit} bytes.`);
  }

  *chunk(): Coroutine<Uint8Array | null> {
    return yield* this.#body.chunk();
  }

  /** Nobody will read the body any more. */
  drop(): void {
    this.#body.drop();
  }

  toString(): string {
    return `${this.method} ${this.path}`;
  }
}

/** Name, value, name, value. */
function readRawHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < raw.length; i += 2) headers.append(raw[i]!, raw[i + 1]!);
  return headers;
}
