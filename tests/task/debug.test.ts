import {
  type Awaitable,
  type Coroutine,
  EventLoop,
  Lock,
  Queue,
  VirtualClock,
  coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  ensureFuture,
  gather,
  getRunningLoop,
  isCancelled,
  runSync,
  sleep,
  timeout,
  using,
  waitFor,
} from "escapement";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is reported to the exception handler while `main` runs, places without their folders. */
function reportsOf(main: () => Coroutine<unknown>, debug = true): string[] {
  const reports: string[] = [];
  runSync(
    function* () {
      getRunningLoop().setExceptionHandler((_loop, context) => {
        reports.push(context.message.replace(/\([^()]*\/([^/()]+):\d+\)/, "($1)"));
      });
      yield* main();
    },
    { debug },
  );
  return reports;
}

/** A task that is cancelled while it sleeps, in `body`. */
function* cancelled(body: () => Coroutine<unknown>): Coroutine<void> {
  const task = createTask(body(), { name: "worker" });
  yield* sleep(1);
  task.cancel();
  yield* task;
}

describe("debug mode", () => {
  const swallow = coroutine(function* swallow(): Coroutine<void> {
    try {
      yield* sleep(1000);
    } catch {
      yield* sleep(5);
    }
  });

  it("reports a task that swallowed a cancellation, with the place where it went on", () => {
    expect(reportsOf(() => cancelled(swallow))).toEqual([
      'Task "worker" was cancelled, and returned as if it had not been: a catch swallowed its CancelledError. ' +
        "It went on in swallow (debug.test.ts). Throw it on, or call uncancel().",
    ]);
    expect(reportsOf(() => cancelled(swallow), false)).toEqual([]);
  });

  it("reports it without a place when the task returned at once", () => {
    function* swallowAtOnce(): Coroutine<void> {
      try {
        yield* sleep(1000);
      } catch {
        // It should have been thrown on.
      }
    }
    expect(reportsOf(() => cancelled(swallowAtOnce))).toEqual([
      'Task "worker" was cancelled, and returned as if it had not been: a catch swallowed its CancelledError. ' +
        "Throw it on, or call uncancel().",
    ]);
  });

  it("reports neither a cancellation that is thrown on, nor one that is refused, nor a timeout's own", () => {
    function* throwOn(): Coroutine<void> {
      try {
        yield* sleep(1000);
      } catch (error) {
        if (isCancelled(error)) throw error;
      }
    }
    function* refuse(): Coroutine<void> {
      try {
        yield* sleep(1000);
      } catch {
        currentTask()!.uncancel();
        yield* sleep(1);
      }
    }
    function* limited(): Coroutine<void> {
      try {
        yield* using(timeout(1), () => throwOn());
      } catch {
        yield* sleep(1);
      }
    }
    const reports = reportsOf(function* () {
      yield* cancelled(refuse);
      yield* createTask(limited());
      try {
        yield* cancelled(throwOn);
      } catch (error) {
        if (!isCancelled(error)) throw error;
      }
    });
    expect(reports).toEqual([]);
  });

  it("warns of a task's step that holds the thread, by the loop's own clock", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const clock = new VirtualClock();
    function* hog(milliseconds: number): Coroutine<void> {
      yield* sleep(10);
      clock.waitUntil(clock.now() + milliseconds);
      yield* sleep(10);
    }
    runSync(
      function* () {
        yield* createTask(hog(99.5), { name: "quick enough" });
        yield* createTask(hog(250), { name: "hog" });
        getRunningLoop().slowCallbackDuration = 5;
        yield* createTask(hog(7), { name: "fussy" });
      },
      { clock, debug: true },
    );
    expect(warn.mock.calls).toEqual([
      ['Executing a step of task "hog" took 250.000 ms.'],
      ['Executing a step of task "fussy" took 7.000 ms.'],
    ]);
  });

  it("can be switched on and off while the loop runs", () => {
    const sources = runSync(function* () {
      const loop = getRunningLoop();
      const made: boolean[] = [];
      for (const debug of [false, true, false]) {
        loop.debug = debug;
        made.push(loop.callSoon(() => {}).source !== undefined);
      }
      return made;
    });
    expect(sources).toEqual([false, true, false]);
  });
});

