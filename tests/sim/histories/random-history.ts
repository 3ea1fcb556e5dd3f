import fc from "fast-check";
import { History, type Model } from "escapement/sim";

/** A service to make histories of: what may be asked, what it answers, what it might answer if it were broken; and the model to be judged. */
export interface Service<S, M, I, O> {
  readonly model: Model<M, I, O>;
  readonly inputs: fc.Arbitrary<I>;
  readonly init: () => S;
  /** The state after it, and the answer: undefined where that does not matter. */
  readonly answer: (state: S, input: I) => readonly [S, O | undefined];
  readonly wrong: (input: I) => fc.Arbitrary<O>;
}

/** The model that the service itself is. */
export function modelOf<S, I, O>({ init, answer }: Service<S, unknown, I, O>): Model<S, I, O> {
  return {
    init,
    step: (state, input, output) => {
      const [next, expected] = answer(state, input);
      return expected === undefined || expected === output ? next : undefined;
    },
    crashed: (state, input) => answer(state, input)[0],
  };
}

const PROCESSES = 4;
const STEPS = 20;
// Crashes are the hard part: three for each wrong answer.
const CRASHES = ["crash", "crash", "crash"] as const;

/** What a client does when its turn comes: it calls, if it can; otherwise it comes to its effect, or returns. */
interface Turn<I> {
  readonly process: number;
  readonly input: I;
  readonly how: "soon" | "late" | "wrong" | "crash";
  readonly seed: number;
}

/**
 * Histories of a few clients, some with the service's true answers, some with others, some without.
 *
 * An operation takes effect at its call (soon) or at its return (late), so most histories are linearizable until an answer is wrong.
 */
export function histories<S, I, O>(service: Service<S, unknown, I, O>): fc.Arbitrary<History<I, O>> {
  const turn: fc.Arbitrary<Turn<I>> = fc.record({
    process: fc.nat(PROCESSES - 1),
    input: service.inputs,
    how: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom("soon" as const, "late" as const) },
      { weight: 3, arbitrary: fc.constantFrom("wrong" as const, ...CRASHES) },
    ),
    seed: fc.nat(),
  });
  return fc.array(turn, { minLength: 2, maxLength: STEPS }).map((turns) => play(service, turns));
}

interface Open<O> {
  readonly id: number;
  readonly finish: () => O;
}

function play<S, I, O>(service: Service<S, unknown, I, O>, turns: readonly Turn<I>[]): History<I, O> {
  const history = new History<I, O>();
  const open = new Map<number, Open<O>>();
  const crashed = new Map<number, number>();
  let state = service.init();
  const act = (input: I): O => {
    const [next, output] = service.answer(state, input);
    state = next;
    return output as O;
  };
  const begin = ({ process, input, how, seed }: Turn<I>): void => {
    const times = crashed.get(process) ?? 0;
    const id = history.call(input, `${process}.${times}`);
    const acts = how === "soon" || (how === "crash" && seed % 2 === 0);
    const early = acts ? { output: act(input) } : undefined;
    const wrong = () => fc.sample(service.wrong(input), { seed, numRuns: 1 })[0] as O;
    if (how === "crash") crashed.set(process, times + 1);
    else
      open.set(process, {
        id,
        finish: () => (how === "wrong" ? wrong() : early === undefined ? act(input) : early.output),
      });
  };
  for (const turn of turns) {
    const waiting = open.get(turn.process);
    if (waiting === undefined) begin(turn);
    else {
      open.delete(turn.process);
      history.return(waiting.id, waiting.finish());
    }
  }
  return history;
}
