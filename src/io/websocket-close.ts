import { ValueError } from "../loop/errors.ts";
import { toBytes } from "./bytes.ts";

/** What one side says when it closes a connection. */
export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

const NORMAL: ReadonlySet<number> = new Set([1000, 1001, 1005]);

// RFC 6455, section 7.4, and the registry that it founds.
const MEANINGS: Readonly<Record<number, string>> = {
  1000: "OK",
  1001: "going away",
  1002: "protocol error",
  1003: "unsupported data",
  1005: "no status received",
  1006: "abnormal closure",
  1007: "invalid frame payload data",
  1008: "policy violation",
  1009: "message too big",
  1010: "mandatory extension",
  1011: "internal error",
  1012: "service restart",
  1013: "try again later",
  1014: "bad gateway",
};

// A control frame holds 125 bytes, and two of them are the code.
const LONGEST_REASON = 123;

/** @internal */
export function isNormal(close: CloseFrame | null): boolean {
  return close !== null && NORMAL.has(close.code);
}

/** @internal As errors say it: `1001 (going away) see you`. */
export function describeClose({ code, reason }: CloseFrame): string {
  return `${code} (${meaningOf(code)})${reason === "" ? "" : ` ${reason}`}`;
}

function meaningOf(code: number): string {
  return MEANINGS[code] ?? (code < 3000 ? "unknown" : code < 4000 ? "registered" : "private use");
}

/** @internal @throws {ValueError} When it cannot be sent. */
export function checkClose(who: string, { code, reason }: CloseFrame): void {
  const known = code in MEANINGS && code !== 1005 && code !== 1006;
  if (!Number.isInteger(code) || !(known || (code >= 3000 && code < 5000))) {
    throw new ValueError(
      `${who}: a close code is one of RFC 6455's, or from 3000 to 4999; ${String(code)} cannot be sent.`,
    );
  }
  if (typeof reason !== "string") throw new TypeError(`${who}: a reason is a string, not ${typeof reason}.`);
  const length = toBytes(who, reason).length;
  if (length > LONGEST_REASON) {
    throw new ValueError(`${who}: a reason has up to ${LONGEST_REASON} bytes; this one has ${length}.`);
  }
}
