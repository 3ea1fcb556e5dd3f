import { mix } from "./prng.ts";

/**
 * A running hash over integers and times: equal exactly when the runs are, but for one chance in 2 ** 64.
 *
 * @internal
 */
export class Digest {
  #low = 0;
  #high = 0;
  readonly #time = new Float64Array(1);
  readonly #words = new Int32Array(this.#time.buffer);

  reset(): void {
    this.#low = 0x2545f491;
    this.#high = 0x6c078965;
    this.#time[0] = 0;
  }

  add(word: number): void {
    this.#low = Math.imul(((this.#low << 5) | (this.#low >>> 27)) ^ word, 0x9e3779b1);
    this.#high = (Math.imul(this.#high ^ this.#low ^ (this.#low >>> 15), 0x85ebca77) + word) | 0;
  }

  addTime(time: number): void {
    this.#time[0] = time;
    this.add(this.#words[0]!);
    this.add(this.#words[1]!);
  }

  equals(other: Digest): boolean {
    return this.#low === other.#low && this.#high === other.#high;
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    return hex(mix(this.#low ^ mix(this.#high))) + hex(mix(this.#high));
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
