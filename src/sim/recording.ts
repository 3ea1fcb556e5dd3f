import { Digest } from "./digest.ts";
import type { ChoiceKind } from "./oracle.ts";
import { hashText } from "./prng.ts";
import type { SimClock } from "./sim-clock.ts";

const KIND_CODES = { task: 1, fault: 2, user: 3 } as const;

/**
 * What a run was asked and answered, in order: the first `choices` entries of the lists, which serve every run anew.
 *
 * @internal
 */
export class Recording {
  choices = 0;
  readonly kinds: ChoiceKind[] = [];
  readonly counts: number[] = [];
  readonly picks: number[] = [];
  /** What each question was about: its label; of a turn, who was chosen, by its identity. */
  readonly labels: (string | number)[] = [];
  readonly #clock: SimClock;
  readonly #digest = new Digest();
  readonly #labels = new Map<string, number>();

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  reset(): void {
    this.choices = 0;
    this.#digest.reset();
  }

  /** @throws {RangeError} When it is no answer. */
  add(kind: ChoiceKind, count: number, choice: number, label: string): void {
    this.#note(kind, KIND_CODES[kind] ^ this.#hashOf(label), count, choice, label);
  }

  /**
   * Whose turn it was.
   *
   * @param hash - Of the identity of who was chosen; 0 for a callback that is no task's.
   * @throws {RangeError} When it is no answer.
   */
  addTurn(count: number, choice: number, identity: number, hash: number): void {
    this.#note("task", KIND_CODES.task, count, choice, identity);
    this.#digest.add(hash);
  }

  #note(kind: ChoiceKind, code: number, count: number, choice: number, label: string | number): void {
    if (!Number.isInteger(choice) || choice < 0 || choice >= count) {
      throw new RangeError(`Oracle.choose answered ${String(choice)}; expected an integer from 0 to ${count - 1}.`);
    }
    const n = this.choices;
    this.kinds[n] = kind;
    this.counts[n] = count;
    this.picks[n] = choice;
    this.labels[n] = label;
    this.choices = n + 1;
    const digest = this.#digest;
    digest.add(code);
    digest.add(count);
    digest.add(choice);
    if (this.#clock.moved) digest.addTime(this.#clock.read());
  }

  end(time: number, steps: number): void {
    this.#digest.addTime(time);
    this.#digest.add(steps);
  }

  #hashOf(label: string): number {
    let hash = this.#labels.get(label);
    if (hash === undefined) this.#labels.set(label, (hash = hashText(label)));
    return hash;
  }

  /** As comparing digests, at no cost. */
  equals(other: Recording): boolean {
    return this.#digest.equals(other.#digest);
  }

  /** Sixteen hexadecimal digits. */
  get digest(): string {
    return this.#digest.toString();
  }
}
