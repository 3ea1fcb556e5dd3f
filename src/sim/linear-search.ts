import type { Operation } from "./history.ts";
import type { Model } from "./linearizable.ts";
import { Links, NONE } from "./links.ts";
import { Memo } from "./memo.ts";
import { show } from "./show.ts";

/** Behind every event, and before Infinity, where no return is. @internal */
export const THE_END: number = Number.MAX_VALUE;

/** How a search ended: with an order, without one, or not at all. */
export type Found<S> = { readonly kind: "ordered" | "undecided" } | Stuck<S>;

/** There is no order. @internal */
export interface Stuck<S> {
  readonly kind: "stuck";
  /** How many operations returned before the one that no order gets past. */
  readonly due: number;
  /** The states in which that one was tried, and did not fit. */
  readonly states: readonly S[];
}

/**
 * Looks for an order of the operations that explains what they returned and that real time allows: an operation that had
 * returned before another was called comes before it.
 *
 * Wing and Gong's search, depth first: place any operation that was called before the first return of one not placed yet;
 * take it back when nothing fits. What was placed, and the state that it led to, are remembered: to come there again
 * by another way is of no use (Lowe). What returned before `end` must be placed; what was called before it may be.
 *
 * @see J. M. Wing and C. Gong, "Testing and verifying concurrent objects", JPDC 17 (1993);
 * G. Lowe, "Testing for linearizability", Concurrency and Computation 29 (2017)
 * @internal
 */
export function search<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  end: number,
  maxSteps: number,
): Found<S> {
  return new Search(model, operations, end).run(maxSteps);
}

/** In the order of their returns: those that have returned when the event `end` is over. @internal */
export function returned<I, O>(operations: readonly Operation<I, O>[], end: number): readonly Operation<I, O>[] {
  return operations.filter(({ returnedAt }) => returnedAt <= end).toSorted((a, b) => a.returnedAt - b.returnedAt);
}

/** What is undone when an operation is taken back. */
interface Placed<S> {
  readonly operation: number;
  readonly state: S;
  readonly due: number;
  readonly ahead: readonly number[];
  readonly used: readonly number[];
}

// Most models that change a state in place do so at once.
const CHECKED_STEPS = 64;

class Search<S, I, O> {
  readonly #model: Model<S, I, O>;
  // By call. Below, an operation is its index here.
  readonly #operations: readonly Operation<I, O>[];
  readonly #byReturn: readonly number[];
  // Those that have not returned: they may be placed, or not.
  readonly #open: readonly number[];
  // For each of these, the one before it that asks for the same; -1 without one.
  readonly #twin: ReadonlyMap<number, number>;
  // Those that must be placed, and are not: what only reads, and the rest.
  readonly #reads: Links;
  readonly #writes: Links;
  readonly #onlyReads: Uint8Array;
  readonly #isPlaced: Uint8Array;
  readonly #placed: Placed<S>[] = [];
  readonly #memo: Memo<S>;

  #state: S;
  // Into #byReturn: the first that is not placed. All before it are.
  #due = 0;
  // Those placed that return later than that: with #due, they say which are placed of those that have returned.
  #ahead: readonly number[] = [];
  // Those placed that have not.
  #used: readonly number[] = [];

  #furthest = 0;
  #states: S[];
  #checked = 0;

