// CPython 3.13: Lib/test/test_asyncio/test_queues.py, class by class.
import { describe, expect } from "vitest";
import {
  CancelledError,
  type Coroutine,
  Event,
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  TaskGroup,
  TimeoutError,
  ValueError,
  createTask,
  ensureFuture,
  getRunningLoop,
  sleep,
  using,
  waitFor,
} from "../../src/index.ts";
import { awaiting, counted, isolated, raised, raises } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

const repr = "toString, which gives no address, and counts what the queue holds";

describe("QueueBasicTests", () => {
  function* checkString(asString: (queue: Queue<number>) => string): Coroutine<void> {
    expect(asString(new Queue())).toBe("<Queue maxsize=0>");

    const empty = new Queue<number>();
    const got = yield* using(new TaskGroup(), function* (group) {
      const getter = group.createTask(awaiting(empty.get()));
      yield* sleep(0);
      expect(asString(empty)).toBe("<Queue maxsize=0 getters=1>");
      empty.putNowait(0);
      return getter;
    });
    expect(yield* got).toBe(0);

    const full = new Queue<number>(1);
    const put = yield* using(new TaskGroup(), function* (group) {
      full.putNowait(1);
      const putter = group.createTask(awaiting(full.put(2)));
      yield* sleep(0);
      expect(asString(full)).toBe("<Queue maxsize=1 items=1 putters=1 tasks=1>");
      full.getNowait();
      return putter;
    });
    expect(put.done()).toBe(true);

    const one = new Queue<number>();
    one.putNowait(1);
    expect(asString(one)).toBe("<Queue maxsize=0 items=1 tasks=1>");
  }

  adapted(
    "test_repr",
    repr,
    isolated(() => checkString((queue) => queue.toString())),
  );

  adapted(
    "test_str",
    repr,
    isolated(() => checkString((queue) => String(queue))),
  );

  ported(
    "test_empty",
    isolated(function* () {
      const queue = new Queue<number>();
      expect(queue.empty()).toBe(true);
      yield* queue.put(1);
      expect(queue.empty()).toBe(false);
      expect(yield* queue.get()).toBe(1);
      expect(queue.empty()).toBe(true);
    }),
  );

  ported(
    "test_full",
    isolated(function* () {
      expect(new Queue().full()).toBe(false);
      const queue = new Queue<number>(1);
      yield* queue.put(1);
      expect(queue.full()).toBe(true);
    }),
  );

  ported(
    "test_order",
    isolated(() => checkOrder(new Queue(), [1, 3, 2])),
  );

  ported(
    "test_maxsize",
    isolated(function* () {
      const queue = new Queue<number>(2);
      expect(queue.maxsize).toBe(2);
      const put: number[] = [];
      const task = createTask(
        (function* () {
          for (const item of [0, 1, 2]) {
            yield* queue.put(item);
            put.push(item);
          }
          return true;
        })(),
      );
      yield* sleep(0);
      yield* sleep(0);
      expect(put).toEqual([0, 1]);
      expect(yield* queue.get()).toBe(0);

      yield* sleep(0);
      expect(put).toEqual([0, 1, 2]);
      expect(yield* queue.get()).toBe(1);
      expect(yield* queue.get()).toBe(2);
      expect(task.done()).toBe(true);
      expect(task.result()).toBe(true);
    }),
  );
});

