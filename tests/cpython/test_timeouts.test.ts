// CPython 3.13: Lib/test/test_asyncio/test_timeouts.py, class by class.
import { describe, expect } from "vitest";
import {
  CancelledError,
  type Coroutine,
  ExceptionGroup,
  Future,
  RuntimeError,
  TaskGroup,
  type Timeout,
  TimeoutError,
  ValueError,
  VirtualClock,
  createTask,
  currentTask,
  getRunningLoop,
  runSync,
  sleep,
  timeout,
  timeoutAt,
  using,
} from "../../src/index.ts";
import { ZeroDivisionError, awaitWithoutTask, divideByZero, isolated, raises } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

class KeyError extends Error {}

/** The body of a `using`: it sleeps. */
function sleeping(delay: number): () => Coroutine<void> {
  return function* () {
    yield* sleep(delay);
  };
}

/** Awaits `body` under `limit`, whose deadline passes. */
function timesOut(limit: Timeout, body: () => Coroutine<unknown>): Coroutine<TimeoutError> {
  return raises(TimeoutError, using(limit, body));
}

/** Keeps the thread for a while, as `time.sleep` does. */
function busy(clock: VirtualClock, duration: number): void {
  clock.waitUntil(clock.now() + duration);
}

describe("TimeoutTests", () => {
  ported(
    "test_timeout_basic",
    isolated(function* () {
      const limit = timeout(10);
      yield* timesOut(limit, sleeping(10_000));
      expect(limit.expired()).toBe(true);
    }),
  );

  ported(
    "test_timeout_at_basic",
    isolated(function* () {
      const deadline = getRunningLoop().time() + 10;
      const limit = timeoutAt(deadline);
      yield* timesOut(limit, sleeping(10_000));
      expect(limit.expired()).toBe(true);
      expect(limit.when()).toBe(deadline);
    }),
  );

  ported(
    "test_nested_timeouts",
    isolated(function* () {
      let cancelled = false;
      const deadline = getRunningLoop().time() + 10;
      const [outer, inner] = [timeoutAt(deadline), timeoutAt(deadline)];
      yield* timesOut(outer, function* () {
        try {
          yield* using(inner, sleeping(10_000));
        } catch (error) {
          cancelled = error instanceof CancelledError;
          throw error;
        }
      });
      expect(cancelled).toBe(true);
      expect(outer.expired()).toBe(true);
      expect(inner.expired()).toBe(true);
    }),
  );

  ported(
    "test_waiter_cancelled",
    isolated(function* () {
      let cancelled = false;
      yield* timesOut(timeout(10), function* () {
        try {
          yield* sleep(10_000);
        } catch (error) {
          cancelled = error instanceof CancelledError;
          throw error;
        }
      });
      expect(cancelled).toBe(true);
    }),
  );

  ported(
    "test_timeout_not_called",
    isolated(function* () {
      const limit = timeout(10_000);
      yield* using(limit, sleeping(10));
      expect(limit.expired()).toBe(false);
      expect(limit.when()).toBeGreaterThan(getRunningLoop().time());
    }),
  );

  ported(
    "test_timeout_disabled",
    isolated(function* () {
      const limit = timeout(null);
      yield* using(limit, sleeping(10));
      expect(limit.expired()).toBe(false);
      expect(limit.when()).toBe(null);
    }),
  );

  ported(
    "test_timeout_at_disabled",
    isolated(function* () {
      const limit = timeoutAt(null);
      yield* using(limit, sleeping(10));
      expect(limit.expired()).toBe(false);
      expect(limit.when()).toBe(null);
    }),
  );

  /** Time stands still when it is virtual: no later than the end, no earlier than the beginning, is exactly then. */
  function* timesOutAtOnce(body: () => Coroutine<void>): Coroutine<void> {
    const loop = getRunningLoop();
    const before = loop.time();
    const limit = timeout(0);
    yield* timesOut(limit, body);
    expect(limit.expired()).toBe(true);
    expect([limit.when(), loop.time()]).toEqual([before, before]);
  }

  ported(
    "test_timeout_zero",
    isolated(() => timesOutAtOnce(sleeping(10_000))),
  );

  ported(
    "test_timeout_zero_sleep_zero",
    isolated(() => timesOutAtOnce(sleeping(0))),
  );

  ported(
    "test_timeout_in_the_past_sleep_zero",
    isolated(function* () {
      const loop = getRunningLoop();
      const before = loop.time();
      const limit = timeout(-11_000);
      yield* timesOut(limit, sleeping(0));
      expect(limit.expired()).toBe(true);
      expect(limit.when()).toBeLessThanOrEqual(before);
      expect(limit.when()).toBeLessThanOrEqual(loop.time());
    }),
  );

  ported(
    "test_foreign_exception_passed",
    isolated(function* () {
      const limit = timeout(10);
      yield* raises(
        KeyError,
        using(limit, function* () {
          throw new KeyError();
        }),
      );
      expect(limit.expired()).toBe(false);
    }),
  );

  adapted(
    "test_timeout_exception_context",
    "there is no implicit __context__; the explicit cause is compared",
    isolated(function* () {
      const error = yield* timesOut(timeout(10), function* () {
        try {
          divideByZero();
        } finally {
          yield* sleep(1000);
        }
      });
      expect(error.cause).toBeInstanceOf(CancelledError);
      expect((error.cause as Error).cause).toBe(undefined);
    }),
  );

  adapted(
    "test_foreign_exception_on_timeout",
    "there is no implicit __context__; the explicit cause is compared",
    isolated(function* () {
      function* crash(): Coroutine<void> {
        try {
          yield* sleep(1000);
        } finally {
          divideByZero();
        }
      }
      const error = yield* raises(ZeroDivisionError, using(timeout(10), crash));
      expect(error.cause).toBe(undefined);
    }),
  );

  adapted(
    "test_foreign_exception_on_timeout_2",
    "there is no implicit __context__; the explicit cause is compared",
    isolated(function* () {
      function* crash(): Coroutine<void> {
        try {
          try {
            throw new ValueError();
          } finally {
            yield* sleep(1000);
          }
        } finally {
          crashAgain();
        }
      }
      function crashAgain(): void {
        try {
          throw new KeyError();
        } finally {
          divideByZero();
        }
      }
      const error = yield* raises(ZeroDivisionError, using(timeout(10), crash));
      expect(error.cause).toBe(undefined);
    }),
  );

  ported(
    "test_foreign_cancel_doesnt_timeout_if_not_expired",
    isolated(function* () {
      const limit = timeout(10_000);
      yield* raises(
        CancelledError,
        using(limit, function* () {
          currentTask()!.cancel();
          yield* sleep(10_000);
        }),
      );
      expect(limit.expired()).toBe(false);
    }),
  );

  ported(
    "test_outer_task_is_not_cancelled",
    isolated(function* () {
      const task = createTask(
        (function* () {
          yield* timesOut(timeout(1), sleeping(10_000));
        })(),
      );
      yield* task;
      expect(task.cancelled()).toBe(false);
      expect(task.done()).toBe(true);
    }),
  );

  adapted("test_nested_timeouts_concurrent", "the thread is busy in virtual time", () => {
    const clock = new VirtualClock();
    runSync(() => timesOut(timeout(2), () => timesOut(timeout(100), crunch)), { clock });
    function* crunch(): Coroutine<void> {
      busy(clock, 10);
      yield* sleep(1000);
    }
  });

  adapted("test_nested_timeouts_loop_busy", "the thread is busy in virtual time", () => {
    const clock = new VirtualClock();
    runSync(
      function* () {
        yield* timesOut(timeout(100), function* () {
          yield* timesOut(timeout(10), function* () {
            busy(clock, 100);
            yield* sleep(1000);
          });
          yield* sleep(10_000);
        });
      },
      { clock },
    );
    expect(clock.now()).toBe(100);
  });

  ported(
    "test_reschedule",
    isolated(function* () {
      const entered = new Future<Timeout>();
      const early = getRunningLoop().time() + 10_000;
      const late = early + 20_000;
      const task = createTask(
        using(timeoutAt(early), function* (limit) {
          entered.setResult(limit);
          yield* sleep(50_000);
        }),
      );
      const limit = yield* entered;

      expect(limit.when()).toBe(early);
      limit.reschedule(late);
      expect(limit.when()).toBe(late);
      limit.reschedule(null);
      expect(limit.when()).toBe(null);

      task.cancel();
      yield* raises(CancelledError, task);
      expect(limit.expired()).toBe(false);
    }),
  );

  adapted(
    "test_repr_active",
    "repr is toString; milliseconds have no fraction",
    isolated(() =>
      using(timeout(10_000), function* (limit) {
        expect(limit.toString()).toMatch(/^<Timeout \[active\] when=\d+>$/);
      }),
    ),
  );

  adapted(
    "test_repr_expired",
    "repr is toString",
    isolated(function* () {
      const limit = timeout(10);
      yield* timesOut(limit, sleeping(10_000));
      expect(limit.toString()).toBe("<Timeout [expired]>");
    }),
  );

  adapted(
    "test_repr_finished",
    "repr is toString",
    isolated(function* () {
      const limit = timeout(10_000);
      yield* using(limit, sleeping(0));
      expect(limit.toString()).toBe("<Timeout [finished]>");
    }),
  );

  adapted(
    "test_repr_disabled",
    "repr is toString; None is null",
    isolated(() =>
      using(timeout(null), function* (limit) {
        expect(limit.toString()).toBe("<Timeout [active] when=null>");
      }),
    ),
  );

  adapted(
    "test_nested_timeout_in_finally",
    "there is no implicit __context__; the explicit cause is compared",
    isolated(function* () {
      let inner: TimeoutError | null = null;
      const outer = yield* timesOut(timeout(10), function* () {
        try {
          yield* sleep(1000);
        } finally {
          inner = yield* timesOut(timeout(10), sleeping(10_000));
        }
      });
      const causes = [outer, inner!].map((error) => error.cause as Error);
      for (const cause of causes) {
        expect(cause).toBeInstanceOf(CancelledError);
        expect(cause.cause).toBe(undefined);
      }
      expect(causes[0]).not.toBe(causes[1]);
    }),
  );

  /** Cancels the task it is part of, and swallows that. */
  function* swallowCancel(): Coroutine<void> {
    try {
      currentTask()!.cancel();
      yield* sleep(1000);
    } catch (error) {
      expect(error).toBeInstanceOf(CancelledError);
    }
  }

  ported(
    "test_timeout_after_cancellation",
    isolated(function* () {
      try {
        yield* swallowCancel();
      } finally {
        yield* timesOut(timeout(0), sleeping(1000));
      }
    }),
  );

  ported(
    "test_cancel_in_timeout_after_cancellation",
    isolated(function* () {
      try {
        yield* swallowCancel();
      } finally {
        const cleanUp = using(timeout(1000), function* () {
          currentTask()!.cancel();
          yield* sleep(2000);
        });
        yield* raises(CancelledError, cleanUp);
      }
    }),
  );

  function* nothing(): Coroutine<void> {}

  ported(
    "test_timeout_already_entered",
    isolated(() =>
      using(timeout(10), function* (limit) {
        const error = yield* raises(RuntimeError, using(limit, nothing));
        expect(error.message).toMatch(/has already been entered/);
      }),
    ),
  );

  ported(
    "test_timeout_double_enter",
    isolated(function* () {
      const limit = timeout(10);
      yield* using(limit, nothing);
      const error = yield* raises(RuntimeError, using(limit, nothing));
      expect(error.message).toMatch(/has already been entered/);
    }),
  );

  /** Moves a deadline that cannot be moved, because of the `state` that the error names. */
  function refusesToReschedule(limit: Timeout, state: string): void {
    expect(() => limit.reschedule(20)).toThrow(RuntimeError);
    expect(() => limit.reschedule(20)).toThrow(state);
  }

  ported(
    "test_timeout_finished",
    isolated(function* () {
      const limit = timeout(10);
      yield* using(limit, nothing);
      refusesToReschedule(limit, "finished");
    }),
  );

  ported(
    "test_timeout_expired",
    isolated(function* () {
      const limit = timeout(10);
      yield* timesOut(limit, sleeping(1000));
      refusesToReschedule(limit, "expired");
    }),
  );

  ported(
    "test_timeout_expiring",
    isolated(() =>
      using(timeout(10), function* (limit) {
        yield* raises(CancelledError, sleep(1000));
        refusesToReschedule(limit, "expiring");
      }),
    ),
  );

  ported(
    "test_timeout_not_entered",
    isolated(function* () {
      refusesToReschedule(timeout(10), "has not been entered");
    }),
  );

  ported(
    "test_timeout_without_task",
    isolated(function* () {
      const limit = timeout(10);
      const error = yield* raises(RuntimeError, awaitWithoutTask(limit.enter()));
      expect(error.message).toMatch(/task/);
      refusesToReschedule(limit, "has not been entered");
    }),
  );

  adapted(
    "test_timeout_taskgroup",
    "there is no implicit __context__; the explicit cause is compared",
    isolated(function* () {
      function* crashInCleanUp(): Coroutine<void> {
        try {
          yield* sleep(2000);
        } finally {
          divideByZero();
        }
      }
      const body = (): Coroutine<void> =>
        using(new TaskGroup(), function* (group) {
          group.createTask(crashInCleanUp());
          try {
            throw new ValueError();
          } finally {
            yield* sleep(1000);
          }
        });
      const group = yield* raises(ExceptionGroup, using(timeout(10), body));
      expect(group.cause).toBe(undefined);
      expect(group.errors.length).toBe(1);
      const error = group.errors[0] as Error;
      expect(error).toBeInstanceOf(ZeroDivisionError);
      expect(error.cause).toBe(undefined);
    }),
  );
});
