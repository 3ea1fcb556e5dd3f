import type { Message } from "../../io/websocket-wire.ts";

// What simulated WebSockets send over a channel: what RFC 6455 would say, spared the spelling.

/** A client's part of the opening handshake. @internal */
export interface Hello {
  readonly kind: "hello";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly subprotocols: readonly string[];
}

/** The server's part. @internal */
export interface Welcome {
  readonly kind: "welcome";
  /** 101; another, and there is no connection. */
  readonly status: number;
  readonly subprotocol: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** @internal */
export type SocketMessage =
  | Hello
  | Welcome
  /** `size`: of its bytes. */
  | { readonly kind: "data"; readonly message: Message; readonly size: number }
  | { readonly kind: "ping" | "pong"; readonly payload: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };

/** What a frame weighs beside its payload, and what a handshake does, roughly, in bytes. @internal */
export const FRAME_SIZE = 6;
/** @internal */
export const HANDSHAKE_SIZE = 200;
