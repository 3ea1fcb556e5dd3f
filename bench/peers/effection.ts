import type * as effection from "effection";
import type { Operation, Task } from "effection";
import {
  BATCH,
  CAPACITY,
  CHAINS,
  Inside,
  type Implementation,
  LONG,
  PERMITS,
  PRODUCERS,
  type Peer,
  REAL_RANGE,
  Turns,
  WAITS,
  delayOf,
} from "../peer.ts";
import { packageVersion } from "../package-version.ts";

type Library = typeof effection;

interface Resolvers<T> {
  readonly operation: Operation<T>;
  resolve(value: T): void;
}

/** Effection: structured tasks; a pass of the loop is a native promise awaited, for it has none of its own. */
export async function load(): Promise<Peer> {
  const version = packageVersion("effection");
  const library = await import("effection");
  return {
    version,
    workloads: { ...switching(library), ...others(library) },
    cannot: { sleepers: "it has no virtual time" },
  };
}

function spawning({ spawn }: Library) {
  function* start<T>(count: number, operation: (who: number) => Operation<T>): Generator<any, Task<T>[]> {
    const tasks: Task<T>[] = [];
    for (let i = 0; i < count; i += 1) tasks.push(yield* spawn(() => operation(i)));
    return tasks;
  }
  function* join(tasks: readonly Task<number>[]): Generator<any, number> {
    let total = 0;
    for (const task of tasks) total += yield* task;
    return total;
  }
  return { start, join };
}

function switching(library: Library): Record<string, Implementation> {
  const { run, until, withResolvers } = library;
  const { start, join } = spawning(library);
  function* one(value: number): Generator<any, number> {
    return value;
  }
  function* wait(level: number, waits: number): Generator<any, number> {
    if (level > 0) return yield* wait(level - 1, waits);
    for (let i = 0; i < waits; i += 1) yield* until(Promise.resolve());
    return waits;
  }

  return {
    switch: (size, { tasks }) =>
      run(function* () {
        const turns = new Turns();
        function* task(who: number): Generator<any, number> {
          for (let i = 0; i < size / tasks; i += 1) {
            turns.take(who);
            yield* until(Promise.resolve());
          }
          return 0;
        }
        yield* join(yield* start(tasks, task));
        return turns.count;
      }),

    pingpong: (size) =>
      run(function* () {
        let toPong: Resolvers<number> = withResolvers<number>();
        let toPing: Resolvers<number> = withResolvers<number>();
        function* ping(): Generator<any, number> {
          let value = 0;
          for (let i = 0; i < size; i += 1) {
            toPing = withResolvers<number>();
            toPong.resolve(value + 1);
            value = yield* toPing.operation;
          }
          return value;
        }
        function* pong(): Generator<any, number> {
          for (let i = 0; i < size; i += 1) {
            const value = yield* toPong.operation;
            toPong = withResolvers<number>();
            toPing.resolve(value + 1);
          }
          return 0;
        }
        return yield* join(yield* start(2, (who) => (who === 0 ? pong() : ping())));
      }),

    spawn: (size) =>
      run(function* () {
        const batch = Math.min(BATCH, size);
        let total = 0;
        for (let i = 0; i < size; i += batch) total += yield* join(yield* start(batch, (index) => one(index & 1)));
        return total;
      }),

    chain: (size, { depth }) =>
      run(function* () {
        const share = size / CHAINS;
        function* task(): Generator<any, number> {
          let total = 0;
          while (total < share) total += yield* wait(depth, Math.min(WAITS, share));
          return total;
        }
        return yield* join(yield* start(CHAINS, task));
      }),

    call: (size) =>
      run(function* () {
        let total = 0;
        for (let i = 0; i < size; i += 1) total += yield* one(i & 1);
        return total;
      }),
  };
}

