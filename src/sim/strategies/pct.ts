import { ValueError } from "../../loop/errors.ts";
import type { Machine } from "../machine.ts";
import type { Candidates, Oracle, Strategy } from "../oracle.ts";
import { Sampler } from "./sampler.ts";

const MAX_DEPTH = 3;
// After so many times the longest run so far, tasks that spin have starved the others long enough: fair from there on.
const UNFAIR = 4;
const UNFAIR_AT_LEAST = 200;

/** Always the ready task of the highest priority; at `depth - 1` moments of the run, the one that runs becomes the last. */
class Priorities extends Sampler {
  readonly #depth: number | undefined;
  #left: number[] = [];
  #lowest = 0;
  #position = 0;
  #longest = 0;
  // By identity, and valid for the run of the same number.
  readonly #priorities: number[] = [];
  readonly #runOf: number[] = [];
  #run = 0;

  constructor(depth: number | undefined) {
    super();
    this.#depth = depth;
  }

  override seed(seed: number): void {
    super.seed(seed);
    this.#run += 1;
    this.#position = 0;
    this.#lowest = 0;
    const depth = this.#depth ?? 1 + this.turns.below(MAX_DEPTH);
    this.#left = this.#changePoints(depth - 1);
  }

  /** So many distinct moments of the run, the last first. */
  #changePoints(count: number): number[] {
    const moments = Math.max(this.#longest, count + 1);
    const points = new Set<number>();
    while (points.size < count) points.add(1 + this.turns.below(moments));
    return [...points].toSorted((a, b) => b - a);
  }

  chooseTask(ready: Candidates): number {
    this.#position += 1;
    if (this.#longest === 0 || this.#position > this.#longest * UNFAIR + UNFAIR_AT_LEAST) {
      return this.turns.below(ready.count);
    }
    let best = this.#highest(ready);
    while (this.#left.at(-1) === this.#position) {
      this.#left.pop();
      this.#lowest -= 1;
      this.#priorities[ready.identity(best)] = this.#lowest;
      best = this.#highest(ready);
    }
    return best;
  }

  #highest(ready: Candidates): number {
    let best = 0;
    let highest = -Infinity;
    for (let i = 0; i < ready.count; i += 1) {
      const priority = this.#priority(ready.identity(i));
      if (priority <= highest) continue;
      highest = priority;
      best = i;
    }
    return best;
  }

  #priority(identity: number): number {
    if (this.#runOf[identity] !== this.#run) {
      this.#runOf[identity] = this.#run;
      this.#priorities[identity] = this.turns.float();
    }
    return this.#priorities[identity]!;
  }

  /** Only questions count: a step that nobody else could have taken is no moment to change anything. */
  learn({ record: { choices, kinds } }: Machine): void {
    let asked = 0;
    for (let i = 0; i < choices; i += 1) if (kinds[i] === "task") asked += 1;
    this.#longest = Math.max(this.#longest, asked);
  }
}

/**
 * Probabilistic concurrency testing: random priorities, changed `depth - 1` times. A bug that `depth` orderings suffice to
 * show, in a program of n tasks and k steps, is found by one run with a probability of at least 1 / (n * k ** (depth - 1)).
 *
 * @param options.depth - Default: drawn for each run, from 1 to 3.
 * @throws {ValueError} When the depth is not a whole number, 1 or more.
 * @see Burckhardt, Kothari, Musuvathi, Nagarakatte: "A randomized scheduler with probabilistic guarantees", ASPLOS 2010
 */
export function pct(options: { depth?: number } = {}): Strategy {
  const { depth } = options;
  if (depth !== undefined && (!Number.isSafeInteger(depth) || depth < 1)) {
    throw new ValueError(`pct: depth is a whole number, 1 or more, not ${String(depth)}.`);
  }
  const priorities = new Priorities(depth);
  return {
    name: "pct",
    begin(_run: number, seed: number): Oracle {
      priorities.seed(seed);
      return priorities;
    },
    learn: (machine) => priorities.learn(machine),
  };
}
