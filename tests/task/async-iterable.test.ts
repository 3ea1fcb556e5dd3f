import {
  type Coroutine,
  type Steps,
  createTask,
  fromAsyncIterable,
  fromPromise,
  isCancelled,
  run,
  sleep,
  toAsyncIterable,
} from "escapement";
import { describe, expect, it } from "vitest";
import { saidInside } from "../said.ts";

const soon = (milliseconds: number): Promise<void> => new Promise((done) => void setTimeout(done, milliseconds));

async function* numbers(trace: string[] = []): AsyncGenerator<number> {
  try {
    for (let i = 1; i <= 3; i += 1) {
      await soon(1);
      yield i;
    }
  } finally {
    trace.push("closed");
  }
}

describe("fromAsyncIterable", () => {
  it("gives what `for await` would", async () => {
    const got = await run(function* () {
      const steps = fromAsyncIterable(numbers());
      const values: number[] = [];
      for (let step = yield* steps.next(); !step.done; step = yield* steps.next()) values.push(step.value);
      return values;
    });
    expect(got).toEqual([1, 2, 3]);
  });

  it("loses no step when the one who waited for it is cancelled", async () => {
    const got = await run(function* () {
      const steps = fromAsyncIterable(numbers());
      const values: unknown[] = [];
      const impatient = createTask(
        (function* (): Coroutine<void> {
          values.push(yield* steps.next());
        })(),
      );
      yield;
      yield;
      impatient.cancel();
      try {
        yield* impatient;
      } catch (error) {
        if (!isCancelled(error)) throw error;
        values.push("cancelled");
      }
      yield* sleep(5);
      for (let step = yield* steps.next(); !step.done; step = yield* steps.next()) values.push(step.value);
      return values;
    });
    expect(got).toEqual(["cancelled", 1, 2, 3]);
  });

  it("throws what the iterable throws, and closes it when asked to", async () => {
    const trace: string[] = [];
    await run(function* () {
      const failing = fromAsyncIterable(
        (async function* (): AsyncGenerator<never> {
          await soon(1);
          throw new Error("boom");
        })(),
      );
      try {
        yield* failing.next();
      } catch (error) {
        trace.push(String(error));
      }
      const steps = fromAsyncIterable(numbers(trace));
      yield* steps.next();
      yield* steps.return!();
      trace.push(String((yield* steps.next()).done));
    });
    expect(trace).toEqual(["Error: boom", "closed", "true"]);
  });

  it("refuses what is no async iterable, and a second wait beside the first", async () => {
    expect(saidInside(() => fromAsyncIterable([1, 2] as never))).toBe(
      "TypeError: fromAsyncIterable: expected an async iterable, got an array. To wait for several, use gather(array).",
    );
    await run(function* () {
      const steps = fromAsyncIterable(numbers());
      const first = steps.next();
      expect(() => steps.next()).toThrow("next() is being waited for already");
      yield* first;
    });
  });
});

describe("toAsyncIterable", () => {
  const countdown = (from: number, trace: string[]): Steps<number> => {
    let left = from;
    return {
      *next(): Coroutine<IteratorResult<number, undefined>> {
        yield* sleep(1);
        if (left === 0) return { value: undefined, done: true };
        return { value: left--, done: false };
      },
      *return(): Coroutine<void> {
        yield* sleep(1);
        trace.push("closed");
      },
    };
  };

  it("is read by `for await`, and closed when that is left early", async () => {
    const trace: string[] = [];
    await run(function* () {
      const all = toAsyncIterable(countdown(3, trace));
      const some = toAsyncIterable(countdown(9, trace));
      yield* fromPromise(
        (async () => {
          for await (const value of all) trace.push(`all ${value}`);
          for await (const value of some) {
            trace.push(`some ${value}`);
            break;
          }
        })(),
      );
    });
    expect(trace).toEqual(["all 3", "all 2", "all 1", "some 9", "closed"]);
  });

  it("goes through fromAsyncIterable and back", async () => {
    const got = await run(function* () {
      const steps = fromAsyncIterable(toAsyncIterable(countdown(2, [])));
      return [(yield* steps.next()).value, (yield* steps.next()).value, (yield* steps.next()).done];
    });
    expect(got).toEqual([2, 1, true]);
  });
});
