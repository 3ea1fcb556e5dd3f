import {
  type Coroutine,
  VirtualClock,
  coroutine,
  createTask,
  currentTask,
  getRunningLoop,
  isCancelled,
  runSync,
  sleep,
  timeout,
  using,
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
