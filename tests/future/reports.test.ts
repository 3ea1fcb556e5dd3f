import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  ContextVar,
  type Coroutine,
  EventLoop,
  type ExceptionContext,
  Future,
  Task,
  VirtualClock,
  allTasks,
  createTask,
  gather,
  getRunningLoop,
  runSync,
  sleep,
} from "escapement";
import { afterEach, describe, expect, it, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
});

const nameOf = ({ task }: ExceptionContext): string => (task === undefined ? "a future" : `"${task.name}"`);

/** What is reported while `main` runs and when its loop closes; "main ends" stands between the two. */
function reportsOf(main: () => Coroutine<unknown>): string[] {
  const reports: string[] = [];
  runSync(function* () {
    getRunningLoop().setExceptionHandler((_loop, context) => {
      const error = "exception" in context ? `: ${(context.exception as Error).message}` : "";
      reports.push(`${context.message}, ${nameOf(context)}${error}`);
    });
    yield* main();
    reports.push("main ends");
  });
  return reports;
}

function* fail(message: string): Coroutine<never> {
  yield* sleep(1);
  throw new Error(message);
}

describe("Future", () => {
  it("is reported when the loop closes if its error was never retrieved, in the order of failing", () => {
    const reports = reportsOf(function* () {
      createTask(fail("first"), { name: "a" });
      new Future().setException(new Error("earlier"));
      createTask(fail("second"), { name: "b" });
      yield* sleep(10);
    });
    const message = "exception was never retrieved";
    expect(reports).toEqual([
      "main ends",
      `Future ${message}, a future: earlier`,
      `Task ${message}, "a": first`,
      `Task ${message}, "b": second`,
    ]);
  });

  it.each([
    ["exception()", (task: Task<never>) => void task.exception()],
    [
      "result()",
      (task: Task<never>) => {
        expect(() => task.result()).toThrow("boom");
      },
    ],
    ["cancel(), as in CPython", (task: Task<never>) => void task.cancel()],
  ])("is not reported once somebody has asked: %s", (_how, ask) => {
    const reports = reportsOf(function* () {
      const task = createTask(fail("boom"));
      yield* sleep(10);
      ask(task);
    });
    expect(reports).toEqual(["main ends"]);
  });

  it("is not reported when somebody has waited for it", () => {
    const reports = reportsOf(function* () {
      const tasks = [createTask(fail("one")), createTask(fail("two"))] as const;
      yield* gather(tasks, { returnExceptions: true });
      try {
        yield* createTask(fail("three"));
      } catch {
        // Seen.
      }
    });
    expect(reports).toEqual(["main ends"]);
  });

  it("is told with the error itself, and in debug mode with the place where it was made", () => {
    const loop = new EventLoop({ clock: new VirtualClock(), debug: true });
    const told: ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => told.push(context));
    const boom = new Error("boom");
    const future = madeHere();
    function madeHere(): Future<void> {
      return new Future<void>({ loop });
    }
    future.setException(boom);
    loop.close();
    // Not compared by toEqual: a future can be iterated, and is then asked for its result.
    expect(told.map((context) => [context.message, context.exception === boom, context.future === future])).toEqual([
      ["Future exception was never retrieved", true, true],
    ]);
    expect(future.source).toMatch(/madeHere .*reports\.test\.ts:\d+/);
  });

  it("is printed with its name and the place where it was made, when nobody handles it", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    runSync(
      function* () {
        createTask(fail("boom"), { name: "worker" });
        yield* sleep(10);
      },
      { debug: true },
    );
    const [text, error] = print.mock.calls[0] as [string, Error];
    expect([print.mock.calls.length, error.message]).toEqual([1, "boom"]);
    expect(text).toMatch(/^Task exception was never retrieved\ntask: <Task failed name="worker">\ncreated here\n/);
    expect(text).toMatch(/reports\.test\.ts:\d+/);
  });
});

describe("Coroutine", () => {
  it("that is never awaited does nothing, and is not reported", () => {
    const reports = reportsOf(function* () {
      fail("never");
      yield* sleep(10);
    });
    expect(reports).toEqual(["main ends"]);
  });
});

describe("Task", () => {
  it("that is pending when its loop closes is reported, in the order of creation", () => {
    const loop = new EventLoop({ clock: new VirtualClock() });
    const reports: string[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(`${context.message} ${nameOf(context)}`));
    const tasks = ["a", "b", "c"].map((name) => new Task(sleeper(), { loop, name }));
    tasks[1]!.cancel();
    loop.runOnce();
    loop.close();
    expect(reports).toEqual(['Task was destroyed but it is pending! "a"', 'Task was destroyed but it is pending! "c"']);
    function* sleeper(): Coroutine<void> {
      yield* sleep(1000);
    }
  });

  it("that main leaves behind is cancelled, not reported; if it fails then, its error is told", () => {
    const reports = reportsOf(function* () {
      createTask(refuse(), { name: "stubborn" });
      createTask(sleeper(), { name: "tame" });
      yield;
      function* sleeper(): Coroutine<void> {
        yield* sleep(1000);
      }
      function* refuse(): Coroutine<void> {
        try {
          yield* sleep(1000);
        } catch {
          throw new Error("I will not");
        }
      }
    });
    expect(reports).toEqual([
      "main ends",
      'Unhandled exception while the tasks that were left were cancelled, "stubborn": I will not',
    ]);
  });

  it("is reported in its own context, and the handler's changes stay there", () => {
    const user = new ContextVar("user", { default: "nobody" });
    const seen: string[] = [];
    runSync(function* () {
      getRunningLoop().setExceptionHandler(() => {
        seen.push(user.get());
        user.set("the handler");
      });
      createTask(
        (function* () {
          user.set("the task");
          yield* fail("boom");
        })(),
      );
      yield* sleep(10);
      seen.push(user.get());
    });
    expect([...seen, user.get()]).toEqual(["nobody", "the task", "nobody"]);
  });

  it("lives on when nobody holds it or what it waits for", () => {
    const trace: string[] = [];
    function* forgotten(n: number): Coroutine<void> {
      yield* sleep(n);
      yield* fail(`${n}`);
    }
    const reports = reportsOf(function* () {
      for (let n = 0; n < 3; n += 1) createTask(forgotten(n), { name: `task ${n}` });
      yield* sleep(1.5);
      setFlagsFromString("--expose-gc");
      (runInNewContext("gc") as () => void)();
      yield* sleep(10);
      for (const task of allTasks()) trace.push(task.name);
    });
    const message = "Task exception was never retrieved";
    expect(reports).toEqual(["main ends", ...[0, 1, 2].map((n) => `${message}, "task ${n}": ${n}`)]);
    expect(trace).toEqual(["Task-1"]);
  });
});
