import { type Coroutine, createTask, gather, run, runSync, sleep, toThread } from "escapement";
import { describe, expect, it } from "vitest";
import { told, untyped } from "../said.ts";

/** What awaiting `coro` throws, in a program that `run` runs. */
function* said(make: () => Coroutine<unknown>): Coroutine<string> {
  try {
    return `no error: ${String(yield* make())}`;
  } catch (error) {
    return told(error);
  }
}

describe("toThread", () => {
  it("computes in another thread while the loop goes on", async () => {
    const trace = await run(function* () {
      const lines: string[] = [];
      const sum = createTask(
        toThread((n: number) => {
          let total = 0;
          for (let i = 1; i <= n; i += 1) total += i;
          return total;
        }, 1000),
      );
      yield* sleep(0);
      lines.push(`the loop goes on, done: ${sum.done()}`);
      lines.push(`the sum is ${yield* sum}`);
      return lines;
    });
    expect(trace).toEqual(["the loop goes on, done: false", "the sum is 500500"]);
  });

  it("takes arguments and results of every kind that can be copied", async () => {
    const value = { list: [1, 2n, "three"], map: new Map([["key", new Date(0)]]), nothing: undefined };
    const copy = await run(() => toThread((x: typeof value) => x, value));
    expect(copy).toEqual(value);
    expect(copy).not.toBe(value);
  });

  it("refuses what cannot be sent, and says why", async () => {
    class Thing {
      method(): number {
        return 1;
      }
    }
    const wrong: readonly unknown[] = [
      Math.max,
      told.bind(null),
      new Thing().method,
      Thing,
      function* generator() {},
      async () => 1,
      "code",
      null,
    ];
    const errors = await run(function* () {
      const found: string[] = [];
      for (const fn of wrong) found.push(yield* said(() => toThread(untyped(fn))));
      return found;
    });
    const cannot = (name: string, why: string): string =>
      `TypeError: toThread: the function ${name} cannot be sent to a thread: ${why}`;
    const expected = "TypeError: toThread: expected a plain function that can be sent to a thread, got";
    expect(errors).toEqual([
      cannot("max", "it is native or bound. Wrap it: (...args) => …."),
      cannot("bound told", "it is native or bound. Wrap it: (...args) => …."),
      cannot("method", "it is a method or a class. Write a function or an arrow function."),
      cannot("Thing", "it is a method or a class. Write a function or an arrow function."),
      `${expected} the generator function generator. Call it: generator().`,
      expect.stringMatching(/^TypeError: toThread: expected a plain function .*, got the async function/),
      `${expected} a string (code).`,
      `${expected} null.`,
    ]);
  });

  it("says so when an argument or a result cannot be copied", async () => {
    const errors = await run(function* () {
      const fn = (): number => 1;
      return [
        yield* said(() => toThread((x: unknown) => String(x), fn)),
        yield* said(() => toThread(() => () => 1)),
        yield* said(() => toThread(() => "the thread still works")),
      ];
    });
    expect(errors).toEqual([
      expect.stringMatching(/^TypeError: toThread: an argument cannot be copied to a thread: .*could not be cloned/),
      expect.stringMatching(/^TypeError: toThread: .*could not be cloned/),
      "no error: the thread still works",
    ]);
  });

  it("throws here what the function throws there, whatever it is", async () => {
    const errors = await run(function* () {
      return [
        yield* said(() =>
          toThread(() => {
            throw new RangeError("too far");
          }),
        ),
        yield* said(() =>
          toThread(() => {
            throw "a string" as unknown as Error;
          }),
        ),
        yield* said(() =>
          toThread(() => {
            throw undefined as unknown as Error;
          }),
        ),
        yield* said(() => toThread(() => (globalThis as any).notThere.property)),
      ];
    });
    expect(errors).toEqual([
      "RangeError: too far",
      "not an error: a string",
      "Error: The thread threw undefined.",
      expect.stringMatching(/^TypeError: Cannot read properties of undefined/),
    ]);
  });

  it("sees nothing of what surrounds the function here", async () => {
    const outside = 1;
    const error = await run(() => said(() => toThread(() => outside + 1)));
    expect(error).toBe("ReferenceError: outside is not defined");
  });

  it("throws, and goes on with a new thread, when the function ends its thread", async () => {
    const results = await run(function* () {
      return [yield* said(() => toThread(() => process.exit(3))), yield* said(() => toThread(() => "next"))];
    });
    expect(results).toEqual([expect.stringMatching(/^Error: .*thread/), "no error: next"]);
  });

  it("does not stop the thread when the waiter is cancelled; the result is dropped, and the thread used again", async () => {
    const trace = await run(function* () {
      const shared = new Int32Array(new SharedArrayBuffer(4));
      const work = (cell: Int32Array): string => {
        Atomics.wait(cell, 0, 0);
        Atomics.store(cell, 0, 2);
        return "never seen";
      };
      const task = createTask(toThread(work, shared));
      yield* sleep(1);
      task.cancel();
      const outcome = yield* said(function* () {
        return yield* task;
      });
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
      while (Atomics.load(shared, 0) !== 2) yield* sleep(1);
      return [outcome, yield* said(() => toThread(() => "next"))];
    });
    expect(trace).toEqual(["CancelledError: ", "no error: next"]);
  });

  it("serves more calls than it has threads, each with its own result", async () => {
    const numbers = Array.from({ length: 30 }, (_, n) => n);
    const squares = await run(() => gather(numbers.map((n) => toThread((x: number) => x * x, n))));
    expect(squares).toEqual(numbers.map((n) => n * n));
  });

  it("is refused where the host has no turn to deliver the result", () => {
    expect(runSync(() => said(() => toThread(() => 1)))).toBe(
      "RuntimeError: toThread: the result is delivered by the host's loop, which has no turn here. Use run().",
    );
  });
});
