import { type Server as NodeServer, type Socket, connect, createServer, isIP } from "node:net";
import {
  type ConnectionOptions,
  type TLSSocket,
  connect as connectSecurely,
  createServer as createSecureServer,
} from "node:tls";
import { ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { hostedLoop } from "./hosted-loop.ts";
import {
  type Acceptor,
  type Address,
  type ConnectOptions,
  type Listener,
  type Network,
  type SocketName,
  describeAddress,
  describeName,
} from "./network.ts";
import { networkError } from "./network-errors.ts";
import { NodeTransport } from "./node-transport.ts";
import type { Protocol, Transport } from "./transport.ts";

// As asyncio's.
const BACKLOG = 100;
const HANDSHAKE_TIMEOUT = 60_000;

// How it is reached, for the error where it cannot be.
/** @internal The network that Node reaches. */
export const nodeNetwork: Network = {
  connect(address: Address, options: ConnectOptions, protocol: Protocol): Transport {
    const loop = hostedLoop("openConnection");
    const target = describeAddress(address);
    const secure = options.tls !== undefined && options.tls !== false;
    checkLocalAddress(options.localAddress);
    const socket = explaining("openConnection to", target, secure, () =>
      secure ? openSecurely(address, options) : open(address, options),
    );
    const names = "path" in address ? { peername: address.path } : {};
    const transport = new NodeTransport({ loop, protocol, socket, secure, target, names });
    socket.once(secure ? "secureConnect" : "connect", () => transport.establish());
    if (secure) limitHandshake(loop, socket, options.tlsHandshakeTimeout);
    return transport;
  },

  listen(address: Address, options: ConnectOptions, acceptor: Acceptor): Listener {
    const loop = hostedLoop("startServer");
    return new NodeListener(loop, address, options, acceptor);
  },
};

// Node throws it, too, but leaves a socket behind.
function checkLocalAddress(localAddress: string | undefined): void {
  if (localAddress === undefined || isIP(localAddress) !== 0) return;
  throw new ValueError(`openConnection: localAddress is an IP address of this machine, not ${localAddress}.`);
}

/** What Node throws at once (options that contradict each other, a certificate that is none) as one of our errors. */
function explaining<T>(who: string, target: string, secure: boolean, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw networkError(who, target, error, secure);
  }
}

function open(address: Address, { localAddress }: ConnectOptions): Socket {
  return connect({
    ...address,
    ...noDelay(address),
    ...(localAddress === undefined ? {} : { localAddress }),
    allowHalfOpen: true,
  });
}

function openSecurely(address: Address, { tls, localAddress }: ConnectOptions): Socket {
  // The server is told which of its names is meant, as asyncio does; an address is not a name.
  const servername = "host" in address && isIP(address.host) === 0 ? { servername: address.host } : {};
  const settings: ConnectionOptions & { localAddress?: string } = {
    ...servername,
    ...(typeof tls === "object" ? (tls as ConnectionOptions) : {}),
    ...address,
    ...(localAddress === undefined ? {} : { localAddress }),
  };
  const socket = connectSecurely(settings);
  if ("host" in address) socket.setNoDelay(true);
  return socket;
}

/** A peer that takes the connection and then says nothing would be waited for for ever. */
function limitHandshake(loop: EventLoop, socket: Socket, timeout: number = HANDSHAKE_TIMEOUT): void {
  socket.once("connect", () => {
    const giveUp = (): void => {
      const error = new Error(`The TLS handshake took longer than ${timeout} ms.`);
      socket.destroy(Object.assign(error, { code: "ERR_TLS_HANDSHAKE_TIMEOUT" }));
    };
    const timer = loop.callLater(timeout, giveUp);
    for (const end of ["secureConnect", "close"]) socket.once(end, () => timer.cancel());
  });
}

// As asyncio: small writes go at once.
function noDelay(address: Address): { noDelay?: boolean } {
  return "host" in address ? { noDelay: true } : {};
}

