import { CancelledError, EventLoop, Future, InvalidStateError, createTask, runSync, sleep } from "escapement";
import { describe, expect, it } from "vitest";
import { said, untyped } from "../said.ts";

const make = (): Future<number> => new Future({ loop: new EventLoop() });

describe("Future", () => {
  it("has one outcome, and says which when it is given another", () => {
    const [finished, failed, cancelled] = [make(), make(), make()];
    finished.setResult(1);
    failed.setException(new Error("boom"));
    cancelled.cancel();
    const trace = [finished, failed, cancelled].flatMap((future) => [
      said(() => future.setResult(2)),
      said(() => future.setException(new Error("again"))),
      String(future.cancel()),
    ]);
    const already = (who: string, what: string): string =>
      `InvalidStateError: Future.${who}: Future already has ${what}.`;
    expect(trace).toEqual([
      already("setResult", "a result"),
      already("setException", "a result"),
      "false",
      already("setResult", "an exception"),
      already("setException", "an exception"),
      "false",
      already("setResult", "been cancelled"),
      already("setException", "been cancelled"),
      "false",
    ]);
  });

  it("has nothing to tell before it is done, and its cancellation afterwards", () => {
    const pending = make();
    expect(() => pending.result()).toThrow(InvalidStateError);
    expect(() => pending.exception()).toThrow(InvalidStateError);
    pending.cancel("no need");
    expect(() => pending.result()).toThrow(new CancelledError("no need"));
    expect(() => pending.exception()).toThrow(new CancelledError("no need"));
  });

  it("fails with an error, not with nothing", () => {
    expect([said(() => make().setException(null)), said(() => make().setException(undefined))]).toEqual([
      "TypeError: Future.setException: expected an error, got null.",
      "TypeError: Future.setException: expected an error, got undefined.",
    ]);
  });

  it("needs a loop, its own or the running one", () => {
    expect(said(() => new Future())).toBe(
      "RuntimeError: new Future: no running event loop. Make it inside a coroutine, or give { loop }.",
    );
    expect(
      runSync(function* () {
        return new Future().done();
      }),
    ).toBe(false);
  });
});

describe("Task", () => {
  it("gets its outcome from its coroutine alone", () => {
    const trace = runSync(function* () {
      const task = createTask(
        (function* () {
          yield* sleep(1);
        })(),
        { name: "worker" },
      );
      return [
        said(() => untyped(task).setResult(1)),
        said(() => task.setException(new Error("boom"))),
        said(() => task.result()),
      ];
    });
    expect(trace).toEqual([
      'RuntimeError: Task "worker" does not support setResult: its coroutine gives the result.',
      'RuntimeError: Task "worker" does not support setException: its coroutine throws the error.',
      expect.stringMatching(/^InvalidStateError: /),
    ]);
  });
});
