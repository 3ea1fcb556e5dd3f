import type { EventLoop } from "./event-loop.ts";
import { type Context, copyContext, enterContext } from "./context.ts";
import type { AnyTask } from "./parties.ts";

/**
 * What the ready queue holds: handles, and tasks, which wait in it in person, so that resuming one allocates nothing.
 *
 * @internal
 */
export interface Runnable {
  /** Runs once; reports its own errors and throws none. */
  run(): void;
  /** The task whose step this is, if it is one. */
  readonly stepOf: AnyTask | undefined;
}

// For debug mode alone: a field would cost all others 8 bytes a handle.
const sources = new WeakMap<Handle, string | undefined>();

/** @internal */
export const NO_ARGS: readonly unknown[] = [];

/**
 * A callback that waits to be called by the loop.
 *
 * @see CPython 3.13 `asyncio.Handle`
 */
export class Handle implements Runnable {
  /** @internal */ readonly loop: EventLoop;
  /** @internal */ callback: ((...args: any[]) => void) | null;
  /** @internal */ args: readonly unknown[];
  /** @internal */ readonly context: Context;

  /** @internal */
  constructor(
    loop: EventLoop,
    callback: (...args: any[]) => void,
    args: readonly unknown[],
    context: Context = copyContext(),
  ) {
    this.loop = loop;
    this.callback = callback;
    this.args = args;
    this.context = context;
    if (loop.debug) sources.set(this, new Error("scheduled here").stack);
  }

  /** @internal In debug mode, the stack of whoever scheduled it. */
  get source(): string | undefined {
    return sources.get(this);
  }

  /** Drops the call. A cancelled handle still takes its turn in the iteration, and does nothing in it. */
  cancel(): void {
    this.callback = null;
    this.args = NO_ARGS;
  }

  /** Whether `cancel()` was called. */
  cancelled(): boolean {
    return this.callback === null;
  }

  /** @internal */
  get stepOf(): AnyTask | undefined {
    return undefined;
  }

  /** @internal Whether running it now, in whatever order, changes nothing that anybody can see: it only counts. */
  get idle(): boolean {
    return false;
  }

  /** @internal */
  run(): void {
    if (this.callback === null) return;
    enterContext(this.context);
    try {
      this.callback(...this.args);
    } catch (exception) {
      this.loop.callExceptionHandler({ message: `Exception in callback ${this.describe()}`, exception, handle: this });
    }
  }

  toString(): string {
    return `<Handle ${this.describe()}>`;
  }

  /** @internal */
  describe(): string {
    return this.callback === null ? "(cancelled)" : `${this.callback.name || "(anonymous)"}()`;
  }
}

/**
 * A callback that waits for a point in time.
 *
 * @see CPython 3.13 `asyncio.TimerHandle`
 */
export class TimerHandle extends Handle {
  readonly #when: number;
  /** @internal Age, which the timer heap tells: equal deadlines run in the order they were set. */
  sequence = 0;
  /** @internal Whether the timer heap holds it. */
  scheduled = false;

  /** @internal */
  constructor(
    loop: EventLoop,
    when: number,
    callback: (...args: any[]) => void,
    args: readonly unknown[],
    context?: Context,
  ) {
    super(loop, callback, args, context);
    this.#when = when;
  }

  /** The deadline, in milliseconds on the loop's clock. */
  when(): number {
    return this.#when;
  }

  /** @internal When it is due on the clock that the loop waits by: another, where a simulated host has one of its own. */
  deadline(): number {
    return this.#when;
  }

  override toString(): string {
    return `<TimerHandle when=${this.#when} ${this.describe()}>`;
  }

  override cancel(): void {
    const first = this.callback !== null;
    super.cancel();
    if (first && this.scheduled) this.loop.timerCancelled(this);
  }
}