class NodeListener implements Listener {
  readonly #loop: EventLoop;
  readonly #acceptor: Acceptor;
  #target: string;
  readonly #secure: boolean;
  readonly #server: NodeServer;
  // Connected, and not secure yet: they are no connections of the program, and must not outlive the listener.
  readonly #shakingHands = new Set<Socket>();

  constructor(loop: EventLoop, address: Address, options: ConnectOptions, acceptor: Acceptor) {
    const { tls, backlog = BACKLOG } = options;
    this.#loop = loop;
    this.#acceptor = acceptor;
    this.#target = describeAddress(address);
    this.#secure = tls !== undefined && tls !== false;
    if (tls === true) {
      throw new ValueError("startServer: a server with TLS needs a key and a cert: { tls: { key, cert } }.");
    }
    this.#server = explaining("startServer on", this.#target, this.#secure, () =>
      typeof tls === "object" ? this.#createSecureServer(tls, options) : this.#createServer(address),
    );
    this.#server.on("error", (cause) => acceptor.failed(networkError("startServer on", this.#target, cause, false)));
    this.#server.on("listening", () => this.#onListening());
    this.#server.listen(listenOptions(address, backlog));
  }

  #onListening(): void {
    const name = nameOf(this.#server);
    this.#target = describeName(name);
    this.#acceptor.listening([name]);
  }

  #createServer(address: Address): NodeServer {
    const server = createServer({ allowHalfOpen: true, ...noDelay(address) });
    return server.on("connection", (socket) => this.#accept(socket));
  }

  #createSecureServer(tls: object, { tlsHandshakeTimeout = HANDSHAKE_TIMEOUT }: ConnectOptions): NodeServer {
    const server = createSecureServer({ handshakeTimeout: tlsHandshakeTimeout, ...tls, noDelay: true });
    server.on("connection", (socket) => this.#watchHandshake(socket));
    server.on("secureConnection", (socket: TLSSocket) => this.#accept(socket));
    server.on("tlsClientError", (cause, socket) => this.#refuse(cause, socket));
    return server;
  }

  #watchHandshake(socket: Socket): void {
    this.#shakingHands.add(socket);
    socket.on("close", () => this.#shakingHands.delete(socket));
  }

  /** A client that failed to become one: nobody here waits for it. */
  #refuse(cause: Error, socket: Socket): void {
    socket.destroy();
    // Those that `close` dropped are no news.
    if (!this.#loop.debug || !this.#server.listening) return;
    const exception = networkError("startServer on", this.#target, cause, true);
    this.#loop.callExceptionHandler({ message: "A TLS handshake failed", exception });
  }

  #accept(socket: Socket): void {
    if (this.#secure) this.#handshakeDone(socket as TLSSocket);
    const address = this.#server.address();
    new NodeTransport({
      loop: this.#loop,
      protocol: this.#acceptor.accept(),
      socket,
      secure: this.#secure,
      target: `a client of ${this.#target}`,
      names: typeof address === "string" ? { sockname: address } : {},
    }).establish();
  }

  // The raw socket and the secure one have the same ends.
  #handshakeDone({ remotePort, remoteAddress }: TLSSocket): void {
    for (const socket of this.#shakingHands) {
      if (socket.remotePort === remotePort && socket.remoteAddress === remoteAddress) this.#shakingHands.delete(socket);
    }
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#shakingHands) socket.destroy();
  }
}

function listenOptions(
  address: Address,
  backlog: number,
): { path?: string; host?: string; port?: number; backlog: number } {
  if ("path" in address) return { path: address.path, backlog };
  // No host means every address of the machine, as in asyncio.
  return address.host === "" ? { port: address.port, backlog } : { ...address, backlog };
}

function nameOf(server: NodeServer): SocketName {
  const address = server.address();
  if (address === null) return "";
  return typeof address === "string" ? address : [address.address, address.port];
}