  constructor(model: Model<S, I, O>, operations: readonly Operation<I, O>[], end: number) {
    this.#model = model;
    this.#operations = operations.filter(({ calledAt }) => calledAt <= end);
    const indices = [...this.#operations.keys()];
    const hasReturned = (index: number) => this.#operations[index]!.returnedAt <= end;
    const closed = indices.filter(hasReturned);
    this.#byReturn = closed.toSorted((a, b) => this.#operations[a]!.returnedAt - this.#operations[b]!.returnedAt);
    this.#onlyReads = Uint8Array.from(indices, (index) => (this.#isRead(index, hasReturned(index)) ? 1 : 0));
    // Nobody saw what these read.
    this.#open = indices.filter((index) => !hasReturned(index) && this.#onlyReads[index] === 0);
    this.#twin = twins(this.#open, (index) => show(this.#operations[index]!.input));
    const [reads, writes] = [1, 0].map((kind) => closed.filter((index) => this.#onlyReads[index] === kind));
    this.#reads = new Links(reads!, indices.length);
    this.#writes = new Links(writes!, indices.length);
    this.#isPlaced = new Uint8Array(indices.length);
    this.#memo = new Memo((state) => this.#show(state));
    this.#state = model.init();
    this.#states = [this.#state];
  }

  run(maxSteps: number): Found<S> {
    let candidate = this.#firstCandidate();
    for (let steps = 0; this.#due < this.#byReturn.length; steps += 1) {
      if (steps === maxSteps) return { kind: "undecided" };
      if (candidate === NONE) {
        const last = this.#takeBack();
        if (last === undefined) return { kind: "stuck", due: this.#furthest, states: this.#states };
        candidate = this.#alternativeTo(last);
        continue;
      }
      const next = this.#step(this.#operations[candidate]!, this.#twin.has(candidate));
      if (next === undefined) candidate = this.#candidateAfter(candidate);
      else candidate = this.#place(candidate, next) ? this.#firstCandidate() : this.#alternativeTo(candidate);
    }
    return { kind: "ordered" };
  }

  #isRead(index: number, hasReturned: boolean): boolean {
    const { input, output } = this.#operations[index]!;
    return this.#model.reads?.(input, hasReturned ? output : undefined) === true;
  }

  // Candidates: what was called before the first return that is due. First the reads, then the writes, then what may be placed or not.

  #firstCandidate(): number {
    return this.#called(this.#reads.first) ? this.#reads.first : this.#firstWrite();
  }

  #firstWrite(): number {
    return this.#called(this.#writes.first) ? this.#writes.first : this.#openFrom(0);
  }

  #candidateAfter(index: number): number {
    const position = this.#positionOf(index);
    if (position !== -1) return this.#openFrom(position + 1);
    const isRead = this.#onlyReads[index] === 1;
    const next = this.#listOf(index).after(index);
    if (this.#called(next)) return next;
    return isRead ? this.#firstWrite() : this.#openFrom(0);
  }

  /** What to try in the place of one that fits. A read that fits is where it should be: nothing is lost by having it done. */
  #alternativeTo(index: number): number {
    return this.#onlyReads[index] === 1 ? NONE : this.#candidateAfter(index);
  }

