import { ValueError } from "./errors.ts";

// The host's monotonic clock. This file and the two edges (task/run.ts, task/promise.ts) are the only ones of the core
// that touch the host.
declare const performance: { now(): number };

/**
 * Tells the time, and lets it pass. The loop itself never waits: an iteration is `runOnce()`, waiting is the clock's.
 */
export interface Clock {
  /** Milliseconds since some fixed moment; never less than before. */
  now(): number;
  /**
   * Returns when the clock has reached `deadline`, or before when woken. Absent where only the host can wait:
   * `run()` then uses the host's timers.
   */
  waitUntil?(deadline: number): void;
}

/**
 * Time that passes only when everything waits for it: then it jumps to the deadline.
 *
 * @example
 * const clock = new VirtualClock({ start: 100 });
 * clock.waitUntil(5000);
 * print(clock.now()); //=> 5000
 * @see trio's `MockClock`
 */
export class VirtualClock implements Clock {
  #now: number;

  /**
   * @param options.start - The first reading, in milliseconds. Default 0.
   * @throws {ValueError} When `start` is not a finite number.
   */
  constructor(options: { start?: number } = {}) {
    const start = options.start ?? 0;
    if (!Number.isFinite(start)) {
      throw new ValueError(`VirtualClock starts at a finite number of milliseconds, not at ${String(start)}.`);
    }
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Jumps to `deadline`; an earlier one changes nothing, for time never goes back. */
  waitUntil(deadline: number): void {
    if (deadline > this.#now) this.#now = deadline;
  }
}

/**
 * Real, monotonic time. Waiting blocks the thread, as `asyncio.run` does; `run()` waits without blocking, in the host's
 * own loop.
 */
export class MonotonicClock implements Clock {
  // Nobody ever wakes this cell: waiting for it is sleeping. Made when it is needed, for most pages must not share memory.
  #cell: Int32Array<SharedArrayBuffer> | null = null;

  now(): number {
    return performance.now();
  }

  /** @throws {TypeError} On hosts that cannot block: the main thread of a page. Use `run()` there. */
  waitUntil(deadline: number): void {
    this.#cell ??= new Int32Array(new SharedArrayBuffer(4));
    for (let left = deadline - this.now(); left > 0; left = deadline - this.now()) {
      Atomics.wait(this.#cell, 0, 0, left);
    }
  }
}
