// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, BaseTaskTests: cancelling, and taking it back.
//
// `_cancel_message`, `_must_cancel` and `_fut_waiter` are `cancelMessage`, `mustCancel` and `waitingFor` here; the
// originals look at them, and so do these.
import { describe, expect } from "vitest";
import {
  CancelledError,
  type Coroutine,
  type ExceptionContext,
  Future,
  type Task,
  TimeoutError,
  ValueError,
  createTask,
  currentTask,
  ensureFuture,
  gather,
  sleep,
  wait,
} from "../../src/index.ts";
import {
  bothKinds,
  inside,
  newTask,
  newTestLoop,
  newTimedLoop,
  raised,
  runBriefly,
  runUntilComplete,
} from "./helpers.ts";
import { adapted, ported } from "./port.ts";

/** `get_innermost_context(error)`, along `cause`: kind, message, and how many steps away it is. */
function innermost(error: unknown): [kind: unknown, message: string, depth: number] {
  let depth = 0;
  let inner = error as Error;
  for (; inner.cause !== undefined; inner = inner.cause as Error) depth += 1;
  return [inner.constructor, inner.message, depth];
}

// What `cancel()` is called with, and the message that must come out.
const messages: [args: [message?: string | undefined], message: string][] = [
  [[], ""],
  [[undefined], ""],
  [["my message"], "my message"],
  [["5"], "5"],
];

function* sleeper(): Coroutine<void> {
  yield* sleep(10_000);
}

