import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { Fifo } from "../sync/store.ts";
import { coroutine } from "../task/coroutine.ts";
import { IoWait } from "./io-wait.ts";
import type { Message } from "./websocket-wire.ts";

/** @internal What an inbox holds back when it is full. */
export interface Source {
  pause(): void;
  resume(): void;
}

/**
 * Messages that have come and were not received yet. With more than `limit` of them it pauses the source, until a quarter of
 * that is left.
 *
 * @internal
 * @see Python's `websockets.asyncio.messages.Assembler`
 */
export class Inbox {
  readonly #loop: EventLoop;
  readonly #source: Source;
  readonly #limit: number;
  readonly #messages = new Fifo<Message>();
  #receiver: IoWait | null = null;
  #receiving = false;
  // What happens when there are too many: the source is paused, or, once nobody is sure to receive any more, they are dropped.
  #whenFull: "pause" | "drop" = "pause";
  #state: "flowing" | "paused" | "dropping" | "ended" = "flowing";

  static {
    coroutine(this.prototype.take);
  }

  constructor(loop: EventLoop, source: Source, limit: number) {
    this.#loop = loop;
    this.#source = source;
    this.#limit = limit;
  }

  put(message: Message): void {
    if (this.#state === "dropping") return;
    this.#messages.put(message);
    this.#receiver?.succeed();
    if (this.#state === "flowing" && this.#messages.size > this.#limit) this.#overflow();
  }

  #overflow(): void {
    if (this.#whenFull === "drop") {
      this.#state = "dropping";
      return;
    }
    this.#state = "paused";
    this.#source.pause();
  }

  /** From now on nothing may stop the source: what comes next may be the peer's goodbye. */
  dropWhatIsTooMuch(): void {
    this.#whenFull = "drop";
    if (this.#state !== "paused") return;
    this.#state = "dropping";
    this.#source.resume();
  }

  /** No message will come any more. */
  end(): void {
    this.#state = "ended";
    this.#receiver?.succeed();
  }

  /** The next message; null at the end. Being cancelled loses none. */
  *take(who: string): Coroutine<Message | null> {
    if (this.#receiving) throw new RuntimeError(`${who}: another task receives from this connection already.`);
    this.#receiving = true;
    try {
      while (this.#messages.size === 0) {
        if (this.#state === "ended") return null;
        this.#receiver = new IoWait(who, this.#loop);
        yield* this.#receiver;
      }
      return this.#next();
    } finally {
      this.#receiving = false;
      this.#receiver = null;
    }
  }

  #next(): Message {
    const message = this.#messages.take();
    if (this.#state === "paused" && this.#messages.size * 4 <= this.#limit) {
      this.#state = "flowing";
      this.#source.resume();
    }
    return message;
  }
}
