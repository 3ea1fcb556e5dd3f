import {
  Condition,
  ContextVar,
  type Coroutine,
  DeadlockError,
  Event,
  EventLoop,
  Future,
  Queue,
  Runner,
  Task,
  TaskGroup,
  asCompleted,
  createTask,
  ensureFuture,
  fromCallback,
  fromPromise,
  gather,
  getRunningLoop,
  run,
  runSync,
  shield,
  sleep,
  timeout,
  timeoutAt,
  toPromise,
  using,
  wait,
  waitFor,
} from "escapement";
import { describe, expect, it } from "vitest";
import { said, saidBy, saidInside, told, untyped } from "../said.ts";

async function fetchPage(): Promise<string> {
  return "page";
}
function* work(): Coroutine<string> {
  yield;
  return "done";
}

const mistakes: readonly [what: string, value: unknown, advice: string][] = [
  ["a native Promise", Promise.resolve("page"), "a native Promise. Wrap it: fromPromise(promise)."],
  ["a generator function", work, "the generator function work. Call it: work()."],
  [
    "an async function",
    fetchPage,
    "the async function fetchPage. Write it as a generator function (function*, yield* for await).",
  ],
  ["a number", 5, "a number (5)."],
  ["null", null, "null."],
];

describe.each(mistakes)("%s in place of a coroutine", (_what, value, advice) => {
  const wrong = untyped(value);

  it("is refused by all that takes a coroutine", () => {
    const expected = `a coroutine was expected, got ${advice}`;
    expect([saidInside(() => createTask(wrong)), saidInside(() => new Task(wrong))]).toEqual([
      `TypeError: createTask: ${expected}`,
      `TypeError: Task: ${expected}`,
    ]);
    let refusal = "";
    runSync(() =>
      using(new TaskGroup(), function* (group) {
        refusal = said(() => group.createTask(wrong));
      }),
    );
    expect(refusal).toBe(`TypeError: TaskGroup.createTask: ${expected}`);
  });

  it("is refused by all that takes an awaitable", () => {
    const expected = `a future, a coroutine or another awaitable was expected, got ${advice}`;
    expect([
      saidInside(() => gather([wrong])),
      saidInside(() => shield(wrong)),
      saidInside(() => ensureFuture(wrong)),
      saidInside(() => asCompleted([wrong])),
      saidBy(() => waitFor(wrong, 5)),
      saidBy(() => wait([wrong])),
    ]).toEqual([
      `TypeError: gather: ${expected}`,
      `TypeError: shield: ${expected}`,
      `TypeError: ensureFuture: ${expected}`,
      `TypeError: asCompleted: ${expected}`,
      `TypeError: waitFor: an awaitable was expected, got ${advice}`,
      `TypeError: wait: coroutines and other values are not taken, use createTask(); got ${advice}`,
    ]);
  });
});

describe.each(mistakes.filter(([what]) => what !== "a generator function"))(
  "%s in place of a program",
  (_what, value, advice) => {
    const wrong = untyped(value);
    const expected = `a coroutine, or a function that gives one, was expected, got ${advice}`;

    it("is refused by runSync, Runner and run", async () => {
      const runner = new Runner();
      expect([
        said(() => runSync(wrong)),
        said(() => runner.run(wrong)),
        await run(wrong).catch(told),
        said(() => runner.close()),
      ]).toEqual([
        `TypeError: runSync: ${expected}`,
        `TypeError: Runner.run: ${expected}`,
        `TypeError: run: ${expected}`,
        "no error",
      ]);
    });
  },
);

describe("what cannot be waited for", () => {
  it.each([
    ["a string", "text", "a string (text)."],
    ["null", null, "null."],
    ["false", false, "a boolean (false)."],
    ["a symbol", Symbol("s"), "a symbol (Symbol(s))."],
    ["an object", {}, "an object (Object)."],
    ["an array", [1], "an array. To wait for several, use gather(array)."],
    ["a function", Math.max, "the function max."],
    ["a generator function", work, "the generator function work. Call it: work()."],
  ])("is an error at its yield, which can be caught: %s", (_what, value, advice) => {
    const trace: string[] = [];
    runSync(function* () {
      try {
        yield untyped(value);
      } catch (error) {
        trace.push(told(error));
      }
      trace.push(yield* work());
    });
    expect(trace).toEqual([`TypeError: Task "Task-1" yielded ${advice}`, "done"]);
  });
});

describe("a list", () => {
  it("of futures is not empty, is a list, and says when to return", () => {
    const one = (): any => work();
    expect([
      saidBy(() => wait([])),
      saidBy(() => wait(one())),
      saidBy(function* () {
        yield* wait([createTask(work())], { returnWhen: untyped("SOMETIME") });
      }),
      saidInside(() => gather(one())),
      saidInside(() => asCompleted(one())),
    ]).toEqual([
      "ValueError: wait: the list of futures is empty.",
      expect.stringMatching(/^TypeError: wait: expected a list .*, got /),
      "ValueError: wait: returnWhen is one of FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED, not SOMETIME.",
      expect.stringMatching(/^TypeError: gather: expected an array of awaitables, got (a|one) coroutine/),
      expect.stringMatching(/^TypeError: asCompleted: expected .*, got (a|one) coroutine/),
    ]);
  });

  it("of futures belongs to one loop", () => {
    const theirs = new Future<void>({ loop: new EventLoop() });
    expect(saidInside(() => gather([new Future<void>(), theirs]))).toBe(
      "ValueError: gather: a future belongs to a different event loop than the first one.",
    );
  });
});

