import {
  type Awaitable,
  CancelledError,
  ContextVar,
  type Coroutine,
  TaskGroup,
  TimeoutError,
  asCompleted,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  shield,
  sleep,
  timeout,
  timeoutAt,
  using,
  wait as waitForAll,
  waitFor,
} from "escapement";
import { type Kit, behaviour } from "./behaviour.ts";

/** Gives `value` after a while. */
const giving = <T>({ co, wait }: Kit, delay: number, value: T): Coroutine<T> =>
  co(function* (): Coroutine<T> {
    return yield* wait(sleep(delay, value));
  })();

/** Fails with "boom" after a while. */
const failing = ({ co, wait }: Kit, delay: number): Coroutine<never> =>
  co(function* (): Coroutine<never> {
    yield* wait(sleep(delay));
    throw new Error("boom");
  })();

/** Works for a long while, says so when it is cancelled, and takes 5 ms to clean up. */
const tidy = ({ co, wait, say }: Kit, who: string): Coroutine<string> =>
  co(function* (): Coroutine<string> {
    try {
      return yield* wait(sleep(1000, who));
    } catch (error) {
      say(`${who} is told: ${String(error)}`);
      throw error;
    } finally {
      yield* wait(sleep(5));
      say(`${who} has cleaned up`);
    }
  })();

// ---- waiting

behaviour(
  "sleep",
  "gives its value when its time has come, the shortest first",
  ({ tell, wait, say }) =>
    function* () {
      const sleeps = [30, 10, 20].map((delay) => createTask(tell(`sleep ${delay}`, sleep(delay, "awake"))));
      yield* wait(gather(sleeps));
      say("all are awake");
    },
  ["10 sleep 10: awake", "20 sleep 20: awake", "30 sleep 30: awake", "30 all are awake"],
);

behaviour(
  "sleep",
  "is cut short by a cancellation, and its timer is dropped",
  ({ tell, wait, say }) =>
    function* () {
      const task = createTask(tell("sleep", sleep(1000)));
      yield* wait(sleep(10));
      task.cancel("enough");
      yield* wait(task);
      say(`nothing is scheduled: ${getRunningLoop().nextDeadline() === Infinity}`);
    },
  ["10 sleep: CancelledError enough", "10 nothing is scheduled: true"],
);

behaviour(
  "gather",
  "gives the results in the order of its arguments when the last has come",
  (kit) =>
    function* () {
      const all = [sleep(20, "first"), sleep(10, "second"), giving(kit, 30, "third"), createTask(giving(kit, 5, 4))];
      yield* kit.wait(kit.tell("gather", gather(all)));
    },
  ["30 gather: first,second,third,4"],
);

behaviour(
  "gather",
  "throws the first error at once, and lets the others go on",
  (kit) =>
    function* () {
      const other = createTask(kit.tell("other", sleep(20, "done")));
      yield* kit.wait(kit.tell("gather", gather([failing(kit, 10), other, failing(kit, 15)])));
      yield* kit.wait(other);
    },
  ["10 gather: Error boom", "20 other: done"],
);

behaviour(
  "gather",
  "gives errors in the place of results when asked to",
  (kit) =>
    function* () {
      yield* kit.wait(kit.tell("gather", gather([failing(kit, 10), sleep(20, "done")], { returnExceptions: true })));
    },
  ["20 gather: Error: boom,done"],
);

behaviour(
  "gather",
  "passes a cancellation to all its children, and is cancelled when the first of them has ended",
  (kit) =>
    function* () {
      const task = createTask(kit.tell("gather", gather([tidy(kit, "one"), tidy(kit, "two")])));
      yield* kit.wait(sleep(10));
      task.cancel("enough");
      yield* kit.wait(sleep(10));
    },
  [
    "10 one is told: CancelledError: enough",
    "10 two is told: CancelledError: enough",
    "15 one has cleaned up",
    "15 two has cleaned up",
    "15 gather: CancelledError enough",
  ],
);

