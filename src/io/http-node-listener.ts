import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { NodeServerWire, clientOf } from "./http-node-wire.ts";
import type { HttpAcceptor, HttpListener, ListenOptions } from "./http-wire.ts";

/**
 * A server of `node:http`, and its connections.
 *
 * @internal
 */
export class NodeHttpListener implements HttpListener {
  readonly #server: Server;
  readonly #acceptor: HttpAcceptor;
  // Each with its client's name; over TLS a request's socket is not the one that arrived, but has the same ends.
  readonly #sockets = new Map<Socket, string>();

  constructor({ host, port, tls, keepAliveTimeout }: ListenOptions, acceptor: HttpAcceptor) {
    this.#acceptor = acceptor;
    this.#server = tls === undefined ? createServer() : createSecureServer(tls);
    this.#server.keepAliveTimeout = keepAliveTimeout;
    this.#server.on("connection", (socket: Socket) => this.#watch(socket));
    this.#server.on("request", (incoming, outgoing) => this.#accept(incoming, outgoing));
    this.#server.on("error", (cause) => acceptor.failed(cause));
    this.#server.on("listening", () => this.#listening());
    this.#server.on("close", () => acceptor.disconnected());
    this.#server.listen({ port, ...(host === "" ? {} : { host }) });
  }

  #listening(): void {
    const { address, port } = this.#server.address() as AddressInfo;
    this.#acceptor.listening(address, port);
  }

  #watch(socket: Socket): void {
    this.#sockets.set(socket, clientOf(socket));
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#acceptor.disconnected();
    });
  }

  #accept(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const wire = new NodeServerWire(incoming, outgoing);
    wire.listen(this.#acceptor.accept(wire));
  }

  get connections(): number {
    return this.#sockets.size;
  }

  close(busy: ReadonlySet<string>): void {
    this.#server.close();
    for (const [socket, client] of this.#sockets) if (!busy.has(client)) socket.destroy();
  }

  drop(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
