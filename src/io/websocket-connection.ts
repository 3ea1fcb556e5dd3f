import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle } from "../loop/handle.ts";
import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { IoWait } from "./io-wait.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";
import { checkClose } from "./websocket-close.ts";
import { type ConnectionClosed, ConnectionClosedOK, type ConnectionEnd, connectionClosed } from "./websocket-errors.ts";
import { Inbox } from "./websocket-inbox.ts";
import { KeepAlive } from "./websocket-keep-alive.ts";
import type { WebSocketSettings } from "./websocket-options.ts";
import { Pings } from "./websocket-pings.ts";
import type { Message, Wire, WireEvents, WireFacts } from "./websocket-wire.ts";

/** @internal */
export interface ConnectionOptions {
  readonly loop: EventLoop;
  /** Who is at the other end, for errors. */
  readonly target: string;
  readonly settings: WebSocketSettings;
}

/**
 * One end of a WebSocket connection. `using(connection, body)` closes it at the end of the body: with 1000, or with 1011
 * when the body threw.
 *
 * One task at a time receives; any number may send.
 *
 * @example
 * const echo = yield* serve(function* (connection) {
 *   for (let text; (text = yield* connection.next()) !== null;) yield* connection.send(text);
 * }, "127.0.0.1", 0);
 * yield* using(echo, function* () {
 *   yield* using(yield* connect(`ws://127.0.0.1:${echo.port}`), function* (connection) {
 *     yield* connection.send("tick");
 *     print(yield* connection.recv()); //=> "tick"
 *   });
 * });
 * @see Python's `websockets.asyncio.connection.Connection`
 */
export class Connection implements ContextManager<Connection>, OpenResource, WireEvents {
  readonly #loop: EventLoop;
  readonly #target: string;
  readonly #inbox: Inbox;
  readonly #pings: Pings;
  readonly #keepAlive: KeepAlive;
  readonly #writeLimit: number;
  readonly #closeTimeout: number;
  readonly #writers = new Set<IoWait>();
  readonly #gone: IoWait;
  #wire: Wire | null = null;
  #facts: WireFacts | null = null;
  #closing = false;
  #closeDeadline: Handle | null = null;
  // How many messages were handed to the wire and have not gone.
  #unsent = 0;
  // Null until it is over; `failed` is an end, too.
  #end: ConnectionEnd | null = null;
  /** @internal When it is open; an error when that does not come about. */
  readonly opened: IoWait;

  static {
    for (const method of ["send", "recv", "next", "ping", "close", "exit", "waitClosed"] as const) {
      coroutine(this.prototype[method]);
    }
  }

  /** @internal Made by connect and by a server. */
  constructor({ loop, target, settings }: ConnectionOptions) {
    this.#loop = loop;
    this.#target = target;
    this.#writeLimit = settings.writeLimit;
    this.#closeTimeout = settings.closeTimeout;
    this.#gone = new IoWait("Connection.close", loop);
    this.opened = new IoWait("connect", loop);
    const source = { pause: () => this.#wire?.pause(), resume: () => this.#wire?.resume() };
    this.#inbox = new Inbox(loop, source, settings.maxQueue);
    this.#pings = new Pings(loop, (payload) => this.#wire?.ping(payload));
    this.#keepAlive = new KeepAlive(
      loop,
      settings,
      () => this.#pings.begin(),
      () => this.startClosing(1011, "keepalive ping timeout"),
    );
  }

