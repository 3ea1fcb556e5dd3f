// No runtime: generators in an array, resumed by `next()`, and an object for each thing that a runtime must remember. It
// keeps no order but round robin, cancels nothing, and knows no errors: what the language itself charges.
import { BATCH, type Implementation, type Peer, Turns } from "../peer.ts";

type Bare = Generator<undefined, number, number>;

/** The least that a task is: its generator, and its result. */
class Slot {
  readonly generator: Bare;
  result = 0;

  constructor(generator: Bare) {
    this.generator = generator;
  }

  /** @returns Whether it is to be resumed again. */
  resume(value: number): boolean {
    const step = this.generator.next(value);
    if (step.done) this.result = step.value;
    return !step.done;
  }
}

function* one(value: number): Bare {
  return value;
}

const takeTurns: Implementation = (size, { tasks }) => {
  const turns = new Turns();
  function* task(who: number): Bare {
    for (let i = 0; i < size / tasks; i += 1) {
      turns.take(who);
      yield;
    }
    return 0;
  }
  const slots = Array.from({ length: tasks }, (_, who) => new Slot(task(who)));
  for (let left = tasks; left > 0;) for (const slot of slots) if (!slot.resume(0)) left -= 1;
  return turns.count;
};

const pingpong: Implementation = (size) => {
  const player = function* (): Bare {
    let value = yield;
    for (let i = 1; i < size; i += 1) value = yield;
    return value;
  };
  const ping = new Slot(player());
  const pong = new Slot(player());
  ping.resume(0);
  pong.resume(0);
  // Each value goes in an object of its own, as it would in a future.
  let letter = { value: 0 };
  for (let i = 0; i < size; i += 1) {
    letter = { value: letter.value + 1 };
    pong.resume(letter.value);
    letter = { value: letter.value + 1 };
    ping.resume(letter.value);
  }
  return ping.result;
};

const spawn: Implementation = (size) => {
  const batch = Math.min(BATCH, size);
  let total = 0;
  for (let i = 0; i < size; i += batch) {
    const slots: Slot[] = [];
    for (let k = 0; k < batch; k += 1) slots.push(new Slot(one(k & 1)));
    for (const slot of slots) slot.resume(0);
    for (const { result } of slots) total += result;
  }
  return total;
};

const call: Implementation = (size) => {
  function* main(): Bare {
    let total = 0;
    for (let i = 0; i < size; i += 1) total += yield* one(i & 1);
    return total;
  }
  const slot = new Slot(main());
  slot.resume(0);
  return slot.result;
};

const memory: Implementation = (size, { noteHeap }) => {
  function* task(): Bare {
    return yield;
  }
  const slots: Slot[] = [];
  noteHeap();
  for (let i = 0; i < size; i += 1) slots.push(new Slot(task()));
  for (const slot of slots) slot.resume(0);
  noteHeap();
  let finished = 0;
  for (const slot of slots) if (!slot.resume(1)) finished += slot.result;
  return finished;
};

/** Needs nothing. */
export async function load(): Promise<Peer> {
  return {
    version: process.version,
    workloads: { switch: takeTurns, pingpong, spawn, call, memory },
    cannot: { "*": "it has no runtime" },
  };
}
