// CPython 3.13: Lib/test/test_asyncio/test_base_events.py, class by class.
import { type MockInstance, afterEach, beforeEach, describe, expect, vi } from "vitest";
import {
  type Coroutine,
  EventLoop,
  type ExceptionContext,
  Future,
  Handle,
  type Instrument,
  type RunOptions,
  Runner,
  RuntimeError,
  Task,
  type TaskFactory,
  TimerHandle,
  VirtualClock,
  createTask,
  ensureFuture,
  getRunningLoop,
  sleep,
} from "../../src/index.ts";
import {
  ZeroDivisionError,
  divideByZero,
  inside,
  newTestLoop,
  raised,
  runBriefly,
  runUntilComplete,
} from "./helpers.ts";
import { adapted, ported } from "./port.ts";

/** Remembers what was scheduled, as `_ready` and `_scheduled` would hold it. */
class Queues implements Instrument {
  readonly ready: unknown[] = [];
  readonly scheduled: unknown[] = [];

  callbackScheduled(handle: unknown): void {
    this.ready.push(handle);
  }
  callbackStarted(handle: unknown): void {
    this.ready.splice(this.ready.indexOf(handle), 1);
  }
  timerScheduled(timer: unknown): void {
    this.scheduled.push(timer);
  }
}

/** Asserts that these very objects are there, in this order. */
function expectSame(actual: readonly unknown[], expected: readonly unknown[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [i, each] of actual.entries()) expect(each).toBe(expected[i]);
}

function* nothing(): Coroutine<void> {}

function zeroError(): void {
  divideByZero();
}

// What CPython logs goes to the console here.
let logged: MockInstance<typeof console.error>;

