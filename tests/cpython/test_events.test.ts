// CPython 3.13: Lib/test/test_asyncio/test_events.py, class by class.
import { describe, expect } from "vitest";
import {
  type Coroutine,
  type EventLoop,
  type ExceptionContext,
  Future,
  type Handle,
  Runner,
  RuntimeError,
  type TimerHandle,
  ValueError,
  createTask,
  getRunningLoop,
  sleep,
} from "../../src/index.ts";
import { newTestLoop, placeAbove, raised, runUntilComplete } from "./helpers.ts";
import { adapted, leftOut, ported } from "./port.ts";

const byRunner = "Runner.run in place of run_until_complete";

const noop: (...args: unknown[]) => void = () => {};

/** The runner, which is what runs a coroutine until it is complete, is closed afterwards. */
function withRunner(body: (runner: Runner, loop: EventLoop) => void): void {
  const runner = new Runner();
  body(runner, runner.getLoop());
  runner.close();
}

describe("EventLoopTestsMixin", () => {
  adapted("test_run_until_complete_nesting", byRunner, () => {
    withRunner((runner, loop) => {
      const running: boolean[] = [];
      function* coro1(): Coroutine<void> {
        yield* sleep(0);
      }
      function* coro2(): Coroutine<void> {
        running.push(loop.isRunning());
        runner.run(coro1());
      }
      expect(() => runner.run(coro2())).toThrow(RuntimeError);
      expect(running).toEqual([true]);
    });
  });

  adapted("test_run_until_complete", byRunner, () => {
    withRunner((runner, loop) => {
      const start = loop.time();
      runner.run(sleep(100));
      expect(loop.time() - start).toBe(100);
    });
  });

  adapted("test_run_until_complete_stopped", byRunner, () => {
    withRunner((runner, loop) => {
      function* stopping(): Coroutine<void> {
        loop.stop();
        yield* sleep(100);
      }
      const error = raised(() => runner.run(stopping()));
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toContain("stopped before");
    });
  });

  ported("test_call_later", () => {
    const loop = newTestLoop();
    const results: string[] = [];
    const callback = (argument: string): void => {
      results.push(argument);
      loop.stop();
    };
    loop.callLater(100, callback, "hello world");
    loop.runForever();
    expect(results).toEqual(["hello world"]);
  });

  ported("test_call_soon", () => {
    const loop = newTestLoop();
    const results: [string, string][] = [];
    const callback = (first: string, second: string): void => {
      results.push([first, second]);
      loop.stop();
    };
    loop.callSoon(callback, "hello", "world");
    loop.runForever();
    expect(results).toEqual([["hello", "world"]]);
  });

  ported("test_call_soon_threadsafe_same_thread", () => {
    const loop = newTestLoop();
    const results: string[] = [];
    const callback = (argument: string): void => {
      results.push(argument);
      if (results.length >= 2) loop.stop();
    };
    loop.callSoonThreadsafe(callback, "hello");
    loop.callSoon(callback, "world");
    loop.runForever();
    expect(results).toEqual(["hello", "world"]);
  });

  adapted("test_timeout_rounding", "virtual time, which has no resolution: the ideal number of iterations", () => {
    withRunner((runner, loop) => {
      function* main(): Coroutine<void> {
        for (const delay of [10, 1e-1, 1e-3, 1e-5, 1e-7]) yield* sleep(delay);
      }
      runner.run(main());
      expect(loop.iteration).toBe(12);
    });
  });

  adapted("test_close_running_event_loop", byRunner, () => {
    withRunner((runner, loop) => {
      function* closing(): Coroutine<void> {
        loop.close();
      }
      expect(() => runner.run(closing())).toThrow(RuntimeError);
      expect(loop.isClosed()).toBe(false);
    });
  });

  adapted("test_close", "there are neither signal handlers nor executors", () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    loop.close();
    const refused: (() => unknown)[] = [
      () => loop.runForever(),
      () => runner.run(new Future({ loop })),
      () => runUntilComplete(loop, new Future({ loop })),
      () => loop.callSoon(noop),
      () => loop.callSoonThreadsafe(noop),
      () => loop.callLater(1000, noop),
      () => loop.callAt(loop.time(), noop),
      () => createTask(sleeping(), { loop }),
    ];
    for (const call of refused) expect(call).toThrow(RuntimeError);
  });
});

function* sleeping(): Coroutine<void> {
  yield* sleep(0);
}

