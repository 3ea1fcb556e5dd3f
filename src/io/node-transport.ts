import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { EventLoop } from "../loop/event-loop.ts";
import { RuntimeError } from "../loop/errors.ts";
import { IoWait } from "./io-wait.ts";
import { type SocketName, describeName } from "./network.ts";
import { networkError } from "./network-errors.ts";
import { type TlsUpgrade, shakeHands } from "./tls-handshake.ts";
import { type Protocol, Transport } from "./transport.ts";

/** @internal What a NodeTransport is made of. */
export interface NodeConnection {
  readonly loop: EventLoop;
  readonly protocol: Protocol;
  readonly socket: Socket;
  readonly secure: boolean;
  /** Who is at the other end, for errors, as long as nothing better is known. */
  readonly target: string;
  /** The names of its ends, where the socket does not know them: those of Unix sockets. */
  readonly names: { readonly peername?: SocketName; readonly sockname?: SocketName };
}

/**
 * A socket of `node:net` or `node:tls` as a transport. It must let the peer close its half (`allowHalfOpen`), but over TLS.
 *
 * @internal
 */
export class NodeTransport extends Transport {
  #socket: Socket;
  #secure: boolean;
  readonly #names: Map<string, SocketName>;
  #target: string;
  #established = false;
  #error: Error | null = null;
  // Node destroys a socket when both halves are closed. To the program it is open until it closes it.
  #destroyed = false;
  // While a connection that was made without TLS is made secure.
  #securing: IoWait | null = null;

  constructor({ loop, protocol, socket, secure, target, names }: NodeConnection) {
    super(loop, protocol);
    this.#socket = socket;
    this.#secure = secure;
    this.#target = target;
    this.#names = new Map(Object.entries(names));
    this.#watch(socket);
  }

  #watch(socket: Socket): void {
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
  }

  readonly #onError = (cause: Error): void => {
    const what =
      this.#securing !== null ? "startTls with" : this.#established ? "The connection with" : "openConnection to";
    this.#error ??= networkError(what, this.#target, cause, this.#secure);
  };

  /** The socket is connected, and over TLS secure: bytes may go both ways. */
  establish(): void {
    this.#established = true;
    this.#noteNames();
    this.protocol.connectionMade(this);
    this.#read(this.#socket);
  }

  #read(socket: Socket): void {
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
  }

  readonly #onData = (chunk: Buffer): void => this.received(chunk);

  readonly #onEnd = (): void => this.ended();

  // They cannot be asked for once it is closed, when they are wanted for a report.
  #noteNames(): void {
    const { remoteAddress, remotePort, localAddress, localPort } = this.#socket;
    if (remoteAddress !== undefined) {
      this.#names.set("peername", [remoteAddress, remotePort ?? 0]);
      this.#target = describeName([remoteAddress, remotePort ?? 0]);
    }
    if (localAddress !== undefined) this.#names.set("sockname", [localAddress, localPort ?? 0]);
  }

  readonly #onClose = (): void => {
    this.#destroyed = true;
    const openToTheProgram = this.#established && !this.isClosing() && !this.#secure && this.#error === null;
    if (!openToTheProgram) this.lost(this.#error);
    const closed = new Error("the connection was closed");
    this.#securing?.failQuietly(this.#error ?? networkError("startTls with", this.#target, closed, true));
  };

  // Node calls it for what a destroyed socket never sent, too, without an error. Who waits for that is told by `lost`.
  readonly #onSent = (error?: Error | null): void => {
    if ((error ?? null) === null && !this.#socket.destroyed) this.sent();
  };

  protected send(data: Uint8Array): void {
    if (this.#securing !== null)
      throw new RuntimeError("write: the connection is not secure yet. Wait for startTls().");
    if (!this.#destroyed) this.#socket.write(data, this.#onSent);
  }

  protected sendEof(): void {
    this.#socket.end();
  }

  override canWriteEof(): boolean {
    return !this.#secure;
  }

  protected finish(): void {
    if (this.#destroyed) this.loop.callSoon(() => this.lost(this.#error));
    else if (this.#established) this.#socket.destroySoon();
    else this.#socket.destroy();
  }

  protected drop(): void {
    if (this.#destroyed) this.loop.callSoon(() => this.lost(this.#error));
    else this.#socket.destroy();
  }

  pauseReading(): void {
    this.#socket.pause();
  }

  resumeReading(): void {
    this.#socket.resume();
  }

  getWriteBufferSize(): number {
    return this.#socket.writableLength;
  }

  // ---- becoming secure

  override startTls(upgrade: TlsUpgrade): IoWait {
    if (this.#secure) throw new RuntimeError("startTls: the connection is secure already.");
    const raw = this.#socket;
    raw.off("data", this.#onData);
    raw.off("end", this.#onEnd);
    this.#secure = true;
    const securing = new IoWait("StreamWriter.startTls", this.loop);
    this.#securing = securing;
    try {
      shakeHands(raw, upgrade, {
        secured: (socket) => this.#secured(raw, socket),
        failed: (cause) => {
          this.#onError(cause);
          raw.destroy();
        },
      });
    } catch (cause) {
      throw networkError("startTls with", this.#target, cause, true);
    }
    return securing;
  }

  // From now on the secure socket tells how the connection fares; an error of the one below it is one of both.
  #secured(raw: Socket, socket: TLSSocket): void {
    raw.off("close", this.#onClose);
    this.#socket = socket;
    this.#watch(socket);
    this.#read(socket);
    this.#securing?.succeed();
    this.#securing = null;
  }

  override getExtraInfo(name: string, fallback: unknown = null): unknown {
    if (name === "socket") return this.#socket;
    if (this.#secure && name === "peercert") return (this.#socket as TLSSocket).getPeerCertificate();
    if (this.#secure && name === "cipher") return (this.#socket as TLSSocket).getCipher();
    return this.#names.get(name) ?? super.getExtraInfo(name, fallback);
  }

  override toString(): string {
    return `${super.toString().slice(0, -1)} ${this.#target}>`;
  }
}
