import { ValueError } from "../../loop/errors.ts";
import type { Machine } from "../machine.ts";
import type { Candidates, ChoiceKind, Oracle, Strategy } from "../oracle.ts";

const DEFAULT_PREEMPTIONS = 3;

// Beyond so many questions a run that does not end would be remembered at every one of them.
const DEEPEST = 4000;

/** The answers of an earlier run up to a question and to it, and another to it, of so many that there are; and their cost. */
interface Prefix {
  readonly earlier: readonly number[];
  readonly at: number;
  readonly answer: number;
  readonly count: number;
  readonly preemptions: number;
}

const NOTHING: Prefix = { earlier: [], at: -1, answer: 0, count: 1, preemptions: 0 };

/**
 * All schedules without a preemption (a switch away from a task that could go on, or a fault), then all with one, and so
 * on. Where nothing is said, the running task goes on and nothing goes wrong; the other answers are prefixes to be run
 * later, when their turn has come. A question may have billions of answers: each makes room for the next.
 */
class Bounded implements Oracle, Strategy {
  readonly name = "bounded";
  complete = false;
  exhausted = false;
  readonly #most: number;
  // By the number of preemptions, those that are still to be run.
  readonly #waiting: Prefix[][] = [[NOTHING]];
  #prefix: Prefix = NOTHING;
  #position = 0;
  // For each question of this run: the answer that costs nothing, or -1 when none does because all do.
  readonly #free: number[] = [];
  #cut = false;

  constructor(most: number) {
    this.#most = most;
  }

  begin(): Oracle {
    const prefix = this.#waiting.find((prefixes) => prefixes.length > 0)?.pop() ?? NOTHING;
    this.#wait({ ...prefix, answer: prefix.answer + 1 });
    this.#prefix = prefix;
    this.#position = 0;
    return this;
  }

  /** Its answer, or the next that was not the one given, is to be run later, if there is one. */
  #wait(prefix: Prefix): void {
    const { earlier, at, answer, count, preemptions } = prefix;
    const other = answer === earlier[at] ? answer + 1 : answer;
    if (other < count) this.#waiting[preemptions]!.push({ ...prefix, answer: other });
  }

  choose(kind: ChoiceKind): number {
    return this.#answer(kind === "fault" ? 0 : -1, 0);
  }

  chooseTask(ready: Candidates): number {
    let going = -1;
    for (let i = 0; i < ready.count; i += 1) {
      if (ready.task(i) !== undefined && ready.identity(i) === ready.lastRun) going = i;
    }
    return this.#answer(going, Math.max(going, 0));
  }

  #answer(free: number, usual: number): number {
    const at = this.#position;
    this.#position = at + 1;
    this.#free[at] = free;
    const prefix = this.#prefix;
    if (at > prefix.at) return usual;
    return at === prefix.at ? prefix.answer : prefix.earlier[at]!;
  }

  learn({ record: { choices, counts, picks } }: Machine): void {
    const known = this.#prefix.at + 1;
    const remembered = Math.min(choices, DEEPEST);
    if (remembered < choices) this.#cut = true;
    const answers = picks.slice(0, remembered);
    for (let at = remembered - 1; at >= known; at -= 1) this.#postpone(at, counts[at]!, answers);
    this.exhausted = this.#waiting.every((prefixes) => prefixes.length === 0);
    this.complete = this.exhausted && !this.#cut;
  }

  /** Every other answer to the question at `at`. Beyond the prefix nothing has cost anything. */
  #postpone(at: number, count: number, answers: readonly number[]): void {
    const preemptions = this.#prefix.preemptions + (this.#free[at]! >= 0 ? 1 : 0);
    if (preemptions > this.#most) {
      this.#cut = true;
      return;
    }
    while (this.#waiting.length <= preemptions) this.#waiting.push([]);
    this.#wait({ earlier: answers, at, answer: 0, count, preemptions });
  }
}

/**
 * Schedules with few preemptions and faults, fewest first: most bugs need one or two.
 *
 * It is complete, and a proof, when no schedule had more than the bound.
 *
 * @param options.preemptions - The bound. Default 3.
 * @throws {ValueError} When the bound is not a whole number, 0 or more.
 * @see Musuvathi, Qadeer: "Iterative context bounding for systematic testing of multithreaded programs", PLDI 2007
 */
export function bounded(options: { preemptions?: number } = {}): Strategy {
  const { preemptions = DEFAULT_PREEMPTIONS } = options;
  if (!Number.isSafeInteger(preemptions) || preemptions < 0) {
    throw new ValueError(`bounded: preemptions is a whole number, 0 or more, not ${String(preemptions)}.`);
  }
  return new Bounded(preemptions);
}