describe("debug mode, of what was made and never awaited", () => {
  /** The first line of each report, and whether it names this file first. */
  function told(main: () => Coroutine<unknown>, debug = true): string[] {
    return reportsOf(main, debug).map((report) => {
      const [first, place] = report.split("\n");
      return `${first!.replace(" that was not awaited when the task ended: it did nothing. Write yield* before it.", "")}, ${place?.includes("debug.test.ts") === true ? "here" : place}`;
    });
  }

  it("reports it when the task that made it ends, and where it was made", () => {
    const reports = told(function* () {
      const queue = new Queue<number>();
      function* forgets(): Coroutine<void> {
        sleep(100);
        yield* sleep(1);
        queue.put(1);
      }
      const task = createTask(forgets(), { name: "worker" });
      new Lock().acquire();
      yield* task;
      getRunningLoop().callExceptionHandler({ message: "worker has ended\ndebug.test.ts" });
    });
    expect(reports).toEqual([
      'Task "worker" made an awaitable, sleep,, here',
      'Task "worker" made an awaitable, Queue.put,, here',
      "worker has ended, here",
      'Task "Task-1" made an awaitable, Lock.acquire,, here',
    ]);
  });

  it("reports it of a task that fails, that is cancelled, that starts eagerly", () => {
    function* forgets(end: () => Coroutine<void>): Coroutine<void> {
      sleep(1);
      yield* end();
    }
    const reports = told(function* () {
      const fails = createTask(
        forgets(function* () {
          throw new Error("fails");
        }),
        { name: "fails" },
      );
      const waits = createTask(
        forgets(() => sleep(1000) as Coroutine<void>),
        { name: "cancelled" },
      );
      const eager = eagerTaskFactory(
        getRunningLoop(),
        forgets(function* () {}),
        { name: "eager" },
      );
      yield* sleep(1);
      waits.cancel();
      yield* gather([fails, waits, eager], { returnExceptions: true });
    });
    expect(reports).toEqual([
      'Task "eager" made an awaitable, sleep,, here',
      'Task "fails" made an awaitable, sleep,, here',
      'Task "cancelled" made an awaitable, sleep,, here',
    ]);
  });

  it("is silent about what was awaited, in whatever way", () => {
    const reports = told(function* () {
      const lock = new Lock();
      yield* sleep(1);
      yield sleep(1);
      const later = sleep(1);
      yield* sleep(0);
      yield* later;
      gather([sleep(1), sleep(2)]);
      yield* waitFor(sleep(1), 5);
      yield* using(lock, function* () {});
      function* gives(): Coroutine<Awaitable<void>> {
        return sleep(1);
      }
      yield* yield* createTask(gives());
      // It ends before what it began has had its first step.
      function* begins(): Coroutine<void> {
        ensureFuture(sleep(1));
      }
      yield* createTask(begins());
      // Made by a callback, while a task lives that has stepped before.
      getRunningLoop().callSoon(() => void sleep(1));
      yield;
    });
    expect(reports).toEqual([]);
  });

  it("knows nothing of what plain callbacks make, and costs nothing without debug", () => {
    const loop = new EventLoop({ clock: new VirtualClock(), debug: true });
    const reports: string[] = [];
    loop.setExceptionHandler((_loop, { message }) => reports.push(message));
    loop.callSoon(() => void sleep(1));
    loop.runOnce();
    loop.close();
    expect(reports).toEqual([]);
    expect(
      told(function* () {
        sleep(1);
      }, false),
    ).toEqual([]);
  });
});
