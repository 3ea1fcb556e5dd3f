import type { Socket } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { Semaphore } from "../sync/semaphore.ts";
import type { ConnectCallback, DispatchHandler, DispatchOptions, Dispatcher, Undici } from "./http-driver.ts";

// As aiohttp's connector.
const KEEP_ALIVE = 15_000;

/** Who waits for a connection to a host, in order; named so for reports. */
class HostLimit extends Semaphore {}

/** @internal How connections to an origin are made, and who is told when the last is gone. */
export interface OriginOptions {
  readonly undici: Undici;
  readonly limit: number;
  readonly tls: ConnectionOptions;
  readonly onIdle: (origin: Origin) => void;
}

/**
 * A server as the client sees it: undici's pool of connections, and each of its sockets. The pool makes as many connections
 * as there are requests at a time: how many those are is the session's.
 *
 * @internal
 */
export class Origin {
  readonly name: string;
  readonly permits: Semaphore;
  readonly #pool: Dispatcher;
  readonly #sockets = new Set<Socket>();
  readonly #onIdle: (origin: Origin) => void;
  #users = 0;

  constructor(name: string, { undici, limit, tls, onIdle }: OriginOptions) {
    this.name = name;
    this.permits = new HostLimit(limit);
    this.#onIdle = onIdle;
    this.#pool = new undici.Pool(name, { connections: null, factory: () => this.#client(undici, tls) });
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
    const client = new undici.Client(this.name, { pipelining: 1, keepAliveTimeout: KEEP_ALIVE, connect });
    const { dispatch } = client;
    client.dispatch = (options, handler) => {
      tell = options.onConnecting;
      return dispatch.call(client, options, handler);
    };
    return client;
  }

  /** Somebody has a request for it, or waits to send one. */
  use(): void {
    this.#users += 1;
  }

  leave(): void {
    this.#users -= 1;
    this.#tellIfIdle();
  }

  dispatch(options: DispatchOptions, handler: DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  #watch(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#tellIfIdle();
    });
  }

  /** Whether nobody uses it, and no connection is left. */
  get idle(): boolean {
    return this.#users === 0 && this.#sockets.size === 0;
  }

  #tellIfIdle(): void {
    if (this.idle) this.#onIdle(this);
  }

  /** Closes every connection, at once. */
  destroy(error: Error): void {
    this.#pool.destroy(error, () => {});
    // Those that are still being connected are nobody's yet.
    for (const socket of this.#sockets) socket.destroy(error);
  }
}
