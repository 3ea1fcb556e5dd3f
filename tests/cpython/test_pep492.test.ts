// CPython 3.13: Lib/test/test_asyncio/test_pep492.py, class by class. Its StreamReaderTests belongs to the streams.
import { describe, expect } from "vitest";
import {
  type Awaitable,
  BoundedSemaphore,
  Condition,
  type Coroutine,
  type EventLoop,
  Lock,
  RuntimeError,
  Semaphore,
  type Suspension,
  Task,
  createTask,
  ensureFuture,
  sleep,
  using,
} from "../../src/index.ts";
import { bothKinds, newTestLoop, raised, refusalOf, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

/** Runs `test` with each of the primitives that a task can hold, on one loop. */
function withEachPrimitive(test: (primitive: Lock | Condition | Semaphore) => Coroutine<void>): () => void {
  return () => {
    const loop = newTestLoop();
    for (const primitive of [new Lock(), new Condition(), new Semaphore(), new BoundedSemaphore()]) {
      runUntilComplete(loop, test(primitive));
      expect(primitive.locked()).toBe(false);
    }
    loop.close();
  };
}

describe("LockTests", () => {
  ported(
    "test_context_manager_async_with",
    withEachPrimitive(function* (primitive) {
      yield* sleep(10);
      expect(primitive.locked()).toBe(false);
      yield* using(primitive, function* (value) {
        expect(value).toBeUndefined();
        expect(primitive.locked()).toBe(true);
        yield* sleep(10);
        expect(primitive.locked()).toBe(true);
      });
      expect(primitive.locked()).toBe(false);
    }),
  );

  adapted(
    "test_context_manager_with_await",
    "the compiler refuses it; at run time it is the task that does",
    withEachPrimitive(function* (primitive) {
      yield* sleep(10);
      expect(primitive.locked()).toBe(false);
      const error = yield* refusalOf(primitive);
      expect(error.message).toContain(`yielded an object (${primitive.constructor.name})`);
    }),
  );
});

describe("CoroutineTests", () => {
  adapted(
    "test_iscoroutine",
    "a task takes what is one: a generator; an object that only behaves like one is an awaitable",
    bothKinds((mark) => {
      const loop = newTestLoop();
      const foo = mark(function* (): Coroutine<void> {});
      runUntilComplete(loop, new Task(foo(), { loop }));

      expect(raised(() => new Task(lookalike() as Coroutine<string>, { loop }))).toBeInstanceOf(TypeError);
      const waiting = mark(function* (): Coroutine<string[]> {
        return [yield* lookalike(), yield* ensureFuture(lookalike())];
      });
      expect(runUntilComplete(loop, waiting())).toEqual(["made by hand", "made by hand"]);
      loop.close();
    }),
  );

  ported(
    "test_async_def_coroutines",
    bothKinds((mark) => {
      const bar = mark(function* (): Coroutine<string> {
        return "spam";
      });
      const foo = mark(function* (): Coroutine<string> {
        return yield* bar();
      });
      const loop = newTestLoop();
      expect(runUntilComplete(loop, foo())).toBe("spam");
      loop.debug = true;
      expect(runUntilComplete(loop, foo())).toBe("spam");
      loop.close();
    }),
  );

  adapted(
    "test_double_await",
    "the second await is a yield: a yield* of a plain generator is the language's own, and cannot be seen",
    bothKinds((mark) => {
      const loop: EventLoop = newTestLoop({ debug: true });
      const work = mark(function* (): Coroutine<void> {
        yield* sleep(100);
      });
      const twice = mark(function* (): Coroutine<void> {
        const once = work();
        const task = createTask(once);
        try {
          yield* sleep(0);
          yield once;
        } finally {
          task.cancel();
        }
      });
      const error = raised(() => runUntilComplete(loop, twice()));
      expect(error).toBeInstanceOf(RuntimeError);
      expect((error as Error).message).toContain("was awaited before");
      loop.close();
    }),
  );
});

/** Has a coroutine's methods, and is none. Waits for one pass of the loop. */
function lookalike(): Awaitable<string> & Iterator<Suspension, string> {
  let started = false;
  return {
    [Symbol.iterator]() {
      return this;
    },
    next() {
      if (started) return { value: "made by hand", done: true };
      started = true;
      return { value: undefined, done: false };
    },
    throw(error: unknown) {
      throw error;
    },
    return() {
      throw new Error("nobody calls it");
    },
  };
}
