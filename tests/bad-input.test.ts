import { describe, expect, it } from "vitest";
import {
  Barrier,
  BoundedSemaphore,
  CancelledError,
  Condition,
  type Coroutine,
  Event,
  EventLoop,
  Future,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Runner,
  Semaphore,
  Task,
  TaskGroup,
  asCompleted,
  coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  run,
  runSync,
  sleep,
  timeout,
  timeoutAt,
  using,
  wait,
  waitFor,
} from "../src/index.ts";
import { said, saidBy, saidInside, told, untyped } from "./said.ts";

async function fetchPage(): Promise<string> {
  return "page";
}

function* work(): Coroutine<string> {
  yield;
  return "done";
}

describe("a native Promise", () => {
  it("cannot be yielded, and the error is thrown at that yield", () => {
    const trace: string[] = [];
    runSync(function* () {
      trace.push("before");
      try {
        yield untyped(Promise.resolve("page"));
      } catch (error) {
        trace.push(told(error));
      }
      yield* sleep(5);
      trace.push(`after, at ${getRunningLoop().time()}`);
    });
    expect(trace).toEqual([
      "before",
      'TypeError: Task "Task-1" yielded a native Promise. Wrap it: fromPromise(promise).',
      "after, at 5",
    ]);
  });

  it("is not a coroutine", () => {
    const promise = untyped(Promise.resolve("page"));
    const advice = "got a native Promise. Wrap it: fromPromise(promise).";
    expect([
      saidInside(() => createTask(promise)),
      saidInside(() => gather([promise])),
      saidBy(() => waitFor(promise, 5)),
      said(() => runSync(promise)),
    ]).toEqual([
      `TypeError: createTask: a coroutine was expected, ${advice}`,
      `TypeError: gather: a future, a coroutine or another awaitable was expected, ${advice}`,
      `TypeError: waitFor: an awaitable was expected, ${advice}`,
      `TypeError: runSync: a coroutine, or a function that gives one, was expected, ${advice}`,
    ]);
  });
});

describe("a number", () => {
  it("cannot be yielded, and the error is thrown at that yield", () => {
    const trace: string[] = [];
    runSync(function* () {
      try {
        yield untyped(1000);
      } catch (error) {
        trace.push(told(error));
      }
      trace.push(yield* work());
    });
    expect(trace).toEqual(['TypeError: Task "Task-1" yielded a number (1000).', "done"]);
  });
});

describe("a generator function", () => {
  it("is not the coroutine that calling it gives", () => {
    const mistake = untyped(work);
    const advice = "the generator function work. Call it: work().";
    expect([
      saidBy(function* () {
        yield mistake;
      }),
      saidInside(() => createTask(mistake)),
      saidInside(() => new Task(mistake)),
      saidInside(() => gather([mistake])),
      saidBy(() => waitFor(mistake, 5)),
      saidBy(() =>
        using(new TaskGroup(), function* (group) {
          yield* group.createTask(mistake);
        }),
      ).split(" (")[0],
    ]).toEqual([
      `TypeError: Task "Task-1" yielded ${advice}`,
      `TypeError: createTask: a coroutine was expected, got ${advice}`,
      `TypeError: Task: a coroutine was expected, got ${advice}`,
      `TypeError: gather: a future, a coroutine or another awaitable was expected, got ${advice}`,
      `TypeError: waitFor: an awaitable was expected, got ${advice}`,
      "ExceptionGroup: unhandled errors in a TaskGroup",
    ]);
  });
});

describe("an async function", () => {
  const advice = "got the async function fetchPage. Write it as a generator function (function*, yield* for await).";

  it("is refused by createTask, gather and runSync", () => {
    expect([
      saidInside(() => createTask(untyped(fetchPage))),
      saidInside(() => gather([untyped(fetchPage)])),
      said(() => runSync(untyped(fetchPage))),
      said(() => runSync(untyped(() => fetchPage()))),
    ]).toEqual([
      `TypeError: createTask: a coroutine was expected, ${advice}`,
      `TypeError: gather: a future, a coroutine or another awaitable was expected, ${advice}`,
      `TypeError: runSync: a coroutine, or a function that gives one, was expected, ${advice}`,
      "TypeError: runSync: the main function gave a native Promise. Wrap it: fromPromise(promise); an awaitable was expected.",
    ]);
  });

  it("is refused by run", async () => {
    expect(await run(untyped(fetchPage)).catch(told)).toBe(
      `TypeError: run: a coroutine, or a function that gives one, was expected, ${advice}`,
    );
  });
});

