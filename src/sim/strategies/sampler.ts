import type { ChoiceKind, Oracle } from "../oracle.ts";
import { Stream } from "../prng.ts";

/**
 * An oracle that draws: whose turn it is, what goes wrong and what the program draws come from streams of their own, so
 * that one more of a kind moves none of the others.
 *
 * @internal
 */
export class Sampler implements Oracle {
  protected readonly turns: Stream = new Stream("task");
  readonly #faults = new Stream("fault");
  readonly #draws = new Stream("user");

  seed(seed: number): void {
    this.turns.seed(seed);
    this.#faults.seed(seed);
    this.#draws.seed(seed);
  }

  choose(kind: ChoiceKind, count: number, _label: string, chance?: number): number {
    const stream = kind === "task" ? this.turns : kind === "fault" ? this.#faults : this.#draws;
    if (chance !== undefined) return stream.float() < chance ? 1 : 0;
    return stream.below(count);
  }
}
