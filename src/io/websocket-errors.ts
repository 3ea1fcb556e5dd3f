import { describeClose, isNormal } from "./websocket-close.ts";
import type { CloseFrame } from "./websocket-close.ts";

/**
 * The connection is closed: nothing can be sent, and what had been received was received. The two classes below say
 * whether it ended as it should.
 *
 * @see Python's `websockets.exceptions.ConnectionClosed`
 */
export class ConnectionClosed extends Error {
  static {
    this.prototype.name = "ConnectionClosed";
  }

  /** Why the peer closed it: the code that it sent; 1005 when it sent none, 1006 when it did not close but was lost. */
  readonly code: number;
  readonly reason: string;
  /** What the peer said at the end; null when nothing came. */
  readonly received: CloseFrame | null;
  /** What was said to the peer. */
  readonly sent: CloseFrame | null;
  /** Who was at the other end. */
  readonly target: string;

  /** @internal */
  constructor(message: string, { target, received, sent, cause }: ConnectionEnd & { target: string }) {
    super(message, { cause });
    this.target = target;
    this.received = received;
    this.sent = sent;
    this.code = received?.code ?? 1006;
    this.reason = received?.reason ?? "";
  }
}

/** Closed in order: each side said 1000 (OK), 1001 (going away), or no code. */
export class ConnectionClosedOK extends ConnectionClosed {
  static {
    this.prototype.name = "ConnectionClosedOK";
  }
}

/** Closed with another code, or lost: `cause` has what is known of it. */
export class ConnectionClosedError extends ConnectionClosed {
  static {
    this.prototype.name = "ConnectionClosedError";
  }
}

/** No WebSocket connection came about: what answered is no WebSocket server, or would not have it. */
export class InvalidHandshake extends Error {
  static {
    this.prototype.name = "InvalidHandshake";
  }

  /** The URL that was meant. */
  readonly target: string;

  constructor(message: string, { target, cause }: { target: string; cause?: unknown }) {
    super(message, { cause });
    this.target = target;
  }
}

/** The server answered as HTTP servers do: with a status that is not 101. */
export class InvalidStatus extends InvalidHandshake {
  static {
    this.prototype.name = "InvalidStatus";
  }

  readonly status: number;

  constructor(message: string, { status, target }: { status: number; target: string }) {
    super(message, { target });
    this.status = status;
  }
}

/** @internal Of a server that answers as such, and opens no connection. */
export function statusError(target: string, status: number, meaning: string = ""): InvalidStatus {
  const tag = meaning === "" ? "" : ` (${meaning})`;
  return new InvalidStatus(`connect to ${target}: the server answered with HTTP status ${status}${tag}.`, {
    status,
    target,
  });
}

/** @internal How a connection ended. */
export interface ConnectionEnd {
  readonly received: CloseFrame | null;
  readonly sent: CloseFrame | null;
  /** Whether the peer began to close. */
  readonly peerFirst: boolean;
  /** What went wrong, if anything did. */
  readonly cause: unknown;
}

/** @internal What whoever uses a closed connection is thrown. */
export function connectionClosed(who: string, target: string, end: ConnectionEnd): ConnectionClosed {
  const { received, sent, cause } = end;
  const Kind = isNormal(received) && isNormal(sent) ? ConnectionClosedOK : ConnectionClosedError;
  const why = cause instanceof Error ? `: ${cause.message.replace(/\.$/, "")}` : "";
  return new Kind(`${who}: ${target}: ${describeEnd(end)}${why}.`, { ...end, received, sent, target });
}

function describeEnd({ received, sent, peerFirst }: ConnectionEnd): string {
  if (received === null) {
    return sent === null ? "no close frame received or sent" : `sent ${describeClose(sent)}; no close frame received`;
  }
  if (sent === null) return `received ${describeClose(received)}; no close frame sent`;
  return peerFirst
    ? `received ${describeClose(received)}; then sent ${describeClose(sent)}`
    : `sent ${describeClose(sent)}; then received ${describeClose(received)}`;
}
