import { getRunningLoop } from "../../loop/event-loop.ts";
import {
  type Acceptor,
  type Address,
  type ConnectOptions,
  type Listener,
  type Network,
  describeAddress,
  describeName,
  network,
} from "../../io/network.ts";
import { networkError } from "../../io/network-errors.ts";
import { type Protocol, Transport } from "../../io/transport.ts";
import type { Channel, ChannelEvents, NetworkFault, Site } from "./channel.ts";
import type { DeviceKind } from "./devices.ts";

/** Streams of bytes, for escapement/net. @internal */
export const streams: DeviceKind = { variable: network, plug: (site) => ({ value: new SimNetwork(site) }) };

/** TLS is taken as agreed on when both ends ask for it: nothing is encrypted, and no certificate is looked at. */
class SimNetwork implements Network {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  connect(address: Address, options: ConnectOptions, protocol: Protocol): Transport {
    const transport = new SimTransport(protocol, describeAddress(address), isSecure(options));
    transport.channel = this.#site.connect(address, protocolOf(options), transport);
    return transport;
  }

  listen(address: Address, options: ConnectOptions, acceptor: Acceptor): Listener {
    const target = describeAddress(address);
    return this.#site.listen(address, protocolOf(options), {
      listening: (name) => acceptor.listening([name]),
      failed: (fault) => acceptor.failed(networkError("startServer on", target, fault, false)),
      accept(channel) {
        const transport = new SimTransport(acceptor.accept(), describeName(channel.remoteName), isSecure(options));
        transport.channel = channel;
        return transport;
      },
    });
  }
}

function isSecure({ tls }: ConnectOptions): boolean {
  return tls !== undefined && tls !== false;
}

function protocolOf(options: ConnectOptions): string {
  return isSecure(options) ? "tls" : "tcp";
}

/** A channel of byte arrays as a transport. */
class SimTransport extends Transport implements ChannelEvents {
  declare channel: Channel;
  readonly #target: string;
  readonly #secure: boolean;
  #established = false;

  constructor(protocol: Protocol, target: string, secure: boolean) {
    super(getRunningLoop(), protocol);
    this.#target = target;
    this.#secure = secure;
  }

  // ---- what the channel tells

  opened(): void {
    this.#established = true;
    this.protocol.connectionMade(this);
  }

  message(payload: unknown): void {
    this.received(payload as Uint8Array);
  }

  delivered(): void {
    this.sent();
  }

  override ended(): void {
    super.ended();
  }

  override lost(fault: NetworkFault | null): void {
    const what = this.#established ? "The connection with" : "openConnection to";
    super.lost(fault === null ? null : networkError(what, this.#target, fault, this.#secure));
  }

  // ---- what the transport does

  protected send(data: Uint8Array): void {
    this.channel.send(data.slice(), data.length);
  }

  protected sendEof(): void {
    this.channel.end();
  }

  override canWriteEof(): boolean {
    return !this.#secure;
  }

  protected finish(): void {
    this.channel.close();
  }

  // As Node's: the peer sees the end of what has arrived until then.
  protected drop(): void {
    this.channel.close();
  }

  pauseReading(): void {
    this.channel.pause();
  }

  resumeReading(): void {
    this.channel.resume();
  }

  getWriteBufferSize(): number {
    return this.channel.unacknowledged;
  }

  override getExtraInfo(name: string, fallback: unknown = null): unknown {
    if (name === "peername") return this.channel.remoteName;
    if (name === "sockname") return this.channel.localName;
    return super.getExtraInfo(name, fallback);
  }

  override toString(): string {
    return `${super.toString().slice(0, -1)} ${this.#target}>`;
  }
}
