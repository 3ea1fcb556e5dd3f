import { type Clock, MonotonicClock } from "./clock.ts";
import { currentContext, enterContext } from "./context.ts";
import { LoopClosedError, RuntimeError, StalledError } from "./errors.ts";
import { type ExceptionContext, type ExceptionHandler, handleException } from "./exception-handler.ts";
import { Handle, type Runnable, TimerHandle } from "./handle.ts";
import { type Instrument, combineInstruments } from "./instrument.ts";
import { checkMilliseconds } from "./milliseconds.ts";
import { printException, printWarning } from "./print.ts";
import { Ring } from "./ring.ts";
import { type ReadyView, type Scheduler, viewOf } from "./scheduler.ts";
import { TimerHeap } from "./timer-heap.ts";

/** How a loop is made. */
export interface LoopOptions {
  /** Tells the time and waits. Default: real time. */
  clock?: Clock;
  /** Checks more, remembers where things were made, reports slow callbacks. Default false. */
  debug?: boolean;
  /** Chooses the next ready callback. Default: first in, first out. */
  scheduler?: Scheduler;
  /** Are told what happens. */
  instruments?: readonly Instrument[];
}

let running: EventLoop | null = null;

/**
 * The loop whose iteration this code is part of.
 *
 * @throws {RuntimeError} Outside of one.
 */
export function getRunningLoop(): EventLoop {
  if (running === null) {
    throw new RuntimeError("No running event loop. Call this from inside a coroutine or callback that a loop runs.");
  }
  return running;
}

/** @internal */
export function runningLoopOrNull(): EventLoop | null {
  return running;
}

/**
 * Runs callbacks, in turn and in time. It knows no future and no task.
 *
 * @example
 * const loop = new EventLoop({ clock: new VirtualClock() });
 * loop.callLater(2000, () => loop.stop());
 * loop.callSoon(() => print(loop.time())); //=> 0
 * loop.runForever();
 * print(loop.time()); //=> 2000
 * @see CPython 3.13 `asyncio.BaseEventLoop`
 */
export class EventLoop {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler | null;
  readonly #ready = new Ring<Runnable>();
  readonly #timers = new TimerHeap();
  readonly #closeHooks: (() => void)[] = [];
  #iteration = 0;
  #stopping = false;
  #closed = false;
  #running = false;
  #inIteration = false;
  #exceptionHandler: ExceptionHandler | null = null;
  // The host that runs this loop inside its own, and wants to know when a callback arrives while the loop is idle.
  #host: (() => void) | null = null;

  debug: boolean;
  /** Debug mode reports callbacks that hold the thread for at least this many milliseconds. */
  slowCallbackDuration = 100;
  /** @internal Null when nobody watches: asking costs one comparison. */
  readonly instrument: Instrument | null;
  /** @internal What the task layer keeps for this loop. */
  annex: unknown = null;

  /** @param options - See LoopOptions. */
  constructor(options: LoopOptions = {}) {
    this.#clock = options.clock ?? new MonotonicClock();
    this.debug = options.debug ?? false;
    this.#scheduler = options.scheduler ?? null;
    this.instrument = combineInstruments(options.instruments ?? []);
  }

  // ---- callbacks

  /**
   * Calls `callback` in the next iteration, after all that is ready already.
   *
   * @throws {LoopClosedError} When the loop is closed.
   */
  callSoon<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Handle {
    this.#checkCall("callSoon", callback);
    const handle = new Handle(this, callback, args);
    this.enqueue(handle);
    return handle;
  }

  /** As callSoon, for callbacks that the host makes (I/O, workers): it wakes a waiting loop. */
  callSoonThreadsafe<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Handle {
    this.#checkCall("callSoonThreadsafe", callback);
    return this.callSoon(callback, ...args);
  }

  /**
   * Calls `callback` once, `delay` milliseconds from now on the loop's clock.
   *
   * It runs in the iteration that finds its deadline passed; equal deadlines run in the order they were set.
   *
   * @param delay - Milliseconds; zero or less means the next iteration, after what is ready.
   * @returns A handle whose `cancel()` drops the call.
   * @throws {LoopClosedError} When the loop is closed.
   * @throws {ValueError} When the delay is NaN.
   * @see CPython 3.13 `asyncio.loop.call_later`
   */
  callLater<A extends unknown[]>(delay: number, callback: (...args: A) => void, ...args: A): TimerHandle {
    this.#checkCall("callLater", callback);
    checkMilliseconds("callLater", "delay", delay);
    return this.#schedule(this.#clock.now() + delay, callback, args);
  }

