import { type Coroutine, EventLoop, Future, type Instrument, Lock, Task, createTask, runSync, sleep } from "escapement";
import { describe, expect, it } from "vitest";

/** Tells tasks by their names, and whatever else by what it is. */
function recorder(): { instrument: Required<Instrument>; trace: string[] } {
  const trace: string[] = [];
  const what = (x: unknown): string => {
    if (x instanceof Task) return x.name;
    if (x === undefined) return "nothing";
    return (x as { label?: string }).label ?? (x instanceof Future ? "a future" : "a callback");
  };
  return {
    trace,
    instrument: {
      iterationStarted: (loop) => void trace.push(`iteration ${loop.iteration}`),
      callbackScheduled: (entry) => void trace.push(`  ${what(entry)} is scheduled`),
      timerScheduled: (timer) => void trace.push(`  a timer is set for ${timer.when()}`),
      timerCancelled: (timer) => void trace.push(`  the timer for ${timer.when()} is cancelled`),
      cancelRequested: (task) => void trace.push(`  ${what(task)} is asked to cancel`),
      callbackStarted: (entry) => void trace.push(` ${what(entry)} starts`),
      callbackFinished: (entry) => void trace.push(` ${what(entry)} finishes`),
      taskCreated: (task, parent) =>
        void trace.push(`  ${what(task)} is made by ${parent === null ? "nobody" : what(parent)}`),
      taskSuspended: (task, on) => void trace.push(`  ${what(task)} waits for ${what(on)}`),
      futureDone: (future) => void trace.push(`  ${what(future)} is done`),
      chosen: (_loop, about, count, picked) =>
        void trace.push(`  asked for a ${about}, ${picked} of ${count} is taken`),
    },
  };
}

function* asleep(): Coroutine<void> {
  yield* sleep(1000);
}
function* waitingFor(task: Task<void>): Coroutine<void> {
  yield* task;
}

describe("Instrument", () => {
  it("is told the life of a program, in order", () => {
    const { instrument, trace } = recorder();
    function* child(): Coroutine<string> {
      yield;
      yield* sleep(10);
      return "result";
    }
    runSync(
      function* () {
        const task = createTask(child(), { name: "child" });
        yield* task;
      },
      { instruments: [instrument] },
    );
    expect(trace).toEqual([
      "  Task-1 is made by nobody",
      "  Task-1 is scheduled",
      "iteration 1",
      " Task-1 starts",
      "  child is made by Task-1",
      "  child is scheduled",
      "  Task-1 waits for child",
      " Task-1 finishes",
      "iteration 2",
      " child starts",
      "  child waits for nothing",
      "  child is scheduled",
      " child finishes",
      "iteration 3",
      " child starts",
      "  a timer is set for 10",
      "  child waits for sleep",
      " child finishes",
      "iteration 4",
      "  a callback is scheduled",
      " a callback starts",
      "  sleep is done",
      "  child is scheduled",
      " a callback finishes",
      "iteration 5",
      " child starts",
      "  child is done",
      "  Task-1 is scheduled",
      " child finishes",
      "iteration 6",
      " Task-1 starts",
      "  Task-1 is done",
      "  a callback is scheduled",
      " Task-1 finishes",
      "iteration 7",
      " a callback starts",
      " a callback finishes",
    ]);
  });

  it("is told what each wait is for", () => {
    const { instrument, trace } = recorder();
    runSync(
      function* () {
        const lock = new Lock();
        yield* lock.acquire();
        createTask(
          (function* () {
            yield* lock.acquire();
          })(),
          { name: "waiter" },
        );
        yield* sleep(1);
        lock.release();
        yield* sleep(1);
      },
      { instruments: [{ taskSuspended: instrument.taskSuspended }] },
    );
    expect(trace).toContain("  waiter waits for Lock.acquire");
  });

  it("is told of cancellations: who is asked, innermost last, and the timer that falls away", () => {
    const { instrument, trace } = recorder();
    runSync(
      function* () {
        const inner = createTask(asleep(), { name: "inner" });
        const outer = createTask(waitingFor(inner), { name: "outer" });
        yield* sleep(1);
        trace.length = 0;
        outer.cancel();
        outer.cancel();
        yield;
        yield;
        inner.cancel();
      },
      { instruments: [instrument] },
    );
    expect(trace.slice(0, trace.indexOf("  Task-1 is done"))).toEqual([
      "  outer is asked to cancel",
      "  inner is asked to cancel",
      "  sleep is done",
      "  inner is scheduled",
      "  outer is asked to cancel",
      "  inner is asked to cancel",
      "  Task-1 waits for nothing",
      "  Task-1 is scheduled",
      " Task-1 finishes",
      "iteration 5",
      " inner starts",
      "  the timer for 1000 is cancelled",
      "  inner is done",
      "  outer is scheduled",
      " inner finishes",
      " Task-1 starts",
      "  Task-1 waits for nothing",
      "  Task-1 is scheduled",
      " Task-1 finishes",
      "iteration 6",
      " outer starts",
      "  outer is done",
      " outer finishes",
      " Task-1 starts",
    ]);
  });

  it("that is absent leaves nothing behind that could be called", () => {
    expect(new EventLoop().instrument).toBe(null);
    expect(new EventLoop({ instruments: [] }).instrument).toBe(null);
    const only: Instrument = {};
    expect(new EventLoop({ instruments: [only] }).instrument).toBe(only);
  });
});