describe("QueueGetTests", () => {
  ported(
    "test_blocking_get",
    isolated(function* () {
      const queue = new Queue<number>();
      queue.putNowait(1);
      expect(yield* queue.get()).toBe(1);
    }),
  );

  adapted(
    "test_get_with_putters",
    "a task that puts stands for the waiter made by hand",
    isolated(function* () {
      const queue = new Queue<number>(1);
      yield* queue.put(1);
      const putter = ensureFuture(queue.put(2));
      yield* sleep(0);
      expect(counted(queue, "putters")).toBe(1);

      expect(yield* queue.get()).toBe(1);
      expect(counted(queue, "putters")).toBe(0);
      yield* sleep(0);
      expect(putter.done()).toBe(true);
      expect(putter.result()).toBeUndefined();
    }),
  );

  ported(
    "test_blocking_get_wait",
    isolated(function* () {
      const queue = new Queue<number>();
      const started = new Event();
      let finished = false;
      const task = createTask(
        (function* () {
          started.set();
          const item = yield* queue.get();
          finished = true;
          return item;
        })(),
      );
      yield* started.wait();
      expect(finished).toBe(false);
      getRunningLoop().callLater(10, () => queue.putNowait(1));
      const item = yield* task;
      expect(finished).toBe(true);
      expect(item).toBe(1);
    }),
  );

  ported("test_nonblocking_get", () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    expect(queue.getNowait()).toBe(1);
  });

  ported("test_nonblocking_get_exception", () => {
    const queue = new Queue<number>();
    expect(raised(() => queue.getNowait())).toBeInstanceOf(QueueEmpty);
  });

  ported(
    "test_get_cancelled_race",
    isolated(function* () {
      const queue = new Queue<string>();
      const t1 = ensureFuture(queue.get());
      const t2 = ensureFuture(queue.get());
      yield* sleep(0);
      t1.cancel();
      yield* sleep(0);
      expect(t1.done()).toBe(true);
      yield* queue.put("a");
      yield* sleep(0);
      expect(yield* t2).toBe("a");
    }),
  );

  ported(
    "test_get_with_waiting_putters",
    isolated(function* () {
      const queue = new Queue<string>(1);
      ensureFuture(queue.put("a"));
      ensureFuture(queue.put("b"));
      expect(yield* queue.get()).toBe("a");
      expect(yield* queue.get()).toBe("b");
    }),
  );

  // It ends only if nobody's wake-up is lost.
  ported(
    "test_why_are_getters_waiting",
    isolated(function* () {
      const queue = new Queue<number>(1);
      const items = [0, 1, 2, 3, 4];
      const got: number[] = [];
      yield* using(new TaskGroup(), function* (group) {
        group.createTask(
          (function* (): Coroutine<void> {
            for (const item of items) yield* queue.put(item);
          })(),
        );
        group.createTask(
          (function* (): Coroutine<void> {
            for (const _ of items) got.push(yield* queue.get());
          })(),
        );
      });
      expect(got).toEqual(items);
    }),
  );

  adapted(
    "test_cancelled_getters_not_being_held_in_self_getters",
    "toString tells how many wait",
    isolated(function* () {
      const queue = new Queue<number>(5);
      yield* raises(TimeoutError, waitFor(queue.get(), 100));
      expect(counted(queue, "getters")).toBe(0);
    }),
  );
});

