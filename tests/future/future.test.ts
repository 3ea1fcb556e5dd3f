import {
  CancelledError,
  ContextVar,
  type Coroutine,
  EventLoop,
  Future,
  VirtualClock,
  createTask,
  getRunningLoop,
  runSync,
  sleep,
} from "escapement";
import { describe, expect, it } from "vitest";

function virtual(): { loop: EventLoop; future: Future<string>; trace: string[] } {
  const loop = new EventLoop({ clock: new VirtualClock() });
  return { loop, future: new Future<string>({ loop }), trace: [] };
}

describe("Future.addDoneCallback", () => {
  it("calls each in the order of adding, an iteration after the future is done, even when it is added late", () => {
    const { loop, future, trace } = virtual();
    const say = (what: string) => (done: Future<string>) =>
      trace.push(`#${loop.iteration} ${what}: ${done.result()}, the same: ${done === future}`);
    future.addDoneCallback(say("first"));
    future.addDoneCallback(say("second"));
    loop.runOnce();
    future.setResult("here");
    trace.push("done");
    loop.runOnce();
    future.addDoneCallback(say("late"));
    loop.runOnce();
    expect(trace).toEqual([
      "done",
      "#2 first: here, the same: true",
      "#2 second: here, the same: true",
      "#3 late: here, the same: true",
    ]);
  });

  it("runs each in the context in which it was added", () => {
    const { loop, future, trace } = virtual();
    const user = new ContextVar("user", { default: "nobody" });
    runIn("ada");
    runIn("grace");
    future.setResult("");
    loop.runOnce();
    expect([...trace, user.get()]).toEqual(["ada", "grace", "nobody"]);
    function runIn(name: string): void {
      const token = user.set(name);
      future.addDoneCallback(() => trace.push(user.get()));
      user.reset(token);
    }
  });

  it("reports a callback that throws, and calls the others", () => {
    const { loop, future, trace } = virtual();
    loop.setExceptionHandler((_loop, { message }) => trace.push(message));
    future.addDoneCallback(function careless() {
      throw new Error("boom");
    });
    future.addDoneCallback(() => trace.push("the next"));
    future.setResult("");
    loop.runOnce();
    expect(trace).toEqual(["Exception in callback careless()", "the next"]);
  });
});

describe("Future.removeDoneCallback", () => {
  it("takes back every addition of that callback, while the future is pending", () => {
    const { loop, future, trace } = virtual();
    const taken = (): void => void trace.push("taken back");
    const kept = (): void => void trace.push("kept");
    for (const callback of [taken, kept, taken]) future.addDoneCallback(callback);
    trace.push(`removed: ${future.removeDoneCallback(taken)}`);
    future.setResult("");
    trace.push(`removed: ${future.removeDoneCallback(kept)}`);
    loop.runOnce();
    expect(trace).toEqual(["removed: 2", "removed: 0", "kept"]);
  });
});

describe("a Future that is awaited", () => {
  it("wakes all who wait, in the order in which they came, and gives all the same", () => {
    const trace: string[] = [];
    const value = { one: "object" };
    runSync(function* () {
      const future = new Future<typeof value>();
      function* waiter(name: string): Coroutine<void> {
        trace.push(`${name} has it: ${(yield* future) === value}`);
      }
      const tasks = ["a", "b", "c"].map((name) => createTask(waiter(name)));
      yield* sleep(1);
      future.setResult(value);
      for (const task of tasks) yield* task;
      const before = getRunningLoop().iteration;
      yield* future;
      trace.push(`iterations that a done future costs: ${getRunningLoop().iteration - before}`);
    });
    expect(trace).toEqual([
      "a has it: true",
      "b has it: true",
      "c has it: true",
      "iterations that a done future costs: 0",
    ]);
  });

  it("throws each the very error it failed with", () => {
    const boom = new Error("boom");
    const caught = runSync(function* () {
      const future = new Future<never>();
      future.setException(boom);
      const errors: unknown[] = [];
      for (let i = 0; i < 2; i += 1) {
        try {
          yield* future;
        } catch (error) {
          errors.push(error);
        }
      }
      return errors;
    });
    expect(caught).toHaveLength(2);
    for (const error of caught) expect(error).toBe(boom);
  });
});

describe("Task.cancel", () => {
  it("comes out as the very error that ended the task, once; later as a new one without its message", () => {
    const thrown: unknown[] = [];
    const seen: unknown[] = [];
    runSync(function* () {
      const task = createTask(
        (function* () {
          try {
            yield* sleep(1000);
          } catch (error) {
            thrown.push(error);
            throw error;
          }
        })(),
      );
      yield* sleep(1);
      task.cancel("enough");
      yield* sleep(1);
      for (let i = 0; i < 2; i += 1) {
        try {
          yield* task;
        } catch (error) {
          seen.push(error);
        }
      }
    });
    expect(seen[0]).toBe(thrown[0]);
    expect(seen.map((error) => [error instanceof CancelledError, (error as Error).message])).toEqual([
      [true, "enough"],
      [true, ""],
    ]);
  });
});
