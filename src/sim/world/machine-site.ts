import { Context, type ContextVar } from "../../loop/context.ts";
import type { Runnable } from "../../loop/handle.ts";
import type { SocketName } from "../../io/network.ts";
import { Boot, here } from "./boot.ts";
import { ChannelEnd } from "./channel-end.ts";
import type { Channel, ChannelAcceptor, ChannelAddress, ChannelEvents, Site } from "./channel.ts";
import { DEVICES, type Device } from "./devices.ts";
import type { Fabric } from "./fabric.ts";
import { networkFault } from "./faults.ts";
import type { Link } from "./link.ts";
import { MachineClock } from "./machine-clock.ts";
import { Ports, isAnyAddress, isLoopback } from "./ports.ts";

// As Linux: an attempt to connect is repeated for so long (tcp_syn_retries = 6).
const PATIENCE = 127_000;

// How likely a crash takes the kernel with it: then nobody says that connections are gone.
const SILENCE = 0.25;

/**
 * A machine of the world: what is plugged into it, its ports and its ends of channels, and what lives on it at the moment.
 *
 * @internal
 */
export class MachineSite implements Site {
  readonly name: string;
  readonly clock: MachineClock = new MachineClock();
  readonly #fabric: Fabric;
  readonly #devices: readonly Device[];
  readonly #bindings: ReadonlyMap<ContextVar<any>, unknown>;
  boot: Boot;
  ports: Ports = new Ports();
  readonly ends: Set<ChannelEnd> = new Set();
  /** Ends elsewhere whose peer was here, in an earlier life, and which do not know. */
  readonly forsaken: Set<ChannelEnd> = new Set();
  // Attempts to connect that found nobody who answers.
  readonly #knocking = new Set<() => void>();
  // Whether the machine still answers though it is down: its program has died, not its kernel. Unknown until it matters.
  #kernelLives: boolean | null = null;
  paused = false;
  readonly #parked: Runnable[] = [];

  constructor(fabric: Fabric, name: string) {
    this.name = name;
    this.#fabric = fabric;
    const devices = DEVICES.map(({ variable, plug }) => [variable, plug(this)] as const);
    this.#devices = devices.map(([, device]) => device);
    this.#bindings = new Map(devices.map(([variable, { value }]) => [variable, value]));
    this.boot = this.#makeBoot();
    this.boot.alive = false;
  }

  #makeBoot(): Boot {
    const context = new Context();
    const boot = new Boot(this, context);
    context.bindings = new Map(this.#bindings).set(here, boot);
    return boot;
  }

  /** What programs on it reach through `variable`. */
  deviceOf(variable: ContextVar<any>): object {
    return this.#bindings.get(variable) as object;
  }

  /** What happens to it matters to all that lives on it, and to whoever reaches for it. */
  touch(): void {
    this.#fabric.touch(this, true);
  }

  // ---- living

  get up(): boolean {
    return this.boot.alive;
  }

