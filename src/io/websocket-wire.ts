import { ContextVar } from "../loop/context.ts";
import type { ConnectionEnd } from "./websocket-errors.ts";
import type { WebSocketSettings } from "./websocket-options.ts";

// The seam between connections and what carries their messages. Node's is websocket-node.ts; a simulation may bind its own
// to `webSockets`, in the context in which it starts a program.

/** A message: text, or bytes. */
export type Message = string | Uint8Array;

/** @internal What carries the messages of one connection. */
export interface Wire {
  /** Whether messages can be sent: not once either side has begun to close. */
  readonly isOpen: boolean;
  /** How many bytes wait to be sent. */
  readonly bufferedAmount: number;
  /** Sends, or keeps in order until it can; then tells `sent`, but not before this returns. */
  send(message: Message): void;
  ping(payload: string): void;
  /** Begins the closing handshake. `lost` is told when it is over. */
  close(code: number, reason: string): void;
  /** Ends it at once, or gives up the attempt to connect. */
  terminate(): void;
  /** Nothing is received until `resume`, but for what is on its way. */
  pause(): void;
  resume(): void;
}

/** @internal What is known of a connection once it is open. */
export interface WireFacts {
  readonly subprotocol: string | null;
  /** The path that was asked for, with its query. */
  readonly path: string;
  /** Address and port of the peer. */
  readonly remoteAddress: string;
  /** What the peer said in the opening handshake, names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** @internal Who is told what happens to a wire. All may be called outside of an iteration. */
export interface WireEvents {
  open(facts: WireFacts): void;
  message(message: Message): void;
  pong(payload: string): void;
  /** A message that was sent has gone: once for each. */
  sent(): void;
  /** Once, at the end of what was open. */
  lost(end: ConnectionEnd): void;
  /** Once, in place of all others: no connection came about. */
  failed(error: Error): void;
}

/** @internal Who wants connections. */
export interface WireAcceptor {
  listening(port: number, name: string): void;
  failed(error: Error): void;
  /** A connection is about to open. What it tells goes to the events that are returned. */
  accept(wire: Wire, target: string): WireEvents;
}

/** @internal */
export interface WebSocketCarrier {
  /** Begins to connect, and tells `events` what comes of it, later. */
  connect(url: string, settings: WebSocketSettings, events: WireEvents): Wire;
  /** Begins to listen. `close()` of what is returned ends that; connections that are open live on. */
  listen(host: string, port: number, settings: WebSocketSettings, acceptor: WireAcceptor): { close(): void };
}

/** @internal What programs of this context reach; where nothing is bound, the host's own. */
export const webSockets: ContextVar<WebSocketCarrier> = new ContextVar<WebSocketCarrier>("webSockets");
