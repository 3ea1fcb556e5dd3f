// CPython 3.13: Lib/test/test_asyncio/test_waitfor.py, class by class.
import { describe, expect } from "vitest";
import {
  CancelledError,
  type Coroutine,
  Future,
  type Task,
  TimeoutError,
  createTask,
  getRunningLoop,
  shield,
  sleep,
  wait,
  waitFor,
} from "../../src/index.ts";
import { isolated, raises } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

/** More than nothing, and next to nothing. */
const EPSILON = 0.1;

/** Runs for its time, whoever cancels it. */
class SlowTask {
  static readonly duration = 200;
  exited = false;

  *run(): Coroutine<void> {
    const loop = getRunningLoop();
    const end = loop.time() + SlowTask.duration;
    while (loop.time() < end) {
      try {
        yield* sleep(end - loop.time());
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
      }
    }
    this.exited = true;
  }
}

/** Sleeps and says whether it does; cancelled, it ends. */
class Sleeper {
  running: boolean | null = null;
  readonly started = new Future<void>();

  *run(): Coroutine<string> {
    this.running = true;
    this.started.setResult();
    try {
      yield* sleep(10_000);
    } finally {
      this.running = false;
    }
    return "done";
  }
}

/** Cancelled, it needs a moment more to end. */
class Lingerer {
  done = false;

  *run(): Coroutine<void> {
    try {
      yield* sleep(10_000);
    } catch (error) {
      if (error instanceof CancelledError) yield* sleep(EPSILON);
      throw error;
    } finally {
      this.done = true;
    }
  }
}

