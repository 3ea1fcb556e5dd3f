import {
  type Awaitable,
  CancelledError,
  type Coroutine,
  Future,
  type Task,
  coroutine,
  createTask,
  eagerTaskFactory,
  runSync,
  sleep,
} from "escapement";
import { describe, expect, it } from "vitest";

type Mark = <F extends (...args: any[]) => Coroutine<any>>(fn: F) => F;
const kinds: [string, Mark][] = [
  ["plain generator functions", (fn) => fn],
  ["coroutine() functions", coroutine],
];
type Wait = <T>(what: Awaitable<T>) => Coroutine<T>;
const waits: [string, Wait][] = [
  [
    "yield",
    function* (what) {
      return (yield what) as any;
    },
  ],
  [
    "yield*",
    function* (what) {
      return yield* what;
    },
  ],
];
const suites = kinds.flatMap(([kind, mark]) => waits.map(([how, wait]) => ({ kind, mark, how, wait })));

describe.each(suites)("coroutine: $how in $kind", ({ mark, how, wait }) => {
  const one = mark(function* one(what: Awaitable<any>): Coroutine<any> {
    return how === "yield" ? yield what : yield* what;
  });

  it("waits for a future, a task, a generator of either kind, and what the library gives", () => {
    const results = runSync(function* () {
      const future = new Future<string>();
      const settle = createTask(
        (function* () {
          yield* sleep(1);
          future.setResult("future");
        })(),
      );
      const got: unknown[] = [yield* one(future), yield* one(settle)];
      function* plain() {
        yield* sleep(1);
        return "plain";
      }
      const marked = coroutine(function* () {
        yield* sleep(1);
        return "marked";
      });
      got.push(yield* one(plain()), yield* one(marked()), yield* one(createTask(marked())));
      got.push(yield* one(sleep(1, "sleep")), yield* one(sleep(0, "no sleep")));
      return got;
    });
    expect(results).toEqual(["future", undefined, "plain", "marked", "marked", "sleep", "no sleep"]);
  });

  it("gets the error of what it waits for, and can go on", () => {
    const boom = new Error("boom");
    const failing = mark(function* (when: number): Coroutine<never> {
      if (when > 0) yield* sleep(when);
      throw boom;
    });
    const trace = runSync(function* () {
      const caught: unknown[] = [];
      for (const when of [0, 5]) {
        try {
          yield* one(failing(when));
        } catch (error) {
          caught.push(error);
        }
      }
      caught.push(yield* one(sleep(1, "on")));
      return caught;
    });
    expect(trace).toEqual([boom, boom, "on"]);
  });

  it("is left innermost first when it is cancelled, however long each clean-up waits", () => {
    const trace: string[] = [];
    const level = mark(function* (n: number): Coroutine<void> {
      try {
        if (n === 0) yield* sleep(1000);
        else if (how === "yield") yield level(n - 1);
        else yield* level(n - 1);
      } catch (error) {
        trace.push(`${n} ${(error as Error).name}`);
        throw error;
      } finally {
        yield* wait(sleep(1));
        trace.push(`${n} left`);
      }
    });
    runSync(function* () {
      const task = createTask(level(3));
      yield* sleep(1);
      task.cancel();
      try {
        yield* task;
      } catch (error) {
        trace.push(`main ${error instanceof CancelledError}`);
      }
    });
    const each = [0, 1, 2, 3].flatMap((n) => [`${n} CancelledError`, `${n} left`]);
    expect(trace).toEqual([...each, "main true"]);
  });
});

