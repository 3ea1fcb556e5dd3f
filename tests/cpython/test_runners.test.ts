// CPython 3.13: Lib/test/test_asyncio/test_runners.py, class by class.
import { inspect } from "node:util";
import { afterEach, describe, expect } from "vitest";
import {
  CancelledError,
  type Context,
  ContextVar,
  type Coroutine,
  type EventLoop,
  type ExceptionContext,
  Future,
  type RunOptions,
  Runner,
  RuntimeError,
  type Task,
  ValueError,
  VirtualClock,
  copyContext,
  createTask,
  getRunningLoop,
  run,
  runSync,
  sleep,
} from "../../src/index.ts";
import { ZeroDivisionError, divideByZero, raised } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

// As in the original, every loop that a program has run in must be closed when the test is over.
const loops = new Set<EventLoop>();

function seeLoop(): EventLoop {
  const loop = getRunningLoop();
  loops.add(loop);
  return loop;
}

afterEach(() => {
  const open = [...loops].filter((loop) => !loop.isClosed());
  loops.clear();
  expect(open).toEqual([]);
});

/** `with Runner(…) as runner`. */
function withRunner(body: (runner: Runner) => void, options?: RunOptions): EventLoop {
  const runner = new Runner(options);
  const loop = runner.getLoop();
  try {
    body(runner);
  } finally {
    runner[Symbol.dispose]();
  }
  return loop;
}