describe("AsyncioWaitForTest", () => {
  ported(
    "test_asyncio_wait_for_cancelled",
    isolated(function* () {
      const slow = new SlowTask();
      const waiting = createTask(waitFor(slow.run(), SlowTask.duration * 2));
      yield* sleep(0);
      waiting.cancel();
      yield* wait([waiting]);
      expect(slow.exited).toBe(true);
    }),
  );

  ported(
    "test_asyncio_wait_for_timeout",
    isolated(function* () {
      const slow = new SlowTask();
      try {
        yield* waitFor(slow.run(), SlowTask.duration / 2);
      } catch (error) {
        expect(error).toBeInstanceOf(TimeoutError);
      }
      expect(slow.exited).toBe(true);
    }),
  );

  ported(
    "test_wait_for_timeout_less_then_0_or_0_future_done",
    isolated(function* () {
      const future = new Future<string>();
      future.setResult("done");
      expect(yield* waitFor(future, 0)).toBe("done");
      expect(future.done()).toBe(true);
    }),
  );

  ported(
    "test_wait_for_timeout_less_then_0_or_0_coroutine_do_not_started",
    isolated(function* () {
      let started = false;
      function* foo(): Coroutine<void> {
        started = true;
      }
      yield* raises(TimeoutError, waitFor(foo(), 0));
      expect(started).toBe(false);
    }),
  );

  /** What is left of a task that was not done in time. */
  function expectCancelled(task: Task<unknown>, sleeper: Sleeper): void {
    expect(task.done()).toBe(true);
    expect(task.cancelled()).toBe(true);
    expect(sleeper.running).toBe(false);
  }

  ported(
    "test_wait_for_timeout_less_then_0_or_0",
    isolated(function* () {
      for (const timeout of [0, -1]) {
        const sleeper = new Sleeper();
        const task = createTask(sleeper.run());
        yield* sleeper.started;
        yield* raises(TimeoutError, waitFor(task, timeout));
        expectCancelled(task, sleeper);
      }
    }),
  );

  ported(
    "test_wait_for",
    isolated(function* () {
      const sleeper = new Sleeper();
      const task = createTask(sleeper.run());
      yield* raises(TimeoutError, waitFor(task, 100));
      expectCancelled(task, sleeper);
    }),
  );

  ported(
    "test_wait_for_blocking",
    isolated(function* () {
      function* coro(): Coroutine<string> {
        return "done";
      }
      expect(yield* waitFor(coro(), null)).toBe("done");
    }),
  );

  ported(
    "test_wait_for_race_condition",
    isolated(function* () {
      const future = new Future<string>();
      const waiting = waitFor(future, 200);
      getRunningLoop().callSoon(() => future.setResult("ok"));
      expect(yield* waiting).toBe("ok");
    }),
  );

  ported(
    "test_wait_for_cancellation_race_condition",
    isolated(function* () {
      function* inner(): Coroutine<number> {
        yield* raises(CancelledError, sleep(1000));
        return 1;
      }
      expect(yield* waitFor(inner(), 10)).toBe(1);
    }),
  );

  adapted(
    "test_wait_for_waits_for_task_cancellation",
    "there is no implicit __context__; the explicit cause is the same error",
    isolated(function* () {
      const lingerer = new Lingerer();
      const task = createTask(lingerer.run());
      const error = yield* raises(TimeoutError, waitFor(task, EPSILON));
      expect(lingerer.done).toBe(true);
      expect(error.cause).toBeInstanceOf(CancelledError);
    }),
  );

  adapted(
    "test_wait_for_waits_for_task_cancellation_w_timeout_0",
    "there is no implicit __context__; the explicit cause is the same error",
    isolated(function* () {
      const lingerer = new Lingerer();
      function* foo(): Coroutine<void> {
        const task = createTask(lingerer.run());
        yield* sleep(EPSILON);
        yield* waitFor(task, 0);
      }
      const error = yield* raises(TimeoutError, foo());
      expect(lingerer.done).toBe(true);
      expect(error.cause).toBeInstanceOf(CancelledError);
    }),
  );

  ported(
    "test_wait_for_reraises_exception_during_cancellation",
    isolated(function* () {
      class FooError extends Error {}
      function fail(): never {
        throw new FooError();
      }
      function* inner(): Coroutine<void> {
        try {
          yield* sleep(200);
        } finally {
          fail();
        }
      }
      function* foo(): Coroutine<void> {
        yield* waitFor(createTask(inner()), EPSILON);
      }
      yield* raises(FooError, foo());
    }),
  );

  /** Cancelling the wait cancels the task that is waited for, too. */
  function* cancelsWaitFor(timeout: number | null): Coroutine<void> {
    function* block(): Coroutine<void> {
      yield* new Future<void>();
    }
    const task = createTask(block());
    const waiting = createTask(waitFor(task, timeout));
    getRunningLoop().callSoon(() => waiting.cancel());
    yield* raises(CancelledError, waiting);
    expect(task.cancelled()).toBe(true);
  }

  ported(
    "test_cancel_blocking_wait_for",
    isolated(() => cancelsWaitFor(null)),
  );

  ported(
    "test_cancel_wait_for",
    isolated(() => cancelsWaitFor(60_000)),
  );

  ported(
    "test_wait_for_cancel_suppressed",
    isolated(function* () {
      function* answer(): Coroutine<number> {
        yield* raises(CancelledError, sleep(10_000));
        return 42;
      }
      expect(yield* waitFor(answer(), 100)).toBe(42);
    }),
  );

  ported(
    "test_wait_for_issue86296",
    isolated(function* () {
      function* inner(): Coroutine<string> {
        return "done";
      }
      const innerTask = createTask(inner());
      let reachedEnd = false;
      function* outer(): Coroutine<void> {
        yield* waitFor(innerTask, 100_000);
        yield* sleep(1000);
        reachedEnd = true;
      }
      const task = createTask(outer());
      expect(task.done()).toBe(false);
      yield* sleep(0);
      task.cancel();
      yield* raises(CancelledError, task);
      expect(innerTask.done()).toBe(true);
      expect(yield* innerTask).toBe("done");
      expect(reachedEnd).toBe(false);
    }),
  );
});

describe("WaitForShieldTests", () => {
  function* doneIn(delay: number): Coroutine<string> {
    yield* sleep(delay);
    return "done";
  }

  ported(
    "test_zero_timeout",
    isolated(function* () {
      const task = createTask(doneIn(10));
      const shielded = shield(task);
      yield* raises(TimeoutError, waitFor(shielded, 0));
      expect(task.done()).toBe(false);
      expect(task.cancelled()).toBe(false);
      expect(shielded.cancelled()).toBe(true);
      yield* sleep(100);
      expect(task.done()).toBe(true);
    }),
  );

  ported(
    "test_none_timeout",
    isolated(function* () {
      const task = createTask(doneIn(100));
      yield* waitFor(shield(task), null);
      expect(task.done()).toBe(true);
      expect(yield* task).toBe("done");
    }),
  );

  ported(
    "test_shielded_timeout",
    isolated(function* () {
      const task = createTask(doneIn(100));
      yield* raises(TimeoutError, waitFor(shield(task), 10));
      expect(task.done()).toBe(false);
      expect(task.cancelled()).toBe(false);
      expect(yield* task).toBe("done");
    }),
  );
});
