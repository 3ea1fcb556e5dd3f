import { ValueError } from "../../loop/errors.ts";

/**
 * A machine's own clock: how far it is ahead of true time, and how much further it gets.
 *
 * @internal
 */
export class MachineClock {
  #ahead = 0;
  #drift = 0;
  #since = 0;

  /**
   * @param now - True time.
   * @throws {ValueError} When it would not go forward.
   */
  set(now: number, ahead: number, drift: number): void {
    if (!Number.isFinite(ahead)) {
      throw new ValueError(`Host.skewClock: a clock is off by a finite number of milliseconds, not ${String(ahead)}.`);
    }
    if (!Number.isFinite(drift) || drift <= -1) {
      throw new ValueError(`Host.skewClock: a drift is a finite number above -1, as in 0.01, not ${String(drift)}.`);
    }
    this.#ahead = ahead;
    this.#drift = drift;
    this.#since = now;
  }

  /** What it shows at the true time `now`. */
  read(now: number): number {
    return now + this.#ahead + (now - this.#since) * this.#drift;
  }

  /** How long it takes, truly, until it has advanced by `duration`. */
  trueDuration(duration: number): number {
    return duration / (1 + this.#drift);
  }
}
