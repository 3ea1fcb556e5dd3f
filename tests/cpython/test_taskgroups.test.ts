// CPython 3.13: Lib/test/test_asyncio/test_taskgroups.py, class by class.
import { describe, expect } from "vitest";
import {
  CancelledError,
  ContextVar,
  type ContextManager,
  type Coroutine,
  Event,
  ExceptionGroup,
  RuntimeError,
  type Task,
  TaskGroup,
  ValueError,
  copyContext,
  createTask,
  currentTask,
  getRunningLoop,
  sleep,
  using,
} from "../../src/index.ts";
import {
  ZeroDivisionError,
  awaitWithoutTask,
  divideByZero,
  isolated,
  newTestLoop,
  raised,
  raisedBy,
  runUntilComplete,
} from "./helpers.ts";
import { adapted, ported } from "./port.ts";

class MyExc extends Error {}

/** Not even an Error: JavaScript lets anything be thrown. */
class MyBaseExc {
  readonly what = "no Error";
}

/** Asserts that `error` is a RuntimeError that says `text`. */
function expectRefusal(error: unknown, text: string): void {
  expect(error).toBeInstanceOf(RuntimeError);
  expect(String(error)).toContain(text);
}

function raise(error: unknown): never {
  throw error;
}

/** The types of a group's errors; whatever else was thrown is no answer. */
function errorTypes(error: unknown): Set<unknown> {
  if (!(error instanceof ExceptionGroup)) throw error;
  return new Set(error.errors.map((each: object) => each.constructor));
}

/** `except* type`: what of the body's group is of `type`, null for a body that ended well; the rest is thrown on. */
function* exceptStar(type: new () => Error, body: Coroutine<void>): Coroutine<ExceptionGroup | null> {
  try {
    yield* body;
  } catch (error) {
    if (!(error instanceof ExceptionGroup)) throw error;
    const [matching, rest] = error.split((each) => each instanceof type);
    if (rest !== null) throw rest;
    return matching;
  }
  return null;
}

/** `async with group`. */
function* within(body: (group: TaskGroup) => Coroutine<void>, group = new TaskGroup()): Coroutine<void> {
  yield* using(group, body);
}

function* emptyBody(): Coroutine<void> {}

function* returnAfter<T>(delay: number, result: T): Coroutine<T> {
  yield* sleep(delay);
  return result;
}

function* crashAfter(delay: number, type: new () => Error): Coroutine<void> {
  yield* sleep(delay);
  throw new type();
}

/** A coroutine that waits long, and answers its cancellation with an error of its own. */
function* crashWhenCancelled(error: unknown = new ZeroDivisionError()): Coroutine<void> {
  try {
    yield* sleep(10_000);
  } finally {
    raise(error);
  }
}

/** Waits; tells when it is cancelled. */
function* noticeCancel(delay: number, cancelled: () => void): Coroutine<void> {
  try {
    yield* sleep(delay);
  } catch (error) {
    if (error instanceof CancelledError) cancelled();
    throw error;
  }
}

/** Runs `runner` for 100 ms as a task, cancels it, and waits for it: what it throws then. */
function* cancelAfterAWhile(runner: Coroutine<unknown>, delay = 100): Coroutine<unknown> {
  const task = createTask(runner);
  yield* sleep(delay);
  expect(task.done()).toBe(false);
  task.cancel();
  return yield* raisedBy(task);
}

