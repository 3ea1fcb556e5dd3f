import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from "node:http";
import type { Socket } from "node:net";
import type { OutgoingHeaders, ServerWire, ServerWireEvents } from "./http-wire.ts";

const ignore = (): void => {};

/**
 * A request and its answer, as `node:http` has them.
 *
 * @internal
 */
export class NodeServerWire implements ServerWire {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #events: ServerWireEvents | null = null;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  listen(events: ServerWireEvents): void {
    this.#events = events;
    if (this.#hasBody) this.#receive(events);
    // Node drops what is not read: a stream that is never opened costs nothing. (bench:io: "http-get")
    else events.ended();
    const outgoing = this.#outgoing;
    outgoing.on("error", ignore);
    outgoing.on("close", () => events.closed());
  }

  // RFC 9112, section 6: one of the two says that a request has a body.
  get #hasBody(): boolean {
    const { headers } = this.#incoming;
    return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
  }

  #receive(events: ServerWireEvents): void {
    const incoming = this.#incoming;
    incoming.on("data", (chunk: Uint8Array) => events.data(chunk));
    incoming.on("end", () => events.ended());
    incoming.on("error", (cause) => events.interrupted(cause));
    incoming.on("close", () => events.interrupted());
  }

  // ---- the request

  get client(): string {
    return clientOf(this.#incoming.socket);
  }

  get remoteAddress(): string {
    return this.#incoming.socket.remoteAddress ?? "";
  }

  get method(): string {
    return this.#incoming.method ?? "GET";
  }

  get url(): string {
    return this.#incoming.url ?? "/";
  }

  get rawHeaders(): readonly string[] {
    return this.#incoming.rawHeaders;
  }

  header(name: string): string | undefined {
    return this.#incoming.headers[name] as string | undefined;
  }

  pause(): void {
    this.#incoming.pause();
  }

  resume(): void {
    this.#incoming.resume();
  }

  // ---- the answer

  get headersSent(): boolean {
    return this.#outgoing.headersSent;
  }

  get complete(): boolean {
    return this.#outgoing.writableEnded;
  }

  get gone(): boolean {
    return this.#outgoing.destroyed;
  }

  writeHead(status: number, headers: OutgoingHeaders): void {
    // Before any of them is taken: what Node has taken of a head that fails would be in the next.
    for (const name of Object.keys(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, headers[name] as string);
    }
    this.#outgoing.writeHead(status, headers as OutgoingHttpHeaders);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#outgoing.write(bytes)) return true;
    this.#outgoing.once("drain", () => this.#events!.drained());
    return false;
  }

  end(body?: Uint8Array | string): void {
    this.#outgoing.end(body);
  }

  destroy(): void {
    this.#outgoing.destroy();
  }

  beLast(): void {
    const { socket } = this.#incoming;
    this.#outgoing.shouldKeepAlive = false;
    this.#outgoing.on("finish", () => socket.destroySoon());
  }
}

/** @internal Who is at the other end of a connection. */
export function clientOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
