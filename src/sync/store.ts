import { Ring } from "../loop/ring.ts";

/** @internal Holds a queue's items, and decides which is next. */
export interface Store<T> {
  readonly size: number;
  put(item: T): void;
  /** The next item. The store must not be empty. */
  take(): T;
}

// A queue that was once longer than this gives the room back when it has run empty.
const ROOM_KEPT = 1024;

/** @internal First in, first out. */
export class Fifo<T> implements Store<T> {
  #items = new Ring<T>();

  get size(): number {
    return this.#items.size;
  }

  put(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    const item = this.#items.shift();
    if (this.#items.size === 0 && this.#items.capacity > ROOM_KEPT) this.#items = new Ring<T>();
    return item;
  }
}

/** @internal Last in, first out. */
export class Lifo<T> implements Store<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  put(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    return this.#items.pop() as T;
  }
}

/** @internal Smallest first; equals in the order they came. A binary heap. */
export class Smallest<T> implements Store<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #heap: { item: T; age: number }[] = [];
  #age = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#heap.length;
  }

  put(item: T): void {
    this.#age += 1;
    this.#heap.push({ item, age: this.#age });
    let index = this.#heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  take(): T {
    this.#swap(0, this.#heap.length - 1);
    const { item } = this.#heap.pop()!;
    for (let index = 0; ;) {
      let first = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.#heap.length && this.#before(child, first)) first = child;
      }
      if (first === index) return item;
      this.#swap(index, first);
      index = first;
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a]!, this.#heap[b]!];
    const order = this.#compare(one.item, other.item);
    return order < 0 || (order === 0 && one.age < other.age);
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}
