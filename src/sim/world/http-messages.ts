import type { IncomingHeaders } from "../../io/http-wire.ts";

// What simulated HTTP sends over a channel: what HTTP/1.1 would say, spared the spelling.

/** From a client. @internal */
export type ClientMessage =
  | {
      readonly kind: "request";
      readonly method: string;
      readonly url: string;
      /** Name, value, name, value. */
      readonly rawHeaders: readonly string[];
    }
  | BodyMessage
  | { readonly kind: "end" };

/** From a server. @internal */
export type ServerMessage =
  | {
      readonly kind: "head";
      readonly status: number;
      readonly statusText: string;
      readonly headers: IncomingHeaders;
    }
  | BodyMessage
  /** `last`: the connection serves nobody else. */
  | { readonly kind: "end"; readonly last: boolean };

/** A piece of a body, which nobody changes any more. @internal */
export interface BodyMessage {
  readonly kind: "data";
  readonly bytes: Uint8Array;
}

// What a read of a socket brings, at most.
const PIECE = 64 * 1024;

/** A body in pieces, of which nobody else has the bytes. @internal */
export function* piecesOf(bytes: Uint8Array): Generator<BodyMessage, void, undefined> {
  for (let at = 0; at < bytes.length; at += PIECE) yield { kind: "data", bytes: bytes.slice(at, at + PIECE) };
}

/** What everything but a body weighs, roughly, in bytes. @internal */
export const OVERHEAD = 200;

// How much may wait to be sent before whoever writes waits, and down to how much: as Node's streams and the system's buffers.
const HIGH_WATER = 64 * 1024;
const LOW_WATER = 16 * 1024;

/** Whether there is enough for now. @internal */
export function isFull(channel: { readonly unacknowledged: number }): boolean {
  return channel.unacknowledged > HIGH_WATER;
}

/** Whether there is room for more. @internal */
export function hasRoom(channel: { readonly unacknowledged: number }): boolean {
  return channel.unacknowledged <= LOW_WATER;
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const NO_FIELD = /[^\t\u0020-\u007e\u0080-\u00ff]/;

/** Whether it may be a method, or the name of a header: RFC 9110, section 5.6.2. @internal */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether it may be the value of a header: RFC 9110, section 5.5. @internal */
export function isFieldValue(text: string): boolean {
  return !NO_FIELD.test(text);
}