describe("a coroutine awaited twice", () => {
  const again = "this coroutine was awaited before, by";

  it.each([
    ["plain", work],
    ["coroutine()", coroutine(work)],
  ])("is an error at the second yield (%s)", (_kind, fn) => {
    const trace: string[] = [];
    runSync(function* () {
      const once = fn();
      trace.push(String(yield once));
      try {
        yield once;
      } catch (error) {
        trace.push(told(error));
      }
    });
    expect(trace).toEqual([
      "done",
      `RuntimeError: Task "Task-1": ${again} "Task-1", and can be awaited once. Call its function again.`,
    ]);
  });

  it.each([
    [
      "gives at once",
      coroutine(function* once(): Coroutine<string> {
        return "done";
      }),
    ],
    [
      "waits",
      coroutine(function* once() {
        return yield* sleep(1, "done");
      }),
    ],
    [
      "fails at once",
      coroutine(function* once(): Coroutine<string> {
        throw new Error("boom");
      }),
    ],
    [
      "fails later",
      coroutine(function* once(): Coroutine<string> {
        yield* sleep(1);
        throw new Error("boom");
      }),
    ],
  ])("is an error at the second yield* in debug mode, if it was made by coroutine() (%s)", (_kind, fn) => {
    const awaitTwice = function* (): Coroutine<string[]> {
      const once = fn();
      const trace: string[] = [];
      for (let time = 0; time < 2; time += 1) {
        try {
          trace.push(yield* once);
        } catch (error) {
          trace.push(told(error));
        }
      }
      return trace;
    };
    const second =
      "RuntimeError: once(): this coroutine was awaited before, and can be awaited once. Call its function again.";
    const outcomes = runSync(awaitTwice, { debug: true });
    expect(outcomes.slice(1)).toEqual([second]);
    expect(["done", "Error: boom"]).toContain(outcomes[0]);
    // Without debug mode nobody pays for the memory, and JavaScript's own answer stands.
    expect(runSync(awaitTwice)[1]).toBe(undefined);
  });

  it("is an error at the second createTask in debug mode, and leaves no task behind", () => {
    const trace: string[] = [];
    runSync(
      function* () {
        getRunningLoop().setExceptionHandler((_loop, context) => trace.push(context.message));
        const once = work();
        const first = createTask(once, { name: "first" });
        trace.push(said(() => createTask(once, { name: "second" })));
        trace.push(yield* first);
      },
      { debug: true },
    );
    expect(trace).toEqual([
      `RuntimeError: Task "second": ${again} "first", and can be awaited once. Call its function again.`,
      "done",
    ]);
  });

  it.each([
    ["sleep", () => sleep(1)],
    ["Event.wait", () => set(new Event()).wait()],
    ["Lock.acquire", () => new Lock().acquire()],
    ["Queue.put", () => new Queue<string>().put("item")],
  ])("is an error at the second yield* and yield of a %s", (label, make) => {
    const message = `RuntimeError: ${label}: this awaitable was awaited before, and can be awaited once. Call it again.`;
    expect([
      saidBy(function* () {
        const once = make();
        yield* once;
        yield* once;
      }),
      saidBy(function* () {
        const once = make();
        yield once;
        yield once;
      }),
    ]).toEqual([message, message]);
  });
});

function set(event: Event): Event {
  event.set();
  return event;
}

describe("a task that awaits itself", () => {
  it("gets an error where it does", () => {
    const message = 'RuntimeError: Task "Task-1" cannot await itself.';
    expect([
      saidBy(function* () {
        yield* currentTask()!;
      }),
      saidBy(function* () {
        yield currentTask()!;
      }),
    ]).toEqual([message, message]);
  });
});

