// CPython 3.13: Lib/test/test_asyncio/test_locks.py, class by class: barriers.
import { describe, expect } from "vitest";
import {
  Barrier,
  BrokenBarrierError,
  CancelledError,
  type Coroutine,
  RuntimeError,
  type Task,
  ValueError,
  createTask,
  gather,
  sleep,
  using,
  wait,
} from "../../src/index.ts";
import { isolated, raised, raises, refusalOf } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

const PARTIES = 5;

/** `make_tasks` */
function makeTasks<T>(count: number, work: () => Coroutine<T>): Task<T>[] {
  return Array.from({ length: count }, () => createTask(work()));
}

/** `gather_tasks` */
function* gatherTasks<T>(count: number, work: () => Coroutine<T>): Coroutine<T[]> {
  return yield* gather(makeTasks(count, work));
}

function trues(count: number): true[] {
  return Array.from({ length: count }, () => true);
}

/** Nobody waits, and it can be waited at. */
function expectIdle(barrier: Barrier): void {
  expect(barrier.nWaiting).toBe(0);
  expect(barrier.broken).toBe(false);
  expect(String(barrier)).not.toContain("resetting");
}

/** Waits; false when the barrier is broken or reset meanwhile, or before. */
function* passes(barrier: Barrier): Coroutine<boolean> {
  try {
    yield* barrier.wait();
    return true;
  } catch (error) {
    if (!(error instanceof BrokenBarrierError)) throw error;
    return false;
  }
}

