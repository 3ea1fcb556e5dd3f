import type { EventLoop } from "../loop/event-loop.ts";
import { IoWait } from "./io-wait.ts";

interface Ping {
  readonly sentAt: number;
  readonly pong: IoWait<number>;
}

/**
 * Pings that were not answered yet, in order. A pong answers its ping and those before it; the result is how long that
 * took, in milliseconds.
 *
 * @internal
 * @see RFC 6455, section 5.5.3
 */
export class Pings {
  readonly #loop: EventLoop;
  readonly #send: (payload: string) => void;
  readonly #pending = new Map<string, Ping>();
  #count = 0;

  constructor(loop: EventLoop, send: (payload: string) => void) {
    this.#loop = loop;
    this.#send = send;
  }

  begin(): IoWait<number> {
    this.#count += 1;
    const pong = new IoWait<number>("Connection.ping", this.#loop);
    this.#pending.set(String(this.#count), { sentAt: this.#loop.time(), pong });
    this.#send(String(this.#count));
    return pong;
  }

  /** Nobody asked for a pong that is not pending: peers may send those. */
  answered(payload: string): void {
    if (!this.#pending.has(payload)) return;
    const now = this.#loop.time();
    for (const [id, { sentAt, pong }] of this.#pending) {
      this.#pending.delete(id);
      pong.succeed(now - sentAt);
      if (id === payload) return;
    }
  }

  fail(makeError: () => Error): void {
    for (const { pong } of this.#pending.values()) pong.failQuietly(makeError());
    this.#pending.clear();
  }
}
