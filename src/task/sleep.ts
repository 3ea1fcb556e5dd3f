import { currentContext } from "../loop/context.ts";
import { type EventLoop, getRunningLoop } from "../loop/event-loop.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import { NO_ARGS, TimerHandle } from "../loop/handle.ts";
import type { Awaitable } from "../future/awaitable.ts";
import { Future, PENDING } from "../future/future.ts";
import { NOT_NOW, Operation } from "../future/operation.ts";

class Sleep<T> extends Operation<T, Future<void> | undefined> {
  readonly #delay: number;
  readonly #result: T;
  #alarm: Alarm | null = null;

  constructor(delay: number, result: T) {
    super();
    this.#delay = delay;
    this.#result = result;
  }

  get label(): string {
    return "sleep";
  }

  protected attempt(): typeof NOT_NOW {
    checkMilliseconds("sleep", "the delay", this.#delay);
    return NOT_NOW;
  }

  protected begin(): Future<void> | undefined {
    if (this.#delay <= 0) return undefined;
    const loop = getRunningLoop();
    this.#alarm = new Alarm(loop, loop.time() + this.#delay, new SleepFuture());
    loop.addTimer(this.#alarm);
    return this.#alarm.future;
  }

  protected finish(): T {
    this.#alarm?.cancel();
    return this.#result;
  }

  protected abandon(): void {
    this.#alarm?.cancel();
  }
}

class SleepFuture extends Future<void> {
  get label(): string {
    return "sleep";
  }
}

/** A timer that completes a future, and needs neither arguments nor a context of its own. (bench: W6 "sleepers") */
class Alarm extends TimerHandle {
  readonly future: Future<void>;

  constructor(loop: EventLoop, when: number, future: Future<void>) {
    super(loop, when, wake, NO_ARGS, currentContext());
    this.future = future;
  }

  override run(): void {
    if (!this.cancelled() && this.future.state === PENDING) this.future.setResult();
  }
}

/** What an Alarm does, by name, for those who watch the loop. */
function wake(): void {}

/**
 * Waits. It counts from when it is awaited.
 *
 * @param delay - Milliseconds; zero or less is one pass of the loop.
 * @param result - What waiting gives.
 * @throws {ValueError} When awaited, if the delay is NaN.
 * @example
 * yield* sleep(1000);
 * print(yield* sleep(1000, "late")); //=> "late"
 */
export function sleep(delay: number): Awaitable<void>;
export function sleep<T>(delay: number, result: T): Awaitable<T>;
export function sleep(delay: number, result?: unknown): Awaitable<unknown> {
  return new Sleep(delay, result);
}