  /** A new life begins. */
  start(): Boot {
    this.touch();
    this.boot = this.#makeBoot();
    this.ports = new Ports();
    this.#kernelLives = null;
    for (const end of this.forsaken) end.recall();
    this.forsaken.clear();
    const knocking = [...this.#knocking];
    this.#knocking.clear();
    for (const knock of knocking) knock();
    return this.boot;
  }

  /** All that lives here is gone, at once: nothing is run, nobody is told. */
  crash(): void {
    this.touch();
    this.boot.alive = false;
    this.paused = false;
    this.#parked.length = 0;
    this.#kernelLives = null;
    for (const end of this.ends) end.vanish();
    for (const device of this.#devices) device.crashed?.();
  }

  /** Whether what comes from outside is answered: that nobody is here, if it is so. */
  get answers(): boolean {
    if (this.boot.alive) return true;
    this.#kernelLives ??= this.#fabric.machine.ask("fault", 2, `silence ${this.name}`, SILENCE) === 0;
    return this.#kernelLives;
  }

  park(entry: Runnable): void {
    this.#parked.push(entry);
  }

  pause(): void {
    this.touch();
    this.paused = true;
  }

  resume(): void {
    this.touch();
    this.paused = false;
    const { loop } = this.#fabric.machine;
    for (const entry of this.#parked.splice(0)) loop.enqueue(entry);
  }

  // ---- listening

  listen(address: ChannelAddress, protocol: string, acceptor: ChannelAcceptor): { close(): void } {
    const { context } = this.boot;
    const { ports } = this;
    this.#fabric.touch(ports, true);
    const name = this.#nameOf(address);
    const isLocal = "path" in address || isLoopback(address.host);
    const isMine = isLocal || isAnyAddress(address.host) || address.host === this.name;
    const fault = !isMine ? "EADDRNOTAVAIL" : ports.open(name, { protocol, acceptor, isLocal }) ? null : "EADDRINUSE";
    let closed = false;
    const listen = (): void => {
      if (closed) return;
      if (fault === null) acceptor.listening(name);
      else acceptor.failed(networkFault(fault, name));
    };
    this.#fabric.soon(context, listen);
    return {
      close: () => {
        closed = true;
        this.#fabric.touch(ports, true);
        if (fault === null) ports.close(name);
      },
    };
  }

  #nameOf(address: ChannelAddress): SocketName {
    if ("path" in address) return address.path;
    const { host, port } = address;
    return [isAnyAddress(host) ? this.name : host, port === 0 ? this.ports.free() : port];
  }

  // ---- connecting

  connect(address: ChannelAddress, protocol: string, events: ChannelEvents): Channel {
    const fabric = this.#fabric;
    fabric.touch(this.ports, true);
    const isOwn = "path" in address || isLoopback(address.host) || address.host === this.name;
    const target = isOwn ? this : fabric.sites.get(address.host);
    const names: [SocketName, SocketName] =
      "path" in address
        ? ["", address.path]
        : [
            [isOwn ? address.host : this.name, this.ports.free()],
            [address.host, address.port],
          ];
    const end = new ChannelEnd(fabric, this.boot, fabric.link(this, target ?? this), names, events);
    const isUnknown = (): void => end.fail("ENOTFOUND");
    if (target === undefined) fabric.soon(this.boot.context, isUnknown);
    else {
      end.doubt(PATIENCE);
      this.#knock(end, target, address, protocol);
    }
    return end;
  }

  #knock(end: ChannelEnd, target: MachineSite, address: ChannelAddress, protocol: string): void {
    const fabric = this.#fabric;
    const again = (): void => this.#knock(end, target, address, protocol);
    if (end.isOver || !end.boot.alive) return;
    end.touch();
    if (!end.link.open) {
      end.link.hold(again);
      return;
    }
    const back = fabric.link(target, this);
    const knock = (): void => {
      end.touch();
      fabric.touch(back, false);
      fabric.touch(target, true);
      fabric.touch(target.ports, false);
      if (end.isOver || !end.boot.alive) return;
      // Without the answer there is no connection, for either.
      if (!end.link.open) end.link.hold(again);
      else if (!back.open) back.hold(again);
      else if (target.answers) target.#open(end, back, address, protocol);
      else target.#knocking.add(again);
    };
    fabric.at(fabric.after(end.link.delay()), fabric.between, knock);
  }

  /** Somebody wants to connect. The kernel answers, whether or not the program has time. */
  #open(near: ChannelEnd, back: Link, address: ChannelAddress, protocol: string): void {
    const listening = this.up ? this.ports.find(address) : undefined;
    if (listening === undefined || (listening.isLocal && near.boot.site !== this)) {
      this.#turnDown(near, back, "ECONNREFUSED");
    } else if (listening.protocol !== protocol) {
      this.#turnDown(near, back, "ECONNRESET");
    } else {
      const { acceptor } = listening;
      const far = new ChannelEnd(this.#fabric, this.boot, back, [near.remoteName, near.localName], {
        opened() {
          far.events = acceptor.accept(far);
          far.events.opened();
        },
        message() {},
        ended() {},
        delivered() {},
        lost() {},
      });
      far.join(near);
    }
  }

  #turnDown(end: ChannelEnd, back: Link, code: string): void {
    const fabric = this.#fabric;
    const refuse = (): void => end.fail(code);
    fabric.at(fabric.after(back.delay()), end.boot.context, refuse);
  }
}