behaviour(
  "wait",
  "returns at the first that is done, at the first error, when the time is over, or when all are done",
  (kit) =>
    function* () {
      const { say, tell, wait } = kit;
      const fails = createTask(failing(kit, 20));
      const all = [createTask(tell("quick", sleep(10))), fails, createTask(tell("slow", sleep(40)))];
      for (const options of [
        { returnWhen: "FIRST_COMPLETED" },
        { returnWhen: "FIRST_EXCEPTION" },
        { timeout: 5 },
        {},
      ] as const) {
        const { done, pending } = yield* wait(waitForAll(all, options));
        say(`${JSON.stringify(options)} ${done.size} done, ${pending.size} pending`);
      }
      yield* wait(tell("fails", fails));
    },
  [
    "10 quick: undefined",
    '10 {"returnWhen":"FIRST_COMPLETED"} 1 done, 2 pending',
    '20 {"returnWhen":"FIRST_EXCEPTION"} 2 done, 1 pending',
    '25 {"timeout":5} 2 done, 1 pending',
    "40 slow: undefined",
    "40 {} 3 done, 0 pending",
    "40 fails: Error boom",
  ],
);

behaviour(
  "waitFor",
  "gives what comes in time; what is late is cancelled, and has cleaned up before TimeoutError is thrown",
  (kit) =>
    function* () {
      yield* kit.wait(kit.tell("in time", waitFor(sleep(10, "here"), 20)));
      yield* kit.wait(kit.tell("late", waitFor(tidy(kit, "work"), 20)));
      yield* kit.wait(kit.tell("without limit", waitFor(sleep(100, "here"), null)));
    },
  [
    "10 in time: here",
    "30 work is told: CancelledError",
    "35 work has cleaned up",
    "35 late: TimeoutError",
    "135 without limit: here",
  ],
);

behaviour(
  "waitFor",
  "of no time takes what is there already, and starts nothing",
  (kit) =>
    function* () {
      const { co, say, tell, wait } = kit;
      const done = createTask(giving(kit, 1, "done"));
      yield* wait(done);
      yield* wait(tell("done", waitFor(done, 0)));
      const never = co(function* (): Coroutine<void> {
        say("this is never said");
      });
      yield* wait(tell("never begun", waitFor(never(), -1)));
    },
  ["1 done: done", "1 never begun: TimeoutError"],
);

behaviour(
  "asCompleted",
  "gives the results as they come, and throws the errors in their turn",
  (kit) =>
    function* () {
      const all: Awaitable<string>[] = [sleep(30, "slow"), failing(kit, 20), giving(kit, 10, "quick")];
      for (const next of asCompleted(all)) yield* kit.wait(kit.tell("next", next));
    },
  ["10 next: quick", "20 next: Error boom", "30 next: slow"],
);

behaviour(
  "asCompleted",
  "throws TimeoutError for each that is late, and cancels none of them",
  ({ tell, wait }) =>
    function* () {
      const slow = createTask(tell("slow itself", sleep(30)));
      const all: Awaitable<unknown>[] = [slow, sleep(10, "quick"), sleep(25)];
      for (const next of asCompleted(all, { timeout: 20 })) yield* wait(tell("next", next));
      yield* wait(slow);
    },
  ["10 next: quick", "20 next: TimeoutError", "20 next: TimeoutError", "30 slow itself: undefined"],
);

behaviour(
  "shield",
  "lets its waiter be cancelled, and what it shields go on",
  ({ tell, wait }) =>
    function* () {
      const work = createTask(tell("work", sleep(20, "done")));
      const waiter = createTask(tell("waiter", shield(work)));
      yield* wait(sleep(10));
      waiter.cancel();
      yield* wait(gather([work, waiter]));
    },
  ["10 waiter: CancelledError", "20 work: done"],
);

behaviour(
  "shield",
  "gives what comes of what it shields: a result, an error, or a cancellation",
  (kit) =>
    function* () {
      const { tell, wait } = kit;
      const cancelled = createTask(giving(kit, 1000, "never"));
      const told = [shield(sleep(10, "result")), shield(failing(kit, 20)), shield(cancelled)];
      const waiters = told.map((shielded, i) => createTask(tell(`waiter ${i}`, shielded)));
      yield* wait(sleep(30));
      cancelled.cancel();
      yield* wait(gather(waiters));
    },
  ["10 waiter 0: result", "20 waiter 1: Error boom", "30 waiter 2: CancelledError"],
);

// ---- limits

