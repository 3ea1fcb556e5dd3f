// CPython 3.13: Lib/test/test_asyncio/test_locks.py, class by class: conditions.
import { describe, expect } from "vitest";
import {
  CancelledError,
  Condition,
  type Coroutine,
  Lock,
  RuntimeError,
  type Task,
  TimeoutError,
  createTask,
  getRunningLoop,
  sleep,
  timeout,
  using,
  waitFor,
} from "../../src/index.ts";
import { counted, isolated, newTestLoop, raised, raises, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

/** Tasks that acquire, wait to be notified, and say so; `then` is what they do at last. */
function waitersOn(condition: Condition, tags: readonly number[], then: () => void): [Task<boolean>[], number[]] {
  const result: number[] = [];
  function* ask(tag: number): Coroutine<boolean> {
    yield* condition.acquire();
    if (yield* condition.wait()) {
      result.push(tag);
      then();
    }
    return true;
  }
  return [tags.map((tag) => createTask(ask(tag))), result];
}

function* notifyInside(condition: Condition, notify: () => void): Coroutine<void> {
  yield* condition.acquire();
  notify();
  condition.release();
}

function expectAllTrue(tasks: readonly Task<boolean>[]): void {
  expect(tasks.map((task) => task.done() && task.result())).toEqual(tasks.map(() => true));
}

describe("ConditionTests", () => {
  ported(
    "test_wait",
    isolated(function* () {
      const condition = new Condition();
      const [tasks, result] = waitersOn(condition, [1, 2, 3], () => {});
      yield* sleep(0);
      expect(result).toEqual([]);
      expect(condition.locked()).toBe(false);

      expect(yield* condition.acquire()).toBe(true);
      condition.notify();
      yield* sleep(0);
      expect(result).toEqual([]);
      expect(condition.locked()).toBe(true);

      condition.release();
      yield* sleep(0);
      expect(result).toEqual([1]);
      expect(condition.locked()).toBe(true);

      condition.notify(2);
      yield* sleep(0);
      expect(result).toEqual([1]);
      expect(condition.locked()).toBe(true);

      condition.release();
      yield* sleep(0);
      expect(result).toEqual([1, 2]);
      expect(condition.locked()).toBe(true);

      condition.release();
      yield* sleep(0);
      expect(result).toEqual([1, 2, 3]);
      expect(condition.locked()).toBe(true);
      expectAllTrue(tasks);
    }),
  );

  adapted(
    "test_wait_cancel",
    "toString tells how many wait",
    isolated(function* () {
      const condition = new Condition();
      yield* condition.acquire();
      const waiting = createTask(condition.wait());
      getRunningLoop().callSoon(() => void waiting.cancel());
      yield* raises(CancelledError, waiting);
      expect(counted(condition, "waiters")).toBe(0);
      expect(condition.locked()).toBe(true);
    }),
  );

  ported(
    "test_wait_cancel_contested",
    isolated(function* () {
      const condition = new Condition();
      yield* condition.acquire();
      expect(condition.locked()).toBe(true);
      const waiting = createTask(condition.wait());
      yield* sleep(0);
      expect(condition.locked()).toBe(false);

      // Notified, while somebody else holds the lock; then cancelled.
      yield* condition.acquire();
      expect(condition.locked()).toBe(true);
      condition.notify();
      const loop = getRunningLoop();
      loop.callSoon(() => void waiting.cancel());
      loop.callSoon(() => condition.release());
      try {
        yield* waiting;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
      }
      expect(condition.locked()).toBe(true);
    }),
  );

  ported(
    "test_wait_cancel_after_notify",
    isolated(function* () {
      const condition = new Condition();
      let waited = false;
      const waiter = createTask(
        using(condition, function* () {
          waited = true;
          yield* condition.wait();
        }),
      );
      yield* sleep(0);

      yield* condition.acquire();
      condition.notify();
      yield* sleep(0); // it asks for the lock
      waiter.cancel();
      yield* sleep(0); // it hears of it
      condition.release();
      yield* sleep(0); // it ends
      expect(waiter.cancelled()).toBe(true);
      expect(waited).toBe(true);
    }),
  );

  ported(
    "test_wait_unacquired",
    isolated(function* () {
      yield* raises(RuntimeError, new Condition().wait());
    }),
  );

  ported(
    "test_wait_for",
    isolated(function* () {
      const condition = new Condition();
      let ready = false;
      const result: number[] = [];
      function* ask(): Coroutine<boolean> {
        yield* condition.acquire();
        if (yield* condition.waitFor(() => ready)) {
          result.push(1);
          condition.release();
        }
        return true;
      }

      const task = createTask(ask());
      yield* sleep(0);
      expect(result).toEqual([]);

      yield* notifyInside(condition, () => condition.notify());
      yield* sleep(0);
      expect(result).toEqual([]);

      ready = true;
      yield* notifyInside(condition, () => condition.notify());
      yield* sleep(0);
      expect(result).toEqual([1]);
      expectAllTrue([task]);
    }),
  );

  ported(
    "test_wait_for_unacquired",
    isolated(function* () {
      const condition = new Condition();
      expect(yield* condition.waitFor(() => [1, 2, 3])).toEqual([1, 2, 3]);
      yield* raises(
        RuntimeError,
        condition.waitFor(() => false),
      );
    }),
  );

  ported(
    "test_notify",
    isolated(function* () {
      const condition = new Condition();
      const [tasks, result] = waitersOn(condition, [1, 2, 3], () => condition.release());
      yield* sleep(0);
      expect(result).toEqual([]);

      yield* notifyInside(condition, () => condition.notify(1));
      yield* sleep(0);
      expect(result).toEqual([1]);

      yield* notifyInside(condition, () => {
        condition.notify(1);
        condition.notify(2048);
      });
      yield* sleep(0);
      expect(result).toEqual([1, 2, 3]);
      expectAllTrue(tasks);
    }),
  );

  ported(
    "test_notify_all",
    isolated(function* () {
      const condition = new Condition();
      const [tasks, result] = waitersOn(condition, [1, 2], () => condition.release());
      yield* sleep(0);
      expect(result).toEqual([]);

      yield* notifyInside(condition, () => condition.notifyAll());
      yield* sleep(0);
      expect(result).toEqual([1, 2]);
      expectAllTrue(tasks);
    }),
  );

  ported("test_notify_unacquired", () => {
    const condition = new Condition();
    expect(raised(() => condition.notify())).toBeInstanceOf(RuntimeError);
  });

  ported("test_notify_all_unacquired", () => {
    const condition = new Condition();
    expect(raised(() => condition.notifyAll())).toBeInstanceOf(RuntimeError);
  });

  adapted(
    "test_repr",
    "toString, which gives no address; tasks that wait stand for the waiters made by hand",
    isolated(function* () {
      const condition = new Condition();
      expect(String(condition)).toBe("<Condition [unlocked]>");
      yield* condition.acquire();
      expect(String(condition)).toBe("<Condition [locked]>");
      condition.release();

      for (const expected of ["<Condition [locked, waiters:1]>", "<Condition [locked, waiters:2]>"]) {
        createTask(using(condition, () => condition.wait()));
        yield* sleep(0);
        yield* condition.acquire();
        expect(String(condition)).toBe(expected);
        condition.release();
      }
    }),
  );

  ported(
    "test_context_manager",
    isolated(function* () {
      const condition = new Condition();
      expect(condition.locked()).toBe(false);
      yield* using(condition, function* () {
        expect(condition.locked()).toBe(true);
      });
      expect(condition.locked()).toBe(false);
    }),
  );

  adapted(
    "test_explicit_lock",
    "the lock is private; that both are locked and free together shows that it is the one given",
    isolated(function* () {
      function* check(lock = new Lock(), condition = new Condition(lock)): Coroutine<void> {
        const locked = (): boolean[] => [lock.locked(), condition.locked()];
        expect(locked()).toEqual([false, false]);
        for (const manager of [condition, lock]) {
          yield* using(manager, function* () {
            expect(locked()).toEqual([true, true]);
          });
          expect(locked()).toEqual([false, false]);
        }
      }

      yield* check();
      yield* check(new Lock());
      const lock = new Lock();
      yield* check(lock, new Condition(lock));
    }),
  );

  adapted("test_ambiguous_loops", "a wait on another loop binds to it; no constructor ever took a loop", () => {
    const elsewhere = newTestLoop();
    const differs = /bound to a different event loop/;

    // Held and waited for on the other loop; then free again.
    const lock = new Lock();
    runUntilComplete(
      elsewhere,
      using(lock, () => raises(TimeoutError, waitFor(lock.acquire(), 10))),
    );
    isolated(function* () {
      yield* using(lock, function* () {
        // Nothing was in the way, so nothing had to be asked of a loop. Now something is.
        const condition = new Condition(lock);
        const error = yield* raises(RuntimeError, condition.acquire());
        expect(error.message).toMatch(differs);
      });
    })();

    const other = new Lock();
    const condition = new Condition(other);
    runUntilComplete(
      elsewhere,
      using(other, () => raises(TimeoutError, waitFor(condition.wait(), 10))),
    );
    isolated(function* () {
      yield* using(other, function* () {
        const error = yield* raises(RuntimeError, condition.wait());
        expect(error.message).toMatch(differs);
      });
    })();
    elsewhere.close();
  });

  ported(
    "test_timeout_in_block",
    isolated(function* () {
      const condition = new Condition();
      yield* using(condition, () => raises(TimeoutError, waitFor(condition.wait(), 500)));
    }),
  );

  ported(
    "test_cancelled_error_wakeup",
    isolated(function* () {
      const condition = new Condition();
      const seen: CancelledError[] = [];
      const task = createTask(failing(condition, () => false, seen));
      yield* sleep(0);
      // It waits to be notified.
      task.cancel("foo");
      const error = yield* raises(CancelledError, task);
      expect(error.message).toBe("foo");
      expect(error).toBe(seen[0]);
    }),
  );

  ported(
    "test_cancelled_error_re_aquire",
    isolated(function* () {
      const condition = new Condition();
      const seen: CancelledError[] = [];
      let wake = false;
      const task = createTask(failing(condition, () => wake, seen));
      yield* sleep(0);
      yield* condition.acquire();
      wake = true;
      condition.notify();
      yield* sleep(0);
      // It waits for the lock.
      task.cancel("foo");
      condition.release();
      const error = yield* raises(CancelledError, task);
      expect(error.message).toBe("foo");
      expect(error).toBe(seen[0]);
    }),
  );

  ported(
    "test_cancelled_wakeup",
    isolated(function* () {
      yield* losesNoWakeUp(function* () {});
    }),
  );

  ported(
    "test_cancelled_wakeup_relock",
    isolated(function* () {
      // The task that was woken gets as far as asking for the lock.
      yield* losesNoWakeUp(function* () {
        yield* sleep(0);
      });
    }),
  );
});

/** Waits for `predicate`, expects to be cancelled, keeps the error, and throws it on. */
function* failing(condition: Condition, predicate: () => boolean, seen: CancelledError[]): Coroutine<void> {
  yield* using(condition, function* () {
    const error = yield* raises(CancelledError, condition.waitFor(predicate));
    seen.push(error);
    throw error;
  });
}

/** One item for two consumers: the one who is notified is cancelled after `meanwhile`, and the other must get the item. */
function* losesNoWakeUp(meanwhile: () => Coroutine<void>): Coroutine<void> {
  const condition = new Condition();
  let state = 0;
  function* consume(): Coroutine<void> {
    yield* using(condition, function* () {
      for (;;) {
        yield* condition.waitFor(() => state !== 0);
        if (state < 0) return;
        state -= 1;
      }
    });
  }

  const consumers = [createTask(consume()), createTask(consume())] as const;
  yield* sleep(0);
  yield* using(condition, function* () {
    state += 1;
    condition.notify(1);
    yield* meanwhile();
    consumers[0].cancel();
    try {
      yield* using(timeout(10), () => condition.waitFor(() => state === 0));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
    expect(state).toBe(0);

    state = -1;
    condition.notifyAll();
  });
  yield* consumers[1];
}