describe("HandleTests", () => {
  ported("test_handle", () => {
    const loop = newTestLoop({ debug: true });
    const callback = (...args: unknown[]): unknown => args;
    const handle = loop.callSoon(callback);
    // Internal, as in the original.
    expect(handle.callback).toBe(callback);
    expect(handle.args).toEqual([]);
    expect(handle.cancelled()).toBe(false);
    handle.cancel();
    expect(handle.cancelled()).toBe(true);
  });

  adapted("test_callback_with_exception", "source_traceback is the handle's own `source`", () => {
    const loop = newTestLoop({ debug: true });
    const told: ExceptionContext[] = [];
    loop.setExceptionHandler((_, context) => told.push(context));
    const error = new ValueError();
    const handle = loop.callSoon(() => {
      throw error;
    });
    loop.runOnce();
    expect(told.map((context) => context.handle === handle && context.exception === error)).toEqual([true]);
    expect(Object.keys(told[0]!)).toEqual(["message", "exception", "handle"]);
    expect(told[0]!.message).toMatch(/^Exception in callback /);
    expect(told[0]!.handle!.source).toContain("test_events.test.ts");
  });

  /** What reports say of a handle. Internal: `describe()` in place of repr. */
  const described = (handle: Handle): string => handle.describe();
  const byDescribe = "describe(), internal, in place of repr; a function knows its name, not its line";

  adapted("test_handle_repr", byDescribe, () => {
    const loop = newTestLoop();
    const handle = loop.callSoon(noop, 1, 2);
    expect(described(handle)).toBe("noop()");
    handle.cancel();
    expect(described(handle)).toBe("(cancelled)");
    expect(described(loop.callSoon(noop.bind(null)))).toBe("bound noop()");
    expect(described(loop.callSoon(() => {}))).toBe("(anonymous)()");
    expect(handle.source).toBe(undefined);
  });

  adapted("test_handle_repr_debug", byDescribe, () => {
    const loop = newTestLoop({ debug: true });
    const handle = loop.callSoon(noop, 1, 2);
    const source = handle.source;
    expect(described(handle)).toBe("noop()");
    expect(source).toContain("test_events.test.ts");
    for (let i = 0; i < 2; i += 1) {
      handle.cancel();
      expect(described(handle)).toBe("(cancelled)");
      expect(handle.source).toBe(source);
    }
  });

  adapted("test_handle_source_traceback", "`source`, internal, is the stack of whoever scheduled it", () => {
    const loop = newTestLoop({ debug: true });
    let handle = loop.callSoon(noop);
    expect(handle.source).toContain(placeAbove(1));
    handle = loop.callSoonThreadsafe(noop);
    expect(handle.source).toContain(placeAbove(1));
    handle = loop.callLater(0, noop);
    expect(handle.source).toContain(placeAbove(1));
    handle = loop.callAt(0, noop);
    expect(handle.source).toContain(placeAbove(1));
  });
});

describe("TimerTests", () => {
  leftOut("test_hash", "objects have no hash here: sets and maps tell them apart by identity");

  ported("test_when", () => {
    expect(newTestLoop().callAt(1234.5, noop).when()).toBe(1234.5);
  });

  ported("test_timer", () => {
    const callback = (...args: unknown[]): unknown => args;
    const timer = newTestLoop().callAt(0, callback, 1, 2, 3);
    // Internal, as in the original.
    expect(timer.callback).toBe(callback);
    expect(timer.args).toEqual([1, 2, 3]);
    expect(timer.cancelled()).toBe(false);
    timer.cancel();
    expect(timer.cancelled()).toBe(true);
    expect(timer.callback).toBe(null);
    expect(timer.args).toEqual([]);
  });

  adapted("test_timer_repr", "describe(), internal, and when() in place of repr", () => {
    const timer = newTestLoop().callAt(123, noop);
    expect([timer.describe(), timer.when()]).toEqual(["noop()", 123]);
    timer.cancel();
    expect([timer.describe(), timer.when()]).toEqual(["(cancelled)", 123]);
  });

  adapted("test_timer_repr_debug", "describe() and `source`, internal, and when() in place of repr", () => {
    const timer = newTestLoop({ debug: true }).callAt(123, noop);
    const source = timer.source;
    expect(source).toContain("test_events.test.ts");
    expect([timer.describe(), timer.when(), timer.source]).toEqual(["noop()", 123, source]);
    timer.cancel();
    expect([timer.describe(), timer.when(), timer.source]).toEqual(["(cancelled)", 123, source]);
  });

  adapted("test_timer_comparison", "the order in which timers run in place of operators; equal ones by age", () => {
    const loop = newTestLoop();
    const ran: string[] = [];
    const add = (name: string, when: number): TimerHandle => loop.callAt(when, () => ran.push(name));
    add("later", 10);
    add("equal 1", 5);
    const cancelled = add("cancelled", 5);
    add("equal 2", 5);
    add("last", Number.MAX_VALUE);
    add("first", -Infinity);
    loop.callAt(10, () => loop.stop());
    cancelled.cancel();
    loop.runForever();
    expect(ran).toEqual(["first", "equal 1", "equal 2", "later"]);
    // A deadline is a number, and nothing else compares with one.
    expect(() => loop.callAt([] as never, noop)).toThrow(TypeError);
    expect(() => loop.callAt(Number.NaN, noop)).toThrow(ValueError);
  });
});

describe("GetEventLoopTestsMixin", () => {
  const onlyRunning = "getRunningLoop alone: there are no policies, and no loop is current but the running one";

  /** Asserts that no loop is running here. */
  function expectNone(): void {
    const error = raised(() => getRunningLoop());
    expect(error).toBeInstanceOf(RuntimeError);
    expect(String(error)).toContain("No running event loop");
  }

  adapted("test_get_event_loop_returns_running_loop", onlyRunning, () => {
    const loop = newTestLoop();
    expectNone();
    function* running(): Coroutine<EventLoop> {
      return getRunningLoop();
    }
    expect(runUntilComplete(loop, running())).toBe(loop);
    expectNone();
    loop.close();
    expectNone();
  });

  adapted("test_get_event_loop_returns_running_loop2", onlyRunning, () => {
    const loops = [newTestLoop(), newTestLoop()];
    for (const loop of loops) {
      expectNone();
      const seen: EventLoop[] = [];
      loop.callSoon(() => seen.push(getRunningLoop()));
      loop.runOnce();
      expect(seen.map((each) => each === loop)).toEqual([true]);
    }
    expectNone();
  });
});