behaviour(
  "timeout",
  "ends what takes too long, and leaves alone what does not",
  (kit) =>
    function* () {
      const { tell, wait } = kit;
      yield* wait(
        tell(
          "quick",
          using(timeout(20), () => giving(kit, 10, "done")),
        ),
      );
      yield* wait(
        tell(
          "slow",
          using(timeout(20), () => tidy(kit, "work")),
        ),
      );
      yield* wait(
        tell(
          "without limit",
          using(timeout(null), () => giving(kit, 1000, "done")),
        ),
      );
    },
  [
    "10 quick: done",
    "30 work is told: CancelledError",
    "35 work has cleaned up",
    "35 slow: TimeoutError",
    "1035 without limit: done",
  ],
);

behaviour(
  "timeout",
  "turns only its own cancellation into TimeoutError",
  (kit) =>
    function* () {
      const { co, say, wait } = kit;
      const body = co(function* (): Coroutine<void> {
        try {
          yield* wait(using(timeout(20), () => giving(kit, 1000, "never")));
        } catch (error) {
          say(`cancelled: ${error instanceof CancelledError}, timed out: ${error instanceof TimeoutError}`);
          throw error;
        }
      });
      const task = createTask(body());
      yield* wait(sleep(10));
      task.cancel();
      yield* wait(kit.tell("task", task));
    },
  ["10 cancelled: true, timed out: false", "10 task: CancelledError"],
);

behaviour(
  "timeout",
  "inside another lets each end its own part",
  (kit) =>
    function* () {
      const { co, tell, wait } = kit;
      const limited = (delay: number) => using(timeout(delay), () => giving(kit, 1000, "never"));
      const nested = co(function* (): Coroutine<void> {
        yield* wait(tell("inner of 10", limited(10)));
        yield* wait(tell("inner of 100", limited(100)));
      });
      yield* wait(tell("outer of 30", using(timeout(30), nested)));
    },
  ["10 inner of 10: TimeoutError", "30 inner of 100: CancelledError", "30 outer of 30: undefined"],
);

behaviour(
  "timeout",
  "can be moved while it lasts, and knows whether it has passed",
  (kit) =>
    function* () {
      const { co, say, tell, wait } = kit;
      const limit = timeout(10);
      const body = co(function* (): Coroutine<void> {
        yield* wait(sleep(5));
        limit.reschedule(40);
        say(`it ends at ${limit.when()}, has it passed: ${limit.expired()}`);
        yield* wait(sleep(1000));
      });
      yield* wait(
        tell(
          "body",
          using(limit, () => body()),
        ),
      );
      say(`has it passed: ${limit.expired()}`);
    },
  ["5 it ends at 40, has it passed: false", "40 body: TimeoutError", "40 has it passed: true"],
);

behaviour(
  "timeoutAt",
  "ends its body at that time on the loop's clock; at once when that is past",
  (kit) =>
    function* () {
      const { tell, wait } = kit;
      yield* wait(sleep(10));
      yield* wait(
        tell(
          "until 25",
          using(timeoutAt(25), () => giving(kit, 1000, "never")),
        ),
      );
      yield* wait(
        tell(
          "until 20",
          using(timeoutAt(20), () => giving(kit, 1000, "never")),
        ),
      );
    },
  ["25 until 25: TimeoutError", "25 until 20: TimeoutError"],
);

// ---- belonging together

behaviour(
  "TaskGroup",
  "ends when its body and all its tasks have",
  (kit) =>
    function* () {
      const { co, say, tell, wait } = kit;
      const body = co(function* (group: TaskGroup): Coroutine<string> {
        group.createTask(tell("slow", sleep(20)));
        group.createTask(tell("quick", sleep(10)));
        say("the body has ended");
        return "result";
      });
      yield* wait(tell("group", using(new TaskGroup(), body)));
    },
  ["0 the body has ended", "10 quick: undefined", "20 slow: undefined", "20 group: result"],
);

behaviour(
  "TaskGroup",
  "cancels the others and its body when one task fails, waits for them, and throws all errors together",
  (kit) =>
    function* () {
      const { co, tell, wait } = kit;
      const body = co(function* (group: TaskGroup): Coroutine<void> {
        group.createTask(failing(kit, 10));
        group.createTask(tidy(kit, "child"));
        yield* wait(tidy(kit, "body"));
      });
      yield* wait(tell("group", using(new TaskGroup(), body)));
    },
  [
    "10 child is told: CancelledError",
    "10 body is told: CancelledError",
    "15 child has cleaned up",
    "15 body has cleaned up",
    "15 group: ExceptionGroup of Error boom",
  ],
);

