import { type IncomingMessage, type Server as HttpServer, type ServerResponse, createServer } from "node:http";
import { type ServerOptions, createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle } from "../loop/handle.ts";
import { describeName } from "./network.ts";
import { networkError } from "./network-errors.ts";
import { type VerifyClient, type WsServer, type WsSocket, loadWs } from "./websocket-driver.ts";
import { NodeWire, wsOptions } from "./websocket-node-wire.ts";
import type { WebSocketSettings } from "./websocket-options.ts";
import type { WireAcceptor } from "./websocket-wire.ts";

/** @internal */
export interface ListenerOptions {
  readonly loop: EventLoop;
  readonly host: string;
  readonly port: number;
  readonly settings: WebSocketSettings;
  readonly acceptor: WireAcceptor;
}

interface Guest {
  readonly socket: Socket;
  readonly deadline: Handle;
}

/**
 * An HTTP server of Node's whose clients become WebSockets, or leave.
 *
 * @internal
 */
export class NodeListener {
  readonly #loop: EventLoop;
  readonly #settings: WebSocketSettings;
  readonly #acceptor: WireAcceptor;
  readonly #http: HttpServer;
  readonly #ws: WsServer;
  #target: string;
  // Those that are no WebSockets yet, by address: over TLS there are two sockets for one client, with the same ends.
  readonly #guests = new Map<string, Guest>();

  constructor({ loop, host, port, settings, acceptor }: ListenerOptions) {
    this.#loop = loop;
    this.#settings = settings;
    this.#acceptor = acceptor;
    this.#target = describeName([host, port]);
    this.#ws = new (loadWs().WebSocketServer)({
      ...wsOptions(settings),
      noServer: true,
      clientTracking: false,
      handleProtocols: (offered) => settings.subprotocols.find((name) => offered.has(name)) ?? false,
      verifyClient: verifier(settings),
    });
    this.#http = this.#createServer();
    this.#listen(host, port);
  }

  #createServer(): HttpServer {
    const { tls } = this.#settings;
    if (tls === undefined) return createServer(refuse);
    try {
      return createSecureServer(tls as ServerOptions, refuse);
    } catch (cause) {
      throw networkError("serve on", this.#target, cause, true);
    }
  }

  #listen(host: string, port: number): void {
    const http = this.#http;
    http.on("connection", (socket: Socket) => this.#arrived(socket));
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#ws.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, request));
    });
    http.on("error", (cause) => this.#acceptor.failed(networkError("serve on", this.#target, cause, false)));
    http.on("tlsClientError", (cause, socket) => this.#handshakeFailed(cause, socket));
    http.on("listening", () => this.#listening());
    http.listen(host === "" ? { port } : { host, port });
  }

  #listening(): void {
    const { address, port } = this.#http.address() as AddressInfo;
    this.#target = describeName([address, port]);
    this.#acceptor.listening(port, this.#target);
  }

  #arrived(socket: Socket): void {
    const name = nameOf(socket);
    const deadline = this.#loop.callLater(this.#settings.openTimeout, () => socket.destroy());
    this.#guests.set(name, { socket, deadline });
    socket.on("close", () => this.#forget(name, socket));
  }

  #forget(name: string, socket?: Socket): void {
    const guest = this.#guests.get(name);
    if (guest === undefined || (socket !== undefined && guest.socket !== socket)) return;
    guest.deadline.cancel();
    this.#guests.delete(name);
  }

  #accept(socket: WsSocket, request: IncomingMessage): void {
    const name = nameOf(request.socket);
    this.#forget(name);
    const target = `client ${name} of ${this.#target}`;
    const wire = new NodeWire({ loop: this.#loop, socket, target, closeTimeout: this.#settings.closeTimeout });
    wire.opened(this.#acceptor.accept(wire, target), request, request.url ?? "/");
  }

  /** A client that failed to become one: nobody here waits for it. */
  #handshakeFailed(cause: Error, socket: Socket): void {
    socket.destroy();
    if (!this.#loop.debug || !this.#http.listening) return;
    const exception = networkError("serve on", this.#target, cause, true);
    this.#loop.callExceptionHandler({ message: "A TLS handshake failed", exception });
  }

  close(): void {
    this.#http.close();
    for (const { socket } of this.#guests.values()) socket.destroy();
  }
}

function nameOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return describeName([remoteAddress, remotePort]);
}

/** It is a WebSocket server, and nothing else. */
function refuse(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { "content-type": "text/plain", connection: "close", upgrade: "websocket" });
  response.end("This is a WebSocket server.\n");
}

function verifier({ origins }: WebSocketSettings): VerifyClient {
  return ({ origin }, done) => {
    if (origins === undefined || origins.includes(origin ?? null)) done(true);
    else done(false, 403);
  };
}
