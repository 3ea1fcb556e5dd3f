const SMALLEST = 8;

/**
 * First in, first out: a ring over an array whose length is a power of two, so that wrapping around is a bit mask.
 *
 * @internal
 */
export class Ring<T> {
  // Slots from `head` on, `size` of them, hold the entries; all others are null, so that nothing is kept alive.
  private slots: (T | null)[] = new Array<T | null>(SMALLEST).fill(null);
  private mask: number = SMALLEST - 1;
  private head = 0;
  size = 0;

  get capacity(): number {
    return this.mask + 1;
  }

  push(entry: T): void {
    if (this.size > this.mask) this.grow();
    this.slots[(this.head + this.size) & this.mask] = entry;
    this.size += 1;
  }

  /** The oldest entry. The ring must not be empty. */
  shift(): T {
    const head = this.head;
    const entry = this.slots[head] as T;
    this.slots[head] = null;
    this.head = (head + 1) & this.mask;
    this.size -= 1;
    return entry;
  }

  at(index: number): T | undefined {
    if (index < 0 || index >= this.size) return undefined;
    return this.slots[(this.head + index) & this.mask] as T;
  }

  replace(index: number, entry: T): void {
    this.slots[(this.head + index) & this.mask] = entry;
  }

  /** Takes out the entry at `index`, for which the older ones move up: all keep their order. */
  take(index: number): T {
    const { slots, mask, head } = this;
    const entry = slots[(head + index) & mask] as T;
    for (let i = index; i > 0; i -= 1) {
      slots[(head + i) & mask] = slots[(head + i - 1) & mask] as T;
    }
    slots[head] = entry;
    return this.shift();
  }

  clear(): void {
    if (this.size === 0) return;
    this.slots = new Array<T | null>(SMALLEST).fill(null);
    this.mask = SMALLEST - 1;
    this.head = 0;
    this.size = 0;
  }

  private grow(): void {
    const { slots, mask, head, size } = this;
    const grown = new Array<T | null>((mask + 1) * 2).fill(null);
    for (let i = 0; i < size; i += 1) grown[i] = slots[(head + i) & mask] as T;
    this.slots = grown;
    this.mask = grown.length - 1;
    this.head = 0;
  }
}
