import { type Trace, recorded } from "./trace.ts";

/** A timer in the heap. */
export interface HeapTimer {
  /** Its number in the trace: of equal deadlines, the elder is the smaller. */
  readonly timer: number;
  /** Infinity for one that never comes. */
  readonly when: number;
  /** The task that set it; null for none. */
  readonly by: number | null;
  readonly label: string;
  /** It stays where it is until it comes to the top. */
  readonly cancelled: boolean;
}

// As in CPython's base_events.py.
const COMPACT_ABOVE = 100;

/**
 * The timers as asyncio's binary heap holds them after the first `index` events: the children of the one at place i are at
 * 2i + 1 and 2i + 2. (The heap of this library has four children a node, which is faster and harder to draw.)
 *
 * @see CPython 3.13 `heapq`, and `_run_once` in `asyncio/base_events.py`
 */
export function timerHeapAt(trace: Trace, index: number): readonly HeapTimer[] {
  const heap = new BinaryHeap();
  const events = recorded(trace);
  for (let i = 0; i < index; i += 1) {
    const event = events[i]!;
    if (event.kind === "timer.added") heap.push({ ...event, when: event.when ?? Infinity, cancelled: false });
    else if (event.kind === "timer.fired") heap.remove(event.timer);
    else if (event.kind === "timer.cancelled") heap.cancel(event.timer);
    else if (event.kind === "iteration") heap.dropCancelled();
  }
  return heap.timers.map(({ timer, when, by, label, cancelled }) => ({ timer, when, by, label, cancelled }));
}

/** CPython's heapq, step by step, so that each timer lies where it would lie there. */
class BinaryHeap {
  timers: HeapTimer[] = [];
  #cancelled = 0;

  push(timer: HeapTimer): void {
    this.timers.push(timer);
    this.#rise(0, this.timers.length - 1);
  }

  /** A trace may begin in the middle of a run: what it did not see being added is not there. */
  cancel(timer: number): void {
    const place = this.timers.findIndex((one) => one.timer === timer);
    if (place < 0) return;
    this.timers[place] = { ...this.timers[place]!, cancelled: true };
    this.#cancelled += 1;
  }

  /** Takes out one that is due, and the cancelled ones that lie on top of it. */
  remove(timer: number): void {
    this.dropCancelled();
    if (this.timers[0]?.timer === timer) this.#pop();
    else this.#rebuild(this.timers.filter((one) => one.timer !== timer));
  }

  dropCancelled(): void {
    if (this.timers.length > COMPACT_ABOVE && this.#cancelled * 2 > this.timers.length) {
      this.#rebuild(this.timers.filter(({ cancelled }) => !cancelled));
    }
    while (this.timers[0]?.cancelled === true) this.#pop();
  }

  #pop(): void {
    if (this.timers[0]!.cancelled) this.#cancelled -= 1;
    const last = this.timers.pop()!;
    if (this.timers.length === 0) return;
    this.timers[0] = last;
    this.#sink(0);
  }

  #rebuild(timers: HeapTimer[]): void {
    this.timers = timers;
    this.#cancelled = timers.filter(({ cancelled }) => cancelled).length;
    for (let place = (timers.length >> 1) - 1; place >= 0; place -= 1) this.#sink(place);
  }

  // heapq._siftdown
  #rise(top: number, from: number): void {
    const { timers } = this;
    const timer = timers[from]!;
    let place = from;
    while (place > top) {
      const parent = (place - 1) >> 1;
      if (!isEarlier(timer, timers[parent]!)) break;
      timers[place] = timers[parent]!;
      place = parent;
    }
    timers[place] = timer;
  }

  // heapq._siftup: down to a leaf, always to the earlier child, and from there up again.
  #sink(from: number): void {
    const { timers } = this;
    const timer = timers[from]!;
    let place = from;
    for (let child = 2 * place + 1; child < timers.length; child = 2 * place + 1) {
      const right = child + 1;
      if (right < timers.length && !isEarlier(timers[child]!, timers[right]!)) child = right;
      timers[place] = timers[child]!;
      place = child;
    }
    timers[place] = timer;
    this.#rise(from, place);
  }
}

function isEarlier(a: HeapTimer, b: HeapTimer): boolean {
  return a.when < b.when || (a.when === b.when && a.timer < b.timer);
}
