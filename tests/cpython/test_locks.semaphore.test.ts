// CPython 3.13: Lib/test/test_asyncio/test_locks.py, class by class: semaphores.
import { describe, expect } from "vitest";
import {
  BoundedSemaphore,
  CancelledError,
  type Coroutine,
  Semaphore,
  type Task,
  TaskGroup,
  ValueError,
  createTask,
  ensureFuture,
  gather,
  getRunningLoop,
  sleep,
  using,
  waitFor,
} from "../../src/index.ts";
import { counted, isolated, raised, raises, refusalOf } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

const waiters = "toString tells how many wait";

/** `semaphore._value`: the same internal field, as the original reads it. */
function valueOf(semaphore: Semaphore): number {
  return semaphore["value"];
}

/** Tasks that acquire once, and say so. */
function askers(semaphore: Semaphore, tags: readonly number[], result: number[]): Task<boolean>[] {
  return tags.map((tag) => createTask(ask(semaphore, tag, result)));
}

function* ask(semaphore: Semaphore, tag: number, result: number[]): Coroutine<boolean> {
  yield* semaphore.acquire();
  result.push(tag);
  return true;
}

describe("SemaphoreTests", () => {
  ported("test_initial_value_zero", () => {
    expect(new Semaphore(0).locked()).toBe(true);
  });

  adapted(
    "test_repr",
    "toString, which gives no address; tasks that wait stand for the waiters made by hand",
    isolated(function* () {
      const semaphore = new Semaphore();
      expect(String(semaphore)).toBe("<Semaphore [unlocked, value:1]>");
      yield* semaphore.acquire();
      expect(String(semaphore)).toBe("<Semaphore [locked]>");

      for (const expected of ["<Semaphore [locked, waiters:1]>", "<Semaphore [locked, waiters:2]>"]) {
        ensureFuture(semaphore.acquire());
        yield* sleep(0);
        expect(String(semaphore)).toBe(expected);
      }
    }),
  );

  adapted(
    "test_semaphore",
    "the compiler refuses it; at run time it is the task that does",
    isolated(function* () {
      const semaphore = new Semaphore();
      expect(valueOf(semaphore)).toBe(1);
      const error = yield* refusalOf(semaphore);
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toContain("yielded an object (Semaphore)");
      expect(semaphore.locked()).toBe(false);
      expect(valueOf(semaphore)).toBe(1);
    }),
  );

  ported("test_semaphore_value", () => {
    expect(raised(() => new Semaphore(-1))).toBeInstanceOf(ValueError);
  });

  adapted(
    "test_acquire",
    waiters,
    isolated(function* () {
      const semaphore = new Semaphore(3);
      const result: number[] = [];
      expect(yield* semaphore.acquire()).toBe(true);
      expect(yield* semaphore.acquire()).toBe(true);
      expect(semaphore.locked()).toBe(false);

      const [t1, ...later] = askers(semaphore, [1, 2, 3], result);
      yield* sleep(0);
      expect(result).toEqual([1]);
      expect(semaphore.locked()).toBe(true);
      expect(counted(semaphore, "waiters")).toBe(2);
      expect(valueOf(semaphore)).toBe(0);

      const race = [...later, ...askers(semaphore, [4], result)];
      semaphore.release();
      semaphore.release();
      expect(valueOf(semaphore)).toBe(0);

      yield* sleep(0);
      expect(valueOf(semaphore)).toBe(0);
      expect(result).toHaveLength(3);
      expect(semaphore.locked()).toBe(true);
      expect(counted(semaphore, "waiters")).toBe(1);
      expect(valueOf(semaphore)).toBe(0);

      expect(t1!.done()).toBe(true);
      expect(t1!.result()).toBe(true);
      expect(race.filter((task) => task.done() && task.result())).toHaveLength(2);

      semaphore.release();
      yield* gather(race);
    }),
  );

  adapted(
    "test_acquire_cancel",
    waiters,
    isolated(function* () {
      const semaphore = new Semaphore();
      yield* semaphore.acquire();
      const asking = ensureFuture(semaphore.acquire());
      getRunningLoop().callSoon(() => void asking.cancel());
      yield* raises(CancelledError, asking);
      expect(counted(semaphore, "waiters")).toBe(0);
    }),
  );

  ported(
    "test_acquire_cancel_before_awoken",
    isolated(function* () {
      const semaphore = new Semaphore(0);
      const [t1, t2, t3, t4] = Array.from({ length: 4 }, () => ensureFuture(semaphore.acquire()));
      yield* sleep(0);

      t1!.cancel();
      t2!.cancel();
      semaphore.release();
      yield* sleep(0);
      yield* sleep(0);
      expect([t3!.done(), t4!.done()]).toEqual([true, false]);

      t3!.cancel();
      t4!.cancel();
      yield* sleep(0);
    }),
  );

  ported(
    "test_acquire_hang",
    isolated(function* () {
      const semaphore = new Semaphore(0);
      const t1 = ensureFuture(semaphore.acquire());
      const t2 = ensureFuture(semaphore.acquire());
      yield* sleep(0);

      t1.cancel();
      semaphore.release();
      yield* sleep(0);
      yield* sleep(0);
      expect(semaphore.locked()).toBe(true);
      expect(t2.done()).toBe(true);
    }),
  );

  ported(
    "test_acquire_no_hang",
    isolated(function* () {
      const semaphore = new Semaphore(1);
      let entered = false;
      function* first(): Coroutine<void> {
        yield* using(semaphore, function* () {
          yield* sleep(0);
        });
        t2.cancel();
      }
      const t1 = createTask(first());
      const t2 = createTask(
        using(semaphore, function* () {
          entered = true;
        }),
      );

      const [r1, r2] = yield* gather([t1, t2], { returnExceptions: true });
      expect(r1).toBeUndefined();
      expect(r2).toBeInstanceOf(CancelledError);
      expect(entered).toBe(false);
      yield* waitFor(semaphore.acquire(), 1000);
    }),
  );

  ported("test_release_not_acquired", () => {
    const semaphore = new BoundedSemaphore();
    expect(raised(() => semaphore.release())).toBeInstanceOf(ValueError);
  });

  ported(
    "test_release_no_waiters",
    isolated(function* () {
      const semaphore = new Semaphore();
      yield* semaphore.acquire();
      expect(semaphore.locked()).toBe(true);
      semaphore.release();
      expect(semaphore.locked()).toBe(false);
    }),
  );

  ported(
    "test_acquire_fifo_order",
    isolated(function* () {
      const semaphore = new Semaphore(1);
      const result: string[] = [];
      function* twice(tag: string): Coroutine<void> {
        for (const time of [1, 2]) {
          yield* semaphore.acquire();
          result.push(`${tag}_${time}`);
          yield* sleep(10);
          semaphore.release();
        }
      }

      yield* using(new TaskGroup(), function* (group) {
        for (const tag of ["c1", "c2", "c3"]) group.createTask(twice(tag));
      });
      expect(result).toEqual(["c1_1", "c2_1", "c3_1", "c1_2", "c2_2", "c3_2"]);
    }),
  );

  ported(
    "test_acquire_fifo_order_2",
    isolated(function* () {
      const semaphore = new Semaphore(1);
      const result: number[] = [];
      function* releasing(): Coroutine<boolean> {
        yield* semaphore.acquire();
        result.push(2);
        semaphore.release();
        return yield* ask(semaphore, 4, result);
      }

      const tasks = [
        createTask(ask(semaphore, 1, result)),
        createTask(releasing()),
        createTask(ask(semaphore, 3, result)),
      ];
      yield* sleep(0);
      semaphore.release();
      semaphore.release();
      yield* gather(tasks);
      expect(result).toEqual([1, 2, 3, 4]);
    }),
  );

  ported(
    "test_acquire_fifo_order_3",
    isolated(function* () {
      const semaphore = new Semaphore(0);
      const result: number[] = [];
      const tasks = askers(semaphore, [1, 2, 3], result);
      yield* sleep(0);
      tasks[0]!.cancel();
      yield* sleep(0);
      semaphore.release();
      semaphore.release();
      yield* gather(tasks, { returnExceptions: true });
      expect(result).toEqual([2, 3]);
    }),
  );

  // One acquire() that succeeds wakes all whom the permits are enough for, in the order of asking.
  adapted(
    "test_acquire_fifo_order_4",
    waiters,
    isolated(function* () {
      const semaphore = new Semaphore(0);
      const result: number[] = [];
      const tasks: Task<boolean>[] = [];
      function* fourth(): Coroutine<boolean> {
        result.push(4);
        return true;
      }
      function* first(): Coroutine<boolean> {
        expect(valueOf(semaphore)).toBe(0);
        yield* semaphore.acquire();
        // All are woken by now; a task that is made now comes after them.
        expect(valueOf(semaphore)).toBe(0);
        tasks.push(createTask(fourth()));
        result.push(1);
        return true;
      }
      function* second(): Coroutine<boolean> {
        semaphore.release();
        semaphore.release();
        semaphore.release();
        expect(valueOf(semaphore)).toBe(2);
        // Locked, for the first has not run yet.
        expect(semaphore.locked()).toBe(true);
        return yield* ask(semaphore, 2, result);
      }
      function* third(): Coroutine<boolean> {
        yield* semaphore.acquire();
        expect(semaphore.locked()).toBe(true);
        result.push(3);
        return true;
      }

      tasks.push(createTask(first()), createTask(second()), createTask(third()));
      yield* sleep(0);
      expect(valueOf(semaphore)).toBe(2);
      expect(counted(semaphore, "waiters")).toBe(3);
      yield* sleep(0);
      expect(yield* gather(tasks)).toEqual([true, true, true, true]);
      expect(result).toEqual([1, 2, 3, 4]);
    }),
  );
});