describe("BaseTaskTests", () => {
  ported("test_task_cancel_message_getter", () => {
    const loop = newTestLoop();
    const task = newTask(loop, (function* () {})());
    expect(task.cancelMessage).toBe(undefined);
    task.cancel("my message");
    expect(task.cancelMessage).toBe("my message");
    expect(raised(() => runUntilComplete(loop, task))).toEqual(new CancelledError("my message"));
  });

  ported("test_task_cancel_message_setter", () => {
    const loop = newTestLoop();
    const task = newTask(loop, (function* () {})());
    task.cancel("my message");
    task.cancelMessage = "my new message";
    expect(task.cancelMessage).toBe("my new message");
    expect(raised(() => runUntilComplete(loop, task))).toEqual(new CancelledError("my new message"));
  });

  adapted("test_cancelling", "repr() is toString()", () => {
    const loop = newTestLoop();
    const task = newTask(loop, sleeper());
    expect(task.cancelling()).toBe(0);
    expect(task.toString()).not.toContain(" cancelling ");
    expect(task.cancel()).toBe(true);
    expect(task.cancelling()).toBe(1);
    expect(task.toString()).toContain(" cancelling ");
    expect(task.cancel()).toBe(true);
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    loop.close();
  });

  adapted("test_uncancel_basic", "repr() is toString()", () => {
    const loop = newTestLoop();
    function* sleepTwice(): Coroutine<void> {
      try {
        yield* sleep(10_000);
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        currentTask()!.uncancel();
        yield* sleep(10_000);
      }
    }
    const task = newTask(loop, sleepTwice());
    runUntilComplete(loop, sleep(10));

    // The first sleep is cancelled.
    expect(task.cancel()).toBe(true);
    expect(task.toString()).toContain(" cancelling ");
    expect([task.cancelling(), task.cancelled()]).toEqual([1, false]);
    runUntilComplete(loop, sleep(10));

    // It was taken back.
    expect(task.toString()).not.toContain(" cancelling ");
    expect([task.cancelling(), task.cancelled()]).toEqual([0, false]);

    // The second sleep is cancelled, and with it the task.
    expect(task.cancel()).toBe(true);
    expect([task.cancelling(), task.cancelled()]).toEqual([1, false]);
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect([task.cancelled(), task.done()]).toEqual([true, true]);

    // A task that is done stays as it is.
    task.uncancel();
    expect([task.cancelled(), task.done()]).toEqual([true, true]);
    loop.close();
  });

  ported(
    "test_uncancel_structured_blocks",
    bothKinds((mark) => {
      const loop = newTestLoop();

      // A timeout written by hand: cancels at its deadline, and turns that very cancellation into a TimeoutError.
      const block = mark(function* block(task: Task<any>, delay: number, timeout: number, seen: Seen): Coroutine<void> {
        const timer = loop.callLater(timeout, () => {
          seen.timedOut = true;
          task.cancel();
        });
        let left: unknown = null;
        try {
          yield* sleep(delay);
          seen.blockFinished = true;
        } catch (error) {
          left = error;
        }
        timer.cancel();
        if (seen.timedOut && task.uncancel() === 0 && left instanceof CancelledError) throw new TimeoutError();
        if (left !== null) throw left;
      });

      const request = mark(function* request(delay: number, timeout: number): Coroutine<Seen> {
        const seen = { timedOut: false, blockFinished: false, outerReached: false };
        try {
          yield* block(currentTask()!, delay, timeout, seen);
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          expect(seen.timedOut).toBe(true);
        }
        seen.outerReached = true;
        yield* sleep(0);
        return seen;
      });

      const late = newTask(loop, request(10_000, 100));
      expect(runUntilComplete(loop, late)).toEqual({ timedOut: true, blockFinished: false, outerReached: true });
      expect(late.cancelling()).toBe(0);

      const inTime = newTask(loop, request(0, 10_000));
      expect(runUntilComplete(loop, inTime)).toEqual({ timedOut: false, blockFinished: true, outerReached: true });
      expect(inTime.cancelling()).toBe(0);
      loop.close();
    }),
  );

  ported("test_uncancel_resets_must_cancel", () => {
    const loop = newTestLoop();
    const future = new Future<void>({ loop });
    function* answer(): Coroutine<number> {
      yield* future;
      return 42;
    }
    const task = newTask(loop, answer());
    runUntilComplete(loop, sleep(0));
    future.setResult();
    task.cancel();
    expect([task.cancelling(), task.mustCancel]).toEqual([1, true]);
    task.uncancel();
    expect([task.cancelling(), task.mustCancel]).toEqual([0, false]);
    expect(runUntilComplete(loop, task)).toBe(42);
    loop.close();
  });

  ported("test_cancel", () => {
    const { loop, deadlines } = newTimedLoop();
    function* sleepThenAnswer(): Coroutine<number> {
      yield* sleep(10_000);
      return 12;
    }
    const task = newTask(loop, sleepThenAnswer());
    loop.callSoon(() => task.cancel());
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect([task.done(), task.cancelled(), task.cancel()]).toEqual([true, true, false]);
    expect(deadlines()).toEqual([10_000]);
  });

  adapted("test_cancel_with_message_then_future_result", "a message is a string, contexts are causes", () => {
    for (const [args, message] of messages) {
      const loop = newTestLoop();
      const error = raised(() => runUntilComplete(loop, newTask(loop, ask())));
      expect(innermost(error)).toEqual([CancelledError, message, 0]);

      function* ask(): Coroutine<void> {
        const task = newTask(loop, sleeper());
        yield* sleep(0);
        task.cancel(...args);
        yield* wait([task]);
        task.result();
      }
    }
  });

  adapted("test_cancel_with_message_then_future_exception", "a message is a string, contexts are causes", () => {
    for (const [args, message] of messages) {
      const loop = newTestLoop();
      const error = raised(() => runUntilComplete(loop, newTask(loop, ask())));
      expect(innermost(error)).toEqual([CancelledError, message, 0]);

      function* ask(): Coroutine<void> {
        const task = newTask(loop, sleeper());
        yield* sleep(0);
        task.cancel(...args);
        yield* wait([task]);
        task.exception();
      }
    }
  });

  adapted("test_cancellation_exception_context", "contexts are causes", () => {
    const loop = newTestLoop();
    const future = new Future<void>({ loop });
    function* sleepAndSay(): Coroutine<void> {
      future.setResult();
      yield* sleep(10_000);
    }
    function* convert(): Coroutine<void> {
      const inner = newTask(loop, sleepAndSay());
      yield* future;
      loop.callSoon(() => inner.cancel("msg"));
      try {
        yield* inner;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        throw new ValueError("cancelled", { cause: error });
      }
    }
    const error = raised(() => runUntilComplete(loop, newTask(loop, convert())));
    expect(error).toBeInstanceOf(ValueError);
    expect((error as Error).message).toBe("cancelled");
    expect(innermost(error)).toEqual([CancelledError, "msg", 1]);
  });

  adapted("test_cancel_with_message_before_starting_task", "contexts are causes", () => {
    const loop = newTestLoop();
    function* ask(): Coroutine<void> {
      const task = newTask(loop, sleeper());
      task.cancel("my message");
      yield* wait([task]);
      task.exception();
    }
    const error = raised(() => runUntilComplete(loop, newTask(loop, ask())));
    expect(innermost(error)).toEqual([CancelledError, "my message", 0]);
  });

  ported("test_cancel_yield", () => {
    const loop = newTestLoop();
    function* passTwice(): Coroutine<number> {
      yield* sleep(0);
      yield* sleep(0);
      return 12;
    }
    const task = newTask(loop, passTwice());
    runBriefly(loop);
    task.cancel();
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect([task.done(), task.cancelled(), task.cancel()]).toEqual([true, true, false]);
  });

  ported("test_cancel_inner_future", () => {
    const loop = newTestLoop();
    const future = new Future<void>({ loop });
    const task = newTask(loop, waitThenAnswer(future));
    runBriefly(loop);
    future.cancel();
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect([future.cancelled(), task.cancelled()]).toEqual([true, true]);
  });

  ported("test_cancel_both_task_and_inner_future", () => {
    const loop = newTestLoop();
    const future = new Future<void>({ loop });
    const task = newTask(loop, waitThenAnswer(future));
    runBriefly(loop);
    future.cancel();
    task.cancel();
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect([task.done(), future.cancelled(), task.cancelled()]).toEqual([true, true, true]);
  });

  ported("test_cancel_task_catching", () => {
    const loop = newTestLoop();
    const first = new Future<void>({ loop });
    const second = new Future<void>({ loop });
    function* refuse(): Coroutine<number | undefined> {
      yield* first;
      try {
        yield* second;
      } catch (error) {
        if (error instanceof CancelledError) return 42;
      }
      return undefined;
    }
    const task = newTask(loop, refuse());
    runBriefly(loop);
    expect(task.waitingFor === first).toBe(true);
    first.setResult();
    runBriefly(loop);
    expect(task.waitingFor === second).toBe(true);
    task.cancel();
    expect(second.cancelled()).toBe(true);
    expect(runUntilComplete(loop, task)).toBe(42);
    expect(task.cancelled()).toBe(false);
  });

  ported("test_cancel_task_ignoring", () => {
    const loop = newTestLoop();
    const first = new Future<void>({ loop });
    const second = new Future<void>({ loop });
    const third = new Future<number>({ loop });
    function* ignore(): Coroutine<number> {
      yield* first;
      try {
        yield* second;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
      }
      return yield* third;
    }
    const task = newTask(loop, ignore());
    runBriefly(loop);
    expect(task.waitingFor === first).toBe(true);
    first.setResult();
    runBriefly(loop);
    expect(task.waitingFor === second).toBe(true);
    task.cancel();
    expect(second.cancelled()).toBe(true);
    runBriefly(loop);
    expect(task.waitingFor === third).toBe(true);
    third.setResult(42);
    expect(runUntilComplete(loop, task)).toBe(42);
    expect([third.cancelled(), task.cancelled()]).toEqual([false, false]);
  });

  ported("test_cancel_current_task", () => {
    const loop = newTestLoop();
    const must: boolean[] = [];
    function* cancelThenSleep(): Coroutine<number> {
      task.cancel();
      must.push(task.mustCancel);
      yield* sleep(100_000);
      return 12;
    }
    const task: Task<number> = newTask(loop, cancelThenSleep());
    expect(task.cancelled()).toBe(false);
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect(loop.time()).toBe(0);
    expect([task.done(), task.cancelled()]).toEqual([true, true]);
    expect([...must, task.mustCancel]).toEqual([true, false]);
    expect(task.cancel()).toBe(false);
  });

  ported("test_cancel_at_end", () => {
    const loop = newTestLoop();
    const must: boolean[] = [];
    function* cancelThenReturn(): Coroutine<number> {
      task.cancel();
      must.push(task.mustCancel);
      return 12;
    }
    const task: Task<number> = newTask(loop, cancelThenReturn());
    expect(task.cancelled()).toBe(false);
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect([task.done(), task.cancelled()]).toEqual([true, true]);
    expect([...must, task.mustCancel]).toEqual([true, false]);
    expect(task.cancel()).toBe(false);
  });

  ported(
    "test_cancel_awaited_task",
    bothKinds((mark) => {
      const loop = newTestLoop();
      const future = new Future<void>({ loop });
      let nestedTask: Task<void> | null = null;
      const nested = mark(function* nested(): Coroutine<void> {
        yield* future;
      });
      const cancelMyself = mark(function* cancelMyself(): Coroutine<void> {
        nestedTask = newTask(loop, nested());
        yield* sleep(0);
        task.cancel();
        yield* nestedTask;
      });
      const task: Task<void> = newTask(loop, cancelMyself());
      expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
      expect([task.cancelled(), nestedTask!.cancelled(), future.cancelled()]).toEqual([true, true, true]);
      loop.close();
    }),
  );

  ported("test_sleep_cancel", () => {
    const { loop, timers, deadlines } = newTimedLoop();
    const task = newTask(loop, sleeper());
    runBriefly(loop);
    const timer = timers[0]!;
    expect(timer.cancelled()).toBe(false);
    task.cancel();
    runBriefly(loop);
    expect(timer.cancelled()).toBe(true);
    expect(deadlines()).toEqual([10_000]);
  });

  ported("test_task_cancel_sleeping_task", () => {
    const { loop, deadlines } = newTimedLoop();
    function* sleepLong(delay: number): Coroutine<void> {
      yield* sleep(delay);
    }
    function* watch(): Coroutine<string> {
      const task = newTask(loop, sleepLong(5_000_000));
      loop.callLater(100, () => task.cancel());
      try {
        yield* task;
      } catch (error) {
        if (error instanceof CancelledError) return "cancelled";
        throw error;
      }
      return "slept in";
    }
    expect(runUntilComplete(loop, watch())).toBe("cancelled");
    expect(loop.time()).toBe(100);
    expect(deadlines()).toEqual([100, 5_000_000]);
  });

  ported("test_task_cancel_waiter_future", () => {
    const loop = newTestLoop();
    const future = new Future<void>({ loop });
    const task = newTask(loop, waitThenAnswer(future));
    runBriefly(loop);
    expect(task.waitingFor === future).toBe(true);
    task.cancel();
    runBriefly(loop);
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect(task.waitingFor === null).toBe(true);
    expect(future.cancelled()).toBe(true);
  });

  adapted(
    "test_baseexception_during_cancel",
    "no exception passes a task by: it stays with the task, and the loop goes on",
    bothKinds((mark) => {
      const { loop, deadlines } = newTimedLoop();
      // JavaScript throws anything: this is no Error, as SystemExit is no Exception.
      const exit = { code: 1 };
      const inner = mark(function* inner(): Coroutine<void> {
        yield* sleep(10_000);
      });
      const outer = mark(function* outer(): Coroutine<void> {
        try {
          yield* inner();
        } catch (error) {
          throw error instanceof CancelledError ? exit : error;
        }
      });
      const task = newTask(loop, outer());
      runBriefly(loop);
      task.cancel();
      expect(task.done()).toBe(false);
      runBriefly(loop);
      expect([task.done(), task.cancelled()]).toEqual([true, false]);
      expect(task.exception()).toBe(exit);
      expect(deadlines()).toEqual([10_000]);
    }),
  );

  ported(
    "test_yield_future_passes_cancel",
    bothKinds((mark) => {
      const loop = newTestLoop();
      const waiter = new Future<void>({ loop });
      let proof = 0;
      const inner = mark(function* inner(): Coroutine<void> {
        try {
          yield* waiter;
        } catch (error) {
          if (error instanceof CancelledError) proof += 1;
          throw error;
        }
        throw new Error("inner got past the future");
      });
      const outer = mark(function* outer(): Coroutine<void> {
        try {
          yield* inner();
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
          proof += 100;
          return;
        }
        proof += 10;
      });
      const task = createTask(outer(), { loop });
      runBriefly(loop);
      task.cancel();
      runUntilComplete(loop, task);
      expect(proof).toBe(101);
      expect(waiter.cancelled()).toBe(true);
    }),
  );

  ported("test_yield_wait_does_not_shield_cancel", () => {
    const loop = newTestLoop();
    const waiter = new Future<void>({ loop });
    let proof = 0;
    function* inner(): Coroutine<void> {
      yield* waiter;
      proof += 1;
    }
    function* outer(): Coroutine<void> {
      yield* wait([createTask(inner())]);
      proof += 100;
    }
    const task = createTask(outer(), { loop });
    runBriefly(loop);
    task.cancel();
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    waiter.setResult();
    runBriefly(loop);
    expect(proof).toBe(1);
  });

  adapted("test_tb_logger_not_called_after_cancel", "what was never retrieved is reported when the loop closes", () => {
    const loop = newTestLoop();
    const reports: ExceptionContext[] = [];
    loop.setExceptionHandler((_, context) => void reports.push(context));
    function* fail(): Coroutine<never> {
      throw new TypeError("never retrieved");
    }
    function* forget(): Coroutine<void> {
      const task = newTask(loop, fail());
      yield* sleep(50);
      task.cancel();
    }
    runUntilComplete(loop, forget());
    loop.close();
    expect(reports).toEqual([]);
  });

  ported("test_cancel_gather_1", () => {
    const loop = newTestLoop();
    const future = new Future<number>({ loop });
    function* child(): Coroutine<number> {
      return yield* future;
    }
    const gathering = inside(loop, () => ensureFuture(gather([child()])));
    const answers: boolean[] = [];
    future.addDoneCallback(() => answers.push(gathering.cancel()));
    future.setResult(42);
    runUntilComplete(loop, gathering);
    expect(answers).toEqual([false]);
    expect(gathering.cancelled()).toBe(false);
    expect(gathering.result()).toEqual([42]);
    loop.close();
  });

  adapted("test_cancel_gather_2", "a message is a string, contexts are causes", () => {
    for (const [args, message] of messages) {
      const loop = newTestLoop();
      const error = raised(() => runUntilComplete(loop, cancelIt()));
      expect(innermost(error)).toEqual([CancelledError, message, 0]);
      loop.close();

      function* gatherForASecond(): Coroutine<void> {
        for (let time = 50; time <= 1000; time += 50) yield* gather([sleep(50)], { returnExceptions: true });
      }
      function* cancelIt(): Coroutine<void> {
        const task = newTask(loop, gatherForASecond());
        yield* sleep(200);
        task.cancel(...args);
        yield* task;
      }
    }
  });
});

/** What the timeout written by hand has seen. */
interface Seen {
  timedOut: boolean;
  blockFinished: boolean;
  outerReached: boolean;
}

function* waitThenAnswer(future: Future<void>): Coroutine<number> {
  yield* future;
  return 12;
}