describe("a delay", () => {
  const delays: readonly [label: string, what: string, use: (delay: number) => Coroutine<unknown>][] = [
    [
      "sleep",
      "the delay",
      function* (delay) {
        yield* sleep(delay);
      },
    ],
    [
      "callLater",
      "delay",
      function* (delay) {
        getRunningLoop().callLater(delay, () => {});
      },
    ],
    [
      "callAt",
      "when",
      function* (delay) {
        getRunningLoop().callAt(delay, () => {});
      },
    ],
    ["timeout", "the delay", (delay) => using(timeout(delay), work)],
    ["Timeout", "the deadline", (delay) => using(timeoutAt(delay), work)],
    [
      "Timeout.reschedule",
      "the deadline",
      (delay) =>
        using(timeout(5), function* (deadline) {
          deadline.reschedule(delay);
        }),
    ],
    ["waitFor", "timeout", (delay) => waitFor(work(), delay)],
    [
      "wait",
      "timeout",
      function* (delay) {
        yield* wait([createTask(work())], { timeout: delay });
      },
    ],
    [
      "asCompleted",
      "timeout",
      function* (delay) {
        for (const next of asCompleted([sleep(1)], { timeout: delay })) yield* next;
      },
    ],
  ];

  it.each(delays)("is not NaN (%s)", (label, what, use) => {
    expect(saidBy(() => use(NaN))).toBe(`ValueError: ${label}: ${what} is NaN (not a number); expected milliseconds.`);
  });

  it.each(delays)("is a number (%s)", (label, what, use) => {
    expect([saidBy(() => use(untyped("5"))), saidBy(() => use(untyped(5n)))]).toEqual([
      `TypeError: ${label}: ${what} is a number of milliseconds, not string.`,
      `TypeError: ${label}: ${what} is a number of milliseconds, not bigint.`,
    ]);
  });

  it("below zero means now", () => {
    const trace: string[] = [];
    runSync(function* () {
      const loop = getRunningLoop();
      const log = (what: string) => trace.push(`${loop.time()} ${what}`);
      loop.callLater(-5, log, "callLater");
      yield* sleep(-5);
      log("sleep");
      const late = function* (body: () => Coroutine<unknown>): Coroutine<void> {
        try {
          yield* body();
        } catch (error) {
          log((error as Error).constructor.name);
        }
      };
      yield* late(() => waitFor(sleep(10), -5));
      yield* late(() => using(timeout(-5), () => waitFor(sleep(10), null)));
    });
    expect(trace).toEqual(["0 sleep", "0 callLater", "0 TimeoutError", "0 TimeoutError"]);
  });
});

describe("a program inside a program", () => {
  const advice = "cannot be called from a running event loop. Inside a coroutine, write yield* main().";

  it("is refused by runSync and Runner", () => {
    expect([
      saidBy(function* () {
        runSync(work);
      }),
      saidBy(function* () {
        new Runner().run(work);
      }),
    ]).toEqual([`RuntimeError: runSync ${advice}`, `RuntimeError: Runner.run ${advice}`]);
  });

  it("is refused by run", async () => {
    expect(
      await run(function* () {
        return { refusal: run(work).catch(told) };
      }).then(({ refusal }) => refusal),
    ).toBe(`RuntimeError: run ${advice}`);
  });
});

describe("a closed loop", () => {
  it("takes nothing any more", () => {
    const loop = new EventLoop();
    loop.close();
    const runner = new Runner();
    runner.close();
    const nothing = (): void => {};
    expect([
      said(() => loop.callSoon(nothing)),
      said(() => loop.callLater(1, nothing)),
      said(() => loop.callAt(1, nothing)),
      said(() => loop.callSoonThreadsafe(nothing)),
      said(() => loop.runOnce()),
      said(() => loop.runForever()),
      said(() => new Task(work(), { loop })),
      said(() => runner.run(work)),
    ]).toEqual(
      ["callSoon", "callLater", "callAt", "callSoonThreadsafe", "runOnce", "runForever", "Task", "Runner.run"].map(
        (label) => `LoopClosedError: ${label}: the event loop is closed. Make a new one.`,
      ),
    );
  });
});

describe("another loop", () => {
  const notEmpty = (): Queue<string> => {
    const queue = new Queue<string>(1);
    queue.putNowait("item");
    return queue;
  };
  const waits: readonly [label: string, make: () => () => Coroutine<unknown>][] = [
    [
      "Lock.acquire",
      () => {
        const lock = new Lock();
        runSync(() => lock.acquire());
        return () => waitFor(lock.acquire(), 1);
      },
    ],
    ["Event.wait", () => waiting(new Event(), (event) => event.wait())],
    ["Semaphore.acquire", () => waiting(new Semaphore(0), (semaphore) => semaphore.acquire())],
    ["Queue.get", () => waiting(new Queue(), (queue) => queue.get())],
    ["Queue.put", () => waiting(notEmpty(), (queue) => queue.put("another"))],
    ["Condition.wait", () => waiting(new Condition(), (condition) => using(condition, () => condition.wait()))],
    ["Condition.wait", () => waiting(new Barrier(2), (barrier) => barrier.wait())],
  ];

  function waiting<P>(primitive: P, use: (primitive: P) => Parameters<typeof waitFor>[0]): () => Coroutine<unknown> {
    return () => waitFor(use(primitive), 1);
  }

  it.each(waits)("may not wait for a primitive where tasks of one have waited (%s)", (label, make) => {
    const use = make();
    expect([said(() => runSync(use)), said(() => runSync(use))]).toEqual([
      "TimeoutError: ",
      `RuntimeError: ${label}: it is bound to a different event loop, where a task waited for it first.`,
    ]);
  });

  it("may not wait for a future or a task of one", () => {
    const loop = new EventLoop();
    const future = new Future({ loop });
    const task = new Task(work(), { loop, name: "theirs" });
    expect([
      saidBy(function* () {
        yield* future;
      }),
      saidBy(function* () {
        yield task;
      }),
    ]).toEqual([
      'RuntimeError: Task "Task-1" awaits a Future of a different event loop.',
      'RuntimeError: Task "Task-1" awaits a Task "theirs" of a different event loop.',
    ]);
  });
});

