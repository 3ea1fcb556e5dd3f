import type { Candidates, Oracle, Strategy } from "../oracle.ts";
import { Sampler } from "./sampler.ts";

class RandomWalk extends Sampler {
  chooseTask(ready: Candidates): number {
    return this.turns.below(ready.count);
  }
}

/** Anyone who is ready, each as likely as the next: best for short programs in which a lot happens at once. */
export function random(): Strategy {
  const walk = new RandomWalk();
  return {
    name: "random",
    begin(_run: number, seed: number): Oracle {
      walk.seed(seed);
      return walk;
    },
  };
}
