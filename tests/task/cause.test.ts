import {
  CancelledError,
  type Coroutine,
  TimeoutError,
  createTask,
  runSync,
  sleep,
  timeout,
  using,
  waitFor,
} from "escapement";
import { describe, expect, it } from "vitest";

/** What `body` throws. */
function errorOf(body: () => Coroutine<unknown>): Error {
  try {
    runSync(body);
  } catch (error) {
    return error as Error;
  }
  throw new Error("it threw nothing");
}

describe("TimeoutError", () => {
  it.each([
    ["timeout", () => using(timeout(5), () => waitFor(sleep(10), null))],
    ["waitFor", () => waitFor(sleep(10), 5)],
    ["waitFor without time", () => waitFor(sleep(10), 0)],
  ])("has the cancellation that it stands for as its cause (%s)", (_how, body) => {
    const error = errorOf(body);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.cause).toBeInstanceOf(CancelledError);
  });
});

describe("an error", () => {
  it("that is thrown while another is handled has no cause, unless it is given one", () => {
    const during = (options?: ErrorOptions) =>
      errorOf(function* () {
        const task = createTask(
          (function* () {
            try {
              yield* sleep(1000);
            } catch {
              throw new Error("during the clean-up", options);
            }
          })(),
        );
        yield* sleep(1);
        task.cancel();
        yield* task;
      });
    expect("cause" in during()).toBe(false);
    expect(during({ cause: "given" }).cause).toBe("given");
  });
});
