import { EventEmitter } from "node:events";
import { type Coroutine, createTask, fromEvent, run, sleep } from "escapement";
import { describe, expect, it } from "vitest";
import { saidInside } from "../said.ts";

const listeners = (emitter: EventEmitter): number =>
  emitter.eventNames().reduce((count, name) => count + emitter.listenerCount(name), 0);

describe("fromEvent", () => {
  it("gives the first argument of the first event, and leaves nobody listening", async () => {
    const emitter = new EventEmitter();
    const got = await run(function* () {
      const future = fromEvent<string>(emitter, "data");
      expect(listeners(emitter)).toBe(2);
      setTimeout(() => {
        emitter.emit("other", "no");
        emitter.emit("data", "first", "second argument");
        emitter.emit("data", "second");
      }, 1);
      return yield* future;
    });
    expect([got, listeners(emitter)]).toEqual(["first", 0]);
  });

  it("throws an error that comes first", async () => {
    const emitter = new EventEmitter();
    const boom = new Error("boom");
    const waits = run(function* () {
      setTimeout(() => emitter.emit("error", boom), 1);
      return yield* fromEvent(emitter, "data");
    });
    await expect(waits).rejects.toBe(boom);
    expect(listeners(emitter)).toBe(0);
  });

  it("takes an error for what is wanted when it is what is waited for", async () => {
    const emitter = new EventEmitter();
    const boom = new Error("boom");
    const got = await run(function* () {
      setTimeout(() => emitter.emit("error", boom), 1);
      return yield* fromEvent(emitter, "error");
    });
    expect([got === boom, listeners(emitter)]).toEqual([true, 0]);
  });

  it("stops listening when it is cancelled", async () => {
    const emitter = new EventEmitter();
    await run(function* () {
      const task = createTask(
        (function* (): Coroutine<void> {
          yield* fromEvent(emitter, "data");
        })(),
      );
      yield* sleep(1);
      expect(listeners(emitter)).toBe(2);
      task.cancel();
      yield;
    });
    expect(listeners(emitter)).toBe(0);
  });

  it("listens to an EventTarget", async () => {
    const target = new EventTarget();
    const event = await run(function* () {
      setTimeout(() => target.dispatchEvent(new Event("done")), 1);
      return yield* fromEvent<Event>(target, "done");
    });
    expect(event.type).toBe("done");
  });

  it("refuses what nobody can listen to", () => {
    expect([{}, null, "text"].map((wrong) => saidInside(() => fromEvent(wrong as never, "x")))).toEqual([
      "TypeError: fromEvent: expected an EventEmitter or an EventTarget, got an object (Object).",
      "TypeError: fromEvent: expected an EventEmitter or an EventTarget, got null.",
      "TypeError: fromEvent: expected an EventEmitter or an EventTarget, got a string (text).",
    ]);
  });
});
