import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { concatenate, plain } from "./bytes.ts";
import { IoWait } from "./io-wait.ts";

// As aiohttp's: `read_bufsize`.
const HIGH_WATER = 64 * 1024;
const LOW_WATER = HIGH_WATER / 4;

/** @internal What sends no more while it is paused. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/**
 * The body of a message as it arrives. Who sends it waits while 64 KiB of it have not been read.
 *
 * @internal
 */
export class Body {
  readonly #label: string;
  readonly #loop: EventLoop;
  readonly #source: Pausable;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #paused = false;
  #end: { readonly error: unknown } | "complete" | null = null;
  #reader: IoWait | null = null;

  static {
    for (const method of ["chunk", "all"] as const) coroutine(this.prototype[method]);
  }

  constructor(label: string, loop: EventLoop, source: Pausable) {
    this.#label = label;
    this.#loop = loop;
    this.#source = source;
  }

  // ---- what arrives

  push(chunk: Uint8Array): void {
    if (this.#end !== null || chunk.length === 0) return;
    this.#chunks.push(plain(chunk));
    this.#size += chunk.length;
    if (this.#size >= HIGH_WATER && !this.#paused) {
      this.#paused = true;
      this.#source.pause();
    }
    this.#reader?.succeed();
  }

  finish(): void {
    this.#end ??= "complete";
    this.#reader?.succeed();
  }

  /** What has arrived can be read; then comes the error. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#reader?.succeed();
  }

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#end !== null;
  }

  /** Whether nothing more will come, and all has been read. */
  get consumed(): boolean {
    return this.#end !== null && this.#chunks.length === 0;
  }

  // ---- reading

  /** What has arrived next; null at the end. */
  *chunk(): Coroutine<Uint8Array | null> {
    while (this.#chunks.length === 0) {
      if (this.#end === "complete") return null;
      if (this.#end !== null) throw this.#end.error;
      yield* this.#arrival();
    }
    const chunk = this.#chunks.shift()!;
    this.#size -= chunk.length;
    if (this.#paused && this.#size <= LOW_WATER) {
      this.#paused = false;
      this.#source.resume();
    }
    return chunk;
  }

  *#arrival(): Coroutine<void> {
    if (this.#reader !== null) throw new RuntimeError(`${this.#label}: another task is reading this body already.`);
    const arrival = new IoWait(this.#label, this.#loop);
    this.#reader = arrival;
    try {
      yield* arrival;
    } finally {
      this.#reader = null;
    }
  }

  /** All that is left. @param check - Is told how much there is so far, and may throw. */
  *all(check: (size: number) => void = () => {}): Coroutine<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let chunk = yield* this.chunk(); chunk !== null; chunk = yield* this.chunk()) {
      chunks.push(chunk);
      size += chunk.length;
      check(size);
    }
    return chunks.length === 1 ? chunks[0]! : concatenate(chunks);
  }

  /** Nobody will read it: what has arrived and what arrives is dropped. */
  drop(): void {
    this.#end ??= "complete";
    this.#chunks = [];
    this.#size = 0;
    if (this.#paused) {
      this.#paused = false;
      this.#source.resume();
    }
  }
}
