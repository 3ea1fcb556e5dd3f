import { getEventListeners } from "node:events";
import {
  CancelledError,
  type Coroutine,
  Future,
  abortSignal,
  createTask,
  fromPromise,
  getRunningLoop,
  run,
  runSync,
  sleep,
  timeout,
  using,
} from "escapement";
import { describe, expect, it } from "vitest";

describe("abortSignal", () => {
  it("aborts when its task is asked to cancel, before the task itself is told", () => {
    const trace: string[] = [];
    runSync(function* () {
      const task = createTask(
        (function* () {
          const signal: AbortSignal = abortSignal();
          signal.addEventListener("abort", () => trace.push("the signal aborts"));
          trace.push(`aborted: ${signal.aborted}`);
          try {
            yield* sleep(1000);
          } finally {
            trace.push(`the task is told, aborted: ${signal.aborted}`);
          }
        })(),
      );
      yield* sleep(1);
      task.cancel();
      trace.push("cancel() returns");
      yield* sleep(1);
    });
    expect(trace).toEqual([
      "aborted: false",
      "the signal aborts",
      "cancel() returns",
      "the task is told, aborted: true",
    ]);
  });

  it("is one for each task, and each task's own", () => {
    runSync(function* () {
      const task = createTask(sleeper());
      const signals: AbortSignal[] = [abortSignal(), abortSignal(), abortSignal(task), abortSignal(task)];
      expect(signals[0]).toBeInstanceOf(AbortSignal);
      expect(new Set(signals).size).toBe(2);
      task.cancel();
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, true, true]);
    });
    function* sleeper(): Coroutine<void> {
      yield* sleep(1000);
    }
  });

  it("is aborted from the start when the task was asked to cancel before", () => {
    const aborted = runSync(function* () {
      const task = createTask(
        (function* () {
          try {
            yield* sleep(1000);
          } catch {
            return (abortSignal() as AbortSignal).aborted;
          }
          return null;
        })(),
      );
      yield* sleep(1);
      task.cancel();
      return yield* task;
    });
    expect(aborted).toBe(true);
  });

  it("aborts when a timeout ends its task's wait, and when a task that waits for it is cancelled", () => {
    const trace: string[] = [];
    function* watched(name: string): Coroutine<void> {
      (abortSignal() as AbortSignal).addEventListener("abort", () => trace.push(name));
      yield* sleep(1000);
    }
    runSync(function* () {
      const limited = createTask(using(timeout(5), () => watched("timeout")));
      yield* sleep(10);
      const inner = createTask(watched("inner"));
      const outer = createTask(
        (function* () {
          yield* inner;
        })(),
      );
      yield* sleep(1);
      outer.cancel();
      for (const task of [limited, outer]) {
        try {
          yield* task;
        } catch (error) {
          trace.push((error as Error).name);
        }
      }
    });
    expect(trace).toEqual(["timeout", "inner", "TimeoutError", "CancelledError"]);
  });

  it("needs a task", () => {
    const errors: string[] = [];
    const ask = (): void => {
      try {
        abortSignal();
      } catch (error) {
        errors.push(`${(error as Error).name}: ${(error as Error).message}`);
      }
    };
    runSync(function* () {
      getRunningLoop().callSoon(ask);
      yield* sleep(1);
    });
    expect(errors).toEqual([
      "RuntimeError: abortSignal: no current task. Call it inside a coroutine, or give it a task.",
    ]);
    expect(ask).not.toThrow();
    expect(errors[1]).toMatch(/^RuntimeError: /);
  });

  it("ends what the host does for a task that is cancelled", async () => {
    const trace: string[] = [];
    // As fetch does: a promise that is rejected when the signal aborts.
    const request = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          trace.push("the request is ended");
          reject(new Error("aborted"));
        });
      });
    await run(function* () {
      const task = createTask(
        (function* () {
          yield* fromPromise(request(abortSignal()));
        })(),
      );
      yield* sleep(1);
      task.cancel();
      try {
        yield* task;
      } catch (error) {
        trace.push(`the task ends with ${(error as Error).name}`);
      }
    });
    expect(trace).toEqual(["the request is ended", "the task ends with CancelledError"]);
  });
});

describe("run with a signal", () => {
  it("gives main the message of the reason", async () => {
    const controller = new AbortController();
    const messages: string[] = [];
    const main = run(
      function* () {
        try {
          controller.abort(new Error("the user has left"));
          yield* sleep(60_000);
        } catch (error) {
          messages.push((error as Error).message);
          throw error;
        }
      },
      { signal: controller.signal },
    );
    const error: unknown = await main.catch((thrown: unknown) => thrown);
    expect([error instanceof CancelledError, (error as Error).message, messages]).toEqual([
      true,
      "the user has left",
      ["the user has left"],
    ]);
  });

  it("lets go of the signal once main has ended", async () => {
    const controller = new AbortController();
    expect(await run(sleep(1, "done"), { signal: controller.signal })).toBe("done");
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort();
  });

  it("wakes a program that waits for nothing but the signal", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    const main = run(
      function* () {
        yield* new Future<void>();
      },
      { signal: controller.signal },
    );
    await expect(main).rejects.toBeInstanceOf(CancelledError);
  });
});
