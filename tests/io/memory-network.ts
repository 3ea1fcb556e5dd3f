// A network in memory, in virtual time: what a simulation would bind to the context. Every delivery takes `latency`.
import { type EventLoop, getRunningLoop } from "../../src/index.ts";
import type { Acceptor, Address, ConnectOptions, Listener, Network, SocketName } from "../../src/io/network.ts";
import { describeAddress } from "../../src/io/network.ts";
import { ConnectionRefusedError } from "../../src/io/network-errors.ts";
import { type Protocol, Transport } from "../../src/io/transport.ts";

export class MemoryNetwork implements Network {
  readonly #latency: number;
  readonly #acceptors = new Map<string, Acceptor>();

  constructor(latency: number) {
    this.#latency = latency;
  }

  connect(address: Address, _options: ConnectOptions, protocol: Protocol): Transport {
    const loop = getRunningLoop();
    const near = new MemoryTransport(loop, protocol, this.#latency, nameOf(address));
    loop.callLater(this.#latency, () => this.#arrive(address, near));
    return near;
  }

  #arrive(address: Address, near: MemoryTransport): void {
    const acceptor = this.#acceptors.get(describeAddress(address));
    if (acceptor === undefined) {
      const target = describeAddress(address);
      near.over(new ConnectionRefusedError(`${target}: nobody listens there.`, { target }));
      return;
    }
    const far = new MemoryTransport(near.loop, acceptor.accept(), this.#latency, "the client");
    near.join(far);
    far.protocol.connectionMade(far);
    near.protocol.connectionMade(near);
  }

  listen(address: Address, _options: ConnectOptions, acceptor: Acceptor): Listener {
    const at = describeAddress(address);
    this.#acceptors.set(at, acceptor);
    getRunningLoop().callSoon(() => acceptor.listening([nameOf(address)]));
    return { close: () => this.#acceptors.delete(at) };
  }
}

function nameOf(address: Address): SocketName {
  return "path" in address ? address.path : [address.host, address.port];
}

class MemoryTransport extends Transport {
  readonly #latency: number;
  #peer: MemoryTransport | null = null;
  // What was sent and has not arrived: the peer is paused, or it is still on its way.
  #unsent = 0;
  #reading = true;
  readonly #waiting: (() => void)[] = [];

  constructor(loop: EventLoop, protocol: Protocol, latency: number, peername: SocketName) {
    super(loop, protocol, { peername });
    this.#latency = latency;
  }

  join(peer: MemoryTransport): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  over(error: Error | null): void {
    this.lost(error);
  }

  protected send(data: Uint8Array): void {
    this.#unsent += data.length;
    this.#deliver((peer) => {
      this.#unsent -= data.length;
      this.sent();
      peer.received(data.slice());
    });
  }

  protected sendEof(): void {
    this.#deliver((peer) => peer.ended());
  }

  #deliver(action: (peer: MemoryTransport) => void): void {
    const peer = this.#peer;
    if (peer === null) return;
    this.loop.callLater(this.#latency, () => peer.#whenReading(() => action(peer)));
  }

  #whenReading(action: () => void): void {
    if (this.#reading && this.#waiting.length === 0) action();
    else this.#waiting.push(action);
  }

  protected finish(): void {
    this.sendEof();
    this.loop.callSoon(() => this.lost(null));
  }

  protected drop(): void {
    this.finish();
  }

  pauseReading(): void {
    this.#reading = false;
  }

  resumeReading(): void {
    this.#reading = true;
    while (this.#reading && this.#waiting.length > 0) this.#waiting.shift()!();
  }

  getWriteBufferSize(): number {
    return this.#unsent;
  }
}
