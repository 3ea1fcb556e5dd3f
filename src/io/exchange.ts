import type { EventLoop } from "../loop/event-loop.ts";
import { IoWait } from "./io-wait.ts";

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/**
 * One question to a database server, and its answer. It is over when three things have come, in any order: an outcome;
 * the server's word that it is ready for the next question; and, if it was asked to stop, the end of that, too: a request
 * to stop that arrives late would hit the next question.
 *
 * @internal
 */
export class Exchange<T = unknown> {
  /** For errors: `fetch`. */
  readonly who: string;
  /** What the asking task waits for. */
  readonly answer: IoWait<T>;
  readonly #onOver: () => void;
  #isOver = false;
  // Made for who waits for the end and not for the answer, as few do.
  #over: IoWait | null = null;
  #outcome: Outcome<T> | null = null;
  #serverIsReady = false;
  #stopping = false;

  constructor(who: string, label: string, loop: EventLoop, onOver: () => void) {
    this.who = who;
    this.answer = new IoWait<T>(label, loop);
    this.#onOver = onOver;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Done when it is over. */
  get over(): IoWait {
    if (this.#over === null) {
      this.#over = new IoWait(this.answer.label, this.answer.getLoop());
      if (this.#isOver) this.#over.succeed();
    }
    return this.#over;
  }

  succeed(value: T): void {
    this.#outcome ??= { value };
    this.#settle();
  }

  fail(error: unknown): void {
    this.#outcome ??= { error };
    this.#settle();
  }

  /** What it failed with; undefined when it did not, or is not over. */
  get error(): unknown {
    return this.#outcome !== null && "error" in this.#outcome ? this.#outcome.error : undefined;
  }

  get isReady(): boolean {
    return this.#serverIsReady;
  }

  /** The server takes the next question. */
  serverIsReady(): void {
    this.#serverIsReady = true;
    this.#settle();
  }

  /** It is, or is not any more, being asked to stop. */
  set stopping(stopping: boolean) {
    this.#stopping = stopping;
    this.#settle();
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** The connection is gone: nothing more will come. */
  lost(error: unknown): void {
    this.#outcome ??= { error };
    this.#serverIsReady = true;
    this.#stopping = false;
    this.#settle();
  }

  #settle(): void {
    const outcome = this.#outcome;
    if (outcome === null || !this.#serverIsReady || this.#stopping || this.#isOver) return;
    this.#isOver = true;
    this.#onOver();
    this.#over?.succeed();
    if ("error" in outcome) this.answer.failQuietly(outcome.error);
    else this.answer.succeed(outcome.value);
  }
}
