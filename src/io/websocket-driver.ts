import type { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { loadPeer } from "./peer-package.ts";

// What is used of `ws`: its callbacks and events. It makes no promise.

/** @internal */
export interface WsSocket extends EventEmitter {
  readonly readyState: 0 | 1 | 2 | 3;
  readonly bufferedAmount: number;
  readonly protocol: string;
  send(data: string | Uint8Array, callback: (error?: Error) => void): void;
  ping(data: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  pause(): void;
  resume(): void;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
  on(event: "pong", listener: (data: Buffer) => void): this;
  on(event: "close", listener: (code: number, reason: Buffer) => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "open", listener: () => void): this;
  on(event: "upgrade", listener: (response: IncomingMessage) => void): this;
  on(event: "unexpected-response", listener: (request: ClientRequest, response: IncomingMessage) => void): this;
}

/** @internal */
export interface WsOptions {
  readonly maxPayload: number;
  readonly closeTimeout: number;
  readonly perMessageDeflate: boolean;
}

/** @internal */
export interface WsServer extends EventEmitter {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    callback: (socket: WsSocket, request: IncomingMessage) => void,
  ): void;
}

/** @internal Whether a client may connect: the answer goes to `done`. */
export type VerifyClient = (
  info: { readonly origin: string | undefined },
  done: (verified: boolean, status?: number) => void,
) => void;

interface WsServerOptions extends WsOptions {
  readonly noServer: true;
  readonly clientTracking: false;
  readonly handleProtocols: (offered: Set<string>) => string | false;
  readonly verifyClient: VerifyClient;
}

interface Ws {
  readonly WebSocket: new (url: string, protocols: readonly string[], options: object) => WsSocket;
  readonly WebSocketServer: new (options: WsServerOptions) => WsServer;
}

/** @internal `readyState` of a socket that can send. */
export const OPEN = 1;

/** @internal @throws {MissingPackageError} */
export function loadWs(): Ws {
  return loadPeer("escapement/websocket", "ws") as Ws;
}
