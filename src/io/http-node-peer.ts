import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { ConnectCallback, Dispatcher, Undici } from "./http-driver.ts";
import { UploadStream } from "./http-node-upload.ts";
import type { HttpPeer, OutgoingRequest, RequestEvents } from "./http-wire.ts";

// As aiohttp's connector.
const KEEP_ALIVE = 15_000;

/** @internal */
export interface NodePeerOptions {
  readonly undici: Undici;
  readonly tls: ConnectionOptions;
  readonly onDisconnect: () => void;
}

/**
 * Undici's pool of connections to a server, and each of its sockets.
 *
 * @internal
 */
export class NodePeer implements HttpPeer {
  readonly #origin: string;
  readonly #pool: Dispatcher;
  readonly #sockets = new Set<Socket>();
  readonly #onDisconnect: () => void;

  constructor(origin: string, { undici, tls, onDisconnect }: NodePeerOptions) {
    this.#origin = origin;
    this.#onDisconnect = onDisconnect;
    this.#pool = new undici.Pool(origin, { connections: null, factory: () => this.#client(undici, tls) });
  }

  /** Undici's keeper of one connection, which makes it anew when it has to: for the request that it has then. */
  #client(undici: Undici, tls: ConnectionOptions): Dispatcher {
    const connector = undici.buildConnector({ ...tls, timeout: 0 });
    let tell: (socket: Socket) => void = () => {};
    const connect = (options: object, callback: ConnectCallback): Socket => {
      const socket = connector(options, callback);
      this.#watch(socket);
      tell(socket);
      return socket;
    };
    const client = new undici.Client(this.#origin, {
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE,
      // An exchange has its own, on the loop's clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect,
    });
    const { dispatch } = client;
    client.dispatch = (options, handler) => {
      tell = options.onConnecting;
      return dispatch.call(client, options, handler);
    };
    return client;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  send(request: OutgoingRequest, events: RequestEvents): void {
    const { body } = request;
    this.#pool.dispatch(
      body === null || body instanceof Uint8Array
        ? (request as OutgoingRequest & { body: typeof body })
        : { ...request, body: new UploadStream(body) },
      events,
    );
  }

  // Undici takes the connection back in the host's next turn. Whoever reads on before that would be given another.
  whenFree(callback: () => void): void {
    setImmediate(callback);
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#onDisconnect();
    });
  }

  destroy(error: Error): void {
    this.#pool.destroy(error, () => {});
    // Those that are still being connected are nobody's yet.
    for (const socket of this.#sockets) socket.destroy(error);
  }
}