  /** Where among the open ones it is, -1 if it has returned. */
  #positionOf(index: number): number {
    return this.#twin.has(index) ? lowerBound(this.#open, index) : -1;
  }

  #called(index: number): boolean {
    if (index === NONE || this.#due === this.#byReturn.length) return false;
    return this.#operations[index]!.calledAt < this.#operations[this.#byReturn[this.#due]!]!.returnedAt;
  }

  #openFrom(position: number): number {
    for (let i = position; i < this.#open.length; i += 1) {
      const index = this.#open[i]!;
      if (!this.#called(index)) return NONE;
      if (this.#isPlaced[index] === 0 && !this.#twinWaits(index)) return index;
    }
    return NONE;
  }

  /** Of open operations that ask for the same, any will do: the first is enough. */
  #twinWaits(index: number): boolean {
    const twin = this.#twin.get(index)!;
    return twin !== -1 && this.#isPlaced[twin] === 0;
  }

  /** Places an operation that leads to the state `next`, unless that has been tried. */
  #place(index: number, next: S): boolean {
    const isOpen = this.#twin.has(index);
    if (isOpen && this.#lastWasInVain(index, next)) return false;
    this.#isPlaced[index] = 1;
    const due = this.#dueNow();
    const ahead = isOpen ? this.#ahead : this.#aheadWith(index, due);
    const used = isOpen ? inserted(this.#used, index) : this.#used;
    if (!this.#memo.add(`${due}:${ahead.join()}`, used, next)) {
      this.#isPlaced[index] = 0;
      return false;
    }
    this.#placed.push({ operation: index, state: this.#state, due: this.#due, ahead: this.#ahead, used: this.#used });
    if (!isOpen) this.#listOf(index).remove(index);
    [this.#state, this.#due, this.#ahead, this.#used] = [next, due, ahead, used];
    this.#note();
    return true;
  }

  #listOf(index: number): Links {
    return this.#onlyReads[index] === 1 ? this.#reads : this.#writes;
  }

  /** Whether the one placed last need not have been, and leaves no trace once this one is placed, too. */
  #lastWasInVain(index: number, next: S): boolean {
    const last = this.#placed.at(-1);
    if (last === undefined || !this.#twin.has(last.operation)) return false;
    const without = this.#stepFrom(last.state, this.#operations[index]!, true);
    return without !== undefined && (Object.is(without, next) || this.#show(without) === this.#show(next));
  }

  #takeBack(): number | undefined {
    const last = this.#placed.pop();
    if (last === undefined) return undefined;
    [this.#state, this.#due, this.#ahead, this.#used] = [last.state, last.due, last.ahead, last.used];
    this.#isPlaced[last.operation] = 0;
    if (!this.#twin.has(last.operation)) this.#listOf(last.operation).restore(last.operation);
    return last.operation;
  }

  #dueNow(): number {
    let due = this.#due;
    while (due < this.#byReturn.length && this.#isPlaced[this.#byReturn[due]!] === 1) due += 1;
    return due;
  }

  #aheadWith(index: number, due: number): readonly number[] {
    const dueAt = due < this.#byReturn.length ? this.#operations[this.#byReturn[due]!]!.returnedAt : THE_END;
    const isAhead = (one: number) => this.#operations[one]!.returnedAt > dueAt;
    const ahead = due === this.#due ? this.#ahead : this.#ahead.filter(isAhead);
    return isAhead(index) ? inserted(ahead, index) : ahead;
  }

  #note(): void {
    if (this.#due < this.#furthest) return;
    if (this.#due > this.#furthest) this.#states = [];
    this.#furthest = this.#due;
    this.#states.push(this.#state);
  }

  #step(operation: Operation<I, O>, isOpen: boolean): S | undefined {
    if (this.#checked === CHECKED_STEPS) return this.#stepFrom(this.#state, operation, isOpen);
    this.#checked += 1;
    const before = this.#show(this.#state);
    const next = this.#stepFrom(this.#state, operation, isOpen);
    if (this.#show(this.#state) !== before) {
      throw new TypeError(
        `linearizable: the model's step changed the state it was given, ${before}, at ${show(operation.input)}. ` +
          "It must leave that as it is, for other orders, and return a new one.",
      );
    }
    return next;
  }

  #stepFrom(state: S, { input, output }: Operation<I, O>, isOpen: boolean): S | undefined {
    if (!isOpen) return this.#model.step(state, input, output as O);
    if (this.#model.crashed !== undefined) return this.#model.crashed(state, input);
    return this.#model.step(state, input, undefined as O);
  }

  #show(state: S): string {
    return this.#model.show === undefined ? show(state) : this.#model.show(state);
  }
}

function twins(open: readonly number[], asks: (index: number) => string): ReadonlyMap<number, number> {
  const last = new Map<string, number>();
  const twin = new Map<number, number>();
  for (const index of open) {
    const text = asks(index);
    twin.set(index, last.get(text) ?? -1);
    last.set(text, index);
  }
  return twin;
}

/** A copy with one more, in its place. */
function inserted(numbers: readonly number[], one: number): readonly number[] {
  return numbers.toSpliced(lowerBound(numbers, one), 0, one);
}

/** Where `wanted` is, or would be, in numbers that rise. */
function lowerBound(numbers: readonly number[], wanted: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
