import { ValueError } from "../loop/errors.ts";
import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { type ContextManager, using } from "../task/using.ts";
import { Instantly } from "../task/instantly.ts";
import { Condition } from "./condition.ts";
import { BrokenBarrierError } from "./errors.ts";

type State = "filling" | "draining" | "resetting" | "broken";

/**
 * Holds tasks back until `parties` of them have come; then lets all go on.
 *
 * @see CPython 3.13 `asyncio.Barrier`
 */
export class Barrier implements ContextManager<number> {
  readonly parties: number;
  readonly #condition = new Condition();
  #state: State = "filling";
  #count = 0;

  /** @throws {ValueError} When `parties` is less than 1. */
  constructor(parties: number) {
    if (!Number.isInteger(parties) || parties < 1) {
      throw new ValueError(`Barrier: parties must be a whole number > 0, got ${String(parties)}.`);
    }
    this.parties = parties;
  }

  /** How many wait at the barrier. */
  get nWaiting(): number {
    return this.#state === "filling" ? this.#count : 0;
  }

  get broken(): boolean {
    return this.#state === "broken";
  }

  /**
   * Waits until all parties have come.
   *
   * @returns The order of coming, from 0.
   * @throws {BrokenBarrierError} When it is, or is being, broken or reset.
   */
  wait(): Coroutine<number> {
    return using(this.#condition, () => this.#pass());
  }

  *#pass(): Coroutine<number> {
    yield* this.#untilItFills();
    try {
      const index = this.#count;
      this.#count += 1;
      if (index + 1 === this.parties) this.#release();
      else yield* this.#untilItDrains();
      return index;
    } finally {
      this.#count -= 1;
      this.#leave();
    }
  }

  *#untilItFills(): Coroutine<void> {
    yield* this.#condition.waitFor(() => this.#state !== "draining" && this.#state !== "resetting");
    if (this.#state === "broken") throw new BrokenBarrierError("Barrier aborted");
  }

  #release(): void {
    this.#state = "draining";
    this.#condition.notifyAll();
  }

  *#untilItDrains(): Coroutine<void> {
    yield* this.#condition.waitFor(() => this.#state !== "filling");
    if (this.#state === "broken" || this.#state === "resetting") {
      throw new BrokenBarrierError("Abort or reset of barrier");
    }
  }

  /** The last one out lets the next in. */
  #leave(): void {
    if (this.#count > 0) return;
    if (this.#state === "resetting" || this.#state === "draining") this.#state = "filling";
    this.#condition.notifyAll();
  }

  /** Empties the barrier: those who wait get a BrokenBarrierError. A broken barrier is mended. */
  reset(): Coroutine<void> {
    return this.#change(() => (this.#count > 0 ? "resetting" : "filling"));
  }

  /** Breaks the barrier: those who wait, and those who come, get a BrokenBarrierError, until it is reset. */
  abort(): Coroutine<void> {
    return this.#change(() => "broken");
  }

  *#change(to: () => State): Coroutine<void> {
    yield* this.#condition.acquire();
    this.#state = to();
    this.#condition.notifyAll();
    this.#condition.release();
  }

  enter(): Awaitable<number> {
    return this.wait();
  }

  exit(_error?: unknown): Awaitable<void> {
    return new Instantly("Barrier.exit", () => {});
  }

  toString(): string {
    const waiting = this.#state === "broken" ? "" : `, waiters:${this.nWaiting}/${this.parties}`;
    return `<Barrier [${this.#state}${waiting}]>`;
  }
}
