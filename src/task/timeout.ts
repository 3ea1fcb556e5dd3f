import { RuntimeError } from "../loop/errors.ts";
import { getRunningLoop } from "../loop/event-loop.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import type { Handle } from "../loop/handle.ts";
import type { Awaitable } from "../future/awaitable.ts";
import { CancelledError, TimeoutError } from "../future/errors.ts";
import { currentTask } from "./current-task.ts";
import { Instantly } from "./instantly.ts";
import type { Task } from "./task.ts";
import type { ContextManager } from "./using.ts";

type State = "created" | "active" | "expiring" | "expired" | "finished";

/**
 * A deadline for a body: when it passes, the task is cancelled, and that cancellation, and no other, comes out of the
 * body as TimeoutError.
 *
 * @see CPython 3.13 `asyncio/timeouts.py`
 */
export class Timeout implements ContextManager<Timeout> {
  #state: State = "created";
  #when: number | null;
  #task: Task<any> | null = null;
  #handle: Handle | null = null;
  // How often the task had been asked to cancel when the body began: more than that after an expiry is somebody else's.
  #cancelling = 0;

  /** @param when - The deadline on the loop's clock, in milliseconds; null for none. */
  constructor(when: number | null) {
    if (when !== null) checkMilliseconds("Timeout", "the deadline", when);
    this.#when = when;
  }

  when(): number | null {
    return this.#when;
  }

  /**
   * Moves the deadline; null takes it away, a past one expires in the next iteration.
   *
   * @throws {RuntimeError} When the body has not begun, the deadline has passed, or the body has ended.
   */
  reschedule(when: number | null): void {
    if (this.#state === "created") throw new RuntimeError("Timeout.reschedule: the timeout has not been entered.");
    if (this.#state !== "active") {
      throw new RuntimeError(`Timeout.reschedule: the timeout is ${this.#state}, and cannot be moved any more.`);
    }
    if (when !== null) checkMilliseconds("Timeout.reschedule", "the deadline", when);
    this.#when = when;
    this.#handle?.cancel();
    this.#schedule();
  }

  #schedule(): void {
    const when = this.#when;
    const loop = getRunningLoop();
    if (when === null) this.#handle = null;
    else if (when <= loop.time()) this.#handle = loop.callSoon(expire, this);
    else this.#handle = loop.callAt(when, expire, this);
  }

  /** Whether the deadline passed before the body ended. */
  expired(): boolean {
    return this.#state === "expiring" || this.#state === "expired";
  }

  /** @throws {RuntimeError} When awaited: the second time, or outside of a task. */
  enter(): Awaitable<Timeout> {
    return new Instantly("Timeout.enter", () => this.begin());
  }

  /** @internal What entering does. */
  begin(): this {
    if (this.#state !== "created") throw new RuntimeError("Timeout: has already been entered. Make a new one.");
    const task = currentTask();
    if (task === null) throw new RuntimeError("Timeout: should be used inside a task.");
    this.#state = "active";
    this.#task = task;
    this.#cancelling = task.cancelling();
    this.#schedule();
    return this;
  }

  /** @throws {TimeoutError} When awaited: if the body was ended by this timeout. */
  exit(...left: [error?: unknown]): Awaitable<void> {
    return new Instantly("Timeout.exit", () => {
      if (left.length > 0) this.fail(left[0]);
      else this.finish();
    });
  }

  /** @internal What leaving does; true when it has expired, and its cancellation is the only one there was. */
  finish(): boolean {
    if (this.#handle !== null) this.#handle.cancel();
    this.#handle = null;
    if (this.#state === "active") this.#state = "finished";
    if (this.#state !== "expiring") return false;
    this.#state = "expired";
    return this.#task!.uncancel() <= this.#cancelling;
  }

  /** @internal What leaving with an error does. */
  fail(error: unknown): void {
    if (this.finish() && error instanceof CancelledError) throw new TimeoutError(undefined, { cause: error });
  }

  /** @internal */
  onDeadline(): void {
    this.#task!.cancel();
    this.#state = "expiring";
    this.#handle = null;
  }

  toString(): string {
    const when = this.#state === "active" ? ` when=${String(this.#when)}` : "";
    return `<Timeout [${this.#state}]${when}>`;
  }
}

function expire(expiring: Timeout): void {
  expiring.onDeadline();
}

/**
 * `using(timeout(delay), body)`: the body has `delay` milliseconds from now.
 *
 * @param delay - Milliseconds; null for no limit.
 * @example
 * try {
 *   yield* using(timeout(100), function* () {
 *     yield* sleep(1000);
 *   });
 * } catch (error) {
 *   print(error instanceof TimeoutError); //=> true
 * }
 */
export function timeout(delay: number | null): Timeout {
  const loop = getRunningLoop();
  if (delay === null) return new Timeout(null);
  checkMilliseconds("timeout", "the delay", delay);
  return new Timeout(loop.time() + delay);
}

/** As `timeout`, with a deadline on the loop's clock. */
export function timeoutAt(when: number | null): Timeout {
  return new Timeout(when);
}