  /** As callLater, at the clock reading `when`. */
  callAt<A extends unknown[]>(when: number, callback: (...args: A) => void, ...args: A): TimerHandle {
    this.#checkCall("callAt", callback);
    checkMilliseconds("callAt", "when", when);
    return this.#schedule(when, callback, args);
  }

  #schedule(when: number, callback: (...args: any[]) => void, args: readonly unknown[]): TimerHandle {
    const timer = new TimerHandle(this, when, callback, args);
    this.addTimer(timer);
    return timer;
  }

  /** @internal */
  addTimer(timer: TimerHandle): void {
    this.#timers.push(timer);
    if (this.instrument !== null) this.instrument.timerScheduled?.(timer);
    if (this.#host !== null && !this.#running) this.#host();
  }

  #checkCall(name: string, callback: unknown): void {
    if (this.#closed) this.checkOpen(name);
    if (typeof callback !== "function") {
      throw new TypeError(`${name}: the callback is a function, not ${callback === null ? "null" : typeof callback}.`);
    }
    if (this.debug && Object.prototype.toString.call(callback) !== "[object Function]") {
      throw new TypeError(
        `${name}: ${callback.name || "(anonymous)"} is a coroutine function. Start it: createTask(…).`,
      );
    }
  }

  /** @internal */
  checkOpen(name: string): void {
    if (this.#closed) throw new LoopClosedError(`${name}: the event loop is closed. Make a new one.`);
  }

  /** @internal Puts `entry` at the end of the ready queue. */
  enqueue(entry: Runnable): void {
    this.#ready.push(entry);
    if (this.instrument !== null) this.instrument.callbackScheduled?.(entry as Handle);
    if (this.#host !== null && !this.#running) this.#host();
  }

  /** @internal */
  timerCancelled(timer: TimerHandle): void {
    this.#timers.noteCancelled();
    if (this.instrument !== null) this.instrument.timerCancelled?.(timer);
  }

  // ---- time and iterations

  /** The clock's reading, in milliseconds. */
  time(): number {
    return this.#clock.now();
  }

  /** How many iterations (`_run_once` in asyncio) have begun. */
  get iteration(): number {
    return this.#iteration;
  }

  /**
   * One iteration, without waiting: timers that are due join what is ready, and exactly as many callbacks run as are
   * ready then. What they schedule is for the next iteration. For a host that owns the outer loop.
   *
   * @returns Whether anything is ready or scheduled.
   * @throws {RuntimeError} Inside an iteration of this or another loop.
   * @see CPython 3.13 `base_events._run_once`
   */
  runOnce(): boolean {
    const entered = !this.#running;
    if (entered) this.#enter("runOnce");
    else if (this.#inIteration) throw new RuntimeError("runOnce: this event loop is in the middle of an iteration.");
    const context = currentContext();
    this.#inIteration = true;
    this.#iteration += 1;
    try {
      if (this.instrument !== null) this.instrument.iterationStarted?.(this);

      // 1. Timers that are due go behind what is ready.
      if (!this.#timers.empty) this.#promoteDue();

      // 2. As many callbacks as are ready now, and no more: a chain of callSoon starves neither timers nor the host.
      const ready = this.#ready;
      if (this.#scheduler === null && this.instrument === null && !this.debug) {
        for (let left = ready.size; left > 0; left -= 1) ready.shift().run();
      } else {
        for (let left = ready.size; left > 0; left -= 1) this.#runWatched(this.#pick());
      }
    } finally {
      this.#inIteration = false;
      enterContext(context);
      if (entered) this.#leave();
    }
    return this.#ready.size > 0 || this.#timers.live > 0;
  }

  #promoteDue(): void {
    const timers = this.#timers;
    const now = this.#clock.now();
    for (let timer = timers.shiftDue(now); timer !== undefined; timer = timers.shiftDue(now)) {
      this.#ready.push(timer);
      if (this.instrument !== null) this.instrument.callbackScheduled?.(timer);
    }
  }

  #pick(): Runnable {
    const ready = this.#ready;
    if (this.#scheduler === null || (ready.size === 1 && this.#scheduler.vigilant !== true)) return ready.shift();
    const index = this.#scheduler.pick(this.#readyView);
    if (!Number.isInteger(index) || index < 0 || index >= ready.size) {
      throw new RangeError(
        `Scheduler.pick returned ${String(index)}; expected an integer from 0 to ${ready.size - 1}.`,
      );
    }
    return ready.take(index);
  }

  readonly #readyView: ReadyView = viewOf(this.#ready);

  #runWatched(entry: Runnable): void {
    const { instrument, debug } = this;
    instrument?.callbackStarted?.(entry as Handle);
    const start = debug ? this.#clock.now() : 0;
    entry.run();
    if (debug) this.#reportIfSlow(entry, this.#clock.now() - start);
    instrument?.callbackFinished?.(entry as Handle);
  }

  #reportIfSlow(entry: Runnable, duration: number): void {
    if (duration < this.slowCallbackDuration) return;
    const what = entry instanceof Handle ? `callback ${entry.describe()}` : `a step of task "${entry.stepOf?.name}"`;
    printWarning(`Executing ${what} took ${duration.toFixed(3)} ms.`);
  }

  /** @internal Whether something is ready; as `nextDeadline() <= time()`, without asking the clock. */
  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  /** The clock reading at which the next callback is due: `time()` when one is ready, Infinity when none is scheduled. */
  nextDeadline(): number {
    return this.#ready.size > 0 ? this.#clock.now() : this.#timers.nextDeadline();
  }

  /**
   * Runs iterations, and lets the clock wait between them, until `stop()` is called.
   *
   * @throws {RuntimeError} When the loop, or another, runs already; when nothing is left that could ever call `stop()`.
   */
  runForever(): void {
    this.#enter("runForever");
    try {
      do {
        this.#wait();
        this.runOnce();
      } while (!this.#stopping);
    } finally {
      this.#stopping = false;
      this.#leave();
    }
  }

  #wait(): void {
    if (this.#ready.size > 0 || this.#stopping) return;
    const deadline = this.#timers.nextDeadline();
    if (deadline === Infinity) throw new StalledError();
    if (deadline <= this.#clock.now()) return;
    if (this.#clock.waitUntil === undefined) {
      throw new RuntimeError("runForever: this clock cannot wait (it has no waitUntil). Let the host call runOnce().");
    }
    this.#clock.waitUntil(deadline);
  }

  /** Ends `runForever()` after this iteration; called before it, after its first. */
  stop(): void {
    this.#stopping = true;
  }

  /** @internal Whether `stop()` was called since the loop last stopped; answers once. */
  takeStop(): boolean {
    const stopping = this.#stopping;
    this.#stopping = false;
    return stopping;
  }

  #enter(name: string): void {
    this.checkOpen(name);
    if (this.#running) throw new RuntimeError(`${name}: this event loop is already running.`);
    if (running !== null) throw new RuntimeError(`${name}: cannot run an event loop while another is running.`);
    this.#running = true;
    running = this;
  }

  #leave(): void {
    this.#running = false;
    running = null;
  }

  isRunning(): boolean {
    return this.#running;
  }

  isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Drops what is ready and scheduled, without running it. What was never retrieved is reported now.
   *
   * @throws {RuntimeError} While the loop is running.
   */
  close(): void {
    if (this.#running) throw new RuntimeError("close: cannot close an event loop that is running. Call stop() first.");
    if (this.#closed) return;
    for (const hook of this.#closeHooks) hook();
    this.#closed = true;
    this.#host = null;
    this.#ready.clear();
    this.#timers.clear();
  }

  /** @internal As new, for the next run: what is ready and scheduled is dropped. What the task layer keeps is its own. */
  reset(): void {
    if (this.#running) throw new RuntimeError("reset: cannot reset an event loop that is running.");
    this.#iteration = 0;
    this.#stopping = false;
    this.#exceptionHandler = null;
    this.#ready.clear();
    this.#timers.clear();
  }

  /** @internal Calls `hook` when the loop closes, in order. */
  onClose(hook: () => void): void {
    this.#closeHooks.push(hook);
  }

  /** @internal Names the host: called when something becomes ready or scheduled outside of an iteration. */
  setHost(wake: (() => void) | null): void {
    this.#host = wake;
  }

  /** @internal */
  get hosted(): boolean {
    return this.#host !== null;
  }

  /** @internal Of a loop whose host never gets a turn, and which knows better than `who`: what to throw instead of waiting. */
  refusal(_who: string): Error | null {
    return null;
  }

  // ---- errors that nobody waits for

  /** @param handler - Called with each; null restores `defaultExceptionHandler`. */
  setExceptionHandler(handler: ExceptionHandler | null): void {
    if (handler !== null && typeof handler !== "function") {
      throw new TypeError(`setExceptionHandler: expected a function or null, got ${typeof handler}.`);
    }
    this.#exceptionHandler = handler;
  }

  /** Prints the error and what is known of its origin to the console. */
  defaultExceptionHandler(context: ExceptionContext): void {
    printException(context);
  }

  /**
   * Reports an error that has nowhere else to go: to the handler that was set, or to `defaultExceptionHandler`.
   * A handler that fails itself is reported by the default one.
   */
  callExceptionHandler(context: ExceptionContext): void {
    handleException(this, this.#exceptionHandler, context);
  }
}
