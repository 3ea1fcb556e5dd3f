// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, BaseTaskTests: wait().
import { describe, expect } from "vitest";
import {
  type Coroutine,
  type EventLoop,
  Future,
  type ReturnWhen,
  type Task,
  ValueError,
  createTask,
  sleep,
  wait,
} from "../../src/index.ts";
import { ZeroDivisionError, newTask, newTestLoop, newTimedLoop, runUntilComplete } from "./helpers.ts";
import { ported } from "./port.ts";

function* sleeper(delay: number): Coroutine<void> {
  yield* sleep(delay);
}

function* failAfter(delay: number): Coroutine<never> {
  if (delay > 0) yield* sleep(delay);
  throw new ZeroDivisionError("err");
}

function* passOnce(): Coroutine<void> {
  yield* sleep(0);
}

function* give<T>(value: T): Coroutine<T> {
  return value;
}

/** Two sleeping tasks, "a" and "b". */
function sleepers(loop: EventLoop, delayOfA: number, delayOfB: number): [Task<void>, Task<void>] {
  return [newTask(loop, sleeper(delayOfA), { name: "a" }), newTask(loop, sleeper(delayOfB), { name: "b" })];
}

const set = <T>(...members: T[]): Set<T> => new Set(members);

/** By their names: vitest takes two tasks for two lists, and compares what they give. */
function named(found: { done: Set<Task<any>>; pending: Set<Task<any>> }): { done: Set<string>; pending: Set<string> } {
  const namesOf = (tasks: Set<Task<any>>): Set<string> => new Set([...tasks].map((task) => task.name));
  return { done: namesOf(found.done), pending: namesOf(found.pending) };
}

