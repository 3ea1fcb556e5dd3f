import type { TimerHandle } from "./handle.ts";

// As in CPython's base_events.py: cancelled timers are left where they are until more than half of over 100 are.
const COMPACT_ABOVE = 100;
const ARITY = 4;

/**
 * Timers by deadline, then by age.
 *
 * A 4-ary heap whose deadlines lie beside it in a Float64Array: a comparison touches no object until deadlines tie.
 * New timers first wait in `fresh`, and enter the heap when the earliest of them may be due, or when nothing is ready and
 * somebody must know what comes first; a timeout that is cancelled before that, as most are, never touches the heap.
 * (bench: W7 "cancelled timers")
 *
 * @internal
 */
export class TimerHeap {
  private deadlines = new Float64Array(64);
  private timers: TimerHandle[] = [];
  private fresh: TimerHandle[] = [];
  // No timer in `fresh` is due before this.
  private freshDeadline = Infinity;
  private pushed = 0;
  // Cancelled timers that are still held, in `timers` or `fresh`.
  private cancelled = 0;

  /** Whether it holds none, cancelled ones included. */
  get empty(): boolean {
    return this.timers.length === 0 && this.fresh.length === 0;
  }

  /** How many timers wait that are not cancelled. */
  get live(): number {
    return this.timers.length + this.fresh.length - this.cancelled;
  }

  push(timer: TimerHandle): void {
    const when = timer.deadline();
    timer.scheduled = true;
    this.pushed += 1;
    timer.sequence = this.pushed;
    this.fresh.push(timer);
    if (when < this.freshDeadline) this.freshDeadline = when;
  }

  /** Told by a timer held here that it has been cancelled. */
  noteCancelled(): void {
    this.cancelled += 1;
    const held = this.timers.length + this.fresh.length;
    if (held > COMPACT_ABOVE && this.cancelled * 2 > held) this.compact();
  }

  /** The deadline of the earliest timer that is not cancelled; Infinity without one. */
  nextDeadline(): number {
    this.settle();
    while (this.timers.length > 0 && this.timers[0]!.cancelled()) this.discardFirst();
    return this.timers.length > 0 ? this.deadlines[0]! : Infinity;
  }

  /** Takes out the earliest timer, if it is due at `now`; cancelled ones fall out on the way. */
  shiftDue(now: number): TimerHandle | undefined {
    if (this.freshDeadline <= now) this.settle();
    while (this.timers.length > 0 && this.deadlines[0]! <= now) {
      const first = this.timers[0]!;
      if (!first.cancelled()) {
        this.removeFirst();
        return first;
      }
      this.discardFirst();
    }
    return undefined;
  }

  clear(): void {
    if (this.empty) return;
    for (const timer of this.timers) timer.scheduled = false;
    for (const timer of this.fresh) timer.scheduled = false;
    this.timers = [];
    this.fresh = [];
    this.freshDeadline = Infinity;
    this.cancelled = 0;
  }

  /** Moves what is fresh into the heap: one by one, or, when that is cheaper, by building it anew. */
  private settle(): void {
    if (this.fresh.length === 0) return;
    const fresh = this.fresh;
    const rebuild = fresh.length > this.timers.length;
    this.fresh = [];
    this.freshDeadline = Infinity;
    for (const timer of fresh) {
      if (timer.cancelled()) this.drop(timer);
      else this.append(timer, !rebuild);
    }
    if (rebuild) this.heapify();
  }

  private compact(): void {
    const held = [...this.timers, ...this.fresh];
    this.timers = [];
    this.fresh = [];
    this.freshDeadline = Infinity;
    for (const timer of held) {
      if (timer.cancelled()) this.drop(timer);
      else this.append(timer, false);
    }
    this.heapify();
  }

  private drop(timer: TimerHandle): void {
    timer.scheduled = false;
    this.cancelled -= 1;
  }

  private append(timer: TimerHandle, inOrder: boolean): void {
    const index = this.timers.length;
    if (index === this.deadlines.length) {
      const grown = new Float64Array(index * 2);
      grown.set(this.deadlines);
      this.deadlines = grown;
    }
    this.timers.push(timer);
    this.deadlines[index] = timer.deadline();
    if (inOrder) this.siftUp(index);
  }

  private discardFirst(): void {
    this.cancelled -= 1;
    this.removeFirst();
  }

  private removeFirst(): void {
    this.timers[0]!.scheduled = false;
    const last = this.timers.pop()!;
    const length = this.timers.length;
    if (length === 0) return;
    this.timers[0] = last;
    this.deadlines[0] = this.deadlines[length]!;
    this.siftDown(0);
  }

  private heapify(): void {
    for (let i = Math.floor((this.timers.length - 2) / ARITY); i >= 0; i -= 1) this.siftDown(i);
  }

  private siftUp(start: number): void {
    const { deadlines, timers } = this;
    const when = deadlines[start]!;
    const timer = timers[start]!;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 2;
      const above = deadlines[parent]!;
      if (above < when || (above === when && timers[parent]!.sequence < timer.sequence)) break;
      deadlines[index] = above;
      timers[index] = timers[parent]!;
      index = parent;
    }
    deadlines[index] = when;
    timers[index] = timer;
  }

  private siftDown(start: number): void {
    const { deadlines, timers } = this;
    const length = timers.length;
    const when = deadlines[start]!;
    const timer = timers[start]!;
    let index = start;
    for (;;) {
      const child = this.earliestChild(index, length);
      if (child < 0) break;
      const below = deadlines[child]!;
      if (below > when || (below === when && timers[child]!.sequence > timer.sequence)) break;
      deadlines[index] = below;
      timers[index] = timers[child]!;
      index = child;
    }
    deadlines[index] = when;
    timers[index] = timer;
  }

  private earliestChild(index: number, length: number): number {
    const { deadlines, timers } = this;
    const first = index * ARITY + 1;
    if (first >= length) return -1;
    const end = Math.min(first + ARITY, length);
    let earliest = first;
    for (let child = first + 1; child < end; child += 1) {
      const a = deadlines[child]!;
      const b = deadlines[earliest]!;
      if (a < b || (a === b && timers[child]!.sequence < timers[earliest]!.sequence)) earliest = child;
    }
    return earliest;
  }
}
