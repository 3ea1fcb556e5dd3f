import { InOrder, type LoadOptions, type Peer, VIRTUAL_RANGE, delayOf } from "../peer.ts";
import type { TimerHeap } from "../../src/loop/timer-heap.ts";
import type { TimerHandle } from "../../src/loop/handle.ts";

/** No runtime: the library's own timer heap, pushed and popped bare. What sleeping can at best cost. */
export async function load(options: LoadOptions): Promise<Peer> {
  if (options.dist === undefined) throw new Error("heap: no build was given");
  const library = (await import(`${options.dist}/loop/timer-heap.js`)) as { TimerHeap: new () => TimerHeap };
  return {
    version: options.version ?? "",
    workloads: {
      sleepers: (size) => {
        const heap = new library.TimerHeap();
        const order = new InOrder();
        for (let i = 0; i < size; i += 1) heap.push(bareTimer(delayOf(i, VIRTUAL_RANGE), i));
        for (let now = heap.nextDeadline(); now < Infinity; now = heap.nextDeadline()) {
          for (let due = heap.shiftDue(now); due !== undefined; due = heap.shiftDue(now)) order.add(due.when());
        }
        return order.count;
      },
    },
    cannot: { "*": "it is a heap, and no runtime" },
  };
}

// All of a timer that the heap looks at.
class BareTimer implements Pick<TimerHandle, "scheduled" | "sequence" | "when" | "deadline" | "cancelled"> {
  scheduled = false;
  readonly #when: number;
  readonly sequence: number;

  constructor(when: number, sequence: number) {
    this.#when = when;
    this.sequence = sequence;
  }

  when(): number {
    return this.#when;
  }

  deadline(): number {
    return this.#when;
  }

  cancelled(): boolean {
    return false;
  }
}

function bareTimer(deadline: number, sequence: number): TimerHandle {
  return new BareTimer(deadline, sequence) as unknown as TimerHandle;
}
