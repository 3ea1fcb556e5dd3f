import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";
import { describe, expect, it } from "vitest";
import {
  allTasks,
  asCompleted,
  copyContext,
  createTask,
  currentTask,
  DeadlockError,
  EventLoop,
  Future,
  getRunningLoop,
  isCancelled,
  PriorityQueue,
  Runner,
  runSync,
  sleep,
  TaskGroup,
  timeout,
  using,
  VirtualClock,
  wait,
} from "../../src/index.ts";
import type { Coroutine, Task } from "../../src/index.ts";

// What docs/conformance.md lists: where the oracle decides otherwise than CPython 3.13.0, and escapement does as the oracle.

/** It logs how it ends. */
function* sleeper(trace: string[], name: string, ms: number): Coroutine<string> {
  try {
    yield* sleep(ms);
    trace.push(`${name} ends`);
    return name;
  } catch (error) {
    trace.push(`${name} ${isCancelled(error) ? "cancelled" : String(error)}`);
    throw error;
  }
}

function sleepers(trace: string[], ...names: readonly string[]): Task<string>[] {
  return names.map((name) => createTask(sleeper(trace, name, 10), { name }));
}

describe("where escapement differs from CPython 3.13.0", () => {
  it("runs equal deadlines first in, first out", () => {
    const trace: string[] = [];
    runSync(function* () {
      const loop = getRunningLoop();
      for (const name of ["a", "b", "c", "d", "e"]) loop.callLater(5, () => trace.push(name));
      yield* sleep(6);
    });
    expect(trace).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("takes a timer as due when its deadline is reached, exactly", () => {
    const trace: number[] = [];
    const clock = new VirtualClock();
    const loop = new EventLoop({ clock });
    loop.callAt(1 + Number.EPSILON, () => trace.push(loop.time()));
    clock.waitUntil(1);
    loop.runOnce();
    expect(trace).toEqual([]);
    clock.waitUntil(1 + Number.EPSILON);
    loop.runOnce();
    expect(trace).toEqual([1 + Number.EPSILON]);
  });

  it("waits for a year in as many iterations as for a millisecond", () => {
    const iterations = (ms: number): number =>
      runSync(function* () {
        yield* sleep(ms);
        return getRunningLoop().iteration;
      });
    expect(iterations(365 * 86_400_000)).toBe(iterations(1));
  });

  it("goes over sets of tasks in order of creation", () => {
    const trace: string[] = [];
    runSync(function* () {
      const tasks = sleepers(trace, "c", "a", "b");
      expect([...allTasks()].map((task) => task.name).slice(1)).toEqual(["c", "a", "b"]);
      const { done } = yield* wait(new Set(tasks));
      expect([...done].map((task) => task.name)).toEqual(["c", "a", "b"]);
      const group = new TaskGroup();
      yield* using(group, function* () {
        for (const name of ["z", "x", "y"]) group.createTask(sleeper(trace, name, 10));
        yield;
        group.cancel();
      });
    });
    expect(trace).toEqual(["c ends", "a ends", "b ends", "z cancelled", "x cancelled", "y cancelled"]);
  });

  it("takes the children of asCompleted in the order in which they were given", () => {
    const order = runSync(function* () {
      const finished: string[] = [];
      for (const next of asCompleted<string>(sleepers([], "b", "a", "c"))) finished.push(yield* next);
      return finished;
    });
    expect(order).toEqual(["b", "a", "c"]);
  });

  it("holds a task that only itself refers to", () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const names = runSync(function* () {
      createTask(
        (function* (): Coroutine<void> {
          yield* new Future<void>();
        })(),
        { name: "alone" },
      );
      yield;
      collect();
      const alive = [...allTasks()].map((task) => task.name);
      for (const task of allTasks()) if (task !== currentTask()) task.cancel();
      return alive;
    });
    expect(names).toContain("alone");
  });

  it("leaves nothing of a task that cannot start eagerly, its context being entered", () => {
    runSync(function* () {
      const context = copyContext();
      const never = sleeper([], "never", 1);
      const options = { name: "never", context, eagerStart: true };
      expect(() => context.run(() => createTask(never, options))).toThrow("already entered");
      expect(Array.from(allTasks(), (task) => task.name)).not.toContain("never");
      yield;
    });
  });

  it("interrupts the very task of a ring that is cancelled", () => {
    const trace: string[] = [];
    runSync(function* () {
      const ring: Task<void>[] = [];
      function* link(name: string, next: number): Coroutine<void> {
        try {
          yield* ring[next]!;
        } catch (error) {
          trace.push(`${name} ${isCancelled(error) ? "cancelled" : String(error)}`);
          throw error;
        }
      }
      ring.push(createTask(link("a", 1)), createTask(link("b", 0)));
      yield* sleep(1);
      ring[0]!.cancel();
      yield* sleep(1);
    });
    expect(trace).toEqual(["a cancelled", "b cancelled"]);
  });

  it("lets equals leave a PriorityQueue in the order in which they came", () => {
    const queue = new PriorityQueue<{ readonly name: string; readonly rank: number }>(0, (a, b) => a.rank - b.rank);
    for (const name of ["a", "b", "c", "d", "e"]) queue.putNowait({ name, rank: 1 });
    const order = Array.from({ length: 5 }, () => queue.getNowait().name);
    expect(order).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("lets a group end after a child that ended in its eager start, one iteration later", () => {
    const iterations = runSync(function* () {
      const group = new TaskGroup();
      const before = getRunningLoop().iteration;
      yield* using(group, function* () {
        group.createTask(
          (function* (): Coroutine<void> {
            // It ends at once.
          })(),
          { eagerStart: true },
        );
      });
      return getRunningLoop().iteration - before;
    });
    expect(iterations).toBe(2);
  });

  it("ends a group that is cancelled without an error", () => {
    const trace: string[] = [];
    runSync(function* () {
      const group = new TaskGroup();
      yield* using(group, function* () {
        group.createTask(sleeper(trace, "child", 10));
        yield;
        group.cancel();
        yield* sleeper(trace, "body", 10);
      });
      trace.push(`after, ${currentTask()!.cancelling()} requests`);
    });
    expect(trace).toEqual(["child cancelled", "body cancelled", "after, 0 requests"]);
  });

  it("starts a single task eagerly when told to, its name known from its first step", () => {
    const trace: string[] = [];
    runSync(function* () {
      const task = createTask(
        (function* (): Coroutine<void> {
          trace.push(`${currentTask()!.name} starts`);
        })(),
        { name: "eager", eagerStart: true },
      );
      trace.push(`created, done ${task.done()}`);
      yield;
    });
    expect(trace).toEqual(["eager starts", "created, done true"]);
  });

  it("cancels what a run leaves in order of creation, and is over when that is", () => {
    const trace: string[] = [];
    const clock = new VirtualClock();
    const runner = new Runner({ clock });
    const loop = runner.getLoop();
    runner.run(function* () {
      sleepers(trace, "b", "a", "c");
      yield;
    });
    const before = loop.iteration;
    runner.close();
    expect(trace).toEqual(["b cancelled", "a cancelled", "c cancelled"]);
    // The tasks' last steps; the callbacks that make the gather done; its callback, which ends the loop.
    expect(loop.iteration - before).toBe(3);
  });

  it("throws where CPython would wait for ever", () => {
    const main = function* (): Coroutine<void> {
      yield* new Future<void>();
    };
    expect(() => runSync(main)).toThrow(DeadlockError);
  });

  it("counts in milliseconds", () => {
    const elapsed = runSync(function* () {
      yield* using(timeout(250), function* () {
        yield* sleep(100);
      });
      return getRunningLoop().time();
    });
    expect(elapsed).toBe(100);
  });
});