  /** @internal */
  attach(wire: Wire): void {
    this.#wire = wire;
    remember(this.#loop, this);
  }

  // ---- what a wire tells

  /** @internal */
  open(facts: WireFacts): void {
    this.#facts = facts;
    this.#keepAlive.start();
    this.opened.succeed();
  }

  /** @internal */
  message(message: Message): void {
    this.#inbox.put(message);
  }

  /** @internal */
  pong(payload: string): void {
    this.#pings.answered(payload);
  }

  /** @internal */
  sent(): void {
    this.#unsent -= 1;
    // Pings and pongs are in the buffer, too, and nobody says when they have gone.
    if (this.#unsent > 0 && this.#wire!.bufferedAmount * 4 > this.#writeLimit) return;
    for (const writer of this.#writers) writer.succeed();
  }

  /** @internal */
  lost(end: ConnectionEnd): void {
    this.#end = end;
    forget(this.#loop, this);
    this.#keepAlive.stop();
    this.#closeDeadline?.cancel();
    this.#inbox.end();
    this.#pings.fail(() => this.#closedError("Connection.ping", end));
    for (const writer of this.#writers) writer.succeed();
    this.#gone.succeed();
  }

  /** @internal */
  failed(error: Error): void {
    this.opened.failQuietly(error);
    this.lost({ received: null, sent: null, peerFirst: false, cause: error });
  }

  // ---- receiving

  /**
   * The next message: a string, or bytes, as it was sent. Messages that came before the connection was closed come first.
   *
   * @throws {ConnectionClosed} When there is none, and none will come.
   * @throws {RuntimeError} When another task waits for one.
   */
  *recv(): Coroutine<Message> {
    const message = yield* this.#inbox.take("Connection.recv");
    if (message === null) throw this.#closedError("Connection.recv");
    return message;
  }

  /**
   * As recv; null once the connection was closed normally. It ends a loop:
   *
   *     for (let message; (message = yield* connection.next()) !== null;) …
   *
   * @throws {ConnectionClosedError} When it was not closed normally.
   */
  *next(): Coroutine<Message | null> {
    const message = yield* this.#inbox.take("Connection.next");
    if (message !== null) return message;
    const error = this.#closedError("Connection.next");
    if (error instanceof ConnectionClosedOK) return null;
    throw error;
  }

  // ---- sending

  /**
   * Sends a message: a string as text, bytes as they are; they must not change until they have gone. Waits while more than
   * `writeLimit` bytes wait to be sent. Cancelled in that wait, the message is sent all the same.
   *
   * @throws {ConnectionClosed} When it is closed, or is lost meanwhile.
   */
  *send(message: Message): Coroutine<void> {
    checkMessage(message);
    const wire = this.#wire!;
    if (!this.#isOpen) yield* this.#refuse("Connection.send");
    this.#unsent += 1;
    wire.send(message);
    if (wire.bufferedAmount > this.#writeLimit) yield* this.#drained();
  }

  *#drained(): Coroutine<void> {
    const writer = new IoWait("Connection.send", this.#loop);
    this.#writers.add(writer);
    try {
      yield* writer;
    } finally {
      this.#writers.delete(writer);
    }
    if (this.#end !== null) throw this.#closedError("Connection.send");
  }

  /**
   * Asks the peer whether it is there.
   *
   * @returns How long the answer took, in milliseconds.
   * @throws {ConnectionClosed} When it is closed before the answer comes.
   */
  *ping(): Coroutine<number> {
    if (!this.#isOpen) yield* this.#refuse("Connection.ping");
    return yield* this.#pings.begin();
  }

  get #isOpen(): boolean {
    return this.#end === null && this.#wire!.isOpen;
  }

  // Why it is closed is known when it is over: that is waited for.
  *#refuse(who: string): Coroutine<never> {
    yield* this.waitClosed();
    throw this.#closedError(who);
  }

  // ---- closing

  /**
   * Says goodbye, and waits until the connection is closed; after `closeTimeout` it is dropped. It is no error that it is
   * closed already. Cancelled, it drops the connection at once.
   *
   * @throws {ValueError} When the code or the reason cannot be sent.
   */
  *close(code: number = 1000, reason: string = ""): Coroutine<void> {
    checkClose("Connection.close", { code, reason });
    this.startClosing(code, reason);
    try {
      yield* this.waitClosed();
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  /** Waits until it is closed, whoever closes it. */
  *waitClosed(): Coroutine<void> {
    yield* this.#gone.join();
  }

  /** @internal Says goodbye, and does not wait. */
  startClosing(code: number, reason: string): void {
    if (this.#closing || this.#end !== null) return;
    this.#closing = true;
    this.#keepAlive.stop();
    this.#closeDeadline = this.#loop.callLater(this.#closeTimeout, () => this.#wire?.terminate());
    this.#wire?.close(code, reason);
    this.#inbox.dropWhatIsTooMuch();
  }

  /** @internal Drops it, whatever state it is in. */
  terminate(): void {
    this.#closing = true;
    this.#keepAlive.stop();
    this.#wire?.terminate();
  }

  /** Whether it is closed, or about to be: nothing can be sent. */
  get closed(): boolean {
    return this.#end !== null || this.#closing || this.#wire?.isOpen === false;
  }

  #closedError(who: string, end: ConnectionEnd = this.#end!): ConnectionClosed {
    return connectionClosed(who, this.#target, end);
  }

  enter(): Awaitable<Connection> {
    return new Instantly("Connection.enter", () => this);
  }

  /** Closes it: with 1011, when there is an error. */
  *exit(...left: [error?: unknown]): Coroutine<void> {
    yield* this.close(left.length > 0 ? 1011 : 1000);
  }

  /** @internal */
  abandon(): boolean {
    const wasInUse = this.#facts !== null && !this.#closing && this.#wire!.isOpen;
    this.terminate();
    return wasInUse;
  }

  // ---- asking

  /** The subprotocol that both sides speak; null for none. */
  get subprotocol(): string | null {
    return this.#facts?.subprotocol ?? null;
  }

  /** The path that the client asked for, with its query: `/room?name=attic`. */
  get path(): string {
    return this.#facts?.path ?? "";
  }

  /** Address and port of the peer, as in `127.0.0.1:8080`. */
  get remoteAddress(): string {
    return this.#facts?.remoteAddress ?? "";
  }

  /** What the peer said in the opening handshake. Names are in lower case. */
  get headers(): WireFacts["headers"] {
    return this.#facts?.headers ?? {};
  }

  toString(): string {
    const state =
      this.#facts === null ? "connecting" : this.#end !== null ? "closed" : this.closed ? "closing" : "open";
    return `<Connection ${state} ${this.#target}>`;
  }
}

function checkMessage(message: unknown): void {
  if (typeof message === "string" || message instanceof Uint8Array) return;
  const found = message === null ? "null" : typeof message;
  throw new TypeError(`Connection.send: a string or bytes (Uint8Array) were expected, not ${found}.`);
}
