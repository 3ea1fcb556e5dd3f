import type { Machine } from "../machine.ts";
import { Stream } from "../prng.ts";

// So many ways there are for all that a program draws from the host to come out.
const SEEDS = 65_536;

/**
 * Where a simulated program's `Math.random` and `crypto` draw from: a stream of its own, so that they do not move the
 * schedule. Which stream is one question to the oracle, asked when the first draw is made: it is replayed, and made smaller,
 * with the rest of the run, however many draws there are.
 *
 * @internal
 */
export class Entropy {
  readonly #machine: Machine;
  readonly #stream = new Stream("host");
  #seeded = false;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** A run begins. */
  reset(): void {
    this.#seeded = false;
  }

  /** From 0 to 2 ** 32 - 1. */
  uint32(): number {
    if (!this.#seeded) {
      this.#seeded = true;
      this.#stream.seed(this.#machine.ask("user", SEEDS, "randomness of the host"));
    }
    return this.#stream.uint32();
  }

  /** From 0 up to, and without, 1: with as many bits as there are. */
  float(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  drawInto(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i += 4) {
      const word = this.uint32();
      for (let k = 0; k < 4 && i + k < bytes.length; k += 1) bytes[i + k] = word >>> (8 * k);
    }
  }
}
