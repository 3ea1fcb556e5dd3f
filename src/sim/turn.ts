import type { Handle, Runnable } from "../loop/handle.ts";
import type { AnyTask } from "../loop/parties.ts";
import type { ReadyView } from "../loop/scheduler.ts";
import type { Guards } from "./guards.ts";
import { ROOT } from "./identity.ts";
import type { Candidates } from "./oracle.ts";
import { SimTask } from "./sim-task.ts";
import type { Guard } from "./until.ts";

/**
 * Whose turn it may be: those in the ready queue, then those whose condition holds.
 *
 * @internal
 */
export class Turn implements Candidates {
  // The first `count` entries. An index of -1 is a guard's, which stands in no queue.
  count = 0;
  readonly entries: (Runnable | Guard)[] = [];
  readonly #indices: number[] = [];
  // So many of them, the first, are still the first in the queue: tasks, at the places that their index says.
  #kept = 0;
  readonly #guards: Guards;
  lastRun: number = ROOT;

  constructor(guards: Guards) {
    this.#guards = guards;
  }

  /** A run begins. */
  reset(): void {
    this.#kept = 0;
    this.lastRun = ROOT;
  }

  /** Somebody else has seen to the queue. */
  forget(): void {
    this.#kept = 0;
  }

  /**
   * Lists who is ready.
   *
   * @returns The index of what need not be asked about, and comes out first: a callback that only counts, a timer that wakes
   * a sleeper; -1 when it is to be asked.
   */
  list(ready: ReadyView): number {
    const { entries } = this;
    const indices = this.#indices;
    const { size } = ready;
    // A queue of one is emptied without asking.
    if (this.#kept > 0 && ready.entry!(0) !== entries[0]) this.#kept = 0;
    let count = this.#kept;
    for (let i = count; i < size; i += 1) {
      const entry = ready.entry!(i)!;
      if (entry instanceof SimTask) {
        if (this.#kept === i) this.#kept = i + 1;
      } else {
        if (this.#guards.isPrompt(entry)) continue;
        if ((entry as Handle).idle || (i === 0 && "future" in entry)) return i;
      }
      entries[count] = entry;
      indices[count] = i;
      count += 1;
    }
    this.count = count;
    if (this.#guards.some) this.#addGuards();
    return this.count === 0 ? 0 : -1;
  }

  /** Lists those whose condition holds, alone. */
  listGuards(): void {
    this.#kept = 0;
    this.count = 0;
    this.#addGuards();
  }

  #addGuards(): void {
    for (const guard of this.#guards.open()) {
      this.entries[this.count] = guard;
      this.#indices[this.count] = -1;
      this.count += 1;
    }
  }

  /** Who is chosen leaves the queue, and those behind move up; who is new will stand at its end. Returns its index. */
  take(choice: number, ready: ReadyView): number {
    const index = this.#indices[choice]!;
    if (index < 0) {
      this.open(choice);
      return ready.size - 1;
    }
    if (index < this.#kept) {
      const { entries } = this;
      this.#kept -= 1;
      for (let i = index; i < this.#kept; i += 1) entries[i] = entries[i + 1]!;
    }
    return index;
  }

  /** Who is chosen waits for a condition: its step is put at the end of the queue. */
  open(choice: number): void {
    (this.entries[choice] as Guard).open();
  }

  // ---- as a strategy sees it

  identity(index: number): number {
    const task = this.task(index);
    return task instanceof SimTask ? task.identity : ROOT;
  }

  stepsOf(index: number): number {
    const task = this.task(index);
    return task instanceof SimTask ? task.steps : 0;
  }

  madeBy(index: number): number {
    const task = this.task(index);
    return task instanceof SimTask ? task.created : 0;
  }

  task(index: number): AnyTask | undefined {
    const entry = this.entries[index];
    return entry === undefined ? undefined : ((entry as Guard).waiter ?? entry.stepOf);
  }
}