describe("QueuePutTests", () => {
  ported(
    "test_blocking_put",
    isolated(function* () {
      const queue = new Queue<number>();
      yield* queue.put(1);
      expect(yield* queue.get()).toBe(1);
    }),
  );

  ported(
    "test_blocking_put_wait",
    isolated(function* () {
      const queue = new Queue<number>(1);
      const started = new Event();
      let finished = false;
      getRunningLoop().callLater(10, () => void queue.getNowait());
      const task = createTask(
        (function* () {
          started.set();
          yield* queue.put(1);
          yield* queue.put(2);
          finished = true;
        })(),
      );
      yield* started.wait();
      expect(finished).toBe(false);
      yield* task;
      expect(finished).toBe(true);
    }),
  );

  ported("test_nonblocking_put", () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    expect(queue.getNowait()).toBe(1);
  });

  ported(
    "test_get_cancel_drop_one_pending_reader",
    isolated(function* () {
      const queue = new Queue<number>();
      let reader = ensureFuture(queue.get());
      yield* sleep(0);
      queue.putNowait(1);
      queue.putNowait(2);
      reader.cancel();
      try {
        yield* reader;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        reader = ensureFuture(queue.get());
        yield* reader;
      }
      // 2 would mean that 1 was lost with the first reader.
      expect(reader.result()).toBe(1);
    }),
  );

  ported(
    "test_get_cancel_drop_many_pending_readers",
    isolated(function* () {
      const queue = new Queue<number>();
      const readers = yield* using(new TaskGroup(), function* (group) {
        const [first, ...others] = [1, 2, 3].map(() => group.createTask(awaiting(queue.get())));
        yield* sleep(0);
        queue.putNowait(1);
        queue.putNowait(2);
        first!.cancel();
        yield* raises(CancelledError, first!);
        yield* others[1]!;
        return others;
      });
      expect(new Set(readers.map((reader) => reader.result()))).toEqual(new Set([1, 2]));
    }),
  );

  ported(
    "test_put_cancel_drop",
    isolated(function* () {
      const queue = new Queue<number>(1);
      queue.putNowait(1);
      const writer = ensureFuture(queue.put(2));
      yield* sleep(0);
      expect(queue.getNowait()).toBe(1);
      writer.cancel();
      try {
        yield* writer;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        yield* ensureFuture(queue.put(2));
      }
      expect(queue.getNowait()).toBe(2);
      expect(queue.qsize()).toBe(0);
    }),
  );

  ported("test_nonblocking_put_exception", () => {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    expect(raised(() => queue.putNowait(2))).toBeInstanceOf(QueueFull);
  });

  ported(
    "test_float_maxsize",
    isolated(function* () {
      const queue = new Queue<number>(1.3);
      queue.putNowait(1);
      queue.putNowait(2);
      expect(queue.full()).toBe(true);
      expect(raised(() => queue.putNowait(3))).toBeInstanceOf(QueueFull);

      const other = new Queue<number>(1.3);
      yield* other.put(1);
      yield* other.put(2);
      expect(other.full()).toBe(true);
    }),
  );

  ported(
    "test_put_cancelled",
    isolated(function* () {
      const queue = new Queue<number>();
      const task = createTask(
        (function* () {
          yield* queue.put(1);
          return true;
        })(),
      );
      expect(yield* queue.get()).toBe(1);
      expect(task.done()).toBe(true);
      expect(task.result()).toBe(true);
    }),
  );

  ported(
    "test_put_cancelled_race",
    isolated(function* () {
      const queue = new Queue<string>(1);
      const a = ensureFuture(queue.put("a"));
      const b = ensureFuture(queue.put("b"));
      const x = ensureFuture(queue.put("X"));
      yield* sleep(0);
      expect(a.done()).toBe(true);
      expect(b.done()).toBe(false);

      x.cancel();
      yield* sleep(0);
      expect(x.done()).toBe(true);
      expect(queue.getNowait()).toBe("a");
      yield* sleep(0);
      expect(queue.getNowait()).toBe("b");
      yield* b;
    }),
  );

  ported(
    "test_put_with_waiting_getters",
    isolated(function* () {
      const queue = new Queue<string>();
      const task = ensureFuture(queue.get());
      yield* sleep(0);
      yield* queue.put("a");
      expect(yield* task).toBe("a");
    }),
  );

  // It ends only if every putter that there is room for is woken.
  ported(
    "test_why_are_putters_waiting",
    isolated(function* () {
      const queue = new Queue<number>(2);
      const got: number[] = [];
      yield* using(new TaskGroup(), function* (group) {
        group.createTask(
          (function* (): Coroutine<void> {
            yield* sleep(0);
            for (let left = queue.qsize(); left > 0; left -= 1) got.push(queue.getNowait());
          })(),
        );
        for (const item of [0, 1, 2, 3]) group.createTask(awaiting(queue.put(item)));
      });
      expect(got).toEqual([0, 1]);
    }),
  );

  adapted(
    "test_cancelled_puts_not_being_held_in_self_putters",
    "toString tells how many wait",
    isolated(function* () {
      const queue = new Queue<number>(1);
      queue.putNowait(1);
      const task = ensureFuture(queue.put(1));
      yield* sleep(0);
      expect(counted(queue, "putters")).toBe(1);
      task.cancel();
      yield* raises(CancelledError, task);
      expect(counted(queue, "putters")).toBe(0);
    }),
  );

  ported(
    "test_cancelled_put_silence_value_error_exception",
    isolated(function* () {
      const queue = new Queue<number>(1);
      queue.putNowait(1);
      const task = ensureFuture(queue.put(1));
      yield* sleep(0);
      // It takes the putter out of the line, which the putter's cancellation will do again.
      queue.getNowait();
      task.cancel();
      yield* raises(CancelledError, task);
    }),
  );
});

describe("LifoQueueTests", () => {
  ported(
    "test_order",
    isolated(() => checkOrder(new LifoQueue(), [2, 3, 1])),
  );
});

describe("PriorityQueueTests", () => {
  ported(
    "test_order",
    isolated(() => checkOrder(new PriorityQueue(), [1, 2, 3])),
  );
});

describe("_QueueJoinTestMixin", () => {
  ported(
    "test_task_done_underflow",
    ofEachKind(function* (make) {
      const queue = make();
      expect(raised(() => queue.taskDone())).toBeInstanceOf(ValueError);
    }),
  );

  ported(
    "test_task_done",
    ofEachKind<number>(function* (make) {
      const queue = make();
      const state = { running: true, sum: 0 };
      let expected = 0;
      for (let item = 0; item < 100; item += 1) {
        queue.putNowait(item);
        expected += item;
      }
      function* work(): Coroutine<void> {
        while (state.running) {
          const item = yield* queue.get();
          state.sum += item;
          queue.taskDone();
        }
      }

      yield* using(new TaskGroup(), function* (group) {
        const workers = [group.createTask(work()), group.createTask(work())];
        yield* queue.join();
        expect(state.sum).toBe(expected);
        state.running = false;
        for (const _ of workers) queue.putNowait(0);
      });
    }),
  );

  ported(
    "test_join_empty_queue",
    ofEachKind(function* (make) {
      const queue = make();
      yield* queue.join();
      yield* queue.join();
    }),
  );

  adapted(
    "test_format",
    "toString, of two items that were taken out and are not done",
    ofEachKind<number>(function* (make, name) {
      const queue = make();
      expect(String(queue)).toBe(`<${name} maxsize=0>`);
      for (const item of [1, 2]) queue.putNowait(item);
      for (const _ of [1, 2]) queue.getNowait();
      expect(String(queue)).toBe(`<${name} maxsize=0 tasks=2>`);
    }),
  );
});