describe("a delay", () => {
  it("is a time for timeoutAt, too", () => {
    expect([
      saidBy(() => using(timeoutAt(Number.NaN), work)),
      saidBy(() => using(timeoutAt(untyped("noon")), work)),
    ]).toEqual([expect.stringMatching(/^ValueError: .*NaN/), expect.stringMatching(/^TypeError: .*not string\.$/)]);
  });

  it("that is infinite never ends, and limits nothing", () => {
    const limited = runSync(function* () {
      const all: unknown[] = [yield* using(timeout(Infinity), work), yield* waitFor(work(), Infinity)];
      return all;
    });
    expect(limited).toEqual(["done", "done"]);
    expect(() => runSync(sleep(Infinity))).toThrow(DeadlockError);
  });
});

describe("a closed loop", () => {
  it("has no use for what its futures tell", () => {
    const loop = new EventLoop();
    const waited = new Future<number>({ loop });
    waited.addDoneCallback(() => {});
    const done = new Future<number>({ loop });
    done.setResult(1);
    loop.close();
    expect([
      said(() => waited.setResult(1)),
      said(() => done.addDoneCallback(() => {})),
      said(() => done.result()),
    ]).toEqual([
      "LoopClosedError: Future: the event loop is closed. Make a new one.",
      "LoopClosedError: addDoneCallback: the event loop is closed. Make a new one.",
      "no error",
    ]);
  });
});

describe("another loop", () => {
  it("has no use for the Queue.join of one", () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    const join = (): Coroutine<unknown> => waitFor(queue.join(), 1);
    expect([saidBy(join), saidBy(join)]).toEqual([
      "TimeoutError: ",
      expect.stringMatching(/^RuntimeError: .*it is bound to a different event loop/),
    ]);
  });
});

describe("no loop", () => {
  it("is an error for what needs one", () => {
    const needs: readonly [string, () => unknown][] = [
      ["createTask", () => createTask(work())],
      ["Future", () => new Future()],
      ["gather", () => gather([work()])],
      ["shield", () => shield(work())],
      ["timeout", () => timeout(5)],
      ["getRunningLoop", () => getRunningLoop()],
      ["fromPromise", () => fromPromise(Promise.resolve())],
    ];
    for (const [name, call] of needs)
      expect([name, said(call)]).toEqual([name, expect.stringMatching(/^RuntimeError: .*[Nn]o running event loop/)]);
  });
});

describe("TaskGroup", () => {
  it("is entered once, and inside a task", () => {
    const trace: string[] = [];
    runSync(function* () {
      const group = new TaskGroup();
      yield* using(group, work);
      const again = function* (): Coroutine<void> {
        yield* using(group, work);
      };
      try {
        yield* again();
      } catch (error) {
        trace.push(told(error));
      }
      getRunningLoop().callSoon(() => {
        trace.push(said(() => new TaskGroup().enter()[Symbol.iterator]().next()));
      });
      yield* sleep(1);
    });
    expect(trace).toEqual([
      "RuntimeError: TaskGroup: has already been entered. Make a new one.",
      "RuntimeError: TaskGroup: cannot determine the parent task; use it inside a task.",
    ]);
  });
});

describe("Timeout.reschedule", () => {
  it("is for a timeout that lasts", () => {
    const trace: string[] = [];
    runSync(function* () {
      const limit = timeout(5);
      trace.push(said(() => limit.reschedule(10)));
      yield* using(limit, work);
      trace.push(said(() => limit.reschedule(10)));
      const passed = timeout(5);
      yield* gather([using(passed, () => waitFor(sleep(50), null))], { returnExceptions: true });
      trace.push(said(() => passed.reschedule(100)));
    });
    expect(trace).toEqual([
      "RuntimeError: Timeout.reschedule: the timeout has not been entered.",
      "RuntimeError: Timeout.reschedule: the timeout is finished, and cannot be moved any more.",
      "RuntimeError: Timeout.reschedule: the timeout is expired, and cannot be moved any more.",
    ]);
  });
});

describe("an argument of the wrong kind", () => {
  it("is refused at the call, by name", () => {
    const loop = new EventLoop();
    expect([
      said(() => loop.callSoon(untyped(null))),
      said(() => loop.callLater(1, untyped("later"))),
      said(() => new Future({ loop }).addDoneCallback(untyped(1))),
      said(() => new Condition(untyped(new Event()))),
      said(() => new ContextVar(untyped(5))),
      saidInside(() => fromPromise(untyped(sleep(1)))),
      saidInside(() => fromCallback(untyped(null))),
      saidInside(() => void toPromise(untyped(1)).catch(() => {})),
    ]).toEqual([
      "TypeError: callSoon: the callback is a function, not null.",
      "TypeError: callLater: the callback is a function, not string.",
      "TypeError: addDoneCallback: the callback is a function, not number.",
      "TypeError: Condition: expected a Lock.",
      "TypeError: ContextVar: a name is a string, not number.",
      expect.stringMatching(/^TypeError: fromPromise: expected a Promise, got /),
      expect.stringMatching(/^TypeError: fromCallback: expected a function, got /),
      "no error",
    ]);
  });
});
