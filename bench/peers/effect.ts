import type * as effect from "effect";
import type { TestClock as TestClockIn } from "effect/testing";
import type { Deferred as DeferredOf, Effect as EffectOf, Fiber as FiberOf } from "effect";
import {
  BATCH,
  CAPACITY,
  CHAINS,
  InOrder,
  Inside,
  type Implementation,
  LONG,
  PERMITS,
  PRODUCERS,
  type Peer,
  REAL_RANGE,
  Turns,
  VIRTUAL_RANGE,
  WAITS,
  delayOf,
} from "../peer.ts";
import { packageVersion } from "../package-version.ts";

/** Effect: fibers forked as children, generators, its own queue, semaphore and test clock. */
export async function load(): Promise<Peer> {
  const version = packageVersion("effect");
  const library = await import("effect");
  const { TestClock } = await import("effect/testing");
  return { version, workloads: { ...switching(library), ...others(library, TestClock) } };
}

type Library = typeof effect;
type TestClockOf = typeof TestClockIn;

function forking({ Effect, Fiber }: Library) {
  function* fork<A>(count: number, start: (who: number) => EffectOf<A>): Generator<EffectOf<any>, FiberOf<A>[]> {
    const fibers: FiberOf<A>[] = [];
    for (let i = 0; i < count; i += 1) fibers.push(yield* Effect.forkChild(start(i)));
    return fibers;
  }
  function* join(fibers: readonly FiberOf<number>[]): Generator<EffectOf<any>, number> {
    let total = 0;
    for (const fiber of fibers) total += yield* Fiber.join(fiber);
    return total;
  }
  return { fork, join };
}

function switching(library: Library): Record<string, Implementation> {
  const { Deferred, Effect } = library;
  const { fork, join } = forking(library);
  const one = (value: number): EffectOf<number> => Effect.succeed(value);
  const wait = (level: number, waits: number): EffectOf<number> =>
    Effect.gen(function* () {
      if (level > 0) return yield* wait(level - 1, waits);
      for (let i = 0; i < waits; i += 1) yield* Effect.yieldNow;
      return waits;
    });

  return {
    switch: (size, { tasks }) => {
      const turns = new Turns();
      const task = (who: number): EffectOf<number> =>
        Effect.gen(function* () {
          for (let i = 0; i < size / tasks; i += 1) {
            turns.take(who);
            yield* Effect.yieldNow;
          }
          return 0;
        });
      return Effect.runPromise(
        Effect.gen(function* () {
          yield* join(yield* fork(tasks, task));
          return turns.count;
        }),
      );
    },

    pingpong: (size) => {
      let toPong = Deferred.makeUnsafe<number>();
      let toPing = Deferred.makeUnsafe<number>();
      const ping = Effect.gen(function* () {
        let value = 0;
        for (let i = 0; i < size; i += 1) {
          toPing = Deferred.makeUnsafe<number>();
          yield* Deferred.succeed(toPong, value + 1);
          value = yield* Deferred.await(toPing);
        }
        return value;
      });
      const pong = Effect.gen(function* () {
        for (let i = 0; i < size; i += 1) {
          const value = yield* Deferred.await(toPong);
          toPong = Deferred.makeUnsafe<number>();
          yield* Deferred.succeed(toPing, value + 1);
        }
        return 0;
      });
      return Effect.runPromise(
        Effect.gen(function* () {
          return yield* join(yield* fork(2, (who) => (who === 0 ? pong : ping)));
        }),
      );
    },

    spawn: (size) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const batch = Math.min(BATCH, size);
          let total = 0;
          for (let i = 0; i < size; i += batch) total += yield* join(yield* fork(batch, (index) => one(index & 1)));
          return total;
        }),
      ),

    chain: (size, { depth }) => {
      const share = size / CHAINS;
      const task = Effect.gen(function* () {
        let total = 0;
        while (total < share) total += yield* wait(depth, Math.min(WAITS, share));
        return total;
      });
      return Effect.runPromise(
        Effect.gen(function* () {
          return yield* join(yield* fork(CHAINS, () => task));
        }),
      );
    },

    call: (size) => {
      const called = (value: number): EffectOf<number> =>
        Effect.gen(function* () {
          return value;
        });
      return Effect.runPromise(
        Effect.gen(function* () {
          let total = 0;
          for (let i = 0; i < size; i += 1) total += yield* called(i & 1);
          return total;
        }),
      );
    },
  };
}

