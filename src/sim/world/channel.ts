import type { SocketName } from "../../io/network.ts";

// The seam between what a program speaks (streams, HTTP, WebSockets) and the simulated network: messages in order between
// two machines. A carrier is written against Site, and nothing else of the world.

/** Where to connect to, or to listen: a machine's name and a port, or a path on the machine itself. @internal */
export type ChannelAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** What went wrong, as Node would say it: `ECONNREFUSED`, `ECONNRESET`, `ETIMEDOUT`, … @internal */
export interface NetworkFault extends Error {
  readonly code: string;
}

/**
 * What one end of a channel is told: in a callback of its own machine, and so never while that is paused, and never once
 * it has crashed.
 *
 * @internal
 */
export interface ChannelEvents {
  /** Once, when messages can go both ways. */
  opened(): void;
  /** A message, in the order in which the peer sent it. */
  message(payload: unknown, byteLength: number): void;
  /** The peer will send no more. */
  ended(): void;
  /** What the peer has not taken yet has become less. It may only wake who waits for that. */
  delivered(): void;
  /** Once, at the end, or instead of all else when no channel came about. Null: it was closed as this end asked. */
  lost(fault: NetworkFault | null): void;
}

/** One end of a channel. @internal */
export interface Channel {
  readonly localName: SocketName;
  readonly remoteName: SocketName;
  /** How many bytes this end has sent that the peer has not taken. */
  readonly unacknowledged: number;
  /**
   * Sends: never waits. What is sent after `end`, `close` or `reset`, or once it is lost, is dropped.
   *
   * @param payload - Handed over as it is: whoever may change it later sends a copy.
   * @param byteLength - What it would weigh: for `unacknowledged`.
   */
  send(payload: unknown, byteLength: number): void;
  /** After what was sent there will be no more. What the peer sends goes on arriving. */
  end(): void;
  /** `end`, and what still arrives is refused: the peer that goes on sending is told ECONNRESET. Then `lost(null)`. */
  close(): void;
  /** Ends it at once: the peer is told ECONNRESET, and this end `lost(null)`. Gives up an attempt to connect. */
  reset(): void;
  /** Asks whether what is sent next arrives twice: for carriers between whose ends others stand, who repeat what they pass on. */
  duplicates(): boolean;
  /** Nothing is told of what arrives until `resume`: it counts as not taken. */
  pause(): void;
  resume(): void;
}

/** Who wants channels. @internal */
export interface ChannelAcceptor {
  /** From now on they are accepted, under this name. */
  listening(name: SocketName): void;
  /** It cannot listen there. */
  failed(fault: NetworkFault): void;
  /** One has arrived. What is returned is told of it: `opened` first. */
  accept(channel: Channel): ChannelEvents;
}

/** A machine, as those see it who carry what it says. @internal */
export interface Site {
  /** Its name is its address. */
  readonly name: string;
  /**
   * Begins to connect, and tells `events` what comes of it, later.
   *
   * @param protocol - What is spoken: a listener of another is not understood, and the attempt is reset.
   */
  connect(address: ChannelAddress, protocol: string, events: ChannelEvents): Channel;
  /** Begins to listen, and tells `acceptor` what comes of it, later. Port 0 is any that is free. */
  listen(address: ChannelAddress, protocol: string, acceptor: ChannelAcceptor): { close(): void };
}