describe("BaseTaskTests", () => {
  ported("test_wait", () => {
    const { loop, deadlines } = newTimedLoop();
    const [a, b] = sleepers(loop, 100, 150);
    function* waitForBoth(): Coroutine<number> {
      expect(named(yield* wait([b, a]))).toEqual({ done: set("a", "b"), pending: set() });
      return 42;
    }
    expect(runUntilComplete(loop, newTask(loop, waitForBoth()))).toBe(42);
    expect(loop.time()).toBe(150);

    // Once more, now that both are done: it takes no time.
    expect(runUntilComplete(loop, newTask(loop, waitForBoth()))).toBe(42);
    expect(loop.time()).toBe(150);
    expect(deadlines()).toEqual([100, 150]);
  });

  ported("test_wait_duplicate_coroutines", () => {
    const loop = newTestLoop();
    const twice = createTask(give("test"), { loop });
    const task = newTask(loop, wait([twice, twice, createTask(give("spam"), { loop })]));
    const { done, pending } = runUntilComplete(loop, task);
    expect(pending).toEqual(set());
    expect(new Set([...done].map((each) => each.result()))).toEqual(set("test", "spam"));
  });

  ported("test_wait_errors", () => {
    const loop = newTestLoop();
    expect(() => runUntilComplete(loop, wait(new Set<Future<any>>()))).toThrow(ValueError);

    // `returnWhen` is looked at before the members of the list are.
    const wrong = wait([sleep(10_000) as unknown as Future<void>], { returnWhen: -1 as unknown as ReturnWhen });
    expect(() => runUntilComplete(loop, wrong)).toThrow(ValueError);
  });

  ported("test_wait_first_completed", () => {
    const { loop, deadlines, advanceTime } = newTimedLoop();
    const [a, b] = sleepers(loop, 10_000, 100);
    const task = newTask(loop, wait([b, a], { returnWhen: "FIRST_COMPLETED" }));
    expect(named(runUntilComplete(loop, task))).toEqual({ done: set("b"), pending: set("a") });
    expect([a.done(), b.done(), b.result()]).toEqual([false, true, undefined]);
    expect(loop.time()).toBe(100);
    advanceTime(10_000);
    runUntilComplete(loop, wait([a, b]));
    expect(deadlines()).toEqual([10_000, 100]);
  });

  ported("test_wait_really_done", () => {
    const loop = newTestLoop();
    function* passTwice(): Coroutine<void> {
      yield* sleep(0);
      yield* sleep(0);
    }
    const a = newTask(loop, passOnce(), { name: "a" });
    const b = newTask(loop, passTwice(), { name: "b" });
    // When the waiter wakes up for one of them, the other is done as well.
    const task = newTask(loop, wait([b, a], { returnWhen: "FIRST_COMPLETED" }));
    expect(named(runUntilComplete(loop, task)).done).toEqual(set("a", "b"));
    expect([a.done(), a.result(), b.done(), b.result()]).toEqual([true, undefined, true, undefined]);
  });

  ported("test_wait_first_exception", () => {
    const { loop, deadlines, advanceTime } = newTimedLoop();
    const a = newTask(loop, sleeper(10_000), { name: "a" });
    const b = newTask(loop, failAfter(0), { name: "b" });
    const task = newTask(loop, wait<Task<void>>([b, a], { returnWhen: "FIRST_EXCEPTION" }));
    expect(named(runUntilComplete(loop, task))).toEqual({ done: set("b"), pending: set("a") });
    expect(loop.time()).toBe(0);
    advanceTime(10_000);
    runUntilComplete(loop, wait<Task<void>>([a, b]));
    expect(deadlines()).toEqual([10_000]);
  });

  ported("test_wait_first_exception_in_wait", () => {
    const { loop, deadlines, advanceTime } = newTimedLoop();
    const a = newTask(loop, sleeper(10_000), { name: "a" });
    const b = newTask(loop, failAfter(10), { name: "b" });
    const waiting = wait<Task<void>>([b, a], { returnWhen: "FIRST_EXCEPTION" });
    expect(named(runUntilComplete(loop, waiting))).toEqual({ done: set("b"), pending: set("a") });
    expect(loop.time()).toBe(10);
    advanceTime(10_000);
    runUntilComplete(loop, wait<Task<void>>([a, b]));
    expect(deadlines()).toEqual([10_000, 10]);
  });

  ported("test_wait_with_exception", () => {
    const { loop, deadlines } = newTimedLoop();
    const a = newTask(loop, sleeper(100));
    const b = newTask(loop, failAfter(150));
    function* countErrors(): Coroutine<number[]> {
      const { done, pending } = yield* wait<Task<void>>([b, a]);
      const errors = [...done].filter((each) => each.exception() !== null);
      return [done.size, pending.size, errors.length];
    }
    expect(runUntilComplete(loop, newTask(loop, countErrors()))).toEqual([2, 0, 1]);
    expect(loop.time()).toBe(150);
    expect(runUntilComplete(loop, newTask(loop, countErrors()))).toEqual([2, 0, 1]);
    expect(loop.time()).toBe(150);
    expect(deadlines()).toEqual([100, 150]);
  });

  ported("test_wait_with_timeout", () => {
    const { loop, deadlines, advanceTime } = newTimedLoop();
    const [a, b] = sleepers(loop, 100, 150);
    const task = newTask(loop, wait([b, a], { timeout: 110 }));
    expect(named(runUntilComplete(loop, task))).toEqual({ done: set("a"), pending: set("b") });
    expect(loop.time()).toBe(110);
    advanceTime(10_000);
    runUntilComplete(loop, wait([a, b]));
    expect(deadlines()).toEqual([100, 150, 110]);
  });

  ported("test_wait_concurrent_complete", () => {
    const { loop, deadlines, advanceTime } = newTimedLoop();
    const [a, b] = sleepers(loop, 100, 150);
    // The timeout passes at the very moment at which `a` wakes up.
    expect(named(runUntilComplete(loop, wait([b, a], { timeout: 100 })))).toEqual({
      done: set("a"),
      pending: set("b"),
    });
    expect(loop.time()).toBe(100);
    advanceTime(10_000);
    runUntilComplete(loop, wait([a, b]));
    expect(deadlines()).toEqual([100, 150, 100]);
  });

  ported("test_wait_with_iterator_of_tasks", () => {
    const { loop, deadlines } = newTimedLoop();
    const [a, b] = sleepers(loop, 100, 150);
    function* waitForBoth(): Coroutine<number> {
      expect(named(yield* wait([b, a].values()))).toEqual({ done: set("a", "b"), pending: set() });
      return 42;
    }
    expect(runUntilComplete(loop, newTask(loop, waitForBoth()))).toBe(42);
    expect(loop.time()).toBe(150);
    expect(deadlines()).toEqual([100, 150]);
  });

  ported("test_wait_generator", () => {
    const loop = newTestLoop();
    function* tenTasks(): Generator<Task<number>, void, undefined> {
      for (let i = 0; i < 10; i += 1) yield newTask(loop, give(i));
    }
    function* waitForAll(): Coroutine<number[]> {
      const { done, pending } = yield* wait(tenTasks(), { returnWhen: "ALL_COMPLETED" });
      return [done.size, pending.size];
    }
    expect(runUntilComplete(loop, waitForAll())).toEqual([10, 0]);
  });

  ported("test_wait_invalid_args", () => {
    const loop = newTestLoop();
    const waitFor = (wrong: unknown) => () => runUntilComplete(loop, wait(wrong as Future<any>[]));
    expect(waitFor(new Future<void>({ loop }))).toThrow(TypeError);
    // A coroutine is a generator, like one that gives tasks: what it hands out tells them apart.
    expect(waitFor(passOnce())).toThrow(TypeError);
    expect(waitFor(sleeper(10))).toThrow(TypeError);
    expect(waitFor((function* (): Coroutine<void> {})())).toThrow(TypeError);
    expect(waitFor([])).toThrow(ValueError);
  });
});