function others(library: Library, testClock: TestClockOf): Record<string, Implementation> {
  const { Clock, Deferred, Effect, Fiber, Queue, Semaphore } = library;
  const { fork, join } = forking(library);

  return {
    sleepers: (size, { tasks }) => {
      const order = new InOrder();
      const task = (who: number): EffectOf<number> =>
        Effect.gen(function* () {
          for (let i = who; i < size; i += tasks) {
            yield* Effect.sleep(delayOf(i, VIRTUAL_RANGE));
            order.add(yield* Clock.currentTimeMillis);
          }
          return 0;
        });
      const program = Effect.gen(function* () {
        const fibers = yield* fork(tasks, task);
        yield* Effect.yieldNow;
        for (let i = 0; i < size; i += tasks) yield* testClock.adjust(VIRTUAL_RANGE);
        yield* join(fibers);
        return order.count;
      });
      return Effect.runPromise(Effect.provide(program, testClock.layer()));
    },

    "cancelled-timers": (size) =>
      Effect.runPromise(
        Effect.gen(function* () {
          let total = 0;
          for (let i = 0; i < size; i += 1) total += yield* Effect.timeout(Effect.succeed(i & 1), LONG);
          return total;
        }),
      ),

    queue: (size) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const between = yield* Queue.bounded<number>(CAPACITY);
          const share = size / PRODUCERS;
          const produce = Effect.gen(function* () {
            for (let i = 0; i < share; i += 1) yield* Queue.offer(between, i);
            return 0;
          });
          const consume = Effect.gen(function* () {
            let total = 0;
            for (let i = 0; i < share; i += 1) total += yield* Queue.take(between);
            return total;
          });
          const fibers = yield* fork(2 * PRODUCERS, (who) => (who < PRODUCERS ? produce : consume));
          return yield* join(fibers);
        }),
      ),

    semaphore: (size) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const permits = yield* Semaphore.make(PERMITS);
          const inside = new Inside();
          const work = Effect.gen(function* () {
            inside.enter();
            yield* Effect.yieldNow;
            inside.leave();
            return 0;
          });
          yield* join(yield* fork(size, () => permits.withPermits(1)(work)));
          return inside.left * 100 + inside.most;
        }),
      ),

    "mass-cancel": (size) => {
      let cleaned = 0;
      const clean = Effect.sync(() => {
        cleaned += 1;
      });
      return Effect.runPromise(
        Effect.gen(function* () {
          const fibers = yield* fork(size, () => Effect.ensuring(Effect.sleep(LONG), clean));
          yield* Effect.yieldNow;
          yield* Fiber.interruptAll(fibers);
          return cleaned;
        }),
      );
    },

    memory: (size, tools) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const futures: DeferredOf<number>[] = [];
          const fibers: FiberOf<number>[] = [];
          tools.noteHeap();
          for (let i = 0; i < size; i += 1) {
            const future = Deferred.makeUnsafe<number>();
            futures.push(future);
            const task = Effect.gen(function* () {
              return yield* Deferred.await(future);
            });
            fibers.push(yield* Effect.forkChild(task));
          }
          yield* Effect.yieldNow;
          tools.noteHeap();
          for (const future of futures) yield* Deferred.succeed(future, 1);
          return yield* join(fibers);
        }),
      ),

    "real-timers": (size, tools) => {
      const task = (delay: number): EffectOf<number> =>
        Effect.gen(function* () {
          const due = performance.now() + delay;
          yield* Effect.sleep(delay);
          tools.noteLateness(performance.now() - due);
          return 1;
        });
      return Effect.runPromise(
        Effect.gen(function* () {
          return yield* join(yield* fork(size, (index) => task(delayOf(index, REAL_RANGE))));
        }),
      );
    },
  };
}