describe("TestTaskGroup", () => {
  ported(
    "test_taskgroup_01",
    isolated(function* () {
      let t1!: Task<number>;
      let t2!: Task<number>;
      yield* within(function* (g) {
        t1 = g.createTask(returnAfter(100, 42));
        t2 = g.createTask(returnAfter(200, 11));
      });
      expect([t1.result(), t2.result()]).toEqual([42, 11]);
    }),
  );

  ported(
    "test_taskgroup_02",
    isolated(function* () {
      let t1!: Task<number>;
      let t2!: Task<number>;
      yield* within(function* (g) {
        t1 = g.createTask(returnAfter(100, 42));
        yield* sleep(150);
        t2 = g.createTask(returnAfter(200, 11));
      });
      expect([t1.result(), t2.result()]).toEqual([42, 11]);
    }),
  );

  ported(
    "test_taskgroup_03",
    isolated(function* () {
      let t1!: Task<number>;
      let t2!: Task<number>;
      yield* within(function* (g) {
        t1 = g.createTask(returnAfter(1000, 42));
        yield* sleep(150);
        // Somebody else's cancel() of a child is no matter of the group's.
        t1.cancel();
        t2 = g.createTask(returnAfter(200, 11));
      });
      expect(t1.cancelled()).toBe(true);
      expect(t2.result()).toBe(11);
    }),
  );

  ported(
    "test_taskgroup_04",
    isolated(function* () {
      let num = 0;
      let t2Cancel = false;
      let t2!: Task<void>;
      function* foo2() {
        yield* noticeCancel(1000, () => (t2Cancel = true));
        num += 1;
      }
      function* runner() {
        yield* within(function* (g) {
          g.createTask(crashAfter(100, ZeroDivisionError));
          t2 = g.createTask(foo2());
        });
        num += 10;
      }
      expect(errorTypes(yield* raisedBy(createTask(runner())))).toEqual(new Set([ZeroDivisionError]));
      expect(num).toBe(0);
      expect(t2Cancel).toBe(true);
      expect(t2.cancelled()).toBe(true);
    }),
  );

  ported(
    "test_cancel_children_on_child_error",
    isolated(function* () {
      let num = 0;
      let t2Cancel = false;
      let runnerCancel = false;
      function* foo2() {
        yield* noticeCancel(5000, () => (t2Cancel = true));
        num += 1;
      }
      function* runner() {
        yield* within(function* (g) {
          for (let i = 0; i < 3; i += 1) g.createTask(crashAfter(100, ZeroDivisionError));
          g.createTask(foo2());
          yield* noticeCancel(10_000, () => (runnerCancel = true));
        });
        num += 10;
      }
      expect(errorTypes(yield* raisedBy(createTask(runner())))).toEqual(new Set([ZeroDivisionError]));
      expect(num).toBe(0);
      expect(t2Cancel).toBe(true);
      expect(runnerCancel).toBe(true);
    }),
  );

  ported(
    "test_cancellation",
    isolated(function* () {
      let num = 0;
      const runner = within(function* (g) {
        for (let i = 0; i < 5; i += 1) g.createTask(noticeCancel(5000, () => (num += 1)));
      });
      expect(yield* cancelAfterAWhile(runner)).toBeInstanceOf(CancelledError);
      expect(num).toBe(5);
    }),
  );

  ported(
    "test_taskgroup_07",
    isolated(function* () {
      let num = 0;
      const runner = within(function* (g) {
        for (let i = 0; i < 5; i += 1) g.createTask(noticeCancel(5000, () => (num += 1)));
        yield* noticeCancel(10_000, () => (num += 10));
      });
      expect(yield* cancelAfterAWhile(runner)).toBeInstanceOf(CancelledError);
      expect(num).toBe(15);
    }),
  );

  ported(
    "test_taskgroup_08",
    isolated(function* () {
      const runner = within(function* (g) {
        for (let i = 0; i < 5; i += 1) g.createTask(crashWhenCancelled());
        yield* sleep(10_000);
      });
      expect(errorTypes(yield* cancelAfterAWhile(runner))).toEqual(new Set([ZeroDivisionError]));
    }),
  );

  ported(
    "test_taskgroup_09",
    isolated(function* () {
      let t1!: Task<number>;
      let t2!: Task<number>;
      const runner = within(function* (g) {
        t1 = g.createTask(returnAfter(1000, 42));
        t2 = g.createTask(returnAfter(2000, 11));
        yield* sleep(100);
        divideByZero();
      });
      expect(errorTypes(yield* raisedBy(runner))).toEqual(new Set([ZeroDivisionError]));
      expect([t1.cancelled(), t2.cancelled()]).toEqual([true, true]);
    }),
  );

  ported(
    "test_taskgroup_10",
    isolated(function* () {
      let t1!: Task<number>;
      let t2!: Task<number>;
      const runner = within(function* (g) {
        t1 = g.createTask(returnAfter(1000, 42));
        t2 = g.createTask(returnAfter(2000, 11));
        divideByZero();
      });
      expect(errorTypes(yield* raisedBy(runner))).toEqual(new Set([ZeroDivisionError]));
      expect([t1.cancelled(), t2.cancelled()]).toEqual([true, true]);
    }),
  );

  ported(
    "test_taskgroup_11",
    isolated(function* () {
      const runner = within(function* () {
        yield* within(function* (g2) {
          for (let i = 0; i < 5; i += 1) g2.createTask(crashWhenCancelled());
          yield* sleep(10_000);
        });
      });
      const error = yield* cancelAfterAWhile(runner);
      expect(errorTypes(error)).toEqual(new Set([ExceptionGroup]));
      expect(errorTypes((error as ExceptionGroup).errors[0])).toEqual(new Set([ZeroDivisionError]));
    }),
  );

  ported(
    "test_taskgroup_12",
    isolated(function* () {
      const runner = within(function* (g1) {
        g1.createTask(returnAfter(10_000, null));
        yield* within(function* (g2) {
          for (let i = 0; i < 5; i += 1) g2.createTask(crashWhenCancelled());
          yield* sleep(10_000);
        });
      });
      const error = yield* cancelAfterAWhile(runner);
      expect(errorTypes(error)).toEqual(new Set([ExceptionGroup]));
      expect(errorTypes((error as ExceptionGroup).errors[0])).toEqual(new Set([ZeroDivisionError]));
    }),
  );

  ported(
    "test_taskgroup_13",
    isolated(function* () {
      const runner = within(function* (g1) {
        g1.createTask(crashAfter(100, ValueError));
        yield* within(function* (g2) {
          g2.createTask(crashAfter(10_000, ValueError));
        });
      });
      expect(errorTypes(yield* raisedBy(createTask(runner)))).toEqual(new Set([ValueError]));
    }),
  );

  ported(
    "test_taskgroup_14",
    isolated(function* () {
      const runner = within(function* (g1) {
        g1.createTask(crashAfter(10_000, ValueError));
        yield* within(function* (g2) {
          g2.createTask(crashAfter(100, ValueError));
        });
      });
      const error = yield* raisedBy(createTask(runner));
      expect(errorTypes(error)).toEqual(new Set([ExceptionGroup]));
      expect(errorTypes((error as ExceptionGroup).errors[0])).toEqual(new Set([ValueError]));
    }),
  );

  /** A group whose child fails while its body, which is cancelled, takes its time to end. */
  function* slowToEnd(): Coroutine<void> {
    yield* within(function* (g) {
      g.createTask(crashAfter(300, ZeroDivisionError));
      try {
        yield* sleep(10_000);
      } catch (error) {
        if (error instanceof CancelledError) yield* sleep(500);
        throw error;
      }
    });
  }

  ported(
    "test_taskgroup_15",
    isolated(function* () {
      expect(errorTypes(yield* cancelAfterAWhile(slowToEnd()))).toEqual(new Set([ZeroDivisionError]));
    }),
  );

  ported(
    "test_taskgroup_16",
    isolated(function* () {
      function* runner() {
        yield* createTask(slowToEnd());
      }
      expect(errorTypes(yield* cancelAfterAWhile(runner()))).toEqual(new Set([ZeroDivisionError]));
    }),
  );

  ported(
    "test_taskgroup_17",
    isolated(function* () {
      let num = 0;
      const runner = within(function* () {
        yield* noticeCancel(10_000, () => (num += 10));
      });
      expect(yield* cancelAfterAWhile(runner)).toBeInstanceOf(CancelledError);
      expect(num).toBe(10);
    }),
  );

  ported(
    "test_taskgroup_18",
    isolated(function* () {
      let num = 0;
      const runner = within(function* () {
        yield* noticeCancel(10_000, () => {
          num += 10;
          throw new MyExc();
        });
      });
      expect(errorTypes(yield* cancelAfterAWhile(runner))).toEqual(new Set([MyExc]));
      expect(num).toBe(10);
    }),
  );

  /** A group whose child fails, and whose body answers that with an error of its own. */
  function* bothFail(ofChild: unknown, ofBody: unknown): Coroutine<void> {
    yield* within(function* (g) {
      g.createTask(
        (function* () {
          yield* sleep(100);
          raise(ofChild);
        })(),
      );
      yield* crashWhenCancelled(ofBody);
    });
  }

  ported(
    "test_taskgroup_19",
    isolated(function* () {
      const error = yield* raisedBy(createTask(bothFail(new ZeroDivisionError(), new MyExc())));
      expect(errorTypes(error)).toEqual(new Set([MyExc, ZeroDivisionError]));
    }),
  );

  adapted(
    "test_taskgroup_20",
    "there is no KeyboardInterrupt, so that no error of the body comes out alone",
    isolated(function* () {
      class KeyboardInterrupt extends Error {}
      const error = yield* raisedBy(bothFail(new ZeroDivisionError(), new KeyboardInterrupt()));
      expect(errorTypes(error)).toEqual(new Set([KeyboardInterrupt, ZeroDivisionError]));
    }),
  );

  adapted(
    "test_taskgroup_20a",
    "a thrown object that is no Error in place of a BaseException",
    isolated(function* () {
      const error = yield* raisedBy(bothFail(new ZeroDivisionError(), new MyBaseExc()));
      expect(errorTypes(error)).toEqual(new Set([MyBaseExc, ZeroDivisionError]));
    }),
  );

  adapted(
    "test_taskgroup_21a",
    "a thrown object that is no Error in place of a BaseException",
    isolated(function* () {
      const error = yield* raisedBy(bothFail(new MyBaseExc(), new TypeError()));
      expect(errorTypes(error)).toEqual(new Set([MyBaseExc, TypeError]));
    }),
  );

  ported(
    "test_taskgroup_22",
    isolated(function* () {
      const runner = within(function* (g) {
        g.createTask(returnAfter(1000, 42));
        g.createTask(returnAfter(2000, 11));
      });
      expect(yield* cancelAfterAWhile(runner, 50)).toBeInstanceOf(CancelledError);
    }),
  );

  adapted(
    "test_taskgroup_23",
    "toString tells how many tasks the group still has, in place of _tasks",
    isolated(function* () {
      const held = (group: TaskGroup): number => Number(/tasks=(\d+)/.exec(group.toString())?.[1] ?? 0);
      const counts: number[] = [];
      yield* within(function* (g) {
        for (let count = 0; count < 10; count += 1) {
          yield* sleep(100);
          g.createTask(returnAfter(300, null));
          if (count === 5) counts.push(held(g));
        }
        yield* sleep(1350);
        counts.push(held(g));
      });
      expect(counts[0]).toBeGreaterThan(0);
      expect(counts[0]).toBeLessThan(5);
      expect(counts[1]).toBe(0);
    }),
  );

  ported(
    "test_taskgroup_24",
    isolated(function* () {
      const made: Task<null>[] = [];
      function* root(g: TaskGroup) {
        yield* sleep(100);
        made.push(g.createTask(returnAfter(100, null)), g.createTask(returnAfter(200, null)));
      }
      yield* within(function* (g) {
        g.createTask(root(g));
      });
      expect(made.map((task) => task.done())).toEqual([true, true]);
    }),
  );

  ported(
    "test_taskgroup_25",
    isolated(function* () {
      const hydras: TaskGroup[] = [];
      function* hydra(g: TaskGroup): Coroutine<void> {
        hydras.push(g);
        yield* sleep(10);
        g.createTask(hydra(g));
        g.createTask(hydra(g));
      }
      function* hercules() {
        while (hydras.length < 10) yield* sleep(15);
        divideByZero();
      }
      const runner = within(function* (g) {
        g.createTask(hydra(g));
        g.createTask(hercules());
      });
      expect(errorTypes(yield* raisedBy(runner))).toEqual(new Set([ZeroDivisionError]));
      expect(hydras.length).toBeGreaterThanOrEqual(10);
    }),
  );

  ported(
    "test_taskgroup_task_name",
    isolated(function* () {
      yield* within(function* (g) {
        expect(g.createTask(returnAfter(0, null), { name: "yolo" }).name).toBe("yolo");
      });
    }),
  );

  adapted(
    "test_taskgroup_task_context",
    "undefined in place of None",
    isolated(function* () {
      const variable = new ContextVar<number>("cvar");
      function* set(value: number) {
        yield* sleep(0);
        variable.set(value);
      }
      yield* within(function* (g) {
        const context = copyContext();
        expect(context.get(variable)).toBe(undefined);
        yield* g.createTask(set(1), { context });
        expect(context.get(variable)).toBe(1);
        yield* g.createTask(set(2), { context });
        expect(context.get(variable)).toBe(2);
      });
    }),
  );

  ported(
    "test_taskgroup_no_create_task_after_failure",
    isolated(function* () {
      let refusal: unknown;
      function* coro2(g: TaskGroup) {
        try {
          yield* sleep(1000);
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
          refusal = raised(() => g.createTask(crashAfter(1, ZeroDivisionError)));
        }
      }
      const group = within(function* (g) {
        g.createTask(crashAfter(1, ZeroDivisionError));
        g.createTask(coro2(g));
      });
      expect(errorTypes(yield* raisedBy(group))).toEqual(new Set([ZeroDivisionError]));
      expect(refusal).toBeInstanceOf(RuntimeError);
    }),
  );

  ported(
    "test_taskgroup_context_manager_exit_raises",
    isolated(function* () {
      class CustomException extends Error {}
      const database: ContextManager<void> = {
        *enter() {},
        *exit() {
          throw new CustomException();
        },
      };
      function* main() {
        const body = within(function* (g) {
          yield* using(database, function* () {
            g.createTask(crashAfter(0, CustomException));
            yield* sleep(1000);
          });
        });
        const group = yield* exceptStar(CustomException, body);
        expect(currentTask()!.cancelling()).toBe(0);
        expect(group?.errors.length).toBe(2);
      }
      yield* createTask(main());
    }),
  );

  ported(
    "test_taskgroup_already_entered",
    isolated(function* () {
      const group = new TaskGroup();
      let error: unknown;
      yield* within(function* () {
        error = yield* raisedBy(within(emptyBody, group));
      }, group);
      expectRefusal(error, "has already been entered");
    }),
  );

  ported(
    "test_taskgroup_double_enter",
    isolated(function* () {
      const group = new TaskGroup();
      yield* within(emptyBody, group);
      const error = yield* raisedBy(within(emptyBody, group));
      expectRefusal(error, "has already been entered");
    }),
  );

  adapted(
    "test_taskgroup_finished",
    "nothing is reported to the loop, in place of no warning",
    isolated(function* () {
      const reports: string[] = [];
      getRunningLoop().setExceptionHandler((_, context) => reports.push(context.message));
      const group = new TaskGroup();
      yield* within(emptyBody, group);
      const error = raised(() => group.createTask(returnAfter(0, null)));
      expectRefusal(error, "is finished");
      yield* sleep(0);
      expect(reports).toEqual([]);
    }),
  );

  ported(
    "test_taskgroup_not_entered",
    isolated(function* () {
      const error = raised(() => new TaskGroup().createTask(returnAfter(0, null)));
      expectRefusal(error, "has not been entered");
    }),
  );

  ported(
    "test_taskgroup_without_parent_task",
    isolated(function* () {
      const group = new TaskGroup();
      const orphaned = yield* raisedBy(awaitWithoutTask(group.enter()));
      expectRefusal(orphaned, "parent task");
      const error = raised(() => group.createTask(returnAfter(0, null)));
      expectRefusal(error, "has not been entered");
    }),
  );

  ported("test_coro_closed_when_tg_closed", () => {
    const loop = newTestLoop();
    function* createAfterTheEnd() {
      const group = new TaskGroup();
      yield* within(emptyBody, group);
      return raised(() => group.createTask(returnAfter(0, null)));
    }
    const error = runUntilComplete(loop, createAfterTheEnd());
    expectRefusal(error, "is finished");
    loop.close();
  });

  ported(
    "test_cancelling_level_preserved",
    isolated(function* () {
      const body = within(function* (g) {
        g.createTask(crashAfter(0, RuntimeError));
      });
      expect(yield* exceptStar(RuntimeError, body)).not.toBe(null);
      expect(currentTask()!.cancelling()).toBe(0);
    }),
  );

  ported(
    "test_nested_groups_both_cancelled",
    isolated(function* () {
      const trace: string[] = [];
      const both = within(function* (outer) {
        const inner = within(function* (g) {
          g.createTask(crashAfter(0, RuntimeError));
          outer.createTask(crashAfter(0, ValueError));
        });
        if ((yield* exceptStar(RuntimeError, inner)) !== null) trace.push("RuntimeError");
        trace.push(`cancelling ${currentTask()!.cancelling()}`);
      });
      if ((yield* exceptStar(ValueError, both)) !== null) trace.push("ValueError");
      trace.push(`cancelling ${currentTask()!.cancelling()}`);
      expect(trace).toEqual(["RuntimeError", "cancelling 1", "ValueError", "cancelling 0"]);
    }),
  );

  ported(
    "test_error_and_cancel",
    isolated(function* () {
      const event = new Event();
      const trace: string[] = [];
      function* raiseError() {
        event.set();
        yield* sleep(0);
        throw new RuntimeError();
      }
      function* inner() {
        const group = within(function* (g) {
          g.createTask(raiseError());
          yield* sleep(1000);
          trace.push("the sleep in the group was not cancelled");
        });
        if ((yield* exceptStar(RuntimeError, group)) !== null) trace.push("RuntimeError");
        trace.push(`after the group: cancelling ${currentTask()!.cancelling()}`);
        yield* sleep(1000);
        trace.push("the sleep after the group was not cancelled");
      }
      const task = createTask(inner());
      yield* event.wait();
      trace.push(`before: cancelling ${task.cancelling()}`);
      task.cancel();
      trace.push(`asked: cancelling ${task.cancelling()}`);
      expect(yield* raisedBy(task)).toBeInstanceOf(CancelledError);
      expect(task.cancelled()).toBe(true);
      expect(trace).toEqual([
        "before: cancelling 0",
        "asked: cancelling 1",
        "RuntimeError",
        "after the group: cancelling 1",
      ]);
    }),
  );
});
