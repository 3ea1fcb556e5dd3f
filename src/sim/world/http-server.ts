import { getRunningLoop } from "../../loop/event-loop.ts";
import type { Handle } from "../../loop/handle.ts";
import type { HttpAcceptor, HttpListener, ListenOptions } from "../../io/http-wire.ts";
import { describeName } from "../../io/network.ts";
import type { Channel, ChannelEvents, Site } from "./channel.ts";
import type { ClientMessage } from "./http-messages.ts";
import { hasRoom } from "./http-messages.ts";
import { SimServerWire } from "./http-server-wire.ts";

/**
 * A simulated server of HTTP, and its connections.
 *
 * @internal
 */
export class SimHttpListener implements HttpListener {
  readonly #acceptor: HttpAcceptor;
  readonly #keepAlive: number;
  readonly #listening: { close(): void };
  readonly #connections = new Set<HttpServerConnection>();

  constructor(site: Site, { host, port, tls, keepAliveTimeout }: ListenOptions, acceptor: HttpAcceptor) {
    this.#acceptor = acceptor;
    this.#keepAlive = keepAliveTimeout;
    this.#listening = site.listen({ host, port }, tls === undefined ? "http" : "https", {
      listening: (name) => acceptor.listening(name[0] ?? "", Number(name[1])),
      failed: (fault) => acceptor.failed(fault),
      accept: (channel) => this.#accept(channel),
    });
  }

  #accept(channel: Channel): ChannelEvents {
    const connection = new HttpServerConnection(channel, {
      acceptor: this.#acceptor,
      keepAlive: this.#keepAlive,
      onGone: () => {
        this.#connections.delete(connection);
        this.#acceptor.disconnected();
      },
    });
    this.#connections.add(connection);
    return connection;
  }

  get connections(): number {
    return this.#connections.size;
  }

  close(busy: ReadonlySet<string>): void {
    this.#listening.close();
    for (const connection of this.#connections) if (!busy.has(connection.client)) connection.drop();
  }

  drop(): void {
    for (const connection of this.#connections) connection.drop();
  }
}

interface ServerConnectionOptions {
  readonly acceptor: HttpAcceptor;
  readonly keepAlive: number;
  readonly onGone: () => void;
}

/** A client, as the server has it: one request after the other. */
class HttpServerConnection implements ChannelEvents {
  readonly client: string;
  readonly #channel: Channel;
  readonly #options: ServerConnectionOptions;
  // The request at hand: until its answer is complete, and all of it has come.
  #wire: SimServerWire | null = null;
  #timer: Handle | null = null;

  constructor(channel: Channel, options: ServerConnectionOptions) {
    this.client = describeName(channel.remoteName);
    this.#channel = channel;
    this.#options = options;
  }

  opened(): void {
    this.#waitForRequest();
  }

  #waitForRequest(): void {
    this.#wire = null;
    this.#timer = getRunningLoop().callLater(this.#options.keepAlive, () => this.#channel.close());
  }

  message(payload: unknown): void {
    const message = payload as ClientMessage;
    if (message.kind === "request") {
      this.#timer?.cancel();
      const wire = new SimServerWire(this.#channel, this.client, message, () => this.#waitForRequest());
      this.#wire = wire;
      wire.listen(this.#options.acceptor.accept(wire));
    } else if (message.kind === "data") this.#wire?.received(message.bytes);
    else this.#wire?.receivedAll();
  }

  delivered(): void {
    if (hasRoom(this.#channel)) this.#wire?.drained();
  }

  /** Whoever closes its half of the connection has left. */
  ended(): void {
    this.drop();
  }

  lost(): void {
    this.#timer?.cancel();
    this.#wire?.left();
    this.#options.onGone();
  }

  drop(): void {
    this.#channel.reset();
  }
}
