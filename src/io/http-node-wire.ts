import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServerWire, ServerWireEvents } from "./http-wire.ts";

// Bytes: above that, turning them into text costs more than a second piece.
const SHORT = 4096;

/**
 * A request and its answer, as `node:http` has them.
 *
 * @internal
 */
export class NodeServerWire implements ServerWire {
  readonly client: string;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #events: ServerWireEvents | null = null;

  constructor(client: string, incoming: IncomingMessage, outgoing: ServerResponse) {
    this.client = client;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  listen(events: ServerWireEvents): void {
    this.#events = events;
    const incoming = this.#incoming;
    incoming.on("data", (chunk: Uint8Array) => events.data(chunk));
    incoming.on("end", () => events.ended());
    incoming.on("error", (cause) => events.interrupted(cause));
    incoming.on("close", () => events.interrupted());
    const outgoing = this.#outgoing;
    outgoing.on("error", () => {});
    outgoing.on("close", () => events.closed());
  }

  // ---- the request

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

  setHeader(name: string, value: string | number | readonly string[]): void {
    this.#outgoing.setHeader(name, value);
  }

  clearHeaders(): void {
    for (const name of this.#outgoing.getHeaderNames()) this.#outgoing.removeHeader(name);
  }

  writeHead(status: number): void {
    this.#outgoing.writeHead(status);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#outgoing.write(bytes)) return true;
    this.#outgoing.once("drain", () => this.#events!.drained());
    return false;
  }

  end(bytes?: Uint8Array): void {
    if (bytes === undefined) this.#outgoing.end();
    // Text goes out in one piece with the head; as Latin-1 it is a character for each byte. (bench:io: "http-get")
    else if (bytes.length <= SHORT) this.#outgoing.end(asBuffer(bytes).toString("latin1"), "latin1");
    else this.#outgoing.end(bytes);
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

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
