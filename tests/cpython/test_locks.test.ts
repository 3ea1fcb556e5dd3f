// CPython 3.13: Lib/test/test_asyncio/test_locks.py, class by class: locks and events. The others are in the files beside this.
import { describe, expect } from "vitest";
import {
  CancelledError,
  type Coroutine,
  Event,
  Future,
  Lock,
  RuntimeError,
  createTask,
  ensureFuture,
  getRunningLoop,
  sleep,
  using,
} from "../../src/index.ts";
import { counted, isolated, raised, raises, refusalOf } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

const repr = "toString, which gives no address";
const waiters = "toString tells how many wait";

describe("LockTests", () => {
  adapted(
    "test_repr",
    repr,
    isolated(function* () {
      const lock = new Lock();
      expect(String(lock)).toBe("<Lock [unlocked]>");
      yield* lock.acquire();
      expect(String(lock)).toBe("<Lock [locked]>");
    }),
  );

  adapted(
    "test_lock",
    "the compiler refuses it; at run time it is the task that does",
    isolated(function* () {
      const lock = new Lock();
      const error = yield* refusalOf(lock);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("yielded an object (Lock)");
      expect(lock.locked()).toBe(false);
    }),
  );

  ported(
    "test_acquire",
    isolated(function* () {
      const lock = new Lock();
      const result: number[] = [];
      function* ask(tag: number): Coroutine<boolean> {
        if (yield* lock.acquire()) result.push(tag);
        return true;
      }

      expect(yield* lock.acquire()).toBe(true);
      const t1 = createTask(ask(1));
      const t2 = createTask(ask(2));
      yield* sleep(0);
      expect(result).toEqual([]);

      lock.release();
      yield* sleep(0);
      expect(result).toEqual([1]);
      yield* sleep(0);
      expect(result).toEqual([1]);

      const t3 = createTask(ask(3));
      lock.release();
      yield* sleep(0);
      expect(result).toEqual([1, 2]);
      lock.release();
      yield* sleep(0);
      expect(result).toEqual([1, 2, 3]);

      const tasks = [t1, t2, t3];
      expect(tasks.map((task) => task.done())).toEqual([true, true, true]);
      expect(tasks.map((task) => task.result())).toEqual([true, true, true]);
    }),
  );

  adapted(
    "test_acquire_cancel",
    waiters,
    isolated(function* () {
      const lock = new Lock();
      expect(yield* lock.acquire()).toBe(true);
      const task = ensureFuture(lock.acquire());
      getRunningLoop().callSoon(() => void task.cancel());
      yield* raises(CancelledError, task);
      expect(counted(lock, "waiters")).toBe(0);
    }),
  );

  // A holds the lock, B and C wait. In one iteration B is cancelled and A releases: C's turn, not B's.
  adapted(
    "test_cancel_race",
    "toString tells how many wait, the one who was cancelled among them",
    isolated(function* () {
      const lock = new Lock();
      function* hold(until: Future<void> | null): Coroutine<void> {
        yield* lock.acquire();
        try {
          if (until !== null) yield* until;
        } finally {
          lock.release();
        }
      }

      const held = new Future<void>();
      const a = createTask(hold(held));
      yield* sleep(0);
      expect(lock.locked()).toBe(true);
      const b = createTask(hold(null));
      yield* sleep(0);
      expect(counted(lock, "waiters")).toBe(1);
      const c = createTask(hold(null));
      yield* sleep(0);
      expect(counted(lock, "waiters")).toBe(2);

      held.setResult();
      b.cancel();
      // Cancelled, and still first in line.
      expect(counted(lock, "waiters")).toBe(2);
      yield* sleep(0);
      expect(lock.locked()).toBe(false);
      expect(a.done()).toBe(true);
      expect(b.cancelled()).toBe(true);
      yield* c;
    }),
  );

  ported(
    "test_cancel_release_race",
    isolated(function* () {
      const lock = new Lock();
      let [locks, calls] = [0, 0];
      function* ask(): Coroutine<void> {
        calls += 1;
        yield* lock.acquire();
        locks += 1;
      }

      yield* lock.acquire();
      const t1 = createTask(ask());
      const t2 = createTask(ask());
      const t3 = createTask(ask());
      yield* sleep(0);

      getRunningLoop().callSoon(() => {
        t1.cancel();
        lock.release();
      });
      yield* raises(CancelledError, t1);
      expect(locks).toBe(1);
      expect(calls).toBe(3);
      expect(t1.cancelled()).toBe(true);
      expect(t2.done()).toBe(true);

      t3.cancel();
      yield* sleep(0);
      expect(t3.cancelled()).toBe(true);
    }),
  );

  adapted(
    "test_finished_waiter_cancelled",
    waiters,
    isolated(function* () {
      const lock = new Lock();
      yield* lock.acquire();
      expect(lock.locked()).toBe(true);
      const b = ensureFuture(lock.acquire());
      yield* sleep(0);
      expect(counted(lock, "waiters")).toBe(1);

      const c = ensureFuture(lock.acquire());
      b.cancel();
      lock.release();
      yield* sleep(0);
      expect(lock.locked()).toBe(true);
      expect(b.cancelled()).toBe(true);
      yield* c;
    }),
  );

  ported("test_release_not_acquired", () => {
    const lock = new Lock();
    expect(raised(() => lock.release())).toBeInstanceOf(RuntimeError);
  });

  ported(
    "test_release_no_waiters",
    isolated(function* () {
      const lock = new Lock();
      yield* lock.acquire();
      expect(lock.locked()).toBe(true);
      lock.release();
      expect(lock.locked()).toBe(false);
    }),
  );

  ported(
    "test_context_manager",
    isolated(function* () {
      const lock = new Lock();
      expect(lock.locked()).toBe(false);
      yield* using(lock, function* () {
        expect(lock.locked()).toBe(true);
      });
      expect(lock.locked()).toBe(false);
    }),
  );
});

