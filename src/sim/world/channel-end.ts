import type { TimerHandle } from "../../loop/handle.ts";
import type { SocketName } from "../../io/network.ts";
import type { Boot } from "./boot.ts";
import type { Channel, ChannelEvents, NetworkFault } from "./channel.ts";
import type { Fabric } from "./fabric.ts";
import { networkFault } from "./faults.ts";
import type { Link } from "./link.ts";

type Packet =
  | { readonly kind: "opened" | "ended" | "reset" }
  | { readonly kind: "message"; readonly payload: unknown; readonly byteLength: number };

const OPENED: Packet = { kind: "opened" };
const ENDED: Packet = { kind: "ended" };
const RESET: Packet = { kind: "reset" };

// As Linux (tcp_retries2 = 15): what is not acknowledged is sent again for so long, then the connection is given up.
const PATIENCE = 924_600;

/** Who hears nothing: the end is over. */
const NOBODY: ChannelEvents = {
  opened() {},
  message() {},
  ended() {},
  delivered() {},
  lost() {},
};

/**
 * One end of a channel, as a machine's kernel has it.
 *
 * What it has sent is in `flight`, in order, until it arrives. For each there is one arrival to come: a callback of the
 * peer's machine, which takes whatever is first. So messages never overtake each other, in whatever order callbacks run.
 *
 * @internal
 */
export class ChannelEnd implements Channel {
  readonly #fabric: Fabric;
  readonly boot: Boot;
  /** To the peer. */
  readonly link: Link;
  readonly localName: SocketName;
  readonly remoteName: SocketName;
  events: ChannelEvents;
  peer: ChannelEnd | null = null;
  // Of the two, that which was there before the other.
  #first: ChannelEnd = this;

  // An end is in one of four states:
  //   1. connecting: `peer` is null, or what it says has not arrived;
  //   2. open:       it may send;
  //   3. ended:      it has said that it will send no more;
  //   4. over:       it is told nothing more: it was closed, reset, lost, or its machine has crashed.
  #state: "connecting" | "open" | "ended" | "over" = "connecting";
  readonly #flight: Packet[] = [];
  // No arrival is due after that.
  #lastArrival = 0;
  #reading = true;
  readonly #inbox: Packet[] = [];
  unacknowledged = 0;
  #patience: TimerHandle | null = null;

  constructor(fabric: Fabric, boot: Boot, link: Link, names: readonly [SocketName, SocketName], events: ChannelEvents) {
    this.#fabric = fabric;
    this.boot = boot;
    this.link = link;
    [this.localName, this.remoteName] = names;
    this.events = events;
    boot.site.ends.add(this);
  }

  // What happens at either end matters to both.
  touch(): void {
    this.#fabric.touch(this.#first, true);
    this.#fabric.touch(this.link, false);
  }

  get isOver(): boolean {
    return this.#state === "over";
  }

  /** The peer, which was there first, has been found: each is told when the word of the other has arrived. */
  join(peer: ChannelEnd): void {
    this.peer = peer;
    peer.peer = this;
    this.#first = peer;
    this.#transmit(OPENED);
    peer.#transmit(OPENED);
  }

  // ---- sending

