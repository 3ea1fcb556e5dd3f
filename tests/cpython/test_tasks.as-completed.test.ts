// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, BaseTaskTests: as_completed().
//
// Most originals run twice, with `for` and with `async for`. JavaScript has no `async for` that generators could wait in:
// what is asserted of it is asserted of `for`.
import { describe, expect } from "vitest";
import {
  type Awaitable,
  type Coroutine,
  Future,
  RuntimeError,
  TimeoutError,
  asCompleted,
  createTask,
  ensureFuture,
  sleep,
  wait,
} from "../../src/index.ts";
import { inside, newTask, newTestLoop, newTimedLoop, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

const NO_ASYNC_FOR = "there is no `async for`";

function* give<T>(value: T): Coroutine<T> {
  return value;
}

function* sleeper<T>(delay: number, value: T): Coroutine<T> {
  return yield* sleep(delay, value);
}

/** Awaits them one after the other, as they come. */
function* collect<T>(aws: Iterable<Awaitable<T>>): Coroutine<T[]> {
  const values: T[] = [];
  for (const next of asCompleted(aws)) values.push(yield* next);
  return values;
}

describe("BaseTaskTests", () => {
  adapted("test_as_completed", NO_ASYNC_FOR, () => {
    const { loop, advanceTime } = newTimedLoop();
    const completed = new Set<string>();
    let shifted = false;
    function* sleepAndShift(delay: number, name: string): Coroutine<string> {
      yield* sleep(delay);
      completed.add(name);
      if (!shifted && completed.has("a") && completed.has("b")) {
        shifted = true;
        advanceTime(140);
      }
      return name;
    }
    const aws = [sleepAndShift(10, "b"), sleepAndShift(150, "c"), sleepAndShift(10, "a")];
    const found = runUntilComplete(loop, newTask(loop, collect(aws)));
    expect(loop.time()).toBe(150);
    expect(new Set(found.slice(0, 2))).toEqual(new Set(["a", "b"]));
    expect(found[2]).toBe("c");
  });

  adapted(
    "test_as_completed_same_tasks_in_as_out",
    `${NO_ASYNC_FOR}, and \`for\` gives coroutines of its own, for tasks too, as it does in CPython`,
    () => {
      const loop = newTestLoop();
      function* awaitAll(aws: Set<Awaitable<any>>): Coroutine<{ values: Set<unknown>; same: number }> {
        const out = [...asCompleted<unknown>(aws)];
        const same = out.filter((aw) => aws.has(aw)).length;
        const values = new Set<unknown>();
        for (const aw of out) values.add(yield* aw);
        return { values, same };
      }
      const coroutines = new Set([give(0), give(1), give(2), give(3)]);
      expect(runUntilComplete(loop, awaitAll(coroutines))).toEqual({ values: new Set([0, 1, 2, 3]), same: 0 });
      const b = createTask(give("b"), { loop });
      const d = createTask(give("d"), { loop });
      const mixed = new Set([give("a"), b, give("c"), d]);
      expect(runUntilComplete(loop, awaitAll(mixed))).toEqual({ values: new Set(["a", "b", "c", "d"]), same: 0 });
      // Tasks are not wrapped: it is they that are waited for.
      expect([b.result(), d.result()]).toEqual(["b", "d"]);
      loop.close();
    },
  );

  adapted("test_as_completed_with_timeout", NO_ASYNC_FOR, () => {
    const { loop, advanceTime } = newTimedLoop();
    const a = createTask(sleeper(100, "a"), { loop });
    const b = createTask(sleeper(150, "b"), { loop });
    function* collectWithin(): Coroutine<[number, unknown][]> {
      const values: [number, unknown][] = [];
      for (const next of asCompleted([a, b], { timeout: 120 })) {
        if (values.length > 0) advanceTime(20);
        try {
          values.push([1, yield* next]);
        } catch (error) {
          values.push([2, error]);
        }
      }
      return values;
    }
    const found = runUntilComplete(loop, newTask(loop, collectWithin()));
    expect(found.length).toBe(2);
    expect(found[0]).toEqual([1, "a"]);
    expect(found[1]![0]).toBe(2);
    expect(found[1]![1]).toBeInstanceOf(TimeoutError);
    expect(loop.time()).toBe(120);
    advanceTime(10_000);
    runUntilComplete(loop, wait([a, b]));
  });

  adapted("test_as_completed_with_unused_timeout", NO_ASYNC_FOR, () => {
    const { loop, deadlines } = newTimedLoop();
    const values: string[] = [];
    function* collectWithin(): Coroutine<void> {
      for (const next of asCompleted([sleep(10, "a")], { timeout: 1000 })) values.push(yield* next);
    }
    runUntilComplete(loop, newTask(loop, collectWithin()));
    expect(values).toEqual(["a"]);
    // The timeout was set, and taken back.
    expect(deadlines()).toEqual([1000, 10]);
    expect(loop.nextDeadline()).toBe(Infinity);
    loop.close();
  });

  adapted("test_as_completed_resume_iterator", NO_ASYNC_FOR, () => {
    const loop = newTestLoop();
    function* collectInTwoGoes(): Coroutine<number[]> {
      const iterator = asCompleted([give(0), give(1), give(2), give(3)]);
      const values: number[] = [];
      for (const next of iterator) {
        values.push(yield* next);
        if (values.length === 2) break;
      }
      expect(values.length).toBe(2);
      for (const next of iterator) values.push(yield* next);
      return values;
    }
    expect(runUntilComplete(loop, collectInTwoGoes())).toEqual([0, 1, 2, 3]);
    loop.close();
  });

  ported("test_as_completed_reverse_wait", () => {
    const { loop, deadlines, advanceTime } = newTimedLoop();
    const trace: unknown[] = [];
    function* awaitBackwards(): Coroutine<void> {
      const nexts = [...asCompleted(new Set([sleep(50, "a"), sleep(100, "b")]))];
      trace.push(nexts.length, yield* nexts[1]!, loop.time());
      advanceTime(50);
      trace.push(yield* nexts[0]!, loop.time());
    }
    runUntilComplete(loop, awaitBackwards());
    expect(trace).toEqual([2, "a", 50, "b", 100]);
    expect(deadlines()).toEqual([50, 100]);
  });

  adapted("test_as_completed_concurrent", NO_ASYNC_FOR, () => {
    const { loop, deadlines } = newTimedLoop();
    function* awaitAtOnce(): Coroutine<Set<string>> {
      const nexts = [...asCompleted(new Set([sleep(50, "a"), sleep(50, "b")]))];
      expect(nexts.length).toBe(2);
      const { done } = yield* wait(nexts.map((next) => ensureFuture(next)));
      return new Set([...done].map((future) => future.result()));
    }
    expect(runUntilComplete(loop, awaitAtOnce())).toEqual(new Set(["a", "b"]));
    expect(deadlines()).toEqual([50, 50]);
  });

  adapted("test_as_completed_duplicate_coroutines", NO_ASYNC_FOR, () => {
    const loop = newTestLoop();
    const ham = give("ham");
    const task = newTask(loop, collect([ham, ham, give("spam")]));
    runUntilComplete(loop, task);
    expect(task.result().toSorted()).toEqual(["ham", "spam"]);
  });

  ported("test_as_completed_coroutine_without_loop", () => {
    expect(() => [...asCompleted([give(42)])]).toThrow(RuntimeError);
    expect(() => [...asCompleted([give(42)])]).toThrow("No running event loop");
  });

  ported("test_as_completed_coroutine_use_running_loop", () => {
    const loop = newTestLoop();
    function* awaitOne(): Coroutine<[number, number]> {
      const nexts = [...asCompleted([give(42)])];
      return [nexts.length, yield* nexts[0]!];
    }
    expect(runUntilComplete(loop, awaitOne())).toEqual([1, 42]);
  });

  adapted("test_as_completed_invalid_args", NO_ASYNC_FOR, () => {
    const loop = newTestLoop();
    const first = (wrong: unknown): unknown => asCompleted(wrong as Awaitable<any>[]).next();
    for (const wrong of [() => new Future<void>({ loop }), () => give(1)]) {
      expect(() => first(wrong())).toThrow(TypeError);
      expect(() => inside(loop, () => first(wrong()))).toThrow(TypeError);
    }
  });
});
