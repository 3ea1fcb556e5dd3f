// Native async/await, and what Node has beside it. Where the language has no such thing (a queue, a semaphore), a small
// one is written here, as a good library would.
import { setTimeout as sleep } from "node:timers/promises";
import {
  BATCH,
  CAPACITY,
  CHAINS,
  type Implementation,
  Inside,
  LONG,
  PERMITS,
  PRODUCERS,
  type Peer,
  REAL_RANGE,
  Turns,
  WAITS,
  delayOf,
} from "../peer.ts";
import { withTimeout } from "../with-timeout.ts";

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const one = async (value: number): Promise<number> => value;

class Deferred<T> {
  resolve!: (value: T) => void;
  readonly promise: Promise<T> = new Promise((resolve) => {
    this.resolve = resolve;
  });
}

const takeTurns: Implementation = async (size, { tasks }) => {
  const turns = new Turns();
  const task = async (who: number): Promise<void> => {
    for (let i = 0; i < size / tasks; i += 1) {
      turns.take(who);
      await null;
    }
  };
  await Promise.all(times(tasks, task));
  return turns.count;
};

const pingpong: Implementation = async (size) => {
  let toPong = new Deferred<number>();
  let toPing = new Deferred<number>();
  const ping = async (): Promise<number> => {
    let value = 0;
    for (let i = 0; i < size; i += 1) {
      toPing = new Deferred<number>();
      toPong.resolve(value + 1);
      value = await toPing.promise;
    }
    return value;
  };
  const pong = async (): Promise<void> => {
    for (let i = 0; i < size; i += 1) {
      const value = await toPong.promise;
      toPong = new Deferred<number>();
      toPing.resolve(value + 1);
    }
  };
  const ponged = pong();
  const value = await ping();
  await ponged;
  return value;
};

const spawn: Implementation = async (size) => {
  const batch = Math.min(BATCH, size);
  let total = 0;
  for (let i = 0; i < size; i += batch) total += sum(await Promise.all(times(batch, (index) => one(index & 1))));
  return total;
};

const chain: Implementation = async (size, { depth }) => {
  const share = size / CHAINS;
  const waits = Math.min(WAITS, share);
  const deep = async (level: number): Promise<number> => {
    if (level > 0) return await deep(level - 1);
    for (let i = 0; i < waits; i += 1) await null;
    return waits;
  };
  const task = async (): Promise<number> => {
    let total = 0;
    while (total < share) {
      const waited = await deep(depth);
      total += waited;
    }
    return total;
  };
  return sum(await Promise.all(times(CHAINS, task)));
};

const call: Implementation = async (size) => {
  let total = 0;
  for (let i = 0; i < size; i += 1) total += await one(i & 1);
  return total;
};

const cancelledTimers: Implementation = async (size) => {
  let total = 0;
  for (let i = 0; i < size; i += 1) total += await withTimeout(one(i & 1), LONG);
  return total;
};

class Queue {
  private readonly items: number[] = [];
  private readonly getters: (() => void)[] = [];
  private readonly putters: (() => void)[] = [];

  async put(item: number): Promise<void> {
    while (this.items.length >= CAPACITY) await new Promise<void>((resolve) => this.putters.push(resolve));
    this.items.push(item);
    this.getters.shift()?.();
  }

  async get(): Promise<number> {
    while (this.items.length === 0) await new Promise<void>((resolve) => this.getters.push(resolve));
    const item = this.items.shift()!;
    this.putters.shift()?.();
    return item;
  }
}

const queue: Implementation = async (size) => {
  const between = new Queue();
  const share = size / PRODUCERS;
  const produce = async (): Promise<number> => {
    for (let i = 0; i < share; i += 1) await between.put(i);
    return 0;
  };
  const consume = async (): Promise<number> => {
    let total = 0;
    for (let i = 0; i < share; i += 1) total += await between.get();
    return total;
  };
  return sum(await Promise.all([...times(PRODUCERS, produce), ...times(PRODUCERS, consume)]));
};

class Semaphore {
  private permits = PERMITS;
  private readonly waiters: (() => void)[] = [];
  private next = 0;

  async acquire(): Promise<void> {
    if (this.permits > 0) this.permits -= 1;
    else await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  release(): void {
    // The permit goes to the next in line. Nothing is shifted: the line is 100,000 long.
    if (this.next < this.waiters.length) this.waiters[this.next++]!();
    else this.permits += 1;
  }
}

const semaphore: Implementation = async (size) => {
  const permits = new Semaphore();
  const inside = new Inside();
  const task = async (): Promise<void> => {
    await permits.acquire();
    try {
      inside.enter();
      await null;
      inside.leave();
    } finally {
      permits.release();
    }
  };
  await Promise.all(times(size, task));
  return inside.left * 100 + inside.most;
};

const massCancel: Implementation = async (size) => {
  let cleaned = 0;
  const task = async (signal: AbortSignal): Promise<void> => {
    try {
      await sleep(LONG, undefined, { signal });
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
    } finally {
      cleaned += 1;
    }
  };
  const controllers = times(size, () => new AbortController());
  const tasks = controllers.map(({ signal }) => task(signal));
  await null;
  for (const controller of controllers) controller.abort();
  await Promise.all(tasks);
  return cleaned;
};

const memory: Implementation = async (size, tools) => {
  let finished = 0;
  const futures: Deferred<number>[] = [];
  const tasks: Promise<void>[] = [];
  const task = async (future: Deferred<number>): Promise<void> => {
    // Not `finished += await …`: that adds to what it was before the wait.
    const value = await future.promise;
    finished += value;
  };
  tools.noteHeap();
  for (let i = 0; i < size; i += 1) {
    const future = new Deferred<number>();
    futures.push(future);
    tasks.push(task(future));
  }
  await null;
  tools.noteHeap();
  for (const future of futures) future.resolve(1);
  await Promise.all(tasks);
  return finished;
};

const realTimers: Implementation = async (size, tools) => {
  let woken = 0;
  const task = async (delay: number): Promise<void> => {
    const due = performance.now() + delay;
    await sleep(delay);
    tools.noteLateness(performance.now() - due);
    woken += 1;
  };
  await Promise.all(times(size, (index) => task(delayOf(index, REAL_RANGE))));
  return woken;
};

/** The peer that all others are compared with. */
export async function load(): Promise<Peer> {
  return {
    version: process.version,
    workloads: {
      switch: takeTurns,
      pingpong,
      spawn,
      chain,
      call,
      "cancelled-timers": cancelledTimers,
      queue,
      semaphore,
      "mass-cancel": massCancel,
      memory,
      "real-timers": realTimers,
    },
    cannot: { sleepers: "native timers have no virtual time" },
  };
}