  send(payload: unknown, byteLength: number): void {
    if (this.#state !== "open") return;
    this.unacknowledged += byteLength;
    this.#transmit({ kind: "message", payload, byteLength });
  }

  duplicates(): boolean {
    return this.link.duplicates();
  }

  end(): void {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#transmit(ENDED);
  }

  close(): void {
    if (this.#state === "over") return;
    const unread = this.#inbox.some(({ kind }) => kind === "message");
    if (unread) this.#tellReset();
    else this.end();
    this.#over(null);
  }

  reset(): void {
    if (this.#state === "over") return;
    this.#tellReset();
    this.#over(null);
  }

  #transmit(packet: Packet): void {
    this.touch();
    this.#flight.push(packet);
    this.#depart();
  }

  // Segments that do not come through are sent again and again: until they do, or patience ends.
  #depart(): void {
    const fabric = this.#fabric;
    if (!this.link.open) {
      this.link.hold(() => this.boot.alive && this.#depart());
      this.#beginToDoubt();
      return;
    }
    this.#lastArrival = Math.max(this.#lastArrival, fabric.after(this.link.delay()));
    const receiver = this.peer!.boot;
    const context = receiver.alive ? receiver.context : fabric.between;
    fabric.at(this.#lastArrival, context, this.#arrive);
  }

  readonly #arrive = (): void => {
    this.touch();
    if (!this.link.open) {
      this.link.hold(() => this.boot.alive && this.#depart());
      this.#beginToDoubt();
      return;
    }
    const packet = this.#flight.shift();
    if (packet !== undefined) this.peer!.#take(packet);
  };

  // ---- receiving

  #take(packet: Packet): void {
    if (packet.kind === "reset") {
      this.fail("ECONNRESET");
    } else if (this.#state === "over") {
      if (packet.kind !== "ended") this.#refuse();
    } else if (this.#reading && this.#inbox.length === 0) {
      this.#tell(packet);
    } else {
      this.#inbox.push(packet);
    }
  }

  #tell(packet: Packet): void {
    switch (packet.kind) {
      case "opened":
        this.#state = "open";
        this.#trust();
        this.events.opened();
        break;
      case "message":
        this.#acknowledge(packet.byteLength);
        this.events.message(packet.payload, packet.byteLength);
        break;
      case "ended":
        this.events.ended();
        break;
      case "reset":
        break;
    }
  }

  // The word that it has arrived needs the way back.
  #acknowledge(byteLength: number): void {
    const peer = this.peer!;
    if (this.link.open) peer.#acknowledged(byteLength);
    else this.link.hold(() => this.boot.alive && peer.#acknowledged(byteLength));
  }

  #acknowledged(byteLength: number): void {
    this.touch();
    this.unacknowledged -= byteLength;
    if (this.unacknowledged === 0) this.#trust();
    if (this.boot.alive && this.#state !== "over") this.boot.within(() => this.events.delivered());
  }

  /** Nobody is here any more who would take what the peer sends: its kernel says so, when it can. */
  #refuse(): void {
    const { site } = this.boot;
    if (this.boot.alive || site.answers) this.#tellReset();
    else {
      site.forsaken.add(this.peer!);
      this.peer!.#beginToDoubt();
    }
  }

  pause(): void {
    this.touch();
    this.#reading = false;
  }

  resume(): void {
    this.touch();
    this.#reading = true;
    while (this.#reading && this.#inbox.length > 0 && this.#state !== "over") this.#tell(this.#inbox.shift()!);
  }

  // ---- the end

  /** The word that it is over, which nobody sends again: it may never arrive. */
  #tellReset(): void {
    const { peer } = this;
    if (peer === null || peer.isOver || !this.link.open) return;
    this.#lastArrival = Math.max(this.#lastArrival, this.#fabric.after(this.link.delay()));
    const reset = (): void => {
      if (this.link.open) peer.#take(RESET);
    };
    this.#fabric.at(this.#lastArrival, peer.boot.context, reset);
  }

  fail(code: string): void {
    if (this.#state !== "over") this.#over(networkFault(code, this.remoteName));
  }

  #over(fault: NetworkFault | null): void {
    const { events } = this;
    this.#leave();
    const closed = (): void => events.lost(null);
    if (fault !== null) events.lost(fault);
    else this.#fabric.soon(this.boot.context, closed);
  }

  #leave(): void {
    this.touch();
    this.#state = "over";
    this.events = NOBODY;
    this.#inbox.length = 0;
    this.#trust();
    this.boot.site.ends.delete(this);
  }

  /** Its machine has crashed. The peer hears of it at once, or when it sends something to the machine that comes after. */
  vanish(): void {
    this.#leave();
    const { peer } = this;
    const { site } = this.boot;
    if (site.answers) this.#tellReset();
    else if (peer !== null && !peer.isOver) {
      site.forsaken.add(peer);
      if (peer.unacknowledged > 0) peer.#beginToDoubt();
    }
  }

  /** A machine that knows nothing of this channel has taken the place of the peer's, and is asked about what is under way. */
  recall(): void {
    if (!this.isOver && this.unacknowledged > 0) this.peer!.#tellReset();
  }

  // ---- patience

  #beginToDoubt(): void {
    this.doubt(PATIENCE);
  }

  /** Nothing is heard of the peer: so long, and it is lost. */
  doubt(patience: number): void {
    if (this.#patience !== null || this.#state === "over") return;
    const giveUp = (): void => this.fail("ETIMEDOUT");
    this.#patience = this.#fabric.at(this.#fabric.after(patience), this.boot.context, giveUp);
  }

  #trust(): void {
    this.#patience?.cancel();
    this.#patience = null;
  }
}
