import {
  ContextVar,
  EventLoop,
  type ExceptionContext,
  type Instrument,
  LoopClosedError,
  type LoopOptions,
  RuntimeError,
  ValueError,
  VirtualClock,
  createTask,
  getRunningLoop,
  runSync,
  sleep,
} from "escapement";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
});

function virtual(options: LoopOptions = {}): { loop: EventLoop; trace: string[]; say: (what: string) => void } {
  const loop = new EventLoop({ clock: new VirtualClock(), ...options });
  const trace: string[] = [];
  return { loop, trace, say: (what) => trace.push(`${loop.time()} #${loop.iteration} ${what}`) };
}

describe("EventLoop", () => {
  it("runs what is ready in order, and what that schedules in the next iteration", () => {
    const { loop, trace, say } = virtual();
    loop.callSoon(() => {
      say("first");
      loop.callSoon(say, "from first");
      loop.callSoonThreadsafe(say, "from first, threadsafe");
    });
    loop.callSoonThreadsafe(say, "second");
    loop.callSoon(say, "third");
    expect([loop.runOnce(), loop.runOnce(), loop.runOnce()]).toEqual([true, false, false]);
    expect(trace).toEqual([
      "0 #1 first",
      "0 #1 second",
      "0 #1 third",
      "0 #2 from first",
      "0 #2 from first, threadsafe",
    ]);
  });

  it("runs timers by deadline, then by age, behind what is ready", () => {
    const { loop, trace, say } = virtual();
    loop.callLater(20, say, "later");
    loop.callLater(10, say, "a");
    loop.callAt(10, say, "b");
    loop.callLater(0, say, "now");
    loop.callLater(-5, say, "overdue");
    loop.callSoon(say, "soon");
    loop.callLater(20, () => loop.stop());
    loop.runForever();
    expect(trace).toEqual(["0 #1 soon", "0 #1 overdue", "0 #1 now", "10 #2 a", "10 #2 b", "20 #3 later"]);
  });

  it("runs a timer when its deadline is reached, exactly, and not a fraction before", () => {
    const clock = new VirtualClock();
    const { loop, trace, say } = virtual({ clock });
    loop.callAt(10, say, "due");
    for (const time of [9, 9.999_999_999, 10]) {
      clock.waitUntil(time);
      loop.runOnce();
    }
    expect(trace).toEqual(["10 #3 due"]);
  });

  it("waits for a year as for a millisecond: in one iteration", () => {
    const year = 365 * 24 * 3600 * 1000;
    const iterations = [1, year].map((delay) => {
      const { loop } = virtual();
      loop.callLater(delay, () => loop.stop());
      loop.runForever();
      return [loop.time(), loop.iteration];
    });
    expect(iterations).toEqual([
      [1, 1],
      [year, 1],
    ]);
  });

  it("drops what is cancelled, before its turn or during it", () => {
    const { loop, trace, say } = virtual();
    const soon = loop.callSoon(say, "never");
    const timer = loop.callLater(5, say, "never");
    loop.callSoon(() => second.cancel());
    const second = loop.callSoon(say, "never");
    soon.cancel();
    timer.cancel();
    expect([soon.cancelled(), timer.cancelled(), timer.when()]).toEqual([true, true, 5]);
    expect([loop.runOnce(), loop.nextDeadline()]).toEqual([false, Infinity]);
    expect(trace).toEqual([]);
  });

  it("says when it is next needed", () => {
    const clock = new VirtualClock({ start: 7 });
    const { loop } = virtual({ clock });
    const answers = [loop.nextDeadline()];
    const timer = loop.callLater(30, () => {});
    loop.callLater(50, () => {});
    answers.push(loop.nextDeadline());
    timer.cancel();
    answers.push(loop.nextDeadline());
    loop.callSoon(() => {});
    answers.push(loop.nextDeadline());
    loop.runOnce();
    answers.push(loop.nextDeadline());
    expect(answers).toEqual([Infinity, 37, 57, 7, 57]);
  });

  it("never waits in runOnce", () => {
    const clock = new VirtualClock();
    const { loop, trace, say } = virtual({ clock });
    loop.callLater(10, say, "due");
    expect([loop.runOnce(), loop.runOnce(), loop.time()]).toEqual([true, true, 0]);
    clock.waitUntil(10);
    expect(loop.runOnce()).toBe(false);
    expect(trace).toEqual(["10 #3 due"]);
  });

  it("stops after the iteration in which it is told to; told before, after its first", () => {
    const { loop, trace, say } = virtual();
    loop.callSoon(() => {
      loop.stop();
      loop.callSoon(say, "in the next run");
    });
    loop.callSoon(say, "in the same iteration");
    loop.runForever();
    loop.stop();
    loop.runForever();
    expect(trace).toEqual(["0 #1 in the same iteration", "0 #2 in the next run"]);
  });

  it("does not wait for a timer when it was told to stop before", () => {
    const { loop, trace, say } = virtual();
    loop.callLater(1000, say, "never");
    loop.stop();
    loop.runForever();
    expect([loop.time(), trace]).toEqual([0, []]);
  });

  it("refuses to wait for what can never come", () => {
    const { loop } = virtual();
    loop.callSoon(() => {});
    expect(() => loop.runForever()).toThrow(
      new RuntimeError("runForever: nothing is ready and nothing is scheduled, so nothing could ever call stop()."),
    );
    expect(loop.isRunning()).toBe(false);
  });

  it("refuses to wait with a clock that cannot", () => {
    const { loop } = virtual({ clock: { now: () => 0 } });
    loop.callLater(1, () => {});
    expect(() => loop.runForever()).toThrow(/this clock cannot wait/);
  });

  it("is the running loop inside its callbacks only, and runs in no other loop", () => {
    const { loop } = virtual();
    const other = virtual().loop;
    const trace: unknown[] = [loop.isRunning()];
    loop.callSoon(() => {
      trace.push(loop.isRunning(), getRunningLoop() === loop);
      for (const nested of [() => loop.runOnce(), () => loop.runForever(), () => other.runOnce(), () => loop.close()]) {
        try {
          nested();
        } catch (error) {
          trace.push((error as Error).name);
        }
      }
    });
    loop.runOnce();
    const failed = "RuntimeError";
    expect([...trace, loop.isRunning()]).toEqual([false, true, true, failed, failed, failed, failed, false]);
    expect(() => getRunningLoop()).toThrow(RuntimeError);
  });

  it("drops everything when it closes, takes nothing more, and may be closed again", () => {
    const { loop, trace, say } = virtual();
    loop.callSoon(say, "never");
    const timer = loop.callLater(1, say, "never");
    loop.close();
    loop.close();
    timer.cancel();
    for (const call of [
      () => loop.callSoon(say, "x"),
      () => loop.callSoonThreadsafe(say, "x"),
      () => loop.callLater(1, say, "x"),
      () => loop.callAt(1, say, "x"),
      () => loop.runOnce(),
      () => loop.runForever(),
    ]) {
      expect(call).toThrow(LoopClosedError);
    }
    expect([loop.isClosed(), trace]).toEqual([true, []]);
  });

  it("refuses NaN as a time", () => {
    const { loop } = virtual();
    expect(() => loop.callLater(Number.NaN, () => {})).toThrow(ValueError);
    expect(() => loop.callAt(Number.NaN, () => {})).toThrow(ValueError);
  });

  it("does not let a callback starve timers", () => {
    const clock = new VirtualClock();
    const { loop, trace, say } = virtual({ clock });
    let left = 3;
    const chain = (): void => {
      clock.waitUntil(clock.now() + 1);
      say("chain");
      if ((left -= 1) > 0) loop.callSoon(chain);
    };
    loop.callSoon(chain);
    loop.callLater(1, say, "timer");
    for (let i = 0; i < 3; i += 1) loop.runOnce();
    expect(trace).toEqual(["1 #1 chain", "2 #2 chain", "2 #2 timer", "3 #3 chain"]);
  });
});