beforeEach(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Uses a Runner, which is what runs a future until it is complete, and closes it. */
function withRunner(body: (runner: Runner, loop: EventLoop) => void, options?: RunOptions): void {
  const runner = new Runner(options);
  try {
    body(runner, runner.getLoop());
  } finally {
    runner.close();
  }
}

const byRunner = "Runner.run in place of run_until_complete";
const byInstrument = "an Instrument tells what is ready and what is scheduled";
const toConsole = "the console in place of the log";

describe("BaseEventLoopTests", () => {
  adapted("test_close", byRunner, () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    expect(loop.isClosed()).toBe(false);
    loop.close();
    expect(loop.isClosed()).toBe(true);
    loop.close();
    loop.close();
    const future = new Future({ loop });
    expect(() => loop.runForever()).toThrow(RuntimeError);
    expect(() => loop.runOnce()).toThrow(RuntimeError);
    expect(() => runner.run(future)).toThrow(RuntimeError);
  });

  adapted(
    "test__add_callback_handle",
    "an Instrument tells what is ready and what is scheduled; enqueue, internal, in place of _add_callback",
    () => {
      const queues = new Queues();
      const loop = newTestLoop({ instruments: [queues] });
      const handle = new Handle(loop, () => false, []);
      loop.enqueue(handle);
      expectSame(queues.ready, [handle]);
      expect(queues.scheduled).toEqual([]);
    },
  );

  adapted(
    "test__add_callback_cancelled_handle",
    "what the host delivers comes by callSoonThreadsafe; cancelled, it counts as ready, and does nothing",
    () => {
      const loop = newTestLoop();
      const callback = vi.fn();
      loop.callSoonThreadsafe(callback).cancel();
      expect(loop.nextDeadline()).toBe(loop.time());
      expect(loop.runOnce()).toBe(false);
      expect(loop.nextDeadline()).toBe(Infinity);
      expect(callback).not.toHaveBeenCalled();
    },
  );

  adapted("test_call_soon", byInstrument, () => {
    const queues = new Queues();
    const loop = newTestLoop({ instruments: [queues] });
    const callback = vi.fn();
    const handle = loop.callSoon(callback);
    expect(handle.callback).toBe(callback);
    expect(handle).toBeInstanceOf(Handle);
    expectSame(queues.ready, [handle]);
  });

  ported("test_call_soon_non_callable", () => {
    const loop = newTestLoop({ debug: true });
    const error = raised(() => loop.callSoon(1 as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain("a function");
  });

  adapted("test_call_later", byInstrument, () => {
    const queues = new Queues();
    const loop = newTestLoop({ instruments: [queues] });
    const timer = loop.callLater(10_000, () => {});
    expect(timer).toBeInstanceOf(TimerHandle);
    expectSame(queues.scheduled, [timer]);
    expect(queues.ready).toEqual([]);
    expect(() => loop.callLater(null as never, () => {})).toThrow(TypeError);
  });

  ported("test_call_later_negative_delays", () => {
    const loop = newTestLoop();
    const calls: string[] = [];
    const callback = (argument: string): void => void calls.push(argument);
    loop.callLater(-1000, callback, "a");
    loop.callLater(-2000, callback, "b");
    runBriefly(loop);
    expect(calls).toEqual(["b", "a"]);
  });

  ported("test_time_and_call_at", () => {
    const loop = newTestLoop({ clock: new VirtualClock({ start: 7 }) });
    const delay = 100;
    loop.callAt(loop.time() + delay, () => loop.stop());
    const start = loop.time();
    loop.runForever();
    expect(loop.time() - start).toBe(delay);
    expect(() => loop.callAt(null as never, () => {})).toThrow(TypeError);
  });

  /** A virtual clock that remembers for what it was asked to wait. */
  class WatchedClock extends VirtualClock {
    readonly waits: number[] = [];

    override waitUntil(deadline: number): void {
      this.waits.push(deadline);
      super.waitUntil(deadline);
    }
  }

  adapted("test__run_once", "the clock's waitUntil in place of the selector's timeout", () => {
    const clock = new WatchedClock();
    const loop = newTestLoop({ clock });
    const first = loop.callLater(5000, () => true);
    const second = loop.callLater(10_000, () => loop.stop());
    first.cancel();
    loop.runOnce();
    expect(loop.nextDeadline()).toBe(second.when());
    expect([first.scheduled, second.scheduled]).toEqual([false, true]);
    loop.runForever();
    expect(clock.waits).toEqual([10_000]);
  });

  ported("test_set_debug", () => {
    const loop = newTestLoop();
    loop.debug = true;
    expect(loop.debug).toBe(true);
    loop.debug = false;
    expect(loop.debug).toBe(false);
  });

  adapted("test__run_once_schedule_handle", byInstrument, () => {
    const queues = new Queues();
    const loop = newTestLoop({ instruments: [queues] });
    let handle: Handle | null = null;
    let processed = false;
    loop.callAt(loop.time() - 1000, () => {
      processed = true;
      handle = loop.callSoon(() => true);
    });
    loop.runOnce();
    expect(processed).toBe(true);
    expectSame(queues.ready, [handle]);
  });

  adapted(
    "test__run_once_cancelled_event_cleanup",
    "`scheduled`, internal, tells of each timer whether it is held; it is cancel() that cleans up",
    () => {
      const loop = newTestLoop();
      const timers: TimerHandle[] = [];
      const held = (): TimerHandle[] => timers.filter((timer) => timer.scheduled);
      const add = (count: number, delay: number, cancel: boolean): void => {
        for (let i = 0; i < count; i += 1) {
          const timer = loop.callLater(delay, () => {});
          timers.push(timer);
          if (cancel) timer.cancel();
        }
      };
      // One that stays keeps those behind it from coming to the front of the heap, where cancelled ones fall out.
      add(1, 3_000_000, false);
      loop.nextDeadline();
      add(2, 3_600_000, true);
      add(2, 100_000, true);
      expect(held().length).toBe(5);
      expect(loop.runOnce()).toBe(true);
      expect(loop.nextDeadline()).toBe(3_000_000);

      // More than half of more than 100.
      add(49, 3_600_000, false);
      add(53, 3_600_000, true);
      expect(held().length).toBeLessThan(100);
      expect(held().filter((timer) => !timer.cancelled()).length).toBe(50);
      expect(loop.nextDeadline()).toBe(3_000_000);
      expect(held().length).toBe(50);
    },
  );

  adapted("test_run_until_complete_type_error", byRunner, () => {
    withRunner((runner) => {
      expect(() => runner.run("blah" as never)).toThrow(TypeError);
    });
  });

  adapted(
    "test_run_until_complete_loop",
    "Runner.run in place of run_until_complete: the future of another loop is refused where it is awaited",
    () => {
      const future = new Future({ loop: newTestLoop() });
      withRunner((runner) => {
        const error = raised(() => runner.run(future));
        expect(error).toBeInstanceOf(RuntimeError);
        expect(String(error)).toContain("different event loop");
      });
    },
  );

  adapted("test_run_until_complete_loop_orphan_future_close_loop", "a clock that fails ends the loop's run", () => {
    class ShowStopper extends Error {}
    class FailingOnce extends VirtualClock {
      failing = true;

      override waitUntil(deadline: number): void {
        if (this.failing) {
          this.failing = false;
          throw new ShowStopper();
        }
        super.waitUntil(deadline);
      }
    }
    withRunner(
      (runner, loop) => {
        expect(() => runner.run(sleep(100))).toThrow(ShowStopper);
        // The end of the first, at 100, must not stop the second.
        runner.run(sleep(200));
        expect(loop.time()).toBe(200);
      },
      { clock: new FailingOnce() },
    );
  });

  adapted("test_default_exc_handler_callback", toConsole, () => {
    const loop = newTestLoop();
    function zeroErrorOf(future: Future<boolean>): void {
      future.setResult(true);
      divideByZero();
    }
    const check = (schedule: (future: Future<boolean>) => void): void => {
      logged.mockClear();
      const future = new Future<boolean>({ loop });
      schedule(future);
      future.addDoneCallback(() => loop.stop());
      loop.runForever();
      expect(logged.mock.calls).toEqual([
        [expect.stringMatching(/Exception in callback.*zero/), expect.any(ZeroDivisionError)],
      ]);
    };
    check((future) => loop.callSoon(zeroErrorOf, future));
    check((future) => loop.callLater(10, zeroErrorOf, future));
  });

  adapted(
    "test_default_exc_handler_coro",
    "reported by loop.close(), not by garbage collection; the console in place of the log",
    () => {
      const loop = newTestLoop();
      function* zeroErrorCoroutine() {
        yield* sleep(10);
        divideByZero();
      }
      createTask(zeroErrorCoroutine(), { loop }).addDoneCallback(() => loop.stop());
      loop.runForever();
      loop.close();
      expect(logged.mock.calls).toEqual([
        [expect.stringMatching(/exception was never retrieved/), expect.any(ZeroDivisionError)],
      ]);
    },
  );

  ported("test_set_exc_handler_invalid", () => {
    const error = raised(() => newTestLoop().setExceptionHandler("spam" as never));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain("a function or null");
  });

  adapted("test_set_exc_handler_custom", "the handler cannot be asked for; the console in place of the log", () => {
    const loop = newTestLoop({ debug: true });
    const runLoop = (): Handle => {
      const handle = loop.callSoon(zeroError);
      loop.runOnce();
      return handle;
    };
    const handler = vi.fn<(loop: EventLoop, context: ExceptionContext) => void>();
    loop.setExceptionHandler(handler);
    const handle = runLoop();
    expect(handler).toHaveBeenCalledTimes(1);
    const [which, context] = handler.mock.calls[0]!;
    expectSame([which, context.handle], [loop, handle]);
    expect(Object.keys(context)).toEqual(["message", "exception", "handle"]);
    expect(context.message).toMatch(/Exception in callback.*zeroError/);
    expect(context.exception).toBeInstanceOf(ZeroDivisionError);
    // `source_traceback` is the handle's own.
    expect(handle.source).toContain("test_base_events.test.ts");
    handler.mockClear();

    loop.setExceptionHandler(null);
    runLoop();
    expect(logged.mock.calls).toEqual([
      [expect.stringMatching(/Exception in callback.*zero/), expect.any(ZeroDivisionError)],
    ]);
    expect(handler).not.toHaveBeenCalled();
  });

  adapted("test_set_exc_handler_broken", toConsole, () => {
    class AttributeError extends Error {}
    const loop = newTestLoop();
    loop.setExceptionHandler(() => {
      throw new AttributeError("spam");
    });
    loop.callSoon(zeroError);
    loop.runOnce();
    expect(logged.mock.calls).toEqual([
      [expect.stringMatching(/Unhandled error in exception handler/), expect.any(AttributeError)],
    ]);
  });

  adapted("test_default_exc_handler_broken", toConsole, () => {
    const told: (ExceptionContext & { context?: ExceptionContext })[] = [];
    class Loop extends EventLoop {
      override defaultExceptionHandler(context: ExceptionContext): void {
        told.push(context);
        throw new RangeError("spam");
      }
    }
    const loop = new Loop({ clock: new VirtualClock() });
    const runLoop = (): void => {
      loop.callSoon(zeroError);
      loop.runOnce();
    };
    runLoop();
    expect(logged.mock.calls).toEqual([["Exception in default exception handler", expect.any(RangeError)]]);

    logged.mockClear();
    loop.setExceptionHandler(() => {
      throw new RangeError("ham");
    });
    runLoop();
    expect(logged.mock.calls).toEqual([
      [expect.stringMatching(/Exception in default exception.*while handling.*in custom/), expect.any(RangeError)],
    ]);
    // What the custom handler was to report is not lost.
    expect(told.at(-1)!.context?.exception).toBeInstanceOf(ZeroDivisionError);
  });

  const byOption = "the option taskFactory in place of set_task_factory";

  adapted("test_set_task_factory_invalid", byOption, () => {
    const error = raised(() => new Runner({ taskFactory: 1 as never }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain("taskFactory");
  });

  class MyTask<T> extends Task<T> {}
  const makeMyTask: TaskFactory = (loop, coro, options) => new MyTask(coro, { ...options, loop });

  adapted("test_set_task_factory", byOption, () => {
    const made: Task<void>[] = [];
    for (const options of [{ taskFactory: makeMyTask }, {}]) {
      withRunner((runner, loop) => {
        const task = createTask(nothing(), { loop });
        made.push(task);
        runner.run(task);
      }, options);
    }
    expect(made.map((task) => task instanceof MyTask)).toEqual([true, false]);
    expect(made.map((task) => [task instanceof Task, task.done()])).toEqual([
      [true, true],
      [true, true],
    ]);
  });

  adapted("test_create_task", "a taskFactory in place of a loop's own create_task", () => {
    withRunner(
      (_, loop) => {
        expect(inside(loop, () => ensureFuture(nothing())) instanceof MyTask).toBe(true);
      },
      { taskFactory: makeMyTask },
    );
  });

  adapted("test_create_task_error_closes_coro", "nothing is reported or printed, in place of no warning", () => {
    const loop = newTestLoop();
    const handler = vi.fn();
    loop.setExceptionHandler(handler);
    loop.close();
    expect(() => createTask(nothing(), { loop })).toThrow(RuntimeError);
    expect(handler).not.toHaveBeenCalled();
    expect(logged).not.toHaveBeenCalled();
  });

  ported("test_create_named_task_with_default_factory", () => {
    const loop = newTestLoop();
    const task = createTask(nothing(), { loop, name: "test_task" });
    expect(task.name).toBe("test_task");
    runUntilComplete(loop, task);
    loop.close();
  });

  adapted(
    "test_create_named_task_with_custom_factory",
    "the option taskFactory in place of set_task_factory; it is given the name among the options, as from 3.14 on",
    () => {
      withRunner(
        (runner, loop) => {
          const task = createTask(nothing(), { loop, name: "test_task" });
          expect(task instanceof MyTask).toBe(true);
          expect(task.name).toBe("test_task");
          runner.run(task);
        },
        { taskFactory: makeMyTask },
      );
    },
  );

  class KeyboardInterrupt extends Error {}
  const noInterrupt = "there is no KeyboardInterrupt: an error like any other comes out of the run";
  function* interrupt(): Coroutine<void> {
    throw new KeyboardInterrupt();
  }

  adapted("test_run_forever_keyboard_interrupt", noInterrupt, () => {
    const runner = new Runner();
    const handler = vi.fn();
    runner.getLoop().setExceptionHandler(handler);
    expect(() => runner.run(interrupt())).toThrow(KeyboardInterrupt);
    runner.close();
    expect(handler).not.toHaveBeenCalled();
  });

  adapted("test_run_until_complete_baseexception", noInterrupt, () => {
    withRunner((runner, loop) => {
      expect(() => runner.run(interrupt())).toThrow(KeyboardInterrupt);
      // No stop() is left over from that run: it would end this one an iteration too early.
      const callback = vi.fn(() => loop.stop());
      loop.callSoon(() => loop.callSoon(callback));
      loop.runForever();
      expect(callback).toHaveBeenCalledTimes(1);
    });
  });

  adapted(
    "test_single_selecter_event_callback_after_stopping",
    "the host delivers before runOnce, in place of a selector",
    () => {
      const loop = newTestLoop();
      let event = true;
      let doer: Handle | null = null;
      let callCount = 0;
      function clearEvent(): void {
        doer!.cancel();
        event = false;
      }
      function doEvent(): void {
        callCount += 1;
        loop.callSoon(clearEvent);
      }
      for (let i = 0; i < 2; i += 1) {
        if (event) doer = loop.callSoonThreadsafe(doEvent);
        loop.runOnce();
        expect(callCount).toBe(1);
      }
      expect(event).toBe(false);
    },
  );

  ported("test_run_once", () => {
    const loop = newTestLoop();
    let count = 0;
    loop.callSoon(() => (count += 1));
    loop.callSoon(() => loop.stop());
    loop.runForever();
    expect(count).toBe(1);
  });

  adapted("test_run_forever_pre_stopped", "one iteration, and no wait of the clock, in place of select(0)", () => {
    const clock = new WatchedClock();
    const loop = newTestLoop({ clock });
    loop.callLater(1000, () => {});
    loop.stop();
    loop.runForever();
    expect([loop.iteration, clock.waits]).toEqual([1, []]);
  });

  adapted("test_custom_run_forever_integration", "runOnce needs no set-up, and cleans up itself", () => {
    const loop = newTestLoop();
    const seen: unknown[] = [];
    loop.callSoon(() => seen.push(getRunningLoop() === loop, loop.isRunning()));
    for (let i = 0; i < 10; i += 1) {
      loop.runOnce();
      expect(() => getRunningLoop()).toThrow(RuntimeError);
      expect(loop.isRunning()).toBe(false);
    }
    expect(loop.iteration).toBe(10);
    expect(seen).toEqual([true, true]);
  });
});

describe("BaseEventLoopWithSelectorTests", () => {
  adapted("test_call_coroutine", "there is no executor", () => {
    const loop = newTestLoop({ debug: true });
    for (const coroutine of [nothing, nothing()] as never[]) {
      expect(() => loop.callSoon(coroutine)).toThrow(TypeError);
      expect(() => loop.callSoonThreadsafe(coroutine)).toThrow(TypeError);
      expect(() => loop.callLater(60_000, coroutine)).toThrow(TypeError);
      expect(() => loop.callAt(loop.time() + 60_000, coroutine)).toThrow(TypeError);
    }
  });

  adapted("test_log_slow_callbacks", "the console in place of the log; a task is known by its name", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const loop = newTestLoop({ debug: true });
    loop.slowCallbackDuration = 0;
    function stopLoopCallback(): void {
      loop.stop();
    }
    function* stopLoopCoroutine(): Coroutine<void> {
      loop.stop();
    }
    loop.callSoon(stopLoopCallback);
    loop.runForever();
    expect(warned.mock.lastCall).toEqual([expect.stringMatching(/^Executing .*stopLoopCallback.* took .* ms\.$/)]);
    createTask(stopLoopCoroutine(), { loop, name: "stopper" });
    loop.runForever();
    expect(warned.mock.lastCall).toEqual([expect.stringMatching(/^Executing .*task "stopper" took .* ms\.$/)]);
  });
});

describe("RunningLoopTests", () => {
  adapted("test_running_loop_within_a_loop", byRunner, () => {
    const loop = newTestLoop();
    withRunner((outer) => {
      function* main(): Coroutine<void> {
        loop.runForever();
      }
      const error = raised(() => outer.run(main()));
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toContain("while another is running");
    });
    loop.close();
  });
});
