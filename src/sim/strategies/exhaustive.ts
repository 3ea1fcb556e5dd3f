import type { Machine } from "../machine.ts";
import type { Oracle, Strategy } from "../oracle.ts";

/**
 * Depth first through all answers to all questions. Nothing is saved and restored: each run begins anew, with the answers
 * of the last one up to the last question that has another answer left, and that one (as TigerBeetle's exhaustigen.zig).
 */
class DepthFirst implements Oracle, Strategy {
  readonly name = "exhaustive";
  complete = false;
  readonly #answers: number[] = [];
  #known = 0;
  #position = 0;

  begin(): Oracle {
    this.#position = 0;
    return this;
  }

  choose(): number {
    const at = this.#position;
    this.#position = at + 1;
    return at < this.#known ? this.#answers[at]! : 0;
  }

  chooseTask(): number {
    return this.choose();
  }

  learn({ record: { choices, counts, picks } }: Machine): void {
    let last = choices - 1;
    while (last >= 0 && picks[last]! + 1 >= counts[last]!) last -= 1;
    this.complete = last < 0;
    for (let i = 0; i < last; i += 1) this.#answers[i] = picks[i]!;
    if (last >= 0) this.#answers[last] = picks[last]! + 1;
    this.#known = last + 1;
  }
}

/** Every schedule, depth first. When it has come to its end without a failure, there is none: that is a proof. */
export function exhaustive(): Strategy {
  return new DepthFirst();
}