// It has neither a bounded queue nor a semaphore: small ones, as its users write them.
function waitingIn({ withResolvers }: Library) {
  class Line {
    private readonly waiters: (() => void)[] = [];
    private first = 0;

    *wait(): Generator<any, void> {
      const { operation, resolve } = withResolvers<void>();
      this.waiters.push(resolve);
      yield* operation;
    }

    wake(): boolean {
      if (this.first === this.waiters.length) return false;
      this.waiters[this.first++]!();
      return true;
    }
  }

  class Queue {
    private readonly items: number[] = [];
    private readonly getters = new Line();
    private readonly putters = new Line();

    *put(item: number): Generator<any, void> {
      while (this.items.length >= CAPACITY) yield* this.putters.wait();
      this.items.push(item);
      this.getters.wake();
    }

    *get(): Generator<any, number> {
      while (this.items.length === 0) yield* this.getters.wait();
      const item = this.items.shift()!;
      this.putters.wake();
      return item;
    }
  }

  class Semaphore {
    private permits = PERMITS;
    private readonly line = new Line();

    *acquire(): Generator<any, void> {
      if (this.permits > 0) this.permits -= 1;
      else yield* this.line.wait();
    }

    release(): void {
      if (!this.line.wake()) this.permits += 1;
    }
  }
  return { Queue, Semaphore };
}

function others(library: Library): Record<string, Implementation> {
  const { race, run, sleep, spawn, until, withResolvers } = library;
  const { start, join } = spawning(library);
  const { Queue, Semaphore } = waitingIn(library);
  function* one(value: number): Generator<any, number> {
    return value;
  }
  function* expire(milliseconds: number): Generator<any, number> {
    yield* sleep(milliseconds);
    throw new Error("timeout");
  }

  return {
    "cancelled-timers": (size) =>
      run(function* () {
        let total = 0;
        for (let i = 0; i < size; i += 1) total += yield* race([one(i & 1), expire(LONG)]);
        return total;
      }),

    queue: (size) =>
      run(function* () {
        const between = new Queue();
        const share = size / PRODUCERS;
        function* produce(): Generator<any, number> {
          for (let i = 0; i < share; i += 1) yield* between.put(i);
          return 0;
        }
        function* consume(): Generator<any, number> {
          let total = 0;
          for (let i = 0; i < share; i += 1) total += yield* between.get();
          return total;
        }
        return yield* join(yield* start(2 * PRODUCERS, (who) => (who < PRODUCERS ? produce() : consume())));
      }),

    semaphore: (size) =>
      run(function* () {
        const permits = new Semaphore();
        const inside = new Inside();
        function* task(): Generator<any, number> {
          yield* permits.acquire();
          try {
            inside.enter();
            yield* until(Promise.resolve());
            inside.leave();
          } finally {
            permits.release();
          }
          return 0;
        }
        yield* join(yield* start(size, task));
        return inside.left * 100 + inside.most;
      }),

    "mass-cancel": (size) =>
      run(function* () {
        let cleaned = 0;
        function* task(): Generator<any, void> {
          try {
            yield* sleep(LONG);
          } finally {
            cleaned += 1;
          }
        }
        const tasks = yield* start(size, task);
        yield* until(Promise.resolve());
        for (const each of tasks) yield* each.halt();
        return cleaned;
      }),

    memory: (size, tools) =>
      run(function* () {
        const futures: Resolvers<number>[] = [];
        const tasks: Task<number>[] = [];
        function* task(future: Resolvers<number>): Generator<any, number> {
          return yield* future.operation;
        }
        tools.noteHeap();
        for (let i = 0; i < size; i += 1) {
          const future: Resolvers<number> = withResolvers<number>();
          futures.push(future);
          tasks.push(yield* spawn(() => task(future)));
        }
        yield* until(Promise.resolve());
        tools.noteHeap();
        for (const future of futures) future.resolve(1);
        return yield* join(tasks);
      }),

    "real-timers": (size, tools) =>
      run(function* () {
        function* task(delay: number): Generator<any, number> {
          const due = performance.now() + delay;
          yield* sleep(delay);
          tools.noteLateness(performance.now() - due);
          return 1;
        }
        return yield* join(yield* start(size, (index) => task(delayOf(index, REAL_RANGE))));
      }),
  };
}