behaviour(
  "TaskGroup",
  "is ended with its tasks by a cancellation from outside, which comes out as it is",
  (kit) =>
    function* () {
      const { co, tell, wait } = kit;
      const body = co(function* (group: TaskGroup): Coroutine<void> {
        group.createTask(tidy(kit, "child"));
        yield* wait(sleep(1000));
      });
      const task = createTask(tell("group", using(new TaskGroup(), body)));
      yield* wait(sleep(10));
      task.cancel();
      yield* wait(task);
    },
  ["10 child is told: CancelledError", "15 child has cleaned up", "15 group: CancelledError"],
);

behaviour(
  "TaskGroup.cancel",
  "ends body and tasks without an error",
  (kit) =>
    function* () {
      const { co, say, tell, wait } = kit;
      const body = co(function* (group: TaskGroup): Coroutine<void> {
        group.createTask(tidy(kit, "child"));
        getRunningLoop().callLater(10, () => group.cancel());
        yield* wait(tidy(kit, "body"));
      });
      yield* wait(tell("group", using(new TaskGroup(), body)));
      say(`requests that are left: ${currentTask()!.cancelling()}`);
      yield* wait(tell("afterwards", sleep(1, "goes on")));
    },
  [
    "10 child is told: CancelledError",
    "10 body is told: CancelledError",
    "15 child has cleaned up",
    "15 body has cleaned up",
    "15 group: undefined",
    "15 requests that are left: 0",
    "16 afterwards: goes on",
  ],
);

behaviour(
  "using",
  "enters, runs the body, and leaves, whichever way the body ends",
  (kit) =>
    function* () {
      const { co, say, tell, wait } = kit;
      const managed = (body: () => Coroutine<unknown>): Coroutine<unknown> =>
        using(
          {
            enter: co(function* (): Coroutine<string> {
              yield* wait(sleep(1));
              say("enters");
              return "value";
            }),
            exit: co(function* (...left: [error?: unknown]): Coroutine<void> {
              yield* wait(sleep(1));
              say(`leaves with ${left.length === 0 ? "nothing" : String(left[0])}`);
            }),
          },
          body,
        );
      yield* wait(
        tell(
          "returns",
          managed(() => giving(kit, 3, "done")),
        ),
      );
      yield* wait(
        tell(
          "fails",
          managed(() => failing(kit, 3)),
        ),
      );
      const task = createTask(
        tell(
          "is cancelled",
          managed(() => giving(kit, 1000, "never")),
        ),
      );
      yield* wait(sleep(5));
      task.cancel();
      yield* wait(task);
    },
  [
    "1 enters",
    "5 leaves with nothing",
    "5 returns: done",
    "6 enters",
    "10 leaves with Error: boom",
    "10 fails: Error boom",
    "11 enters",
    "16 leaves with CancelledError",
    "16 is cancelled: CancelledError",
  ],
);

behaviour(
  "using",
  "swallows the body's error when exit gives true",
  (kit) =>
    function* () {
      const { co, tell, wait } = kit;
      const managed = (verdict: unknown): Coroutine<unknown> =>
        using(
          {
            enter: () => sleep(1),
            exit: co(function* (): Coroutine<any> {
              return verdict;
            }),
          },
          () => failing(kit, 1),
        );
      for (const verdict of [true, false, undefined]) yield* wait(tell(`gives ${verdict}`, managed(verdict)));
    },
  ["2 gives true: undefined", "4 gives false: Error boom", "6 gives undefined: Error boom"],
);

behaviour(
  "ContextVar",
  "is bound in each task to what was bound where the task was made, and changed there alone",
  ({ co, say, wait }) =>
    function* () {
      const user = new ContextVar("user", { default: "nobody" });
      const nested = co(function* (): Coroutine<void> {
        yield* wait(sleep(5));
        user.set(`${user.get()}, nested`);
      });
      const child = co(function* (): Coroutine<void> {
        say(`the child begins with ${user.get()}`);
        user.set("child");
        yield* wait(nested());
        say(`the child ends with ${user.get()}`);
      });
      user.set("main");
      const task = createTask(child());
      user.set("main, later");
      yield* wait(task);
      say(`main has ${user.get()}`);
    },
  ["0 the child begins with main", "5 the child ends with child, nested", "5 main has main, later"],
);
