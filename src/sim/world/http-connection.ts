import { getRunningLoop } from "../../loop/event-loop.ts";
import type { Handle } from "../../loop/handle.ts";
import type { OutgoingRequest, RequestController, RequestEvents } from "../../io/http-wire.ts";
import type { BodySink, BodySource } from "../../io/http-upload.ts";
import type { Channel, ChannelEvents, NetworkFault } from "./channel.ts";
import { type ClientMessage, OVERHEAD, type ServerMessage, hasRoom, isFull, piecesOf } from "./http-messages.ts";

// As aiohttp's connector.
const KEEP_ALIVE = 15_000;

/** Who keeps a connection. @internal */
export interface ConnectionOwner {
  /** It can carry another request. */
  onFree(): void;
  /** It cannot. */
  onBusy(): void;
  onGone(): void;
}

/**
 * A simulated client's connection: one request after the other.
 *
 * @internal
 */
export class HttpClientConnection implements ChannelEvents, RequestController, BodySink {
  readonly #host: string;
  readonly #owner: ConnectionOwner;
  #channel!: Channel;
  #isOpen = false;
  #isOver = false;
  // The request at hand; null between two of them.
  #events: RequestEvents | null = null;
  #body: BodySource | null = null;
  // What it has to say and cannot yet, or does not say yet.
  #unsent: ClientMessage[] = [];
  #allSent = false;
  #timer: Handle | null = null;

  constructor(host: string, owner: ConnectionOwner) {
    this.#host = host;
    this.#owner = owner;
  }

  attach(channel: Channel): void {
    this.#channel = channel;
  }

  // ---- requests

  carry(request: OutgoingRequest, events: RequestEvents): void {
    const { method, path: url, body } = request;
    this.#owner.onBusy();
    this.#timer?.cancel();
    this.#events = events;
    this.#allSent = false;
    this.#unsent = [{ kind: "request", method, url, rawHeaders: this.#headersOf(request) }];
    if (body === null) this.end();
    else if (body instanceof Uint8Array) {
      this.#unsent.push(...piecesOf(body));
      this.end();
    } else {
      this.#body = body;
      body.attach(this);
    }
    if (this.#isOpen) this.#begin();
  }

  #headersOf({ headers, body, method }: OutgoingRequest): string[] {
    const given = Object.entries(headers).flat();
    const raw = "host" in headers ? given : ["host", this.#host, ...given];
    if (!("connection" in headers)) raw.push("connection", "keep-alive");
    if (body === null) return /^(POST|PUT|PATCH)$/.test(method) ? [...raw, "content-length", "0"] : raw;
    if ("content-length" in headers) return raw;
    return body instanceof Uint8Array
      ? [...raw, "content-length", String(body.length)]
      : [...raw, "transfer-encoding", "chunked"];
  }

  #begin(): void {
    this.#events?.onRequestStart(this);
    // Whoever was told may have given it up.
    if (this.#isOver) return;
    const messages = this.#unsent;
    this.#unsent = [];
    for (const message of messages) this.#say(message);
    this.#body?.wanted();
  }

  #say(message: ClientMessage): void {
    if (!this.#isOpen || this.#unsent.length > 0) this.#unsent.push(message);
    else this.#channel.send(message, message.kind === "data" ? message.bytes.length : OVERHEAD);
  }

  // ---- a body, as it is written

  get destroyed(): boolean {
    return this.#isOver || this.#allSent;
  }

  push(bytes: Uint8Array): boolean {
    for (const piece of piecesOf(bytes)) this.#say(piece);
    return this.#isOpen && !isFull(this.#channel);
  }

  end(): void {
    this.#body = null;
    if (this.destroyed) return;
    this.#say({ kind: "end" });
    this.#allSent = true;
  }

  fail(error: Error): void {
    if (!this.#isOver) this.destroy(error);
  }

  // ---- what the channel tells

  opened(): void {
    this.#isOpen = true;
    this.#begin();
  }

  message(payload: unknown): void {
    const message = payload as ServerMessage;
    const events = this.#events;
    if (events === null) return;
    if (message.kind === "head") {
      events.onResponseStart(this, message.status, message.headers, message.statusText);
    } else if (message.kind === "data") events.onResponseData(this, message.bytes);
    else this.#answered(events, message.last);
  }

  #answered(events: RequestEvents, last: boolean): void {
    this.#events = null;
    if (!this.#allSent) this.#leave("reset");
    else if (last) this.#leave("close");
    else {
      this.#timer = getRunningLoop().callLater(KEEP_ALIVE, () => this.#leave("close"));
      this.#owner.onFree();
    }
    events.onResponseEnd();
  }

  delivered(): void {
    if (this.#body !== null && hasRoom(this.#channel)) this.#body.wanted();
  }

  /** The server closes it: between two requests it may. */
  ended(): void {
    if (this.#events === null) this.#leave("close");
    else this.destroy(Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }));
  }

  lost(fault: NetworkFault | null): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#owner.onGone();
    if (fault !== null) this.#fail(fault);
  }

  #fail(cause: Error): void {
    const [events, body] = [this.#events, this.#body];
    this.#events = null;
    this.#body = null;
    body?.cancel();
    events?.onResponseError(this, cause);
  }

  // ---- what is done to it

  abort(reason: Error): void {
    this.destroy(reason);
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  /** Closes it at once: its request, if it has one, fails. */
  destroy(reason: Error = new Error("The request was given up.")): void {
    this.#leave("reset");
    this.#fail(reason);
  }

  #leave(how: "reset" | "close"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#owner.onBusy();
    this.#channel[how]();
  }
}
