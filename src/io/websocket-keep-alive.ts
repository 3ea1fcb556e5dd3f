import type { EventLoop } from "../loop/event-loop.ts";
import type { Handle } from "../loop/handle.ts";
import type { IoWait } from "./io-wait.ts";

/** @internal */
export interface KeepAliveSettings {
  readonly pingInterval: number | null;
  readonly pingTimeout: number | null;
}

/**
 * Asks the peer again and again whether it is there, and says so when it is not.
 *
 * @internal
 * @see Python's `websockets.asyncio.connection.Connection.keepalive`
 */
export class KeepAlive {
  readonly #loop: EventLoop;
  readonly #interval: number | null;
  readonly #timeout: number | null;
  readonly #ping: () => IoWait<number>;
  readonly #onSilence: () => void;
  #timer: Handle | null = null;

  constructor(
    loop: EventLoop,
    { pingInterval, pingTimeout }: KeepAliveSettings,
    ping: () => IoWait<number>,
    onSilence: () => void,
  ) {
    this.#loop = loop;
    this.#interval = pingInterval;
    this.#timeout = pingTimeout;
    this.#ping = ping;
    this.#onSilence = onSilence;
  }

  start(): void {
    this.#schedule(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  // The time that an answer took is part of the interval.
  #schedule(latency: number): void {
    if (this.#interval === null) return;
    this.#timer = this.#loop.callLater(this.#interval - latency, () => this.#ask());
  }

  #ask(): void {
    const pong = this.#ping();
    if (this.#timeout === null) {
      this.#schedule(0);
      return;
    }
    const timer = this.#loop.callLater(this.#timeout, this.#onSilence);
    this.#timer = timer;
    pong.addDoneCallback(() => {
      // Stopped meanwhile, or the pong comes too late.
      if (this.#timer !== timer || pong.exception() !== null) return;
      timer.cancel();
      this.#schedule(pong.result());
    });
  }
}