describe("coroutine", () => {
  it("mixes with plain generators at any depth, results and errors alike", () => {
    const marks = [coroutine, (fn: any) => fn] as Mark[];
    const step = (n: number): Mark => marks[(n * 7 + (n >> 2)) % 2]!;
    const down = (n: number, fail: boolean): Coroutine<number> =>
      step(n)(function* (): Coroutine<number> {
        if (n === 0) {
          yield* sleep(1);
          if (fail) throw new Error("bottom");
          return 0;
        }
        let result = 1;
        try {
          result += n % 3 === 0 ? ((yield down(n - 1, fail)) as number) : yield* down(n - 1, fail);
        } finally {
          if (n % 10 === 0) yield* sleep(1);
        }
        return result;
      })();
    expect(runSync(() => down(300, false))).toBe(300);
    expect(() => runSync(() => down(300, true))).toThrow("bottom");
  });

  it("recurses a million deep", () => {
    const depth = coroutine(function* depth(n: number): Coroutine<number> {
      if (n === 0) {
        yield* sleep(1);
        return 0;
      }
      return 1 + (yield* depth(n - 1));
    });
    expect(runSync(() => depth(1_000_000))).toBe(1_000_000);
  });

  it("lets an error out of a great depth", () => {
    const depth = coroutine(function* depth(n: number): Coroutine<number> {
      if (n > 0) return 1 + (yield* depth(n - 1));
      yield* sleep(1);
      throw new RangeError("bottom");
    });
    expect(() => runSync(() => depth(100_000))).toThrow(new RangeError("bottom"));
  });

  it("returns the function itself, and marks methods", () => {
    function* fn(): Coroutine<void> {}
    expect(coroutine(fn)).toBe(fn);
    class Counter {
      readonly step = 2;
      *count(n: number): Coroutine<number> {
        return n === 0 ? 0 : this.step + (yield* this.count(n - 1));
      }
    }
    const context = { kind: "method", name: "count" };
    expect(coroutine(Counter.prototype.count, context)).toBe(Counter.prototype.count);
    expect(runSync(() => new Counter().count(50_000))).toBe(100_000);
  });

  it("refuses what is no generator function", () => {
    for (const wrong of [() => {}, async () => {}, 1, null, fnOnce()]) {
      expect(() => coroutine(wrong as never)).toThrow(TypeError);
    }
    function* fnOnce() {}
  });

  it("shows the awaiting frames in an error's stack, innermost first", () => {
    const inner = coroutine(function* inner(): Coroutine<void> {
      yield* sleep(1);
      throw new Error("boom");
    });
    const middle = coroutine(function* middle(): Coroutine<void> {
      yield* inner();
    });
    const outer = coroutine(function* outer(): Coroutine<void> {
      yield* middle();
    });
    let stack = "";
    try {
      runSync(() => outer());
    } catch (error) {
      stack = String((error as Error).stack);
    }
    const frames = [...stack.matchAll(/ at (inner|middle|outer) \(.*coroutine\.test\.ts/g)].map((found) => found[1]);
    expect(frames).toEqual(["inner", "middle", "outer"]);
  });

  it("shows plain generators among the awaiting frames, and errors that were thrown before any wait", () => {
    const framesOf = (main: () => Coroutine<unknown>): unknown[] => {
      try {
        runSync(main);
      } catch (error) {
        return [
          ...String((error as Error).stack).matchAll(/ at (fails|inner|middle|outer)\b.*coroutine\.test\.ts/g),
        ].map((found) => found[1]);
      }
      return ["no error"];
    };
    const after = (delay: number) => {
      function* fails(): Coroutine<void> {
        if (delay > 0) yield* sleep(delay);
        throw new Error("boom");
      }
      const inner = coroutine(function* inner(): Coroutine<void> {
        yield* fails();
      });
      function* middle(): Coroutine<void> {
        yield* inner();
      }
      return coroutine(function* outer(): Coroutine<void> {
        yield* middle();
      });
    };
    for (const delay of [0, 1]) expect(framesOf(after(delay))).toEqual(["fails", "inner", "middle", "outer"]);
  });

  it("may be driven by hand inside a task at any depth, and hands out one pass of the loop more", () => {
    const deep = coroutine(function* deep(n: number): Coroutine<number> {
      if (n === 0) yield;
      return n === 0 ? 0 : 1 + (yield* deep(n - 1));
    });
    const handsOut = (depth: number): unknown[] => {
      const handedOut: unknown[] = [];
      const driven = deep(depth);
      for (let step = driven.next(); handedOut.length < 10; step = driven.next()) {
        handedOut.push(step.value);
        if (step.done) break;
      }
      return handedOut;
    };
    const inside = (depth: number): unknown[] =>
      runSync(function* () {
        yield* sleep(1);
        return handsOut(depth);
      });
    expect([inside(100), inside(1000)]).toEqual([
      [undefined, 100],
      [undefined, undefined, 1000],
    ]);
    expect(handsOut(1000)).toEqual([undefined, 1000]);
  });

  it("may be driven by hand inside a task, which disturbs nobody", () => {
    const trace: unknown[] = [];
    const inner = coroutine(function* (): Coroutine<string> {
      const sent = yield;
      return `inner got ${String(sent)}`;
    });
    const outer = coroutine(function* (): Coroutine<string> {
      return yield* inner();
    });
    const work = coroutine(function* (n: number): Coroutine<number> {
      const driven = outer();
      trace.push(driven.next());
      yield* sleep(n);
      trace.push(driven.next("by hand"));
      const left = outer();
      left.next();
      return n;
    });
    const result = runSync(function* () {
      const other = createTask(work(3));
      const mine = yield* work(2);
      return [mine, yield* other, yield* outer()];
    });
    expect(result).toEqual([2, 3, "inner got undefined"]);
    const begun = { value: undefined, done: false };
    const ended = { value: "inner got by hand", done: true };
    expect(trace).toEqual([begun, begun, ended, ended]);
  });

  it("may be driven by hand outside of a loop, before and after a program runs", () => {
    const inner = coroutine(function* (n: number): Coroutine<number> {
      if (n > 0) return 1 + (yield* inner(n - 1));
      yield;
      return 0;
    });
    const byHand = inner(20);
    expect(byHand.next()).toEqual({ value: undefined, done: false });
    expect(runSync(() => inner(500))).toBe(500);
    expect(byHand.next()).toEqual({ value: 20, done: true });
    const thrown = inner(3);
    thrown.next();
    expect(() => thrown.throw(new Error("by hand"))).toThrow("by hand");
    expect(runSync(() => inner(500))).toBe(500);
  });

  it("may start tasks eagerly from inside its frames, and those others", () => {
    const trace: string[] = [];
    const nest = coroutine(function* nest(n: number): Coroutine<number> {
      trace.push(`${n} begins`);
      if (n === 0) {
        yield* sleep(1);
        return 0;
      }
      const task: Task<number> = createTask(wrap(n - 1), { eagerStart: true });
      trace.push(`${n} started ${n - 1}`);
      yield* sleep(1);
      return 1 + (yield* task);
    });
    const wrap = coroutine(function* wrap(n: number): Coroutine<number> {
      return yield* nest(n);
    });
    expect(runSync(() => wrap(3))).toBe(3);
    expect(trace).toEqual([
      "3 begins",
      "2 begins",
      "1 begins",
      "0 begins",
      "1 started 0",
      "2 started 1",
      "3 started 2",
    ]);
    trace.length = 0;
    const eager = runSync(
      function* () {
        return yield* createTask(wrap(2));
      },
      { taskFactory: eagerTaskFactory },
    );
    expect(eager).toBe(2);
  });
});
