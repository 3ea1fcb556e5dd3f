import { RuntimeError, ValueError } from "../loop/errors.ts";
import { explain } from "./explain.ts";
import { History, type Operation } from "./history.ts";
import { returned, search, type Stuck, THE_END } from "./linear-search.ts";

/**
 * What a service does when it is asked one thing at a time: states `S`, inputs `I`, outputs `O`.
 *
 * @example
 * const counter: Model<number, "increment", number> = {
 *   init: () => 0,
 *   step: (count, _input, output) => (output === count + 1 ? count + 1 : undefined),
 *   crashed: (count) => count + 1,
 * };
 */
export interface Model<S, I, O> {
  /** The state at the beginning. */
  init(): S;
  /**
   * The state after `input` gave `output`; undefined when it could not have given that. `state` itself stays as it is.
   */
  step(state: S, input: I, output: O): S | undefined;
  /**
   * The state after an operation that took effect, and whose return nobody saw; undefined when it could not have taken effect.
   * Default: `step(state, input, undefined)`, which is enough if `step` does not look at the output of what changes the state.
   */
  crashed?(state: S, input: I): S | undefined;
  /**
   * Whether an operation that gave `output` never changes the state, whatever that is. It is then tried in fewer places: with
   * many reads, that makes all the difference. `output` is undefined when there is none. Default: it may change it.
   */
  reads?(input: I, output: O | undefined): boolean;
  /** What `input` is about, if operations on different keys have nothing to do with each other: each key is judged alone. */
  key?(input: I): string;
  /** A state in words: equal states, and no others, in equal words. Default: what it is made of; a class instance is itself alone. */
  show?(state: S): string;
  /** An operation in words. `output` is undefined when there is none. Default: `input -> output`. */
  describe?(input: I, output: O | undefined): string;
}

/** What `linearizable` found. */
export interface Verdict {
  readonly ok: boolean;
  /** When not: which operation cannot be put in order, and beside which others, as a text of a few lines. */
  readonly explanation?: string;
  /** When not: the id of the operation with whose return there was no order any more. */
  readonly operation?: number;
}

/** How far `linearizable` goes. */
export interface LinearizableOptions {
  /** How many steps the search may take, for one key, before it gives up with an error. Default 10,000,000. */
  readonly maxSteps?: number;
}

const MAX_STEPS = 10_000_000;

/**
 * Whether each operation of `history` can have taken effect at one moment between its call and its return.
 *
 * One that has not returned may have taken effect at any time after its call, or never. What is found for a history that
 * is not linearizable is its shortest beginning that is not, and the operation that fits nowhere in it.
 *
 * To judge is NP-complete: it is fast while few operations overlap, and while few are left open. Split by `key` what can be.
 *
 * @throws {RuntimeError} When `maxSteps` are not enough.
 * @example
 * const { ok, explanation } = linearizable(registerModel(0), history);
 * if (!ok) throw new Error(explanation);
 * @see M. Herlihy and J. Wing, "Linearizability", TOPLAS 12 (1990);
 * A. Horn and D. Kroening, "Faster linearizability checking via P-compositionality", FORTE 2015, for the split by key
 */
export function linearizable<S, I, O>(
  model: Model<S, I, O>,
  history: History<I, O>,
  options: LinearizableOptions = {},
): Verdict {
  const maxSteps = options.maxSteps ?? MAX_STEPS;
  check(history, maxSteps);
  for (const [key, operations] of byKey(model, history.operations)) {
    const found = search(model, operations, THE_END, maxSteps);
    if (found.kind === "undecided") throw undecided(operations, key, maxSteps);
    if (found.kind === "stuck") return failed(model, operations, key, found, maxSteps);
  }
  return { ok: true };
}

function check(history: unknown, maxSteps: unknown): void {
  if (!(history instanceof History)) throw new TypeError("linearizable: expected a model and a History.");
  if (typeof maxSteps !== "number" || !(maxSteps > 0)) {
    throw new ValueError(`linearizable: maxSteps is a number above 0, not ${String(maxSteps)}.`);
  }
}

function byKey<I, O>(
  model: Pick<Model<unknown, I, O>, "key">,
  operations: readonly Operation<I, O>[],
): ReadonlyMap<string | undefined, readonly Operation<I, O>[]> {
  const groups = new Map<string | undefined, Operation<I, O>[]>();
  for (const operation of operations) {
    const key = model.key?.(operation.input);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [operation]);
    else group.push(operation);
  }
  return groups;
}

function failed<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  key: string | undefined,
  found: Stuck<S>,
  maxSteps: number,
): Verdict {
  const { stuck, end } = shortest(model, operations, found, maxSteps);
  const inOrder = returned(operations, end);
  const [operation, last] = [inOrder[stuck.due]!, inOrder.at(-1)!];
  const explanation = explain(model, operations, { operation, last, states: stuck.states, key });
  return { ok: false, explanation, operation: last.id };
}

/**
 * Where the shortest beginning ends that is not linearizable, and how the search for it ended.
 *
 * The beginnings that return less than `found` says have an order: the search was past them. Beyond, the longer
 * one fails if the shorter does, so halving finds the border.
 */
function shortest<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  found: Stuck<S>,
  maxSteps: number,
): { readonly stuck: Stuck<S>; readonly end: number } {
  const ends = returned(operations, THE_END).map(({ returnedAt }) => returnedAt);
  let [low, high, stuck] = [found.due, ends.length - 1, found];
  // Mostly it is the first.
  let middle = low;
  while (low < high) {
    const part = search(model, operations, ends[middle]!, maxSteps);
    if (part.kind === "stuck") [high, stuck] = [middle, part];
    else low = middle + 1;
    middle = (low + high) >>> 1;
  }
  return { stuck, end: ends[high]! };
}

function undecided(
  operations: readonly Operation<unknown, unknown>[],
  key: string | undefined,
  maxSteps: number,
): Error {
  const open = operations.filter(({ returnedAt }) => returnedAt === Infinity).length;
  const which = key === undefined ? "" : ` of key "${key}"`;
  return new RuntimeError(
    `linearizable: undecided after ${maxSteps} steps: ${operations.length} operations${which}, ${open} of them without a ` +
      "return. Let fewer overlap, split them by the model's key, or raise maxSteps.",
  );
}
