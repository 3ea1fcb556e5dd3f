import { getRunningLoop } from "../../loop/event-loop.ts";
import type { Handle } from "../../loop/handle.ts";
import { describeName } from "../../io/network.ts";
import { networkError } from "../../io/network-errors.ts";
import type { WebSocketSettings } from "../../io/websocket-options.ts";
import type { WireAcceptor } from "../../io/websocket-wire.ts";
import type { Channel, ChannelEvents, Site } from "./channel.ts";
import { HANDSHAKE_SIZE, type Hello, type Welcome } from "./websocket-messages.ts";
import { SimWire } from "./websocket-wire.ts";

/** @internal */
export interface WebSocketListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly settings: WebSocketSettings;
  readonly acceptor: WireAcceptor;
}

/**
 * Where clients of a simulated WebSocket server arrive.
 *
 * @internal
 */
export class SimWebSocketListener {
  readonly #settings: WebSocketSettings;
  readonly #acceptor: WireAcceptor;
  readonly #secure: boolean;
  readonly #listening: { close(): void };
  #target: string;
  // Those that have not asked for anything yet, and when they will be dropped.
  readonly #guests = new Map<SimWire, Handle>();

  constructor(site: Site, { host, port, settings, acceptor }: WebSocketListenerOptions) {
    this.#settings = settings;
    this.#acceptor = acceptor;
    this.#secure = settings.tls !== undefined;
    this.#target = describeName([host, port]);
    this.#listening = site.listen({ host, port }, this.#secure ? "wss" : "ws", {
      listening: (name) => {
        this.#target = describeName(name);
        acceptor.listening(Number(name[1]), this.#target);
      },
      failed: (fault) => acceptor.failed(networkError("serve on", this.#target, fault, false)),
      accept: (channel) => this.#arrived(channel),
    });
  }

  #arrived(channel: Channel): ChannelEvents {
    const target = `client ${describeName(channel.remoteName)} of ${this.#target}`;
    const wire: SimWire = new SimWire(target, this.#secure, this.#settings, {
      opened() {},
      message: (message) => {
        this.#forget(wire);
        if (message.kind === "hello") this.#greet(wire, target, message);
        else channel.reset();
      },
      lost: () => this.#forget(wire),
    });
    wire.channel = channel;
    this.#guests.set(
      wire,
      getRunningLoop().callLater(this.#settings.openTimeout, () => channel.reset()),
    );
    return wire;
  }

  #forget(wire: SimWire): void {
    this.#guests.get(wire)?.cancel();
    this.#guests.delete(wire);
  }

  #greet(wire: SimWire, target: string, hello: Hello): void {
    const { origins, subprotocols } = this.#settings;
    if (origins !== undefined && !origins.includes(hello.headers["origin"] ?? null)) {
      this.#answer(wire, { kind: "welcome", status: 403, subprotocol: null, headers: {} });
      wire.channel.close();
      return;
    }
    const subprotocol = subprotocols.find((name) => hello.subprotocols.includes(name)) ?? null;
    this.#answer(wire, { kind: "welcome", status: 101, subprotocol, headers: this.#headersFor(hello, subprotocol) });
    const events = this.#acceptor.accept(wire, target);
    wire.begin(events, { isServer: true });
    events.open({ subprotocol, path: hello.path, remoteAddress: wire.peerName, headers: hello.headers });
  }

  #answer(wire: SimWire, welcome: Welcome): void {
    wire.channel.send(welcome, HANDSHAKE_SIZE);
  }

  #headersFor(hello: Hello, subprotocol: string | null): Record<string, string> {
    const compresses = this.#settings.compression === "deflate" && "sec-websocket-extensions" in hello.headers;
    return {
      upgrade: "websocket",
      connection: "Upgrade",
      ...(subprotocol === null ? {} : { "sec-websocket-protocol": subprotocol }),
      ...(compresses ? { "sec-websocket-extensions": "permessage-deflate" } : {}),
    };
  }

  close(): void {
    this.#listening.close();
    for (const wire of this.#guests.keys()) wire.terminate();
  }
}
