import type { Clock } from "../loop/clock.ts";
import { ValueError } from "../loop/errors.ts";

/** Time that jumps, and can begin anew. @internal */
export class SimClock implements Clock {
  readonly #start: number;
  #now: number;
  /** Whether it has moved since it was last read for the digest. */
  moved = false;
  /** What the machine at hand reads at a true time; null while none has a clock of its own. */
  readLocally: ((now: number) => number) | null = null;

  constructor(start: number) {
    if (!Number.isFinite(start)) throw new ValueError(`simulate: start is a finite number, not ${String(start)}.`);
    this.#start = start;
    this.#now = start;
  }

  reset(): void {
    this.#now = this.#start;
    this.moved = false;
  }

  /** What the code that runs reads: the clock of the machine it runs on, where machines have clocks of their own. */
  now(): number {
    return this.readLocally === null ? this.#now : this.readLocally(this.#now);
  }

  get trueTime(): number {
    return this.#now;
  }

  read(): number {
    this.moved = false;
    return this.#now;
  }

  waitUntil(deadline: number): void {
    if (deadline <= this.#now) return;
    this.#now = deadline;
    this.moved = true;
  }
}
