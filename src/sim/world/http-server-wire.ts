import { getRunningLoop } from "../../loop/event-loop.ts";
import { toBytes } from "../../io/bytes.ts";
import type { IncomingHeaders, OutgoingHeaders, ServerWire, ServerWireEvents } from "../../io/http-wire.ts";
import type { Channel } from "./channel.ts";
import {
  type ClientMessage,
  OVERHEAD,
  type ServerMessage,
  isFieldValue,
  isFull,
  isToken,
  piecesOf,
} from "./http-messages.ts";
import { STATUS_TEXTS } from "./http-status.ts";

type RequestMessage = Extract<ClientMessage, { kind: "request" }>;

/**
 * A request, and its answer, as a simulated server has them.
 *
 * @internal
 */
export class SimServerWire implements ServerWire {
  readonly client: string;
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly #channel: Channel;
  readonly #onOver: () => void;
  #events!: ServerWireEvents;
  // Of the request.
  #hasAll = false;
  // Of the answer.
  #hasBody = true;
  #isLast = false;
  #isFull = false;
  headersSent = false;
  complete = false;
  gone = false;

  /** @param onOver - The connection can carry the next. */
  constructor(channel: Channel, client: string, { method, url, rawHeaders }: RequestMessage, onOver: () => void) {
    this.#channel = channel;
    this.client = client;
    this.method = method;
    this.url = url;
    this.rawHeaders = rawHeaders;
    this.#onOver = onOver;
  }

  listen(events: ServerWireEvents): void {
    this.#events = events;
  }

  // ---- what its connection tells

  received(bytes: Uint8Array): void {
    this.#events.data(bytes);
  }

  receivedAll(): void {
    this.#hasAll = true;
    this.#events.ended();
    if (this.complete && !this.#isLast) this.#onOver();
  }

  drained(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#events.drained();
  }

  /** The connection is gone. */
  left(): void {
    if (this.gone) return;
    this.gone = true;
    this.#events.interrupted();
    if (!this.complete) this.#events.closed();
  }

  // ---- the request

  get remoteAddress(): string {
    return this.#channel.remoteName[0] ?? "";
  }

  header(name: string): string | undefined {
    const index = this.rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name);
    return index < 0 ? undefined : this.rawHeaders[index + 1];
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  // ---- the answer

  writeHead(status: number, given: OutgoingHeaders): void {
    if (!Number.isInteger(status) || status < 100 || status > 999) {
      throw new RangeError(`Invalid status code: ${String(status)}`);
    }
    const headers = readHeaders(given);
    this.headersSent = true;
    this.#hasBody = this.method !== "HEAD" && status !== 204 && status !== 304;
    this.#complete(headers);
    this.#say({ kind: "head", status, statusText: STATUS_TEXTS[status] ?? "unknown", headers }, OVERHEAD);
  }

  #complete(headers: IncomingHeaders): void {
    if (headers["connection"] === "close") this.#isLast = true;
    headers["connection"] ??= this.#isLast ? "close" : "keep-alive";
    if (this.#hasBody && headers["content-length"] === undefined) headers["transfer-encoding"] ??= "chunked";
  }

  #say(message: ServerMessage, byteLength: number): void {
    if (!this.gone) this.#channel.send(message, byteLength);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#hasBody) for (const piece of piecesOf(bytes)) this.#say(piece, piece.bytes.length);
    this.#isFull = isFull(this.#channel);
    return !this.#isFull;
  }

  end(body?: Uint8Array | string): void {
    if (this.complete) return;
    if (body !== undefined) this.write(toBytes("ServerWire.end", body));
    this.complete = true;
    if (this.gone) return;
    this.#say({ kind: "end", last: this.#isLast }, OVERHEAD);
    getRunningLoop().callSoon(() => this.#events.closed());
    if (this.#isLast) this.#channel.close();
    else if (this.#hasAll) this.#onOver();
  }

  destroy(): void {
    this.#channel.reset();
  }

  beLast(): void {
    this.#isLast = true;
    if (this.complete) this.#channel.close();
  }
}

/** @throws {TypeError} When one of them cannot be a header. */
function readHeaders(given: OutgoingHeaders): IncomingHeaders {
  const headers: IncomingHeaders = {};
  for (const [name, value] of Object.entries(given)) {
    if (!isToken(name)) throw new TypeError(`Header name must be a valid HTTP token ["${name}"]`);
    const values = Array.isArray(value) ? value.map(String) : [String(value)];
    if (!values.every(isFieldValue)) throw new TypeError(`Invalid character in header content ["${name}"]`);
    const key = name.toLowerCase();
    headers[key] = Array.isArray(value) && key === "set-cookie" ? values : values.join(", ");
  }
  return headers;
}
