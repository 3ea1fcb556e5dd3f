/** What there is behind the last. @internal */
export const NONE = -1;

/** A list from which numbers are taken, and to which they return in the opposite order (Knuth's dancing links). @internal */
export class Links {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #head: number;

  constructor(members: readonly number[], size: number) {
    this.#head = size;
    this.#next = new Int32Array(size + 1).fill(size);
    this.#previous = new Int32Array(size + 1).fill(size);
    members.forEach((member, i) => {
      const previous = members[i - 1] ?? size;
      this.#next[previous] = member;
      this.#previous[member] = previous;
    });
    this.#previous[size] = members.at(-1) ?? size;
  }

  get first(): number {
    return this.after(this.#head);
  }

  after(member: number): number {
    const next = this.#next[member]!;
    return next === this.#head ? NONE : next;
  }

  remove(member: number): void {
    this.#next[this.#previous[member]!] = this.#next[member]!;
    this.#previous[this.#next[member]!] = this.#previous[member]!;
  }

  restore(member: number): void {
    this.#next[this.#previous[member]!] = member;
    this.#previous[this.#next[member]!] = member;
  }
}
