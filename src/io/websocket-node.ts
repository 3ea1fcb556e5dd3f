import type { IncomingMessage } from "node:http";
import { ValueError } from "../loop/errors.ts";
import { hostedLoop } from "./hosted-loop.ts";
import { networkError } from "./network-errors.ts";
import { type WsSocket, loadWs } from "./websocket-driver.ts";
import { InvalidHandshake, statusError } from "./websocket-errors.ts";
import { NodeListener } from "./websocket-node-listener.ts";
import { NodeWire, wsOptions } from "./websocket-node-wire.ts";
import { type WebSocketSettings, withoutPassword } from "./websocket-options.ts";
import type { WebSocketCarrier, Wire, WireAcceptor, WireEvents } from "./websocket-wire.ts";

/** @internal WebSockets that Node reaches, through the package `ws`. */
export const nodeWebSockets: WebSocketCarrier = {
  connect(url: string, settings: WebSocketSettings, events: WireEvents): Wire {
    const loop = hostedLoop("connect");
    const target = withoutPassword(url);
    const socket = createSocket(url, target, settings);
    const wire = new NodeWire({ loop, socket, target, closeTimeout: settings.closeTimeout });
    new Handshake(target, socket, wire, events).begin();
    return wire;
  },

  listen(host: string, port: number, settings: WebSocketSettings, acceptor: WireAcceptor): { close(): void } {
    const loop = hostedLoop("serve");
    return new NodeListener({ loop, host, port, settings, acceptor });
  },
};

function createSocket(url: string, target: string, settings: WebSocketSettings): WsSocket {
  const { WebSocket } = loadWs();
  const { subprotocols, headers, origin, tls } = settings;
  const options = {
    ...tls,
    ...wsOptions(settings),
    ...(headers === undefined ? {} : { headers }),
    ...(origin === undefined ? {} : { origin }),
    followRedirects: true,
  };
  try {
    return new WebSocket(url, subprotocols, options);
  } catch (error) {
    throw new ValueError(`connect: ${target}: ${(error as Error).message.replace(url, target)}.`);
  }
}

/** A client's opening handshake. */
class Handshake {
  readonly #target: string;
  readonly #socket: WsSocket;
  readonly #wire: NodeWire;
  readonly #events: WireEvents;
  #response: IncomingMessage | null = null;
  #state: "shaking hands" | "open" | "failed" = "shaking hands";

  constructor(target: string, socket: WsSocket, wire: NodeWire, events: WireEvents) {
    this.#target = target;
    this.#socket = socket;
    this.#wire = wire;
    this.#events = events;
  }

  begin(): void {
    this.#socket.on("upgrade", (response) => {
      this.#response = response;
    });
    this.#socket.on("open", () => this.#opened());
    this.#socket.on("error", (cause) => this.#failed(handshakeError(this.#target, cause)));
    this.#socket.on("unexpected-response", (request, response) => {
      this.#failed(statusError(this.#target, response.statusCode ?? 0, response.statusMessage));
      request.destroy();
    });
    // Nobody may be told of an attempt that was given up, but for this.
    this.#socket.on("close", () =>
      this.#failed(new InvalidHandshake(`connect to ${this.#target}: given up.`, { target: this.#target })),
    );
  }

  #opened(): void {
    this.#state = "open";
    const { pathname, search } = new URL(this.#target);
    this.#wire.opened(this.#events, this.#response!, `${pathname}${search}`);
  }

  #failed(error: Error): void {
    if (this.#state !== "shaking hands") return;
    this.#state = "failed";
    this.#events.failed(error);
  }
}

// Errors of sockets and of TLS have codes; those that `ws` makes of an answer have none, and the parser's begin with HPE.
function handshakeError(target: string, cause: Error): Error {
  const { code } = cause as { code?: string };
  if (code !== undefined && !code.startsWith("HPE_")) {
    return networkError("connect to", target, cause, new URL(target).protocol === "wss:");
  }
  return new InvalidHandshake(`connect to ${target}: ${cause.message.replace(/\.$/, "")}.`, { target, cause });
}
