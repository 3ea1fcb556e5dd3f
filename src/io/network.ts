import { ContextVar } from "../loop/context.ts";
import { ValueError } from "../loop/errors.ts";
import type { ConnectionOptions, TlsOptions } from "node:tls";
import type { Protocol, Transport } from "./transport.ts";

// The seam between the streams and what carries them. Node's is node-network.ts; a simulation binds its own to `network`,
// in the context in which it starts a program, and the program's openConnection and startServer reach that one.

/** Where to connect to, or to listen. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** The name of one end of a connection: host and port, or the path of a Unix socket. */
export type SocketName = readonly [host: string, port: number] | string;

/** How a connection is made, or a server started. */
export interface ConnectOptions {
  /** TLS: true, or options of `node:tls` (`ca`, `cert`, `key`, `servername`, `rejectUnauthorized`, `ALPNProtocols` …). A server needs `key` and `cert`. */
  tls?: boolean | ConnectionOptions | TlsOptions;
  /** The readers' limit; see StreamReaderOptions. */
  limit?: number;
  /** Connects from this address of the machine. */
  localAddress?: string;
  /** How long a TLS handshake may take, in milliseconds. Default: a minute. */
  tlsHandshakeTimeout?: number;
  /** How many connections may wait to be accepted by a server. Default 100. */
  backlog?: number;
}

/** @internal What carries bytes between programs. */
export interface Network {
  /**
   * Begins to connect. Success is told to `protocol.connectionMade`, failure to `protocol.connectionLost`, later.
   *
   * @returns What `abort()` gives the attempt up with; and the transport, once connected.
   */
  connect(address: Address, options: ConnectOptions, protocol: Protocol): Transport;
  /** Begins to listen, and tells `acceptor` what comes of it, later. */
  listen(address: Address, options: ConnectOptions, acceptor: Acceptor): Listener;
}

/** @internal Who wants connections. */
export interface Acceptor {
  /** From now on connections are accepted, at these addresses. */
  listening(names: readonly SocketName[]): void;
  /** It cannot listen; or, after `listening`, could not accept a connection. */
  failed(error: Error): void;
  /** A protocol for a connection that has arrived: its `connectionMade` is called next. */
  accept(): Protocol;
}

/** @internal What `close()` stops. Connections that were accepted live on. */
export interface Listener {
  close(): void;
}

/** @internal What programs of this context reach; where nothing is bound, the host's own. */
export const network: ContextVar<Network> = new ContextVar<Network>("network");

/** @internal As errors name it. */
export function describeName(name: SocketName): string {
  if (typeof name === "string") return name;
  const [host, port] = name;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @internal */
export function describeAddress(address: Address): string {
  return describeName("path" in address ? address.path : [address.host, address.port]);
}

/** @internal @throws {TypeError} @throws {ValueError} When it cannot be an address. */
export function checkAddress(who: string, address: Address): void {
  const name: unknown = "path" in address ? address.path : address.host;
  if (typeof name !== "string") {
    const what = "path" in address ? "path" : "host";
    throw new TypeError(`${who}: a ${what} is a string, not ${name === null ? "null" : typeof name}.`);
  }
  if ("path" in address) return;
  const { port } = address;
  if (typeof port !== "number") throw new TypeError(`${who}: a port is a number, not ${typeof port}.`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ValueError(`${who}: a port is a whole number from 0 to 65535, not ${port}.`);
  }
}
