import { mix } from "./prng.ts";

/** Whoever was there before the program: the creator of main. @internal */
export const ROOT = 0;

/**
 * Numbers for what a program makes, by who made it and how many it had made before: the same in every run, in whatever
 * order things come to be. The numbers are small, for tables; the hashes are the same in every process, for digests.
 *
 * @internal
 */
export class Identities {
  readonly #made: number[][] = [[]];
  readonly #hashes: number[] = [0x1505];
  readonly #creators: number[] = [ROOT];
  readonly #counters: number[] = [0];

  /** What `creator` made as its `counter`th, from 0. */
  child(creator: number, counter: number): number {
    const made = this.#made[creator]!;
    const known = made[counter];
    if (known !== undefined) return known;
    const identity = this.#hashes.length;
    made[counter] = identity;
    this.#made.push([]);
    this.#creators.push(creator);
    this.#counters.push(counter);
    this.#hashes.push(mix(Math.imul(this.#hashes[creator]!, 0x01000193) ^ (counter + 1)));
    return identity;
  }

  /** What it is known to have made, in order; there may be holes. */
  madeBy(identity: number): readonly (number | undefined)[] {
    return this.#made[identity]!;
  }

  /** The counters of its makers, main's first, and its own: where it stands among the tasks. */
  pathOf(identity: number): number[] {
    const path: number[] = [];
    for (let at = identity; at !== ROOT; at = this.#creators[at]!) path.push(this.#counters[at]!);
    return path.toReversed();
  }

  hash(identity: number): number {
    return this.#hashes[identity]!;
  }

  /** One more than the largest number given so far. */
  get size(): number {
    return this.#hashes.length;
  }
}
