import type { Identities } from "../identity.ts";
import type { Machine } from "../machine.ts";
import type { Candidates, Oracle, Strategy } from "../oracle.ts";
import { Sampler } from "./sampler.ts";

/**
 * Whoever has more steps left is likelier to be next: were the numbers right, every interleaving would be as likely as any
 * other. They are estimated from the runs before: the mean of what each task took, and those it was to make.
 */
class UniformWalk extends Sampler {
  #identities: Identities | null = null;
  #runs = 0;
  // By identity: the mean number of steps; and that of it and all that comes of it.
  readonly #means: number[] = [];
  #totals: number[] = [];
  readonly #weights: number[] = [];

  chooseTask(ready: Candidates): number {
    const weights = this.#weights;
    let sum = 0;
    for (let i = 0; i < ready.count; i += 1) {
      weights[i] = this.#remaining(ready, i);
      sum += weights[i]!;
    }
    let left = this.turns.float() * sum;
    for (let i = 0; i < ready.count - 1; i += 1) {
      left -= weights[i]!;
      if (left < 0) return i;
    }
    return ready.count - 1;
  }

  #remaining(ready: Candidates, index: number): number {
    const identity = ready.identity(index);
    let remaining = (this.#means[identity] ?? 0) - ready.stepsOf(index);
    const made = this.#identities?.madeBy(identity);
    if (made !== undefined) {
      for (let i = ready.madeBy(index); i < made.length; i += 1) remaining += this.#totals[made[i] ?? -1] ?? 0;
    }
    // It is ready: there is one step at least.
    return Math.max(remaining, 1);
  }

  learn(machine: Machine): void {
    const { identities, tasks } = machine;
    const means = this.#means;
    const runs = this.#runs;
    this.#identities = identities;
    for (let i = 0; i < means.length; i += 1) means[i] = (means[i]! * runs) / (runs + 1);
    for (const { identity, steps } of tasks) means[identity] = (means[identity] ?? 0) + steps / (runs + 1);
    this.#runs = runs + 1;
    // Children are numbered after their creators.
    const totals = Array.from({ length: identities.size }, (_, i) => means[i] ?? 0);
    for (let i = totals.length - 1; i >= 0; i -= 1) {
      for (const child of identities.madeBy(i)) if (child !== undefined) totals[i]! += totals[child]!;
    }
    this.#totals = totals;
  }
}

/**
 * Every interleaving as likely as any other, as near as can be told (URW): best where one task is much longer than others.
 *
 * @see "Selectively uniform concurrency testing", ASPLOS 2025
 */
export function uniform(): Strategy {
  const walk = new UniformWalk();
  return {
    name: "uniform",
    begin(_run: number, seed: number): Oracle {
      walk.seed(seed);
      return walk;
    },
    learn: (machine) => walk.learn(machine),
  };
}
