/**
 * Which operations were placed, and which state they led to. Mostly that is one state, and then nothing is compared.
 *
 * Operations that may be placed or not are worth most while they are not: who has come to the same state with fewer
 * of them can do all that one with more can.
 *
 * @internal
 */
export class Memo<S> {
  readonly #seen = new Map<string, Seen<S>>();
  readonly #show: (state: S) => string;

  constructor(showState: (state: S) => string) {
    this.#show = showState;
  }

  /**
   * Whether that is new.
   *
   * @param placed - Those that must be placed, in words.
   * @param used - Those placed that need not be, in numbers that rise.
   */
  add(placed: string, used: readonly number[], state: S): boolean {
    const before = this.#usedFor(placed, state);
    if (before.some((fewer) => isSubset(fewer, used))) return false;
    before.push(used);
    return true;
  }

  #usedFor(placed: string, state: S): (readonly number[])[] {
    const seen = this.#seen.get(placed);
    if (seen === undefined) {
      const used: (readonly number[])[] = [];
      this.#seen.set(placed, { first: state, used, others: null });
      return used;
    }
    if (Object.is(seen.first, state)) return seen.used;
    seen.others ??= new Map([[this.#show(seen.first), seen.used]]);
    const text = this.#show(state);
    const used = seen.others.get(text) ?? [];
    seen.others.set(text, used);
    return used;
  }
}

/** The states that the same placed operations have led to, each with the ways to it. */
interface Seen<S> {
  readonly first: S;
  readonly used: (readonly number[])[];
  /** By the words for the state, as soon as there is a second one; the first is among them. */
  others: Map<string, (readonly number[])[]> | null;
}

function isSubset(fewer: readonly number[], more: readonly number[]): boolean {
  let i = 0;
  for (let j = 0; i < fewer.length && j < more.length; j += 1) {
    if (fewer[i] === more[j]) i += 1;
  }
  return i === fewer.length;
}
