import {
  BATCH,
  CAPACITY,
  CHAINS,
  InOrder,
  Inside,
  type Implementation,
  LONG,
  type LoadOptions,
  PERMITS,
  PRODUCERS,
  type Peer,
  REAL_RANGE,
  Turns,
  VIRTUAL_RANGE,
  WAITS,
  delayOf,
} from "../peer.ts";
import type * as escapement from "../../src/index.ts";
import type { Coroutine, Future, Task } from "../../src/index.ts";

type Library = typeof escapement;
type Program = () => Coroutine<number>;

/** The library that `options.dist` holds, built. Without `driver: "host"` programs run on the spot. */
export async function load(options: LoadOptions): Promise<Peer> {
  if (options.dist === undefined) throw new Error("escapement: no build was given");
  const library = (await import(`${options.dist}/index.js`)) as Library;
  const drive = options.driver === "host" ? library.run : (program: Program): number => library.runSync(program);
  return {
    version: options.version ?? "",
    workloads: { ...switching(library, drive), ...others(library, drive), ...timing(library, drive) },
  };
}

type Drive = (program: Program) => number | Promise<number>;
type Workloads = Record<string, Implementation>;

function* join(tasks: readonly Task<number>[]): Coroutine<number> {
  let total = 0;
  for (const task of tasks) total += yield* task;
  return total;
}

function switching({ Future, coroutine, createTask }: Library, drive: Drive): Workloads {
  const tasksOf = (count: number, start: (who: number) => Coroutine<number>): Task<number>[] => {
    const tasks: Task<number>[] = [];
    for (let i = 0; i < count; i += 1) tasks.push(createTask(start(i)));
    return tasks;
  };
  const one = coroutine(function* one(value: number): Coroutine<number> {
    return value;
  });
  const wait = coroutine(function* wait(level: number, waits: number): Coroutine<number> {
    if (level > 0) return yield* wait(level - 1, waits);
    for (let i = 0; i < waits; i += 1) yield;
    return waits;
  });

  return {
    switch: (size, { tasks }) =>
      drive(function* () {
        const turns = new Turns();
        function* task(who: number): Coroutine<number> {
          for (let i = 0; i < size / tasks; i += 1) {
            turns.take(who);
            yield;
          }
          return 0;
        }
        yield* join(tasksOf(tasks, task));
        return turns.count;
      }),

    // Not in the table: for the soak. The first task notes the heap a hundred times.
    soak: (size, { tasks, noteHeap }) =>
      drive(function* () {
        const turns = new Turns();
        const notes = Math.max(1, Math.floor(size / tasks / 100));
        function* task(who: number): Coroutine<number> {
          for (let i = 0; i < size / tasks; i += 1) {
            turns.take(who);
            if (who === 0 && i % notes === 0) noteHeap();
            yield;
          }
          return 0;
        }
        yield* join(tasksOf(tasks, task));
        return turns.count;
      }),

    pingpong: (size) =>
      drive(function* () {
        let toPong = new Future<number>();
        let toPing = new Future<number>();
        function* ping(): Coroutine<number> {
          let value = 0;
          for (let i = 0; i < size; i += 1) {
            toPing = new Future<number>();
            toPong.setResult(value + 1);
            value = yield* toPing;
          }
          return value;
        }
        function* pong(): Coroutine<number> {
          for (let i = 0; i < size; i += 1) {
            const value = yield* toPong;
            toPong = new Future<number>();
            toPing.setResult(value + 1);
          }
          return 0;
        }
        return yield* join([createTask(pong()), createTask(ping())]);
      }),

    spawn: (size) =>
      drive(function* () {
        const batch = Math.min(BATCH, size);
        let total = 0;
        for (let i = 0; i < size; i += batch) total += yield* join(tasksOf(batch, (index) => one(index & 1)));
        return total;
      }),

    chain: (size, { depth }) =>
      drive(function* () {
        const share = size / CHAINS;
        function* task(): Coroutine<number> {
          let total = 0;
          while (total < share) total += yield* wait(depth, Math.min(WAITS, share));
          return total;
        }
        return yield* join(tasksOf(CHAINS, task));
      }),

    call: (size) =>
      drive(function* () {
        let total = 0;
        for (let i = 0; i < size; i += 1) total += yield* one(i & 1);
        return total;
      }),
  };
}