describe("EventTests", () => {
  adapted(
    "test_repr",
    repr,
    isolated(function* () {
      const event = new Event();
      expect(String(event)).toBe("<Event [unset]>");
      event.set();
      expect(String(event)).toBe("<Event [set]>");

      event.clear();
      const waiter = ensureFuture(event.wait());
      yield* sleep(0);
      event.set();
      expect(String(event)).toBe("<Event [set, waiters:1]>");
      yield* waiter;
    }),
  );

  ported(
    "test_wait",
    isolated(function* () {
      const event = new Event();
      expect(event.isSet()).toBe(false);
      const result: number[] = [];
      function* ask(tag: number): Coroutine<void> {
        if (yield* event.wait()) result.push(tag);
      }

      const t1 = createTask(ask(1));
      const t2 = createTask(ask(2));
      yield* sleep(0);
      expect(result).toEqual([]);

      const t3 = createTask(ask(3));
      event.set();
      yield* sleep(0);
      expect(result).toEqual([3, 1, 2]);

      const tasks = [t1, t2, t3];
      expect(tasks.map((task) => task.done())).toEqual([true, true, true]);
      expect(tasks.map((task) => task.result())).toEqual([undefined, undefined, undefined]);
    }),
  );

  ported(
    "test_wait_on_set",
    isolated(function* () {
      const event = new Event();
      event.set();
      expect(yield* event.wait()).toBe(true);
    }),
  );

  adapted(
    "test_wait_cancel",
    waiters,
    isolated(function* () {
      const event = new Event();
      const waiting = ensureFuture(event.wait());
      getRunningLoop().callSoon(() => void waiting.cancel());
      yield* raises(CancelledError, waiting);
      expect(counted(event, "waiters")).toBe(0);
    }),
  );

  ported("test_clear", () => {
    const event = new Event();
    expect(event.isSet()).toBe(false);
    event.set();
    expect(event.isSet()).toBe(true);
    event.clear();
    expect(event.isSet()).toBe(false);
  });

  adapted(
    "test_clear_with_waiters",
    waiters,
    isolated(function* () {
      const event = new Event();
      const result: number[] = [];
      function* ask(): Coroutine<boolean> {
        if (yield* event.wait()) result.push(1);
        return true;
      }

      const task = createTask(ask());
      yield* sleep(0);
      expect(result).toEqual([]);

      event.set();
      event.clear();
      expect(event.isSet()).toBe(false);
      event.set();
      event.set();
      expect(counted(event, "waiters")).toBe(1);

      yield* sleep(0);
      expect(result).toEqual([1]);
      expect(counted(event, "waiters")).toBe(0);
      expect(task.done()).toBe(true);
      expect(task.result()).toBe(true);
    }),
  );
});