describe("EventLoop.setExceptionHandler", () => {
  const boom = new Error("boom");
  function explode(): void {
    throw boom;
  }

  it("is told of a failed callback, and the rest of the iteration runs", () => {
    const { loop, trace, say } = virtual();
    const told: [boolean, ExceptionContext][] = [];
    loop.setExceptionHandler((which, context) => told.push([which === loop, context]));
    const handle = loop.callSoon(explode);
    loop.callSoon(say, "goes on");
    loop.runOnce();
    expect(told).toEqual([[true, { message: "Exception in callback explode()", exception: boom, handle }]]);
    expect(trace).toEqual(["0 #1 goes on"]);
  });

  it("runs in the context of the callback that failed, and its changes stay there", () => {
    const variable = new ContextVar("v", { default: "outside" });
    const { loop, trace } = virtual();
    loop.setExceptionHandler(() => {
      trace.push(variable.get());
      variable.set("changed by the handler");
    });
    loop.callSoon(() => {
      variable.set("inside");
      explode();
    });
    loop.callSoon(() => trace.push(variable.get()));
    loop.runOnce();
    expect([...trace, variable.get()]).toEqual(["inside", "outside", "outside"]);
  });

  it("is reported by the default handler when it fails itself", () => {
    const { loop } = virtual();
    const told: ExceptionContext[] = [];
    loop.defaultExceptionHandler = (context) => void told.push(context);
    const worse = new Error("worse");
    loop.setExceptionHandler(() => {
      throw worse;
    });
    loop.callExceptionHandler({ message: "something", exception: boom });
    const context = { message: "something", exception: boom };
    expect(told).toEqual([{ message: "Unhandled error in exception handler", exception: worse, context }]);
  });

  it("never lets a report out, even when the default handler fails too", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    const { loop } = virtual();
    loop.defaultExceptionHandler = explode;
    loop.callExceptionHandler({ message: "something" });
    loop.setExceptionHandler(explode);
    loop.callExceptionHandler({ message: "something" });
    expect(print.mock.calls).toEqual([
      ["Exception in default exception handler", boom],
      ["Exception in default exception handler while handling an unexpected error in custom exception handler", boom],
    ]);
  });

  it("gives way to the default handler, which prints, when it is set to null", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    const { loop } = virtual();
    loop.setExceptionHandler(() => {});
    loop.setExceptionHandler(null);
    loop.callSoon(explode);
    loop.runOnce();
    expect(print.mock.calls).toEqual([["Exception in callback explode()\nhandle: explode()", boom]]);
  });

  it("is a function or null", () => {
    expect(() => virtual().loop.setExceptionHandler(1 as never)).toThrow(TypeError);
  });
});

