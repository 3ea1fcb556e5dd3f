import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle } from "../loop/handle.ts";
import { plain } from "./bytes.ts";
import { describeName } from "./network.ts";
import { networkError } from "./network-errors.ts";
import type { CloseFrame } from "./websocket-close.ts";
import { OPEN, type WsOptions, type WsSocket } from "./websocket-driver.ts";
import type { WebSocketSettings } from "./websocket-options.ts";
import type { Message, Wire, WireEvents } from "./websocket-wire.ts";

// The longest time, and the largest size, that `ws` and Node's timers take.
const MOST = 2 ** 31 - 1;

/** @internal How `ws` is told what was asked for, on both sides. */
export function wsOptions({ maxSize, closeTimeout, compression }: WebSocketSettings): WsOptions {
  return {
    maxPayload: Math.min(maxSize, MOST),
    // When the peer closes; when this side does, the connection sees to it.
    closeTimeout: Math.min(closeTimeout, MOST),
    perMessageDeflate: compression === "deflate",
  };
}

/** @internal */
export interface NodeWireOptions {
  readonly loop: EventLoop;
  readonly socket: WsSocket;
  readonly target: string;
  readonly closeTimeout: number;
}

/**
 * A socket of `ws` as a wire.
 *
 * @internal
 */
export class NodeWire implements Wire {
  readonly #loop: EventLoop;
  readonly #socket: WsSocket;
  readonly #target: string;
  readonly #closeTimeout: number;
  #events: WireEvents | null = null;
  #timer: Handle | null = null;
  // What we began to close with; what `ws` closed with, where the peer broke the rules; what broke.
  #closedWith: CloseFrame | null = null;
  #violation: CloseFrame | null = null;
  #cause: unknown = undefined;

  constructor({ loop, socket, target, closeTimeout }: NodeWireOptions) {
    this.#loop = loop;
    this.#socket = socket;
    this.#target = target;
    this.#closeTimeout = closeTimeout;
  }

  /** The connection is open. `handshake` is the peer's part of it; its socket tells what `ws` does not. */
  opened(events: WireEvents, handshake: IncomingMessage, path: string): void {
    this.#events = events;
    const stream = handshake.socket;
    stream.on("error", (cause) => {
      this.#cause ??= networkError("the connection with", this.#target, cause, "encrypted" in stream);
    });
    stream.on("end", () => this.#limitClosing());
    this.#listen(events);
    events.open({
      subprotocol: this.#socket.protocol === "" ? null : this.#socket.protocol,
      path,
      remoteAddress: peerOf(stream),
      headers: handshake.headers,
    });
  }

  #listen(events: WireEvents): void {
    this.#socket.on("message", (data, isBinary) => events.message(isBinary ? plain(data) : data.toString()));
    this.#socket.on("pong", (data) => events.pong(data.toString()));
    this.#socket.on("error", (error) => this.#broken(error));
    this.#socket.on("close", (code, reason) => this.#ended(code, reason.toString()));
  }

  // The peer has hung up. What it will never read must not keep the connection.
  #limitClosing(): void {
    this.#timer ??= this.#loop.callLater(this.#closeTimeout, () => this.terminate());
  }

  #broken(error: Error): void {
    this.#cause ??= error;
    const code = codeFor(error);
    if (code !== null) this.#violation = { code, reason: "" };
  }

  #ended(code: number, reason: string): void {
    this.#timer?.cancel();
    const received = code === 1006 ? null : { code, reason };
    const sent = this.#closedWith ?? this.#violation ?? received;
    this.#events!.lost({ received, sent, peerFirst: this.#closedWith === null, cause: this.#cause });
  }

  // ---- what a connection does

  get isOpen(): boolean {
    return this.#socket.readyState === OPEN;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  readonly #onSent = (error?: Error | null): void => {
    if (!error) this.#events!.sent();
  };

  send(message: Message): void {
    this.#socket.send(message, this.#onSent);
  }

  ping(payload: string): void {
    if (this.isOpen) this.#socket.ping(payload);
  }

  close(code: number, reason: string): void {
    if (this.isOpen) this.#closedWith = { code, reason };
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined ? "" : describeName([remoteAddress, remotePort ?? 0]);
}

/** What `ws` closes with when the peer breaks the rules; null when the error is of another kind. */
function codeFor(error: Error): number | null {
  const { code } = error as { code?: string };
  if (code === undefined || !code.startsWith("WS_ERR_")) return null;
  if (code === "WS_ERR_INVALID_UTF8") return 1007;
  if (code === "WS_ERR_TOO_MANY_BUFFERED_PARTS") return 1008;
  return /_(MESSAGE|DATA_PAYLOAD)_LENGTH$/.test(code) ? 1009 : 1002;
}