describe("release", () => {
  it("is for what is held", () => {
    expect([
      said(() => new Lock().release()),
      said(() => new Condition().release()),
      said(() => new BoundedSemaphore(2).release()),
      saidBy(() => new Condition().wait()),
      said(() => new Condition().notify()),
      said(() => new Condition().notifyAll()),
    ]).toEqual([
      "RuntimeError: Lock.release: the lock is not acquired.",
      "RuntimeError: Condition.release: the lock is not acquired.",
      "ValueError: BoundedSemaphore.release: released too many times.",
      "RuntimeError: Condition.wait: the lock is not acquired.",
      "RuntimeError: Condition.notify: the lock is not acquired.",
      "RuntimeError: Condition.notify: the lock is not acquired.",
    ]);
  });
});

describe("Queue.taskDone", () => {
  it("is called once for each item", () => {
    const queue = new Queue<string>();
    queue.putNowait("item");
    expect([said(() => queue.taskDone()), said(() => queue.taskDone())]).toEqual([
      "no error",
      "ValueError: Queue.taskDone: called more often than items were put in.",
    ]);
  });
});

describe("a size", () => {
  it("is not negative, and is a number", () => {
    const trace = [-1, NaN, untyped("1")].flatMap((size: number) =>
      [Semaphore, BoundedSemaphore, Queue, PriorityQueue, LifoQueue, Barrier].map((Primitive) =>
        said(() => new Primitive(size)),
      ),
    );
    trace.push(said(() => new Barrier(0)));
    expect(trace).toEqual([
      ...["-1", "NaN", "1"].flatMap((size) => [
        `ValueError: Semaphore: the initial value must be a whole number >= 0, got ${size}.`,
        `ValueError: BoundedSemaphore: the initial value must be a whole number >= 0, got ${size}.`,
        `ValueError: Queue: maxsize is 0 (no bound) or more, got ${size}.`,
        `ValueError: PriorityQueue: maxsize is 0 (no bound) or more, got ${size}.`,
        `ValueError: LifoQueue: maxsize is 0 (no bound) or more, got ${size}.`,
        `ValueError: Barrier: parties must be a whole number > 0, got ${size}.`,
      ]),
      "ValueError: Barrier: parties must be a whole number > 0, got 0.",
    ]);
  });
});

describe("timeout", () => {
  const twice = "RuntimeError: Timeout: has already been entered. Make a new one.";

  it("is entered once", () => {
    expect([
      saidBy(function* () {
        const deadline = timeout(5);
        yield* using(deadline, work);
        yield* using(deadline, work);
      }),
      saidBy(function* () {
        const deadline = timeout(5);
        yield* using(deadline, () => using(deadline, work));
      }),
    ]).toEqual([twice, twice]);
  });

  it("is for tasks", () => {
    const trace = [said(() => timeout(5))];
    runSync(function* () {
      const called = new Future<void>();
      getRunningLoop().callSoon(() => {
        trace.push(said(() => timeout(5).enter()[Symbol.iterator]().next()));
        called.setResult();
      });
      yield* called;
    });
    expect(trace).toEqual([
      "RuntimeError: No running event loop. Call this from inside a coroutine or callback that a loop runs.",
      "RuntimeError: Timeout: should be used inside a task.",
    ]);
  });
});

describe("TaskGroup.createTask", () => {
  it("is for a group that was entered and has not ended", () => {
    const trace: string[] = [];
    runSync(function* () {
      const group = new TaskGroup();
      trace.push(said(() => group.createTask(work())));
      yield* using(group, function* () {
        trace.push(said(() => group.createTask(work())));
      });
      trace.push(said(() => group.createTask(work())));
    });
    expect(trace).toEqual([
      "RuntimeError: TaskGroup.createTask: the group has not been entered. Use using(group, …).",
      "no error",
      "RuntimeError: TaskGroup.createTask: the group is finished.",
    ]);
  });

  it("is not for a group that is shutting down", () => {
    const trace: string[] = [];
    runSync(() =>
      using(new TaskGroup(), function* (group) {
        group.cancel();
        try {
          yield* sleep(1);
        } catch (error) {
          trace.push(error instanceof CancelledError ? "cancelled" : told(error));
          trace.push(said(() => group.createTask(work())));
          throw error;
        }
      }),
    );
    expect(trace).toEqual(["cancelled", "RuntimeError: TaskGroup.createTask: the group is shutting down."]);
  });
});