describe("_QueueShutdownTestMixin", () => {
  adapted(
    "test_format",
    "toString",
    ofEachKind(function* (make, name) {
      const queue = make();
      queue.shutdown();
      expect(String(queue)).toBe(`<${name} maxsize=0 shutdown>`);
    }),
  );

  ported(
    "test_shutdown_empty",
    ofEachKind<string>(function* (make) {
      const queue = make();
      const getting = ensureFuture(queue.get());
      yield* sleep(0);
      queue.shutdown(false);
      expect(queue.qsize()).toBe(0);
      yield* queue.join();

      yield* sleep(0);
      expect(getting.done()).toBe(true);
      yield* raises(QueueShutDown, getting);
      yield* refusesPuts(queue);
      yield* refusesGets(queue);
    }),
  );

  ported(
    "test_shutdown_nonempty",
    ofEachKind<string>(function* (make) {
      const queue = make(1);
      queue.putNowait("data");
      const joining = ensureFuture(queue.join());
      const putting = ensureFuture(queue.put("data2"));
      yield* sleep(0);
      expect(putting.done()).toBe(false);

      queue.shutdown(false);
      expect(queue.qsize()).toBe(1);
      yield* sleep(0);
      expect(putting.done()).toBe(true);
      yield* raises(QueueShutDown, putting);

      // What is in can be taken out still.
      expect(yield* queue.get()).toBe("data");
      yield* sleep(0);
      expect(joining.done()).toBe(false);
      yield* refusesPuts(queue);
      yield* refusesGets(queue);

      queue.taskDone();
      yield* sleep(0);
      expect(joining.done()).toBe(true);
      yield* joining;
      expect(raised(() => queue.taskDone())).toBeInstanceOf(ValueError);
    }),
  );

  ported(
    "test_shutdown_immediate",
    ofEachKind<string>(function* (make) {
      const queue = make();
      queue.putNowait("data");
      const joining = ensureFuture(queue.join());
      queue.shutdown(true);
      expect(queue.qsize()).toBe(0);

      yield* sleep(0);
      expect(joining.done()).toBe(true);
      yield* joining;
      yield* refusesPuts(queue);
      yield* refusesGets(queue);
      expect(raised(() => queue.taskDone())).toBeInstanceOf(ValueError);
    }),
  );

  ported(
    "test_shutdown_immediate_with_unfinished",
    ofEachKind<string>(function* (make) {
      const queue = make();
      queue.putNowait("data");
      queue.putNowait("data");
      const joining = ensureFuture(queue.join());
      expect(yield* queue.get()).toBe("data");
      queue.shutdown(true);
      expect(queue.qsize()).toBe(0);

      yield* sleep(0);
      expect(joining.done()).toBe(false);
      yield* refusesPuts(queue);
      yield* refusesGets(queue);

      queue.taskDone();
      expect(raised(() => queue.taskDone())).toBeInstanceOf(ValueError);
      yield* sleep(0);
      expect(joining.done()).toBe(true);
      yield* joining;
    }),
  );
});

function* checkOrder(queue: Queue<number>, expected: readonly number[]): Coroutine<void> {
  for (const item of [1, 3, 2]) yield* queue.put(item);
  const items: number[] = [];
  while (!queue.empty()) items.push(yield* queue.get());
  expect(items).toEqual(expected);
}

/** The mixin's three subclasses. */
function ofEachKind<T>(body: (make: (maxsize?: number) => Queue<T>, name: string) => Coroutine<void>): () => void {
  return () => {
    for (const kind of [Queue, LifoQueue, PriorityQueue]) {
      isolated(() => body((maxsize) => new kind<T>(maxsize), kind.name))();
    }
  };
}

function* refusesPuts(queue: Queue<string>): Coroutine<void> {
  yield* raises(QueueShutDown, queue.put("data"));
  expect(raised(() => queue.putNowait("data"))).toBeInstanceOf(QueueShutDown);
}

function* refusesGets(queue: Queue<string>): Coroutine<void> {
  yield* raises(QueueShutDown, queue.get());
  expect(raised(() => queue.getNowait())).toBeInstanceOf(QueueShutDown);
}