describe("BarrierTests", () => {
  adapted(
    "test_barrier",
    "the compiler refuses it; at run time it is the task that does",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      expect(String(barrier)).toContain("filling");
      const error = yield* refusalOf(barrier);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("yielded an object (Barrier)");
      expect(String(barrier)).toContain("filling");
    }),
  );

  adapted(
    "test_repr",
    "toString, which gives no address",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const tasks: Task<number>[] = [];
      function* come(count: number): Coroutine<void> {
        tasks.push(...makeTasks(count, () => barrier.wait()));
        yield* sleep(0);
      }
      expect(String(barrier)).toBe("<Barrier [filling, waiters:0/5]>");
      yield* come(2);
      expect(String(barrier)).toBe("<Barrier [filling, waiters:2/5]>");
      yield* come(barrier.parties - barrier.nWaiting);
      expect(String(barrier)).toBe("<Barrier [draining, waiters:0/5]>");
      yield* come(2);
      yield* barrier.reset();
      expect(String(barrier)).toBe("<Barrier [resetting, waiters:0/5]>");
      yield* come(2);
      yield* barrier.abort();
      expect(String(barrier)).toBe("<Barrier [broken]>");
      expect(barrier.broken).toBe(true);
      yield* gather(tasks, { returnExceptions: true });
    }),
  );

  ported("test_barrier_parties", () => {
    expect(raised(() => new Barrier(0))).toBeInstanceOf(ValueError);
    expect(raised(() => new Barrier(-4))).toBeInstanceOf(ValueError);
    expect(new Barrier(PARTIES)).toBeInstanceOf(Barrier);
  });

  ported(
    "test_context_manager",
    isolated(function* () {
      const barrier = new Barrier(3);
      const results: number[] = [];
      yield* gatherTasks(3, () =>
        using(barrier, function* (index) {
          results.push(index);
        }),
      );
      expect(results.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_filling_one_task",
    isolated(function* () {
      const barrier = new Barrier(1);
      const result = yield* using(barrier, function* () {
        return true;
      });
      expect(result).toBe(true);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_filling_one_task_twice",
    isolated(function* () {
      const barrier = new Barrier(1);
      const t1 = createTask(barrier.wait());
      yield* sleep(0);
      expect(barrier.nWaiting).toBe(0);
      const t2 = createTask(barrier.wait());
      yield* sleep(0);
      expect(t1.result()).toBe(t2.result());
      expect(t1.done()).toBe(t2.done());
      expectIdle(barrier);
    }),
  );

  ported(
    "test_filling_task_by_task",
    isolated(function* () {
      const barrier = new Barrier(3);
      const tasks: Task<number>[] = [];
      for (const waiting of [1, 2]) {
        tasks.push(createTask(barrier.wait()));
        yield* sleep(0);
        expect(barrier.nWaiting).toBe(waiting);
        expect(String(barrier)).toContain("filling");
      }
      tasks.push(createTask(barrier.wait()));
      yield* sleep(0);
      yield* wait(tasks);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_filling_tasks_wait_twice",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const results: boolean[] = [];
      yield* gatherTasks(PARTIES, () =>
        using(barrier, function* () {
          results.push(true);
          yield* using(barrier, function* () {
            results.push(false);
          });
        }),
      );
      expect(results).toHaveLength(PARTIES * 2);
      expect(results.filter((result) => result)).toHaveLength(PARTIES);
      expect(results.filter((result) => !result)).toHaveLength(PARTIES);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_filling_tasks_check_return_value",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const [outside, inside]: [boolean[], boolean[]] = [[], []];
      const indices = yield* gatherTasks(PARTIES, () =>
        using(barrier, function* () {
          outside.push(true);
          return yield* using(barrier, function* (index) {
            inside.push(true);
            return index;
          });
        }),
      );
      expect(outside).toEqual(trues(PARTIES));
      expect(inside).toEqual(trues(PARTIES));
      expect(indices.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_draining_state",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const draining: boolean[] = [];
      yield* gatherTasks(PARTIES, () =>
        using(barrier, function* () {
          draining.push(String(barrier).includes("draining"));
        }),
      );
      // The last one to leave lets it fill again.
      expect(draining).toEqual([true, true, true, true, false]);
      expectIdle(barrier);
    }),
  );

  // It ends only if exactly PARTIES - 2 have waited at the second barrier.
  ported(
    "test_blocking_tasks_while_draining",
    isolated(function* () {
      const again = 2;
      const barrier = new Barrier(PARTIES);
      const drained = new Barrier(PARTIES - again);
      let left = again;
      const results = yield* gatherTasks(PARTIES, function* () {
        yield* barrier.wait();
        if (left > 0) left -= 1;
        else yield* drained.wait();
        yield* barrier.wait();
        return true;
      });
      expect(results).toEqual(trues(PARTIES));
    }),
  );

  ported(
    "test_filling_tasks_cancel_one",
    isolated(function* () {
      const barrier = new Barrier(3);
      const results: boolean[] = [];
      function* come(): Coroutine<void> {
        yield* barrier.wait();
        results.push(true);
      }

      const t1 = createTask(come());
      yield* sleep(0);
      expect(barrier.nWaiting).toBe(1);
      const t2 = createTask(come());
      yield* sleep(0);
      expect(barrier.nWaiting).toBe(2);

      t1.cancel();
      yield* sleep(0);
      expect(barrier.nWaiting).toBe(1);
      yield* raises(CancelledError, t1);
      expect(t1.cancelled()).toBe(true);

      const t3 = createTask(come());
      yield* sleep(0);
      expect(barrier.nWaiting).toBe(2);
      yield* gather([t2, t3, createTask(come())]);
      expect(results).toEqual(trues(3));
      expectIdle(barrier);
    }),
  );

  ported(
    "test_reset_barrier",
    isolated(function* () {
      const barrier = new Barrier(1);
      createTask(barrier.reset());
      yield* sleep(0);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_reset_barrier_while_tasks_waiting",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const passed: boolean[] = [];
      const tasks = makeTasks(PARTIES - 1, function* () {
        passed.push(yield* passes(barrier));
      });
      yield* sleep(0);
      createTask(barrier.reset());
      yield* gather(tasks);
      expect(passed).toEqual([false, false, false, false]);
      expectIdle(barrier);
    }),
  );

  adapted(
    "test_reset_barrier_when_tasks_half_draining",
    "those who are still inside are counted from outside: the count is private",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const rest = 2;
      let [inside, broken] = [PARTIES, 0];
      yield* gatherTasks(PARTIES, function* () {
        const through = yield* passes(barrier);
        inside -= 1;
        if (!through) broken += 1;
        else if (inside === rest) yield* barrier.reset();
      });
      expect(broken).toBe(rest);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_reset_barrier_when_tasks_half_draining_half_blocking",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const blocking = 2;
      let [count, draining, blocked] = [0, 0, 0];
      yield* gatherTasks(PARTIES, function* () {
        if (!(yield* passes(barrier))) {
          draining += 1;
          yield* barrier.wait();
          return;
        }
        count += 1;
        if (count > blocking) {
          // Those who have not left it yet are told; those who wait to come in go on waiting.
          yield* barrier.reset();
          yield* barrier.wait();
        } else if (!(yield* passes(barrier))) blocked += 1;
      });
      expect(draining).toBe(blocking);
      expect(blocked).toBe(0);
      expectIdle(barrier);
    }),
  );

  ported(
    "test_reset_barrier_while_tasks_waiting_and_waiting_again",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const [first, second]: [boolean[], boolean[]] = [[], []];
      const tasks = makeTasks(PARTIES - 1, function* () {
        first.push(yield* passes(barrier));
        second.push(yield* passes(barrier));
      });
      createTask(barrier.reset());
      yield* sleep(0);
      // The one that the others, who wait again, wait for.
      createTask(
        using(barrier, function* () {
          second.push(true);
        }),
      );
      yield* gather(tasks);
      expect(barrier.broken).toBe(false);
      expect(first).toEqual([false, false, false, false]);
      expect(second).toEqual(trues(PARTIES));
      expect(barrier.nWaiting).toBe(0);
    }),
  );

  ported(
    "test_reset_barrier_while_tasks_draining",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const [second, never, third]: [boolean[], unknown[], boolean[]] = [[], [], []];
      let count = 0;
      yield* gatherTasks(PARTIES, function* () {
        yield* barrier.wait();
        count += 1;
        if (count === PARTIES) {
          // The last one out.
          yield* barrier.reset();
          yield* barrier.wait();
        } else {
          try {
            yield* barrier.wait();
            second.push(true);
          } catch (error) {
            never.push(error);
          }
        }
        yield* barrier.wait();
        third.push(true);
      });
      expect(barrier.broken).toBe(false);
      expect(second).toEqual(trues(PARTIES - 1));
      expect(never).toEqual([]);
      expect(third).toEqual(trues(PARTIES));
      expect(barrier.nWaiting).toBe(0);
    }),
  );

  ported(
    "test_abort_barrier",
    isolated(function* () {
      const barrier = new Barrier(1);
      createTask(barrier.abort());
      yield* sleep(0);
      expect(barrier.nWaiting).toBe(0);
      expect(barrier.broken).toBe(true);
    }),
  );

  ported(
    "test_abort_barrier_when_tasks_half_draining_half_blocking",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const blocking = 2;
      let [count, draining, blocked] = [0, 0, 0];
      yield* gatherTasks(PARTIES, function* () {
        if (!(yield* passes(barrier))) {
          draining += 1;
          return;
        }
        count += 1;
        if (count > blocking) yield* barrier.abort();
        else if (!(yield* passes(barrier))) blocked += 1;
      });
      expect(barrier.broken).toBe(true);
      expect(draining).toBe(blocking);
      expect(blocked).toBe(PARTIES - blocking - 1);
      expect(barrier.nWaiting).toBe(0);
      expect(String(barrier)).not.toContain("resetting");
    }),
  );

  ported(
    "test_abort_barrier_when_exception",
    isolated(function* () {
      const barrier = new Barrier(PARTIES);
      const [passed, broken]: [boolean[], boolean[]] = [[], []];
      yield* gatherTasks(PARTIES, function* () {
        try {
          yield* using(barrier, function* (index) {
            if (index === 2) throw new RuntimeError();
          });
          yield* using(barrier, function* () {
            passed.push(true);
          });
        } catch (error) {
          if (error instanceof BrokenBarrierError) broken.push(true);
          else if (error instanceof RuntimeError) yield* barrier.abort();
          else throw error;
        }
      });
      expect(barrier.broken).toBe(true);
      expect(passed).toEqual([]);
      expect(broken).toEqual(trues(PARTIES - 1));
      expect(barrier.nWaiting).toBe(0);
    }),
  );

  ported(
    "test_abort_barrier_when_exception_then_resetting",
    isolated(function* () {
      const [barrier, together] = [new Barrier(PARTIES), new Barrier(PARTIES)];
      const [passed, broken, mended]: [boolean[], boolean[], boolean[]] = [[], [], []];
      yield* gatherTasks(PARTIES, function* () {
        try {
          if ((yield* barrier.wait()) === 2) throw new RuntimeError();
          yield* barrier.wait();
          passed.push(true);
        } catch (error) {
          if (error instanceof BrokenBarrierError) broken.push(true);
          else if (error instanceof RuntimeError) yield* barrier.abort();
          else throw error;
        }
        // All have left before one resets it, and nobody comes in before that is done.
        if ((yield* together.wait()) === 2) yield* barrier.reset();
        yield* together.wait();
        yield* barrier.wait();
        mended.push(true);
      });
      expect(barrier.broken).toBe(false);
      expect(passed).toEqual([]);
      expect(broken).toEqual(trues(PARTIES - 1));
      expect(mended).toEqual(trues(PARTIES));
      expect(barrier.nWaiting).toBe(0);
    }),
  );
});
