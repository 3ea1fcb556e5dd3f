import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { loadPeer } from "./peer-package.ts";

// What is used of undici 7: `dispatch`, which calls back, and no promise of its.

/** @internal */
export interface DispatchController {
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

/** @internal */
export type IncomingHeaders = Record<string, string | string[] | undefined>;

/** @internal Who is told how a request fares. */
export interface DispatchHandler {
  onRequestStart(controller: DispatchController, context: unknown): void;
  onResponseStart(
    controller: DispatchController,
    statusCode: number,
    headers: IncomingHeaders,
    statusMessage?: string,
  ): void;
  onResponseData(controller: DispatchController, chunk: Uint8Array): void;
  onResponseEnd(controller: DispatchController, trailers: IncomingHeaders): void;
  onResponseError(controller: DispatchController, error: Error): void;
}

/** @internal */
export interface DispatchOptions {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | Readable | null;
  readonly headersTimeout: 0;
  readonly bodyTimeout: 0;
  /** Ours: is told of the connection that is begun for it, if one is. */
  readonly onConnecting: (socket: Socket) => void;
}

/** @internal */
export type ConnectCallback = (error: Error | null, socket: Socket | null) => void;

/** @internal Begins to connect. */
export type Connector = (options: object, callback: ConnectCallback) => Socket;

/** @internal A connection to an origin, or a pool of them. */
export interface Dispatcher {
  dispatch(options: DispatchOptions, handler: DispatchHandler): boolean;
  destroy(error: Error, callback: () => void): void;
}

/** @internal */
export interface Undici {
  readonly Pool: new (origin: string, options: object) => Dispatcher;
  readonly Client: new (origin: string, options: object) => Dispatcher;
  buildConnector(options: object): Connector;
}

/** @internal @throws {MissingPackageError} */
export function loadUndici(): Undici {
  return loadPeer("escapement/http", "undici") as Undici;
}
