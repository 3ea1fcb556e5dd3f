// 32 slots a node: a table of a million is four nodes deep.
const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

interface Node<T> {
  readonly owner: object;
  readonly slots: (Node<T> | T | undefined)[];
  /** How many slots are in use. */
  used: number;
}

/**
 * Values by whole numbers, in their order. A copy costs nothing and shares what neither changes: so a trace of 100,000
 * events is indexed by hundreds of whole states of it.
 *
 * A radix tree whose nodes are copied when they are written by another than their owner.
 *
 * @see Bagwell, "Ideal Hash Trees" (2001); the transient vectors of Clojure
 * @internal
 */
export class Table<T extends object> {
  #owner: object = {};
  #root: Node<T> | null = null;
  // How many bits of a key are below the root.
  #shift = 0;
  #size = 0;

  copy(): Table<T> {
    const copy = new Table<T>();
    copy.#root = this.#root;
    copy.#shift = this.#shift;
    copy.#size = this.#size;
    // Neither owns the nodes that both see.
    this.#owner = {};
    return copy;
  }

  get size(): number {
    return this.#size;
  }

  get(key: number): T | undefined {
    if (this.#root === null || key >>> this.#shift >= WIDTH) return undefined;
    let node = this.#root;
    for (let shift = this.#shift; shift > 0; shift -= BITS) {
      const next = node.slots[(key >>> shift) & MASK] as Node<T> | undefined;
      if (next === undefined) return undefined;
      node = next;
    }
    return node.slots[key & MASK] as T | undefined;
  }

  set(key: number, value: T): void {
    this.#root ??= this.#node();
    while (key >>> this.#shift >= WIDTH) this.#grow();
    let node = (this.#root = this.#own(this.#root));
    for (let shift = this.#shift; shift > 0; shift -= BITS) {
      const slot = (key >>> shift) & MASK;
      const next = node.slots[slot] as Node<T> | undefined;
      if (next === undefined) node.used += 1;
      const owned = next === undefined ? this.#node() : this.#own(next);
      node.slots[slot] = owned;
      node = owned;
    }
    if (node.slots[key & MASK] === undefined) {
      node.used += 1;
      this.#size += 1;
    }
    node.slots[key & MASK] = value;
  }

  delete(key: number): void {
    if (this.get(key) === undefined) return;
    this.#size -= 1;
    this.#root = this.#without(this.#root!, this.#shift, key);
    if (this.#root === null) this.#shift = 0;
  }

  /** What is in it, by ascending key. */
  values(): T[] {
    const values: T[] = [];
    if (this.#root !== null) collect(this.#root, this.#shift, values);
    return values;
  }

  #without(node: Node<T>, shift: number, key: number): Node<T> | null {
    const slot = (key >>> shift) & MASK;
    const owned = this.#own(node);
    const left = shift === 0 ? undefined : this.#without(owned.slots[slot] as Node<T>, shift - BITS, key);
    owned.slots[slot] = left ?? undefined;
    if (left === undefined || left === null) owned.used -= 1;
    return owned.used === 0 ? null : owned;
  }

  #grow(): void {
    const root = this.#node();
    root.slots[0] = this.#root!;
    root.used = 1;
    this.#root = root;
    this.#shift += BITS;
  }

  #node(): Node<T> {
    return { owner: this.#owner, slots: Array.from<undefined>({ length: WIDTH }).fill(undefined), used: 0 };
  }

  #own(node: Node<T>): Node<T> {
    if (node.owner === this.#owner) return node;
    return { owner: this.#owner, slots: node.slots.slice(), used: node.used };
  }
}

function collect<T>(node: Node<T>, shift: number, into: T[]): void {
  for (const slot of node.slots) {
    if (slot === undefined) continue;
    if (shift === 0) into.push(slot as T);
    else collect(slot as Node<T>, shift - BITS, into);
  }
}
