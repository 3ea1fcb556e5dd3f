import type { Machine } from "./machine.ts";
import type { Candidates, ChoiceKind, Oracle } from "./oracle.ts";

/**
 * A deviation by what it was about, and not by its position: the how manyth question of that kind and label; of a turn,
 * the how manyth, and who was chosen. So it stays what it is when one before it is left out, and with it a thousand
 * questions that only then were asked: the latency of each message, say.
 *
 * @internal
 */
export interface LooseDeviation {
  readonly about: string;
  readonly nth: number;
  /** The answer; of a turn, the identity of who was chosen. */
  readonly choice: number;
}

const TURN = "turn";

/** Of the run that `machine` has made: one for each deviation of its schedule, in the same order. @internal */
export function looseScheduleOf({ record }: Machine): LooseDeviation[] {
  const deviations: LooseDeviation[] = [];
  const counts = new Map<string, number>();
  for (let at = 0; at < record.choices; at += 1) {
    const label = record.labels[at]!;
    const about = typeof label === "number" ? TURN : aboutOf(record.kinds[at]!, label);
    const nth = counts.get(about) ?? 0;
    counts.set(about, nth + 1);
    const pick = record.picks[at]!;
    if (pick > 0) deviations.push({ about, nth, choice: typeof label === "number" ? label : pick });
  }
  return deviations;
}

function aboutOf(kind: ChoiceKind, label: string): string {
  return `${kind} ${label}`;
}

/** Answers as loose deviations say, and 0 where they say nothing, or name somebody who is not ready. @internal */
export class LooseOracle implements Oracle {
  readonly #answers = new Map<string, Map<number, number>>();
  readonly #counts = new Map<string, number>();

  constructor(deviations: readonly LooseDeviation[]) {
    for (const { about, nth, choice } of deviations) {
      const answers = this.#answers.get(about) ?? new Map<number, number>();
      this.#answers.set(about, answers.set(nth, choice));
    }
  }

  choose(kind: ChoiceKind, count: number, label: string): number {
    return Math.min(this.#answer(aboutOf(kind, label)) ?? 0, count - 1);
  }

  chooseTask(ready: Candidates): number {
    const chosen = this.#answer(TURN);
    if (chosen === undefined) return 0;
    for (let index = 0; index < ready.count; index += 1) if (ready.identity(index) === chosen) return index;
    return 0;
  }

  #answer(about: string): number | undefined {
    const nth = this.#counts.get(about) ?? 0;
    this.#counts.set(about, nth + 1);
    return this.#answers.get(about)?.get(nth);
  }
}