describe("RunTests", () => {
  ported("test_asyncio_run_return", async () => {
    function* main(): Coroutine<number> {
      seeLoop();
      yield* sleep(0);
      return 42;
    }
    expect(runSync(main())).toBe(42);
    expect(await run(main())).toBe(42);
  });

  ported("test_asyncio_run_raises", async () => {
    function* main(): Coroutine<void> {
      seeLoop();
      yield* sleep(0);
      throw new ValueError("spam");
    }
    expect(raised(() => runSync(main()))).toEqual(new ValueError("spam"));
    await expect(run(main())).rejects.toEqual(new ValueError("spam"));
  });

  adapted("test_asyncio_run_only_coro", "a TypeError; a function is welcome if it gives something to wait for", () => {
    for (const main of [1, () => null] as never[]) {
      const error = raised(() => runSync(main));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain("was expected");
    }
  });

  adapted("test_asyncio_run_debug", "no environment variable says otherwise", async () => {
    function* main(): Coroutine<boolean> {
      return seeLoop().debug;
    }
    const options = [{ debug: false }, { debug: true }, {}];
    expect(options.map((each) => runSync(main(), each))).toEqual([false, true, false]);
    for (const each of options) expect(await run(main(), each)).toBe(each.debug ?? false);
  });

  ported("test_asyncio_run_from_running_loop", () => {
    function* main(): Coroutine<void> {
      seeLoop();
      runSync(main());
    }
    const error = raised(() => runSync(main()));
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toContain("cannot be called from a running");
  });

  ported("test_asyncio_run_cancels_hanging_tasks", async () => {
    const left: Task<unknown>[] = [];
    function* main(): Coroutine<number> {
      seeLoop();
      left.push(createTask(sleepFor(100)));
      return 123;
    }
    expect(runSync(main())).toBe(123);
    expect(await run(main())).toBe(123);
    expect(left.map((task) => [task.done(), task.cancelled()])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  ported("test_asyncio_run_reports_hanging_tasks_errors", async () => {
    const reports: ExceptionContext[] = [];
    const left: Task<unknown>[] = [];
    function* leftover(): Coroutine<void> {
      try {
        yield* sleep(100);
      } catch (error) {
        if (error instanceof CancelledError) divideByZero();
        throw error;
      }
    }
    function* main(): Coroutine<number> {
      seeLoop().setExceptionHandler((_, context) => reports.push(context));
      left.push(createTask(leftover()));
      return 123;
    }
    expect(runSync(main())).toBe(123);
    expect(await run(main())).toBe(123);
    expect(left.map((task) => task.done())).toEqual([true, true]);
    // A task can be iterated: it is compared by hand.
    expect(reports.map(({ task }, i) => task === left[i])).toEqual([true, true]);
    for (const { task: _, ...rest } of reports) {
      expect(rest).toEqual({
        message: "Unhandled exception while the tasks that were left were cancelled",
        exception: expect.any(ZeroDivisionError),
      });
    }
  });

  adapted(
    "test_asyncio_run_loop_factory",
    "options in place of a factory: the loop has the clock that was given",
    () => {
      const clock = new VirtualClock({ start: 123 });
      function* main(): Coroutine<number> {
        const loop = seeLoop();
        yield* sleep(7);
        return loop.time();
      }
      expect(runSync(main(), { clock })).toBe(130);
      expect(clock.now()).toBe(130);
    },
  );
});

function* sleepFor(delay: number): Coroutine<void> {
  yield* sleep(delay);
}

describe("RunnerTests", () => {
  ported("test_non_debug", () => {
    withRunner((runner) => expect(runner.getLoop().debug).toBe(false), { debug: false });
  });

  ported("test_debug", () => {
    withRunner((runner) => expect(runner.getLoop().debug).toBe(true), { debug: true });
  });

  adapted("test_custom_factory", "options in place of a factory: the loop has the clock that was given", () => {
    const clock = new VirtualClock({ start: 123 });
    withRunner((runner) => expect(runner.getLoop().time()).toBe(123), { clock });
  });

  /** Asserts that a closed runner gives no loop any more. */
  function expectClosed(runner: Runner): void {
    const error = raised(() => runner.getLoop());
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toContain("closed");
  }

  ported("test_run", () => {
    function* f(): Coroutine<string> {
      yield* sleep(0);
      return "done";
    }
    let closed!: Runner;
    const loop = withRunner((runner) => {
      expect(runner.run(f())).toBe("done");
      closed = runner;
    });
    expectClosed(closed);
    expect(loop.isClosed()).toBe(true);
  });

  adapted("test_run_non_coro", "a TypeError", () => {
    withRunner((runner) => {
      const error = raised(() => runner.run(123 as never));
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain("a coroutine");
    });
  });

  adapted("test_run_future", "whatever can be waited for is a program, as from 3.14 on: a future, too", () => {
    withRunner((runner) => {
      const loop = runner.getLoop();
      const future = new Future<string>({ loop });
      loop.callLater(100, () => future.setResult("a future's"));
      expect(runner.run(future)).toBe("a future's");
    });
  });

  ported("test_explicit_close", () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    runner.close();
    expectClosed(runner);
    expect(loop.isClosed()).toBe(true);
  });

  ported("test_double_close", () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    runner.close();
    expect(loop.isClosed()).toBe(true);
    runner.close();
    expect(loop.isClosed()).toBe(true);
  });

  adapted("test_second_with_block_raises", "nothing is entered: it is the second run that is refused", () => {
    const returned: number[] = [];
    function* f(argument: number): Coroutine<void> {
      returned.push(argument);
    }
    let closed!: Runner;
    withRunner((runner) => {
      runner.run(f(1));
      closed = runner;
    });
    const error = raised(() => closed.run(f(2)));
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toContain("closed");
    expect(returned).toEqual([1]);
  });

  ported("test_run_keeps_context", () => {
    const variable = new ContextVar("cvar", { default: -1 });
    function* f(value: number): Coroutine<number> {
      const old = variable.get();
      yield* sleep(0);
      variable.set(value);
      return old;
    }
    function* getContext(): Coroutine<Context> {
      return copyContext();
    }
    withRunner((runner) => {
      expect(runner.run(f(1))).toBe(-1);
      expect(runner.run(f(2))).toBe(1);
      expect(runner.run(getContext()).get(variable)).toBe(2);
    });
    expect(variable.get()).toBe(-1);
  });

  adapted("test_recursive_run", "there is no warning of a coroutine that was never awaited", () => {
    withRunner((runner) => {
      function* f(): Coroutine<void> {
        runner.run(sleepFor(0));
      }
      const error = raised(() => runner.run(f()));
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toContain("Runner.run cannot be called from a running event loop");
    });
  });

  adapted("test_no_repr_is_call_on_the_task_result", "toString, toJSON and Node's inspect in place of repr", () => {
    class MyResult {
      asked = 0;

      toString(): string {
        this.asked += 1;
        return "MyResult";
      }
      toJSON(): string {
        return this.toString();
      }
      [inspect.custom](): string {
        return this.toString();
      }
    }
    function* coro(): Coroutine<MyResult> {
      return new MyResult();
    }
    let result!: MyResult;
    withRunner((runner) => {
      result = runner.run(coro());
    });
    expect(result.asked).toBe(0);
  });
});
