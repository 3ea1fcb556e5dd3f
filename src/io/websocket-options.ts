import type { ConnectionOptions, TlsOptions } from "node:tls";
import { ValueError } from "../loop/errors.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";

/** How a WebSocket connection is kept. The defaults are those of Python's `websockets`, in milliseconds. */
export interface WebSocketOptions {
  /** How long the opening handshake may take, connecting included. Default 10,000. */
  openTimeout?: number;
  /** How often the peer is asked whether it is there; null for never. Default 20,000. */
  pingInterval?: number | null;
  /**
   * How long its answer may take, before the connection is closed with 1011; null for ever. Default 20,000. A program that
   * does not receive for so long, while messages come, is no peer either: the answer waits behind them.
   */
  pingTimeout?: number | null;
  /** How long the closing handshake may take, before the connection is dropped. Default 10,000. */
  closeTimeout?: number;
  /** The longest message that is accepted, in bytes. A longer one closes the connection with 1009. Default 1 MiB. */
  maxSize?: number;
  /**
   * How many messages may wait to be received. With more, nothing is read from the socket until a quarter is left. What one
   * read of the socket brought is kept whole. Default 16.
   */
  maxQueue?: number;
  /** How many bytes may wait to be sent before `send` waits, until a quarter is left. Default 32 KiB. */
  writeLimit?: number;
  /** Of a client: those it would speak. Of a server: those it can, the best first. */
  subprotocols?: readonly string[];
  /** Messages are compressed where the peer agrees (permessage-deflate). Default null: costs memory and time. */
  compression?: "deflate" | null;
  /** Of a client: headers of its request. */
  headers?: Readonly<Record<string, string>>;
  /** Of a client: what it says it is a page of. */
  origin?: string;
  /** Of a server: pages of these origins may connect, others get 403; null stands for clients that name none. Default: all. */
  origins?: readonly (string | null)[];
  /** Options of `node:tls`. A client needs them for certificates of its own; a server becomes secure by `key` and `cert`. */
  tls?: ConnectionOptions | TlsOptions;
}

type Defaulted =
  | "openTimeout"
  | "pingInterval"
  | "pingTimeout"
  | "closeTimeout"
  | "maxSize"
  | "maxQueue"
  | "writeLimit"
  | "subprotocols"
  | "compression";

/** @internal */
export type WebSocketSettings = WebSocketOptions & Required<Pick<WebSocketOptions, Defaulted>>;

const DEFAULTS: Required<Pick<WebSocketOptions, Defaulted>> = {
  openTimeout: 10_000,
  pingInterval: 20_000,
  pingTimeout: 20_000,
  closeTimeout: 10_000,
  maxSize: 2 ** 20,
  maxQueue: 16,
  writeLimit: 2 ** 15,
  subprotocols: [],
  compression: null,
};

/**
 * @internal
 * @throws {TypeError} @throws {ValueError} When an option cannot be meant.
 */
export function webSocketSettings(who: string, options: WebSocketOptions): WebSocketSettings {
  const settings = { ...DEFAULTS, ...withoutUndefined(options) };
  for (const name of ["openTimeout", "closeTimeout"] as const) checkMilliseconds(who, name, settings[name]);
  for (const name of ["pingInterval", "pingTimeout"] as const) {
    if (settings[name] !== null) checkMilliseconds(who, name, settings[name]);
  }
  for (const name of ["maxSize", "maxQueue", "writeLimit"] as const) checkCount(who, name, settings[name]);
  return settings;
}

/** @internal A URL as it may stand in an error. */
export function withoutPassword(url: string): string {
  return url.replace(/^([\w+.-]+:\/\/)[^/?#]*@/, "$1");
}

// `{ maxSize: undefined }` means the default, not none.
function withoutUndefined(options: WebSocketOptions): WebSocketOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkCount(who: string, what: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw new ValueError(`${who}: ${what} is a whole number from 1 on, not ${String(value)}.`);
}
