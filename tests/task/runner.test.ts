import {
  ContextVar,
  type Coroutine,
  Future,
  Runner,
  RuntimeError,
  VirtualClock,
  copyContext,
  createTask,
  currentTask,
  eagerTaskFactory,
  getRunningLoop,
  runSync,
  sleep,
} from "escapement";
import { describe, expect, it } from "vitest";

describe("Runner", () => {
  it("runs several programs on one loop, whose clock goes on", () => {
    const runner = new Runner();
    const trace: unknown[] = [];
    for (const delay of [10, 20]) {
      trace.push(
        runner.run(function* () {
          yield* sleep(delay);
          return [getRunningLoop() === runner.getLoop(), getRunningLoop().time(), currentTask()!.name];
        }),
      );
    }
    runner.close();
    expect(trace).toEqual([
      [true, 10, "Task-1"],
      [true, 30, "Task-2"],
    ]);
  });

  it("has one context for all its runs, a copy of the one it was made in", () => {
    const user = new ContextVar("user", { default: "nobody" });
    const setTo = (name: string) =>
      function* (): Coroutine<string> {
        const before = user.get();
        user.set(name);
        yield* sleep(1);
        return before;
      };
    const runner = new Runner();
    const trace = [runner.run(setTo("ada")), runner.run(setTo("grace")), runner.run(setTo("joan"))];
    trace.push(runner.run(setTo("lost"), { context: copyContext() }), runner.run(setTo("last")));
    runner.close();
    expect([...trace, user.get()]).toEqual(["nobody", "ada", "grace", "nobody", "joan", "nobody"]);
  });

  it("keeps a task from one run to the next, and cancels what is left when it is closed", () => {
    const trace: string[] = [];
    function* background(): Coroutine<void> {
      try {
        for (;;) {
          yield* sleep(10);
          trace.push(`${getRunningLoop().time()} tick`);
        }
      } finally {
        yield* sleep(1);
        trace.push(`${getRunningLoop().time()} cleaned up`);
      }
    }
    const runner = new Runner();
    runner.run(function* () {
      createTask(background());
      yield* sleep(15);
    });
    trace.push("between the runs");
    runner.run(sleep(10));
    const loop = runner.getLoop();
    runner.close();
    trace.push(`closed: ${loop.isClosed()}`);
    expect(trace).toEqual(["10 tick", "between the runs", "20 tick", "26 cleaned up", "closed: true"]);
  });

  it("goes on after a run that failed", () => {
    const runner = new Runner();
    const boom = new Error("boom");
    expect(() =>
      runner.run(function* () {
        throw boom;
      }),
    ).toThrow(boom);
    expect(runner.run(sleep(1, "fine"))).toBe("fine");
    runner.close();
  });

  it("may be closed twice, and runs nothing afterwards", () => {
    const runner = new Runner();
    runner.run(sleep(1));
    runner.close();
    runner.close();
    expect(() => runner.run(sleep(1))).toThrow(RuntimeError);
    expect(() => runner.getLoop()).toThrow(RuntimeError);
  });

  it("is closed at the end of its block", () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    runner[Symbol.dispose]();
    expect(loop.isClosed()).toBe(true);
    expect(() => runner.getLoop()).toThrow("Runner.getLoop: the runner is closed. Make a new one.");
  });

  it("says so when the loop is stopped before main has ended, and can go on with it", () => {
    const runner = new Runner();
    const future = new Future<string>({ loop: runner.getLoop() });
    const stopped = function* (): Coroutine<void> {
      getRunningLoop().stop();
      yield* sleep(1000);
    };
    expect(() => runner.run(stopped)).toThrow(
      new RuntimeError("Event loop stopped before the main task completed: somebody called loop.stop()."),
    );
    future.setResult("still there");
    expect(runner.run(future)).toBe("still there");
    runner.close();
  });

  it("uses the clock and the task factory that it is given", () => {
    const trace: unknown[] = [];
    const runner = new Runner({ clock: new VirtualClock({ start: 500 }), taskFactory: eagerTaskFactory });
    runner.run(function* () {
      trace.push(getRunningLoop().time());
      createTask(
        (function* () {
          trace.push("eager");
        })(),
      );
      trace.push("main goes on");
    });
    runner.close();
    expect(trace).toEqual([500, "eager", "main goes on"]);
  });
});

describe("runSync", () => {
  it("runs a coroutine, an awaitable, or a function that gives one", () => {
    const results = [
      runSync(
        (function* () {
          return "coroutine";
        })(),
      ),
      runSync(sleep(1, "awaitable")),
      runSync(() => sleep(1, "function")),
      runSync(function* () {
        return "generator function";
      }),
    ];
    expect(results).toEqual(["coroutine", "awaitable", "function", "generator function"]);
  });

  it("ends what main leaves behind, in order of creation, before it returns or throws", () => {
    const trace: string[] = [];
    function* background(name: string): Coroutine<void> {
      try {
        yield* sleep(1000);
      } finally {
        yield* sleep(name === "a" ? 5 : 1);
        trace.push(`${name} ends`);
      }
    }
    const main = (fail: boolean) =>
      function* (): Coroutine<void> {
        createTask(background("a"));
        createTask(background("b"));
        yield;
        if (fail) throw new Error("main fails");
        trace.push("main ends");
      };
    runSync(main(false));
    expect(() => runSync(main(true))).toThrow("main fails");
    expect(trace).toEqual(["main ends", "b ends", "a ends", "b ends", "a ends"]);
  });
});
