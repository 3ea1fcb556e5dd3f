// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, BaseTaskTests: what a task is, how it is made, and how it steps.
// Its other tests are in test_tasks.cancel, .wait, .as-completed, .shield and .context.
import { describe, expect } from "vitest";
import {
  type Awaitable,
  CancelledError,
  type Coroutine,
  DeadlockError,
  type EventLoop,
  Future,
  Runner,
  RuntimeError,
  type Suspension,
  Task,
  ValueError,
  coroutine,
  createTask,
  currentTask,
  ensureFuture,
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
import { adapted, leftOut, ported } from "./port.ts";

const NO_LOOP_ARGUMENT = "ensureFuture takes no loop, and none is current outside of one that runs";
const TO_STRING = "repr() is toString(), which tells state and name";

/** What JavaScript without types would let through. */
const untyped = (value: unknown): any => value;

const NO_LOOP_ASKED = "currentTask takes no loop: a callback of the loop asks";

/** `current_task(loop)` where no task of the loop runs. */
function currentTaskOf(loop: EventLoop): Task<any> | null {
  const found: (Task<any> | null)[] = [];
  loop.callSoon(() => found.push(currentTask()));
  loop.runOnce();
  return found[0]!;
}

function* notMuch(): Coroutine<string> {
  return "ok";
}

function* waitFor<T>(future: Awaitable<T>): Coroutine<T> {
  return yield* future;
}

describe("BaseTaskTests", () => {
  ported("test_other_loop_future", () => {
    const loop = newTestLoop();
    const otherLoop = newTestLoop();
    const future = new Future<void>({ loop: otherLoop });
    const error = raised(() => runUntilComplete(loop, waitFor(future)));
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toMatch(/Task .* Future of a different event loop/);
    otherLoop.close();
  });

  ported(
    "test_task_awaits_on_itself",
    bothKinds((mark) => {
      const loop = newTestLoop();
      const awaitMyself = mark(function* awaitMyself(): Coroutine<void> {
        yield* task;
      });
      const task: Task<void> = createTask(awaitMyself(), { loop });
      const error = raised(() => runUntilComplete(loop, task));
      expect(error).toBeInstanceOf(RuntimeError);
      expect((error as Error).message).toMatch(/Task .* cannot await itself/);
    }),
  );

  ported("test_task_class", () => {
    const loop = newTestLoop();
    const task = newTask(loop, notMuch());
    runUntilComplete(loop, task);
    expect([task.done(), task.result()]).toEqual([true, "ok"]);
    expect([task.loop === loop, task.getLoop() === loop]).toEqual([true, true]);

    const otherLoop = newTestLoop();
    const otherTask = newTask(otherLoop, notMuch());
    expect(otherTask.loop === otherLoop).toBe(true);
    runUntilComplete(otherLoop, otherTask);
    otherLoop.close();
  });

  adapted("test_ensure_future_coroutine", NO_LOOP_ARGUMENT, () => {
    const loop = newTestLoop();
    const task = inside(loop, () => ensureFuture(notMuch()));
    expect(task.getLoop() === loop).toBe(true);
    runUntilComplete(loop, task);
    expect([task.done(), task.result()]).toEqual([true, "ok"]);
    const error = raised(() => ensureFuture(notMuch()));
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toContain("No running event loop");
  });

  adapted("test_ensure_future_future", NO_LOOP_ARGUMENT, () => {
    const loop = newTestLoop();
    const original = new Future<string>({ loop });
    original.setResult("ko");
    const future = ensureFuture(original);
    runUntilComplete(loop, future);
    expect([future.done(), future.result()]).toEqual([true, "ko"]);
    expect(future === original).toBe(true);
    const otherLoop = newTestLoop();
    expect(inside(otherLoop, () => ensureFuture(original) === original)).toBe(true);
    otherLoop.close();
    expect(inside(loop, () => ensureFuture(original) === original)).toBe(true);
  });

  adapted("test_ensure_future_task", NO_LOOP_ARGUMENT, () => {
    const loop = newTestLoop();
    const original = newTask(loop, notMuch());
    const task = ensureFuture(original);
    runUntilComplete(loop, task);
    expect([task.done(), task.result()]).toEqual([true, "ok"]);
    expect(task === original).toBe(true);
    const otherLoop = newTestLoop();
    expect(inside(otherLoop, () => ensureFuture(original) === original)).toBe(true);
    otherLoop.close();
    expect(inside(loop, () => ensureFuture(original) === original)).toBe(true);
  });

  ported("test_ensure_future_awaitable", () => {
    const loop = newTestLoop();
    class Wrapped<T> implements Awaitable<T> {
      readonly #coro: Coroutine<T>;
      constructor(coro: Coroutine<T>) {
        this.#coro = coro;
      }
      [Symbol.iterator](): Iterator<Suspension, T, unknown> {
        return this.#coro[Symbol.iterator]();
      }
    }
    const future = inside(loop, () => ensureFuture(new Wrapped(notMuch())));
    runUntilComplete(loop, future);
    expect(future.result()).toBe("ok");
  });

  ported("test_ensure_future_task_awaitable", () => {
    const loop = newTestLoop();
    class Sleeping implements Awaitable<string> {
      [Symbol.iterator](): Iterator<Suspension, string, unknown> {
        return sleep(0, "ok")[Symbol.iterator]();
      }
    }
    const task = inside(loop, () => ensureFuture(new Sleeping())) as Task<string>;
    runUntilComplete(loop, task);
    expect([task.done(), task.result()]).toEqual([true, "ok"]);
    // A coroutine that awaits it is what the task drives.
    expect(Object.prototype.toString.call(task.getCoro())).toBe("[object Generator]");
    loop.close();
  });

  ported("test_ensure_future_neither", () => {
    expect(() => ensureFuture(untyped("ok"))).toThrow(TypeError);
  });

  adapted("test_ensure_future_error_msg", "ensureFuture takes no loop: who waits for it on another one is told", () => {
    const loop = newTestLoop();
    const otherLoop = newTestLoop();
    const future = new Future<void>({ loop });
    function* awaitElsewhere(): Coroutine<void> {
      yield* ensureFuture(future);
    }
    const error = raised(() => runUntilComplete(otherLoop, awaitElsewhere()));
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toContain("a different event loop");
    otherLoop.close();
  });

  adapted(
    "test_get_stack",
    "there is no print_stack(), and no limit: the outermost frame is the first",
    bothKinds((mark) => {
      const loop = newTestLoop();
      const names: (string | undefined)[] = [];
      const inner = mark(function* inner(): Coroutine<void> {
        names.push(task?.getStack()[0]?.name);
      });
      const outer = mark(function* outer(): Coroutine<void> {
        yield* inner();
      });
      let task: Task<void> | null = null;
      function* main(): Coroutine<void> {
        task = createTask(outer());
        yield* task;
      }
      runUntilComplete(loop, main());
      expect(names).toEqual(["outer"]);
    }),
  );

  adapted("test_task_repr", TO_STRING, () => {
    const loop = newTestLoop();
    const cancelled = newTask(loop, notMuch());
    cancelled.addDoneCallback(() => {});
    expect(cancelled.toString()).toBe('<Task pending name="TestTask">');
    cancelled.cancel();
    expect(cancelled.toString()).toBe('<Task cancelling name="TestTask">');
    expect(() => runUntilComplete(loop, cancelled)).toThrow(CancelledError);
    expect(cancelled.toString()).toBe('<Task cancelled name="TestTask">');

    const finished = newTask(loop, notMuch());
    runUntilComplete(loop, finished);
    expect(finished.toString()).toBe('<Task finished name="TestTask">');
  });

  adapted("test_task_repr_autogenerated", TO_STRING, () => {
    const loop = newTestLoop();
    const tasks = [createTask(notMuch(), { loop }), createTask(notMuch(), { loop })];
    const texts = tasks.map((task) => task.toString());
    expect(texts[0]).not.toBe(texts[1]);
    const numbers = texts.map((text) => Number(/^<Task pending name="Task-(\d+)"/.exec(text)?.[1]));
    expect(numbers[0]).toBeLessThan(numbers[1]!);
    for (const task of tasks) runUntilComplete(loop, task);
  });

  adapted("test_task_set_name_pylong", "the types refuse a number; without types it is its text", () => {
    const loop = newTestLoop();
    const task = newTask(loop, notMuch(), { name: untyped(987654321) });
    expect(task.name).toBe("987654321");
    task.name = untyped(123456789);
    expect(task.name).toBe("123456789");
    runUntilComplete(loop, task);
  });

  adapted("test_task_repr_name_not_str", "the types refuse a list; without types it is its text", () => {
    const loop = newTestLoop();
    const task = newTask(loop, notMuch());
    task.name = untyped([6]);
    expect(task.name).toBe("6");
    runUntilComplete(loop, task);
  });

  adapted("test_task_repr_wait_for", "what a task waits for is told by DeadlockError, not by toString()", () => {
    const runner = new Runner();
    const future = new Future<void>({ loop: runner.getLoop() });
    const task = newTask(runner.getLoop(), waitFor(future));
    const error = raised(() => runner.run(task));
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as Error).message).toContain('"TestTask" on a Future');
    expect(task.waitingFor === future).toBe(true);
    future.setResult();
    runner.run(task);
    runner.close();
  });

  ported(
    "test_task_basics",
    bothKinds((mark) => {
      const loop = newTestLoop();
      const first = mark(function* first(): Coroutine<number> {
        return 42;
      });
      const second = mark(function* second(): Coroutine<number> {
        return 1000;
      });
      const outer = mark(function* outer(): Coroutine<number> {
        const a = yield* first();
        const b = yield* second();
        return a + b;
      });
      expect(runUntilComplete(loop, outer())).toBe(1042);
    }),
  );

  adapted(
    "test_stop_while_run_in_complete",
    "virtual time passes before the next iteration, not after the last one",
    () => {
      const runner = new Runner();
      const loop = runner.getLoop();
      let slept = 0;
      function* sleepTenTimes(): Coroutine<void> {
        while (slept < 10) {
          yield* sleep(100);
          slept += 1;
          if (slept === 2) loop.stop();
        }
      }
      const task = newTask(loop, sleepTenTimes());
      const error = raised(() => runner.run(task));
      expect(error).toBeInstanceOf(RuntimeError);
      expect((error as Error).message).toContain("Event loop stopped before the main task completed");
      expect([task.done(), slept, loop.time()]).toEqual([false, 2, 200]);
      task.cancel();
      expect(() => runner.run(task)).toThrow(CancelledError);
      runner.close();
    },
  );

  leftOut("test_log_traceback", "the private flag _log_traceback does not exist here");

  ported("test_sleep", () => {
    const { loop, deadlines } = newTimedLoop();
    function* sleepTwice(delay: number, value: string): Coroutine<string> {
      yield* sleep(delay / 2);
      return yield* sleep(delay / 2, value);
    }
    const task = newTask(loop, sleepTwice(100, "yeah"));
    runUntilComplete(loop, task);
    expect([task.done(), task.result()]).toEqual([true, "yeah"]);
    expect(loop.time()).toBe(100);
    expect(deadlines()).toEqual([50, 100]);
  });

  ported("test_sleep_when_delay_is_nan", () => {
    const { loop, deadlines } = newTimedLoop();
    const task = newTask(loop, waitFor(sleep(Number.NaN)));
    expect(() => runUntilComplete(loop, task)).toThrow(ValueError);
    expect(deadlines()).toEqual([]);
  });

  ported("test_task_set_methods", () => {
    const loop = newTestLoop();
    const task = newTask(loop, notMuch());
    const errors = [() => task.setResult("other"), () => task.setException(new ValueError())].map(raised) as Error[];
    expect(errors.map((error) => error instanceof RuntimeError)).toEqual([true, true]);
    expect(errors[0]!.message).toContain("does not support setResult");
    expect(errors[1]!.message).toContain("does not support setException");
    expect(runUntilComplete(loop, task)).toBe("ok");
  });

  adapted(
    "test_step_result_future",
    "a task is itself what a future calls back: addWaiter(), not addDoneCallback()",
    () => {
      const loop = newTestLoop();
      let waiters = 0;
      class Counted<T> extends Future<T> {
        override addWaiter(waiter: Parameters<Future<T>["addWaiter"]>[0]): void {
          waiters += 1;
          super.addWaiter(waiter);
        }
      }
      const future = new Counted<object>({ loop });
      let result: object | null = null;
      function* keepResult(): Coroutine<void> {
        result = yield* future;
      }
      const task = newTask(loop, keepResult());
      runBriefly(loop);
      expect(waiters).toBe(1);
      const value = {};
      future.setResult(value);
      runBriefly(loop);
      expect(result).toBe(value);
      expect([task.done(), task.result()]).toEqual([true, undefined]);
    },
  );

  adapted("test_coroutine_non_gen_function", "there is no iscoroutine(): coroutine() and createTask() ask", () => {
    const loop = newTestLoop();
    function* give(): Coroutine<string> {
      return "test";
    }
    expect(coroutine(give)).toBe(give);
    expect(() => coroutine(untyped(() => "test"))).toThrow(TypeError);
    expect(runUntilComplete(loop, createTask(give(), { loop }))).toBe("test");
  });

  ported("test_coroutine_non_gen_function_return_future", () => {
    const loop = newTestLoop();
    const future = new Future<string>({ loop });
    function* giveFuture(): Coroutine<Future<string>> {
      return future;
    }
    function* complete(): Coroutine<void> {
      future.setResult("test");
    }
    const giving = newTask(loop, giveFuture());
    const completing = newTask(loop, complete());
    expect(runUntilComplete(loop, giving) === future).toBe(true);
    expect(completing.result()).toBe(undefined);
  });

  adapted("test_current_task", NO_LOOP_ASKED, () => {
    const loop = newTestLoop();
    expect(currentTaskOf(loop) === null).toBe(true);
    function* look(): Coroutine<boolean> {
      return currentTask() === task;
    }
    const task: Task<boolean> = newTask(loop, look());
    expect(runUntilComplete(loop, task)).toBe(true);
    expect(currentTaskOf(loop) === null).toBe(true);
  });

  adapted("test_current_task_with_interleaving_tasks", NO_LOOP_ASKED, () => {
    const loop = newTestLoop();
    expect(currentTaskOf(loop) === null).toBe(true);
    const first = new Future<void>({ loop });
    const second = new Future<void>({ loop });
    function* one(): Coroutine<boolean[]> {
      const mine = [currentTask() === taskOne];
      yield* first;
      mine.push(currentTask() === taskOne);
      second.setResult();
      return mine;
    }
    function* two(): Coroutine<boolean[]> {
      const mine = [currentTask() === taskTwo];
      first.setResult();
      yield* second;
      mine.push(currentTask() === taskTwo);
      return mine;
    }
    const taskOne: Task<boolean[]> = newTask(loop, one());
    const taskTwo: Task<boolean[]> = newTask(loop, two());
    runUntilComplete(loop, wait([taskOne, taskTwo]));
    expect([taskOne.result(), taskTwo.result()]).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(currentTaskOf(loop) === null).toBe(true);
  });

  ported("test_create_task_with_noncoroutine", () => {
    const loop = newTestLoop();
    for (let round = 0; round < 2; round += 1) {
      const error = raised(() => newTask(loop, untyped(123)));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toContain("a coroutine was expected, got a number (123)");
    }
  });

  ported(
    "test_create_task_with_async_function",
    bothKinds((mark) => {
      const loop = newTestLoop();
      const nothing = mark(function* nothing(): Coroutine<void> {});
      for (let round = 0; round < 2; round += 1) {
        const task = newTask(loop, nothing());
        expect(task instanceof Task).toBe(true);
        runUntilComplete(loop, task);
      }
    }),
  );

  adapted(
    "test_create_task_with_asynclike_function",
    "an object like a coroutine is awaited: ensureFuture takes it",
    () => {
      const loop = newTestLoop();
      class CoroutineLike implements Awaitable<number>, Iterator<Suspension, number, unknown> {
        [Symbol.iterator](): this {
          return this;
        }
        next(): IteratorResult<Suspension, number> {
          return { value: 42, done: true };
        }
      }
      for (let round = 0; round < 2; round += 1) {
        const task = inside(loop, () => ensureFuture(new CoroutineLike()));
        expect(task instanceof Task).toBe(true);
        expect(runUntilComplete(loop, task)).toBe(42);
      }
    },
  );

  ported("test_bare_create_task", () => {
    const loop = newTestLoop();
    function* inner(): Coroutine<number> {
      return 1;
    }
    function* outer(): Coroutine<[boolean, number]> {
      const task = createTask(inner());
      return [task instanceof Task, yield* task];
    }
    expect(runUntilComplete(loop, outer())).toEqual([true, 1]);
  });

  ported("test_bare_create_named_task", () => {
    const loop = newTestLoop();
    function* outer(): Coroutine<string> {
      const task = createTask(notMuch(), { name: "No-op" });
      const { name } = task;
      yield* task;
      return name;
    }
    expect(runUntilComplete(loop, outer())).toBe("No-op");
  });

  ported("test_get_coro", () => {
    const loop = newTestLoop();
    const coro = notMuch();
    const task = newTask(loop, coro);
    runUntilComplete(loop, task);
    expect(task.getCoro() === coro).toBe(true);
    loop.close();
  });
});
