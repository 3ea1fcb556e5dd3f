import { ValueError } from "../loop/errors.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import type { TimeoutPhase } from "./http-errors.ts";

/**
 * How long a request may take, in milliseconds; Infinity for as long as it does.
 *
 * @see aiohttp `ClientTimeout`
 */
export interface RequestTimeouts {
  /** All of it, redirects and reading the body included. Default: five minutes. */
  total?: number;
  /** Until there is a connection: for a free place among `limit`, and for making it. Default: Infinity. */
  connect?: number;
  /** Making one connection. Default: 30 seconds. */
  socketConnect?: number;
  /** Between two pieces that come from the server. Default: Infinity. */
  read?: number;
}

const PHASES = ["total", "connect", "socketConnect", "read"] as const satisfies readonly TimeoutPhase[];

/** @internal As aiohttp's. */
export const DEFAULT_TIMEOUTS: Required<RequestTimeouts> = {
  total: 300_000,
  connect: Infinity,
  socketConnect: 30_000,
  read: Infinity,
};

/** @internal What is not given is as in `defaults`. */
export function readTimeouts(
  who: string,
  timeouts: RequestTimeouts | undefined,
  defaults: Required<RequestTimeouts>,
): Required<RequestTimeouts> {
  if (timeouts === undefined) return defaults;
  if (typeof timeouts !== "object" || timeouts === null) {
    throw new TypeError(`${who}: timeout is an object, { total, connect, socketConnect, read }, in milliseconds.`);
  }
  for (const phase of PHASES) {
    const value = timeouts[phase];
    if (value === undefined) continue;
    checkMilliseconds(who, `timeout.${phase}`, value);
    if (value <= 0) throw new ValueError(`${who}: timeout.${phase} is more than 0 (Infinity for none), not ${value}.`);
  }
  return { ...defaults, ...timeouts };
}

/** @internal When, on the loop's clock, what must have happened; and how long that is. */
export interface Deadlines {
  readonly total: number;
  readonly connect: number;
  /** Milliseconds, from each new connection on. */
  readonly socketConnect: number;
  /** Milliseconds, from each piece on. */
  readonly read: number;
  readonly durations: Required<RequestTimeouts>;
}

/** @internal For a request that begins now. */
export function deadlinesFrom(now: number, durations: Required<RequestTimeouts>): Deadlines {
  const { total, connect, socketConnect, read } = durations;
  return { total: now + total, connect: now + connect, socketConnect, read, durations };
}
