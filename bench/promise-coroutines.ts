import {
  BATCH,
  CAPACITY,
  CHAINS,
  Inside,
  type Implementation,
  LONG,
  PERMITS,
  PRODUCERS,
  REAL_RANGE,
  Turns,
  WAITS,
  delayOf,
} from "./peer.ts";

/** A generator that yields what it waits for. */
export type Body<R> = Generator<PromiseLike<unknown>, R>;

/** What a library has that runs generators over promises. */
export interface PromiseLibrary {
  /** Turns a generator function into one that returns a promise. */
  coroutine<A extends unknown[], R>(fn: (...args: A) => Body<R>): (...args: A) => PromiseLike<R>;
  make<T>(run: (resolve: (value: T) => void) => void): PromiseLike<T>;
  all<T>(promises: readonly PromiseLike<T>[]): PromiseLike<T[]>;
  resolved(): PromiseLike<void>;
  sleep(milliseconds: number): PromiseLike<unknown>;
  withTimeout<T>(operation: PromiseLike<T>, milliseconds: number): PromiseLike<T>;
}

interface Deferred<T> {
  readonly promise: PromiseLike<T>;
  readonly resolve: (value: T) => void;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** The workloads, for any such library: what differs between them is the library. */
export function promiseWorkloads(library: PromiseLibrary): Record<string, Implementation> {
  return { ...switching(library), ...waiting(library) };
}

function deferring({ make }: PromiseLibrary) {
  return <T>(): Deferred<T> => {
    let resolve!: (value: T) => void;
    const promise = make<T>((settle) => {
      resolve = settle;
    });
    return { promise, resolve };
  };
}

function program(library: PromiseLibrary, body: (size: number, ...rest: any[]) => Body<number>): Implementation {
  return library.coroutine(body) as Implementation;
}

function switching(library: PromiseLibrary): Record<string, Implementation> {
  const { all, coroutine, resolved } = library;
  const deferred = deferring(library);
  const one = coroutine(function* (value: number): Body<number> {
    return value;
  });
  const wait: (level: number, waits: number) => PromiseLike<number> = coroutine(function* (
    level: number,
    waits: number,
  ): Body<number> {
    if (level > 0) return (yield wait(level - 1, waits)) as number;
    for (let i = 0; i < waits; i += 1) yield resolved();
    return waits;
  });

  return {
    switch: program(library, function* (size, { tasks }: { tasks: number }) {
      const turns = new Turns();
      const task = coroutine(function* (who: number): Body<void> {
        for (let i = 0; i < size / tasks; i += 1) {
          turns.take(who);
          yield resolved();
        }
      });
      yield all(times(tasks, task));
      return turns.count;
    }),

    pingpong: program(library, function* (size) {
      let toPong = deferred<number>();
      let toPing = deferred<number>();
      const ping = coroutine(function* (): Body<number> {
        let value = 0;
        for (let i = 0; i < size; i += 1) {
          toPing = deferred<number>();
          toPong.resolve(value + 1);
          value = yield toPing.promise;
        }
        return value;
      });
      const pong = coroutine(function* (): Body<number> {
        for (let i = 0; i < size; i += 1) {
          const value: number = yield toPong.promise;
          toPong = deferred<number>();
          toPing.resolve(value + 1);
        }
        return 0;
      });
      return sum(yield all([pong(), ping()]));
    }),

    spawn: program(library, function* (size) {
      const batch = Math.min(BATCH, size);
      let total = 0;
      for (let i = 0; i < size; i += batch) total += sum(yield all(times(batch, (index) => one(index & 1))));
      return total;
    }),

    chain: program(library, function* (size, { depth }: { depth: number }) {
      const share = size / CHAINS;
      const task = coroutine(function* (): Body<number> {
        let total = 0;
        while (total < share) total += yield wait(depth, Math.min(WAITS, share));
        return total;
      });
      return sum(yield all(times(CHAINS, () => task())));
    }),

    call: program(library, function* (size) {
      let total = 0;
      for (let i = 0; i < size; i += 1) total += yield one(i & 1);
      return total;
    }),

    "cancelled-timers": program(library, function* (size) {
      let total = 0;
      for (let i = 0; i < size; i += 1) total += yield library.withTimeout(one(i & 1), LONG);
      return total;
    }),
  };
}

// Such libraries have neither a bounded queue nor a semaphore: small ones, as their users write them.
function lines(library: PromiseLibrary) {
  const { coroutine, make } = library;
  class Line {
    private readonly waiters: (() => void)[] = [];
    private first = 0;

    wait(): PromiseLike<void> {
      return make((resolve) => this.waiters.push(resolve));
    }

    wake(): boolean {
      if (this.first === this.waiters.length) return false;
      this.waiters[this.first++]!();
      return true;
    }
  }

  return { Line, queue: () => queueOf(new Line(), new Line(), coroutine) };
}

interface WaitingLine {
  wait(): PromiseLike<void>;
  wake(): boolean;
}

function queueOf(getters: WaitingLine, putters: WaitingLine, coroutine: PromiseLibrary["coroutine"]) {
  const items: number[] = [];
  return {
    put: coroutine(function* (item: number): Body<void> {
      while (items.length >= CAPACITY) yield putters.wait();
      items.push(item);
      getters.wake();
    }),
    get: coroutine(function* (): Body<number> {
      while (items.length === 0) yield getters.wait();
      const item = items.shift()!;
      putters.wake();
      return item;
    }),
  };
}

function waiting(library: PromiseLibrary): Record<string, Implementation> {
  const { all, coroutine, resolved, sleep } = library;
  const { Line, queue } = lines(library);
  const deferred = deferring(library);

  return {
    queue: program(library, function* (size) {
      const { put, get } = queue();
      const share = size / PRODUCERS;
      const produce = coroutine(function* (): Body<number> {
        for (let i = 0; i < share; i += 1) yield put(i);
        return 0;
      });
      const consume = coroutine(function* (): Body<number> {
        let total = 0;
        for (let i = 0; i < share; i += 1) total += yield get();
        return total;
      });
      return sum(yield all([...times(PRODUCERS, () => produce()), ...times(PRODUCERS, () => consume())]));
    }),

    semaphore: program(library, function* (size) {
      let permits = PERMITS;
      const line = new Line();
      const inside = new Inside();
      const task = coroutine(function* (): Body<void> {
        if (permits > 0) permits -= 1;
        else yield line.wait();
        try {
          inside.enter();
          yield resolved();
          inside.leave();
        } finally {
          if (!line.wake()) permits += 1;
        }
      });
      yield all(times(size, () => task()));
      return inside.left * 100 + inside.most;
    }),

    memory: program(library, function* (size, { noteHeap }: { noteHeap: () => void }) {
      let finished = 0;
      const futures: Deferred<number>[] = [];
      const tasks: PromiseLike<void>[] = [];
      const task = coroutine(function* (future: Deferred<number>): Body<void> {
        const value: number = yield future.promise;
        finished += value;
      });
      noteHeap();
      for (let i = 0; i < size; i += 1) {
        const future = deferred<number>();
        futures.push(future);
        tasks.push(task(future));
      }
      yield resolved();
      noteHeap();
      for (const future of futures) future.resolve(1);
      yield all(tasks);
      return finished;
    }),

    "real-timers": program(
      library,
      function* (size, { noteLateness }: { noteLateness: (milliseconds: number) => void }) {
        let woken = 0;
        const task = coroutine(function* (delay: number): Body<void> {
          const due = performance.now() + delay;
          yield sleep(delay);
          noteLateness(performance.now() - due);
          woken += 1;
        });
        yield all(times(size, (index) => task(delayOf(index, REAL_RANGE))));
        return woken;
      },
    ),
  };
}
