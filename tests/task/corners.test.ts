// What only happens to those who are late, many, or unlucky.
import {
  type Coroutine,
  DeadlockError,
  Event,
  type Instrument,
  Queue,
  Runner,
  Semaphore,
  Barrier,
  asCompleted,
  createTask,
  currentTask,
  fromCallback,
  fromPromise,
  gather,
  getRunningLoop,
  run,
  runSync,
  shield,
  sleep,
  wait,
} from "escapement";
import { describe, expect, it } from "vitest";
import { said, saidInside, told } from "../said.ts";

const soon = (milliseconds: number): Promise<void> => new Promise((done) => void setTimeout(done, milliseconds));

function* failWith(error: unknown, delay = 1): Coroutine<never> {
  yield* sleep(delay);
  throw error;
}

function* nap(delay: number): Coroutine<never> {
  return (yield* sleep(delay)) as never;
}

describe("what the host delivers", () => {
  it("is dropped when the loop has closed meanwhile", async () => {
    let late: (error: unknown, value: string) => void = () => {};
    const failed = run(() =>
      gather([
        fromPromise(soon(20)),
        fromPromise(soon(20).then(() => Promise.reject(new Error("late")))),
        fromCallback<string>((done) => (late = done)),
        failWith(new Error("early")),
      ]),
    );
    await expect(failed).rejects.toThrow("early");
    await soon(40);
    expect(() => late(null, "late")).not.toThrow();
  });
});

describe("run", () => {
  it("throws main's own error, whatever the clean-up meets", async () => {
    const stuck = function* (): Coroutine<void> {
      try {
        yield* sleep(1000);
      } finally {
        yield* new Event().wait();
      }
    };
    const main = function* (): Coroutine<void> {
      createTask(stuck());
      yield* sleep(1);
      throw new Error("main failed");
    };
    expect(() => runSync(main)).toThrow("main failed");
    const before = process.listeners("beforeExit");
    const failed = run(main).catch(told);
    await soon(20);
    // The test runner keeps the process alive: here is what Node would say when nothing else does.
    for (const listener of process.listeners("beforeExit")) if (!before.includes(listener)) listener(0);
    expect(await failed).toBe("Error: main failed");
  });

  it("listens once for all programs that run", async () => {
    const count = (): number[] => ["SIGINT", "beforeExit"].map((name) => process.listenerCount(name));
    const before = count();
    const programs = Array.from({ length: 12 }, () => run(() => sleep(5)));
    expect(count()).toEqual(before.map((listeners) => listeners + 1));
    await Promise.all(programs);
    expect(count()).toEqual(before);
  });

  it("refuses a signal that is none, and leaves nobody listening", async () => {
    const before = process.listenerCount("SIGINT");
    const refused = await run(() => sleep(1), { signal: {} as never }).catch(told);
    expect(refused).toBe("TypeError: run: the signal is an AbortSignal, not an object (Object).");
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});

describe("runSync", () => {
  it("is in virtual time when the clock is undefined", () => {
    const now = function* (): Coroutine<number> {
      return getRunningLoop().time();
    };
    expect(runSync(now, { clock: undefined } as never)).toBe(0);
  });

  it("says that a promise needs run()", () => {
    expect(said(() => runSync(() => fromPromise(soon(1))))).toMatch(
      /^DeadlockError: 1 task waits and nothing is scheduled: "Task-1" on fromPromise, which needs run\(\)/,
    );
    expect(said(() => runSync(() => sleep(Infinity)))).toMatch(/"Task-1" on sleep/);
  });
});

describe("DeadlockError", () => {
  it("names the first twenty of many tasks, and shows nobody their insides", () => {
    const main = (): unknown => gather(Array.from({ length: 1000 }, () => new Event().wait()));
    try {
      runSync(main as never);
      expect.unreachable();
    } catch (error) {
      const deadlock = error as DeadlockError;
      expect(deadlock).toBeInstanceOf(DeadlockError);
      expect(deadlock.message).toMatch(/^1001 tasks wait .*"Task-20" on Event\.wait.*, and 981 more\./);
      expect([deadlock.tasks.length, deadlock.stacks.length, Object.keys(deadlock)]).toEqual([1001, 1001, []]);
    }
  });
});

describe("a list of what to wait for", () => {
  it("is not one thing to wait for", () => {
    const one = "expected a list of what to wait for, got one coroutine. Write [coroutine].";
    expect([
      saidInside(() => asCompleted(sleep(1) as never)),
      saidInside(() => asCompleted(new Queue<number>().get() as never)),
      said(() => runSync(() => wait(sleep(1) as never))),
    ]).toEqual([`TypeError: asCompleted: ${one}`, `TypeError: asCompleted: ${one}`, `TypeError: wait: ${one}`]);
  });
});

describe("an error that is null or undefined", () => {
  it.each([[null], [undefined]])("goes through shield, and ends a wait for the first one (%s)", (nothing) => {
    const trace: unknown[] = [];
    runSync(function* () {
      try {
        yield* shield(failWith(nothing));
      } catch (error) {
        trace.push(error);
      }
      const tasks = [createTask(failWith(nothing)), createTask(nap(1000))];
      const { done } = yield* wait(tasks, { returnWhen: "FIRST_EXCEPTION" });
      trace.push(done.size, getRunningLoop().time());
    });
    expect(trace).toEqual([nothing, 1, 2]);
  });
});

describe("createTask", () => {
  it("refuses a coroutine that was awaited by a bare yield", () => {
    const outcome = runSync(function* () {
      const once = (function* (): Coroutine<number> {
        return 1;
      })();
      yield once;
      try {
        createTask(once);
        return "no error";
      } catch (error) {
        return told(error);
      }
    });
    expect(outcome).toMatch(/^RuntimeError: Task "Task-\d+": this coroutine was awaited before, by "Task-1"/);
  });
});

describe("an Instrument that throws", () => {
  it("leaves no task behind as the current one", () => {
    const broken: Instrument = {
      taskSuspended() {
        throw new Error("broken");
      },
    };
    const runner = new Runner({ instruments: [broken] });
    expect(() => runner.run(() => sleep(1))).toThrow("broken");
    expect(said(() => currentTask())).toMatch(/^RuntimeError: No running event loop/);
  });
});

describe("sizes", () => {
  it("are whole numbers", () => {
    expect([said(() => new Semaphore(0.5)), said(() => new Barrier(1.5))]).toEqual([
      "ValueError: Semaphore: the initial value must be a whole number >= 0, got 0.5.",
      "ValueError: Barrier: parties must be a whole number > 0, got 1.5.",
    ]);
  });
});