function others({ Future, Queue, Semaphore, createTask, gather, sleep }: Library, drive: Drive): Workloads {
  return {
    queue: (size) =>
      drive(function* () {
        const between = new Queue<number>(CAPACITY);
        const share = size / PRODUCERS;
        function* produce(): Coroutine<number> {
          for (let i = 0; i < share; i += 1) yield* between.put(i);
          return 0;
        }
        function* consume(): Coroutine<number> {
          let total = 0;
          for (let i = 0; i < share; i += 1) total += yield* between.get();
          return total;
        }
        const tasks: Task<number>[] = [];
        for (let i = 0; i < PRODUCERS; i += 1) tasks.push(createTask(produce()));
        for (let i = 0; i < PRODUCERS; i += 1) tasks.push(createTask(consume()));
        return yield* join(tasks);
      }),

    semaphore: (size) =>
      drive(function* () {
        const permits = new Semaphore(PERMITS);
        const inside = new Inside();
        function* task(): Coroutine<number> {
          yield* permits.acquire();
          try {
            inside.enter();
            yield;
            inside.leave();
          } finally {
            permits.release();
          }
          return 0;
        }
        const tasks: Task<number>[] = [];
        for (let i = 0; i < size; i += 1) tasks.push(createTask(task()));
        yield* join(tasks);
        return inside.left * 100 + inside.most;
      }),

    "mass-cancel": (size) =>
      drive(function* () {
        let cleaned = 0;
        function* task(): Coroutine<number> {
          try {
            yield* sleep(LONG);
          } finally {
            cleaned += 1;
          }
          return 0;
        }
        const tasks: Task<number>[] = [];
        for (let i = 0; i < size; i += 1) tasks.push(createTask(task()));
        yield;
        for (const each of tasks) each.cancel();
        yield* gather(tasks, { returnExceptions: true });
        return cleaned;
      }),

    memory: (size, tools) =>
      drive(function* () {
        const futures: Future<number>[] = [];
        const tasks: Task<number>[] = [];
        function* task(future: Future<number>): Coroutine<number> {
          return yield* future;
        }
        tools.noteHeap();
        for (let i = 0; i < size; i += 1) {
          const future = new Future<number>();
          futures.push(future);
          tasks.push(createTask(task(future)));
        }
        yield;
        tools.noteHeap();
        for (const future of futures) future.setResult(1);
        return yield* join(tasks);
      }),
  };
}

function timing(library: Library, drive: Drive): Workloads {
  const { coroutine, createTask, getRunningLoop, sleep, waitFor } = library;
  const one = coroutine(function* one(value: number): Coroutine<number> {
    return value;
  });

  return {
    // Always in virtual time.
    sleepers: (size, { tasks: count }) =>
      library.runSync(function* () {
        const loop = getRunningLoop();
        const order = new InOrder();
        function* task(who: number): Coroutine<number> {
          for (let i = who; i < size; i += count) {
            yield* sleep(delayOf(i, VIRTUAL_RANGE));
            order.add(loop.time());
          }
          return 0;
        }
        const tasks: Task<number>[] = [];
        for (let i = 0; i < count; i += 1) tasks.push(createTask(task(i)));
        yield* join(tasks);
        return order.count;
      }),

    "cancelled-timers": (size) =>
      drive(function* () {
        let total = 0;
        for (let i = 0; i < size; i += 1) total += yield* waitFor(one(i & 1), LONG);
        return total;
      }),

    // Always in real time.
    "real-timers": (size, tools) =>
      library.run(function* () {
        function* task(delay: number): Coroutine<number> {
          const due = performance.now() + delay;
          yield* sleep(delay);
          tools.noteLateness(performance.now() - due);
          return 1;
        }
        const tasks: Task<number>[] = [];
        for (let i = 0; i < size; i += 1) tasks.push(createTask(task(delayOf(i, REAL_RANGE))));
        return yield* join(tasks);
      }),
  };
}