describe("EventLoop.debug", () => {
  it("reports slow callbacks by the loop's own clock", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const clock = new VirtualClock();
    const { loop } = virtual({ clock, debug: true });
    function hog(milliseconds: number): void {
      clock.waitUntil(clock.now() + milliseconds);
    }
    loop.callSoon(hog, 99);
    loop.callSoon(hog, 100);
    loop.runOnce();
    loop.slowCallbackDuration = 5;
    loop.callSoon(hog, 5);
    loop.runOnce();
    expect(warn.mock.calls).toEqual([
      ["Executing callback hog() took 100.000 ms."],
      ["Executing callback hog() took 5.000 ms."],
    ]);
  });

  it("remembers where a callback was scheduled", () => {
    const { loop } = virtual({ debug: true });
    expect(loop.callSoon(() => {}).source).toContain("event-loop.test.ts");
    expect(virtual().loop.callSoon(() => {}).source).toBe(undefined);
  });
});

describe("Scheduler", () => {
  it("picks each next callback from all that are ready, new ones included, no more than were ready at first", () => {
    const sizes: number[] = [];
    const { loop, trace, say } = virtual({ scheduler: { pick: (ready) => (sizes.push(ready.size), ready.size - 1) } });
    loop.callSoon(say, "a");
    loop.callSoon(say, "b");
    loop.callSoon(() => {
      say("c");
      loop.callSoon(say, "d");
    });
    while (loop.runOnce());
    expect({ trace, sizes }).toEqual({ trace: ["0 #1 c", "0 #1 d", "0 #1 b", "0 #2 a"], sizes: [3, 3, 2] });
  });

  it("sees whose step each callback is", () => {
    const seen: (string | undefined)[][] = [];
    const scheduler = {
      pick(ready: { size: number; task(index: number): { name: string } | undefined }): number {
        seen.push(Array.from({ length: ready.size }, (_, i) => ready.task(i)?.name));
        return 0;
      },
    };
    runSync(
      function* () {
        getRunningLoop().callSoon(() => {});
        createTask(sleeper(), { name: "one" });
        createTask(sleeper(), { name: "two" });
        yield* sleep(1);
      },
      { scheduler },
    );
    function* sleeper() {
      yield* sleep(5);
    }
    expect(seen[0]).toEqual([undefined, "one", "two"]);
  });

  it("is told when it picks what is not there", () => {
    for (const index of [2, -1, 0.5, Number.NaN]) {
      const { loop } = virtual({ scheduler: { pick: () => index } });
      loop.callSoon(() => {});
      loop.callSoon(() => {});
      expect(() => loop.runOnce()).toThrow(
        new RangeError(`Scheduler.pick returned ${index}; expected an integer from 0 to 1.`),
      );
    }
  });
});

describe("Instrument", () => {
  function spy(name: string, trace: string[]): Instrument {
    return {
      iterationStarted: (loop) => void trace.push(`${name} iteration ${loop.iteration}`),
      callbackScheduled: () => void trace.push(`${name} scheduled`),
      timerScheduled: (timer) => void trace.push(`${name} timer at ${timer.when()}`),
      callbackStarted: () => void trace.push(`${name} started`),
      callbackFinished: () => void trace.push(`${name} finished`),
    };
  }

  it("is told what happens, in order", () => {
    const trace: string[] = [];
    const { loop } = virtual({ instruments: [spy("i", trace)] });
    loop.callLater(10, () => {
      trace.push("timer runs");
      loop.stop();
    });
    loop.callSoon(() => trace.push("soon runs"));
    loop.runForever();
    expect(trace).toEqual([
      "i timer at 10",
      "i scheduled",
      "i iteration 1",
      "i started",
      "soon runs",
      "i finished",
      "i iteration 2",
      "i scheduled",
      "i started",
      "timer runs",
      "i finished",
    ]);
  });

  it("is one of several: all are told, in the order given", () => {
    const trace: string[] = [];
    const quiet: Instrument = {};
    const { loop } = virtual({ instruments: [spy("a", trace), quiet, spy("b", trace)] });
    loop.callSoon(() => {});
    expect(trace).toEqual(["a scheduled", "b scheduled"]);
  });
});
