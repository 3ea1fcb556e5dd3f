import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { OutgoingRequest, RequestEvents } from "./http-wire.ts";
import { loadPeer } from "./peer-package.ts";

// What is used of undici 7: `dispatch`, which calls back, and no promise of its.

/** @internal */
export interface DispatchOptions extends Omit<OutgoingRequest, "body"> {
  readonly body: Uint8Array | Readable | null;
}

/** @internal */
export type ConnectCallback = (error: Error | null, socket: Socket | null) => void;

/** @internal Begins to connect. */
export type Connector = (options: object, callback: ConnectCallback) => Socket;

/** @internal A connection to an origin, or a pool of them. */
export interface Dispatcher {
  dispatch(options: DispatchOptions, handler: RequestEvents): boolean;
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
