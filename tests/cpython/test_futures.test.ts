// CPython 3.13: Lib/test/test_asyncio/test_futures.py, class by class.
import { describe, expect, vi } from "vitest";
import {
  CancelledError,
  type Coroutine,
  type EventLoop,
  type ExceptionContext,
  Future,
  InvalidStateError,
  RuntimeError,
  ensureFuture,
  fromPromise,
  shield,
} from "../../src/index.ts";
import { setResultUnlessCancelled } from "../../src/future/future.ts";
import { inside, newTestLoop, placeAbove, raised, runBriefly, runUntilComplete } from "./helpers.ts";
import { adapted, leftOut, ported } from "./port.ts";

// Futures can be iterated, a pending one without end: a matcher is given what is asked of them, never the future itself.
class SubFuture<T> extends Future<T> {}

/** What a test of futures is given: a loop, what was reported to it, and futures of one class. */
interface Fixture {
  loop: EventLoop;
  reports: ExceptionContext[];
  newFuture: <T>() => Future<T>;
}

/** A body that runs twice: with plain futures, and with those of a subclass. */
function everyClass(body: (fixture: Fixture) => void): () => void {
  return () => {
    for (const Class of [Future, SubFuture]) {
      const loop = newTestLoop();
      const reports: ExceptionContext[] = [];
      loop.setExceptionHandler((_, context) => reports.push(context));
      body({ loop, reports, newFuture: <T>() => new Class<T>({ loop }) });
      loop.close();
    }
  };
}

describe("DuckTests", () => {
  // What would be compatible by its shape alone is any other awaitable here, and gets a task: so much is ensureFuture's.
  class DuckFuture extends Future<string> {}

  adapted("test_wrap_future", "a subclass in place of a duck type, ensureFuture in place of wrap_future", () => {
    const loop = newTestLoop();
    const duck = new DuckFuture({ loop });
    expect(ensureFuture(duck) === duck).toBe(true);
  });

  adapted("test_ensure_future", "a subclass in place of a duck type", () => {
    const loop = newTestLoop();
    const duck = new DuckFuture({ loop });
    expect(inside(loop, () => ensureFuture(duck)) === duck).toBe(true);
  });
});

describe("BaseFutureTests", () => {
  adapted(
    "test_isfuture",
    "instanceof in place of isfuture; what only looks like a future is none",
    everyClass(({ newFuture }) => {
      class MyFuture {
        readonly waiters = null;
      }
      const future = newFuture();
      const values: unknown[] = [MyFuture, new MyFuture(), 1, {}, future, future.constructor];
      expect(values.map((value) => value instanceof Future)).toEqual([false, false, false, false, true, false]);
      expect(Object.create(future.constructor.prototype as object) instanceof Future).toBe(true);
      future.cancel();
    }),
  );

  ported(
    "test_initial_state",
    everyClass(({ newFuture }) => {
      const future = newFuture();
      expect([future.cancelled(), future.done()]).toEqual([false, false]);
      future.cancel();
      expect(future.cancelled()).toBe(true);
    }),
  );

  adapted("test_constructor_without_loop", "no loop is current but the running one", () => {
    for (const Class of [Future, SubFuture]) {
      const error = raised(() => new Class());
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toContain("no running event loop");
    }
  });

  ported(
    "test_constructor_use_running_loop",
    everyClass(({ loop }) => {
      expect(inside(loop, () => new Future()).getLoop()).toBe(loop);
      expect(inside(loop, () => new SubFuture()).getLoop()).toBe(loop);
    }),
  );

  adapted(
    "test_constructor_use_global_loop",
    "no loop is global: outside of a running one it is given",
    everyClass(({ loop, newFuture }) => {
      expect(newFuture().getLoop()).toBe(loop);
    }),
  );

  adapted("test_constructor_positional", "TypeScript refuses the argument; without types it is no loop", () => {
    // @ts-expect-error A number is no options object.
    expect(() => new Future(42)).toThrow(RuntimeError);
  });

  adapted(
    "test_future_cancel_message_getter",
    "the message shows in the error only",
    everyClass(({ loop, newFuture }) => {
      const plain = newFuture();
      plain.cancel();
      expect(raised(() => plain.result())).toEqual(new CancelledError(""));

      const future = newFuture();
      future.cancel("my message");
      expect(raised(() => runUntilComplete(loop, future))).toEqual(new CancelledError("my message"));
      expect(raised(() => future.result())).toEqual(new CancelledError("my message"));
    }),
  );

  adapted(
    "test_future_cancel_message_setter",
    "`value`, internal, in place of _cancel_message",
    everyClass(({ loop, newFuture }) => {
      const future = newFuture();
      future.cancel("my message");
      future.value = "my new message";
      expect(raised(() => runUntilComplete(loop, future))).toEqual(new CancelledError("my new message"));
      expect(future.value).toBe("my new message");
    }),
  );

  /** It is done, and stays as it is. */
  function expectSettled(future: Future<unknown>): void {
    expect(future.done()).toBe(true);
    expect(raised(() => future.setResult(null))).toBeInstanceOf(InvalidStateError);
    expect(raised(() => future.setException(null))).toBeInstanceOf(InvalidStateError);
    expect(future.cancel()).toBe(false);
  }

  ported(
    "test_cancel",
    everyClass(({ newFuture }) => {
      const future = newFuture();
      expect(future.cancel()).toBe(true);
      expect(future.cancelled()).toBe(true);
      expect(raised(() => future.result())).toBeInstanceOf(CancelledError);
      expect(raised(() => future.exception())).toBeInstanceOf(CancelledError);
      expectSettled(future);
    }),
  );

  ported(
    "test_result",
    everyClass(({ newFuture }) => {
      const future = newFuture<unknown>();
      expect(raised(() => future.result())).toBeInstanceOf(InvalidStateError);
      future.setResult(42);
      expect(future.cancelled()).toBe(false);
      expect(future.result()).toBe(42);
      expect(future.exception()).toBe(null);
      expectSettled(future);
    }),
  );

  ported(
    "test_exception",
    everyClass(({ newFuture }) => {
      const error = new RuntimeError();
      const future = newFuture();
      expect(raised(() => future.exception())).toBeInstanceOf(InvalidStateError);
      future.setException(error);
      expect(future.cancelled()).toBe(false);
      expect(raised(() => future.result())).toBe(error);
      expect(future.exception()).toBe(error);
      expectSettled(future);
    }),
  );

  // In Python an iterator ends with an error. Here it ends with an object, and one that is thrown is not taken for an end.
  const notAnEnd = "an iterator's end is no error here, and an error that looks like one is thrown as it is";
  function expectThrownAsItIs({ loop, newFuture }: Fixture, end: unknown): void {
    const future = newFuture();
    future.setException(end);
    expect([future.cancelled(), future.done()]).toEqual([false, true]);
    expect(raised(() => future.result())).toBe(end);
    expect(future.exception()).toBe(end);
    const waiting = (function* (): Coroutine<unknown> {
      return yield* future;
    })();
    expect(raised(() => runUntilComplete(loop, waiting))).toBe(end);
  }

  adapted(
    "test_stop_iteration_exception",
    notAnEnd,
    everyClass((fixture) => expectThrownAsItIs(fixture, { done: true, value: 42 })),
  );

  adapted(
    "test_stop_iteration_subclass_exception",
    notAnEnd,
    everyClass((fixture) => {
      class MyStopIteration extends Error {
        readonly done = true;
        readonly value = 42;
      }
      expectThrownAsItIs(fixture, new MyStopIteration());
    }),
  );

  adapted(
    "test_exception_class",
    "JavaScript throws a class as it is: nothing makes an error of it",
    everyClass(({ newFuture }) => {
      const future = newFuture();
      future.setException(RuntimeError);
      expect(future.exception()).toBe(RuntimeError);
    }),
  );

  ported(
    "test_yield_from_twice",
    everyClass(({ newFuture }) => {
      const future = newFuture<number>();
      function* fixture(): Generator<unknown, void, unknown> {
        yield "A";
        const x = yield* future;
        yield ["B", x];
        const y = yield* future;
        yield ["C", y];
      }
      const generator = fixture();
      expect(generator.next().value).toBe("A");
      expect(generator.next().value === future).toBe(true);
      future.setResult(42);
      expect(generator.next().value).toEqual(["B", 42]);
      // It is done: the second time it is not handed out.
      expect(generator.next().value).toEqual(["C", 42]);
    }),
  );

  adapted("test_future_repr", "toString tells the state alone; `source`, internal, where it was made", () => {
    const loop = newTestLoop({ debug: true });
    const debugged = new Future({ loop });
    expect(debugged.source).toContain(placeAbove(1));
    expect(String(debugged)).toBe("<Future pending>");

    loop.debug = false;
    const pending = new Future({ loop });
    const cancelled = new Future({ loop });
    cancelled.cancel();
    const finished = new Future<number>({ loop });
    finished.setResult(4);
    const failed = new Future({ loop });
    const error = new RuntimeError();
    failed.setException(error);
    const states = [pending, cancelled, finished, failed].map(String);
    expect(states).toEqual(["<Future pending>", "<Future cancelled>", "<Future finished>", "<Future failed>"]);
    expect(pending.source).toBe(undefined);
    expect(finished.result()).toBe(4);
    expect(failed.exception()).toBe(error);

    for (const callbacks of [1, 2, 10]) {
      const future = new Future({ loop });
      for (let i = 0; i < callbacks; i += 1) future.addDoneCallback(() => {});
      expect(String(future)).toBe("<Future pending>");
      future.cancel();
      expect(String(future)).toBe("<Future cancelled>");
    }
  });

  adapted(
    "test_copy_state",
    "shield copies the state of one future to another",
    everyClass(({ loop, newFuture }) => {
      const copyOf = <T>(future: Future<T>, settle: () => void): Future<T> => {
        const copy = shield(future);
        settle();
        runBriefly(loop);
        return copy;
      };
      const finished = newFuture<number>();
      const newFinished = copyOf(finished, () => finished.setResult(10));
      expect([newFinished === finished, newFinished.done(), newFinished.result()]).toEqual([false, true, 10]);

      const cancelled = newFuture();
      expect(copyOf(cancelled, () => cancelled.cancel()).cancelled()).toBe(true);

      const failed = newFuture();
      const error = new InvalidStateError("from elsewhere");
      const stack = error.stack;
      const newFailed = copyOf(failed, () => failed.setException(error));
      expect(newFailed.done()).toBe(true);
      // The very object, so that its stack names the place of the throw once.
      expect(raised(() => newFailed.result())).toBe(error);
      expect(error.stack).toBe(stack);
    }),
  );

  adapted(
    "test_iter",
    "a pending future hands itself out whenever it is asked, so that nothing is to be kept of one wait",
    everyClass(({ newFuture }) => {
      const future = newFuture();
      const generator = (function* (): Generator {
        yield* future;
      })();
      const asked = [generator.next(), generator.next()];
      expect(asked.map(({ done, value }) => [done, value === future])).toEqual([
        [false, true],
        [false, true],
      ]);
      future.cancel();
      expect(() => generator.next()).toThrow(CancelledError);
    }),
  );

  leftOut("test_log_traceback", "no attribute switches the report off: whoever reads the error has seen it");

  const atClose = "reported by loop.close(), not by garbage collection";

  /** What is reported when the loop closes, after `use` of a new future. */
  function reportsAfter(use: (future: Future<number>) => void): (fixture: Fixture) => string[] {
    return ({ loop, reports, newFuture }) => {
      use(newFuture());
      runBriefly(loop);
      expect(reports).toEqual([]);
      loop.close();
      return reports.map(({ message }) => message);
    };
  }

  adapted(
    "test_tb_logger_abandoned",
    atClose,
    everyClass((fixture) => {
      expect(reportsAfter(() => {})(fixture)).toEqual([]);
    }),
  );

  adapted(
    "test_tb_logger_not_called_after_cancel",
    atClose,
    everyClass((fixture) => {
      const use = (future: Future<number>): void => {
        future.setException(new Error());
        future.cancel();
      };
      expect(reportsAfter(use)(fixture)).toEqual([]);
    }),
  );

  adapted(
    "test_tb_logger_result_unretrieved",
    atClose,
    everyClass((fixture) => {
      expect(reportsAfter((future) => future.setResult(42))(fixture)).toEqual([]);
    }),
  );

  adapted(
    "test_tb_logger_result_retrieved",
    atClose,
    everyClass((fixture) => {
      const use = (future: Future<number>): void => {
        future.setResult(42);
        future.result();
      };
      expect(reportsAfter(use)(fixture)).toEqual([]);
    }),
  );

  adapted(
    "test_tb_logger_exception_unretrieved",
    atClose,
    everyClass((fixture) => {
      const use = (future: Future<number>): void => future.setException(new RuntimeError("boom"));
      expect(reportsAfter(use)(fixture)).toEqual(["Future exception was never retrieved"]);
    }),
  );

  adapted(
    "test_tb_logger_exception_retrieved",
    atClose,
    everyClass((fixture) => {
      const use = (future: Future<number>): void => {
        future.setException(new RuntimeError("boom"));
        future.exception();
      };
      expect(reportsAfter(use)(fixture)).toEqual([]);
    }),
  );

  adapted(
    "test_tb_logger_exception_result_retrieved",
    atClose,
    everyClass((fixture) => {
      const use = (future: Future<number>): void => {
        future.setException(new RuntimeError("boom"));
        expect(raised(() => future.result())).toBeInstanceOf(RuntimeError);
      };
      expect(reportsAfter(use)(fixture)).toEqual([]);
    }),
  );

  adapted(
    "test_wrap_future_future",
    "ensureFuture in place of wrap_future",
    everyClass(({ newFuture }) => {
      const future = newFuture();
      expect(ensureFuture(future) === future).toBe(true);
    }),
  );

  adapted(
    "test_wrap_future_cancel",
    "a native Promise, which cannot be cancelled: its outcome is dropped",
    async () => {
      const loop = newTestLoop();
      const reports: ExceptionContext[] = [];
      loop.setExceptionHandler((_, context) => reports.push(context));
      let reject!: (error: Error) => void;
      const promise = new Promise<never>((_, no) => (reject = no));
      const future = inside(loop, () => fromPromise(promise));
      future.cancel();
      runBriefly(loop);
      reject(new RuntimeError("too late"));
      await expect(promise).rejects.toThrow("too late");
      expect(future.cancelled()).toBe(true);
      loop.close();
      expect(reports).toEqual([]);
    },
  );

  adapted("test_wrap_future_cancel2", "a native Promise in place of a concurrent future", async () => {
    const loop = newTestLoop();
    const promise = Promise.resolve(42);
    const future = inside(loop, () => fromPromise(promise));
    future.cancel();
    runBriefly(loop);
    expect(await promise).toBe(42);
    expect(future.cancelled()).toBe(true);
    loop.close();
  });

  adapted(
    "test_future_source_traceback",
    "`source`, internal, is the stack of whoever made it",
    everyClass(({ loop, newFuture }) => {
      loop.debug = true;
      const made = newFuture();
      expect(made.source).toContain(placeAbove(1));
    }),
  );

  /** A failed future that nobody asked, printed by the default handler when the loop closes. */
  function checkNeverRetrieved(debug: boolean): void {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    try {
      const loop = newTestLoop({ debug });
      const error = new RangeError("out of memory");
      new Future({ loop }).setException(error);
      runBriefly(loop);
      expect(print.mock.calls).toEqual([]);
      loop.close();
      expect(print.mock.calls).toEqual([[expect.stringMatching(/^Future exception was never retrieved\n/), error]]);
    } finally {
      print.mockRestore();
    }
  }

  adapted("test_future_exception_never_retrieved", atClose, () => checkNeverRetrieved(false));
  adapted("test_future_exception_never_retrieved_debug", atClose, () => checkNeverRetrieved(true));

  ported(
    "test_set_result_unless_cancelled",
    everyClass(({ newFuture }) => {
      const future = newFuture<number>();
      future.cancel();
      // Internal, as in the original.
      setResultUnlessCancelled(future, 2);
      expect(future.cancelled()).toBe(true);
    }),
  );

  adapted(
    "test_future_stop_iteration_args",
    "the end of an iterator carries the value, there is no StopIteration",
    everyClass(({ newFuture }) => {
      const future = newFuture<[number, number]>();
      future.setResult([1, 2]);
      expect(future[Symbol.iterator]().next()).toEqual({ done: true, value: [1, 2] });
    }),
  );
});

describe("BaseFutureDoneCallbackTests", () => {
  interface Bagged extends Fixture {
    bag: unknown[];
    future: Future<string>;
    callback: (thing: number) => () => void;
    /** Completes the future, and lets its callbacks run. */
    finish: () => void;
  }

  function withBag(body: (fixture: Bagged) => void): () => void {
    return everyClass((fixture) => {
      const bag: unknown[] = [];
      const future = fixture.newFuture<string>();
      const callback = (thing: number) => () => void bag.push(thing);
      const finish = (): void => {
        expect(bag).toEqual([]);
        future.setResult("foo");
        runBriefly(fixture.loop);
      };
      body({ ...fixture, bag, future, callback, finish });
    });
  }

  /** Adds three callbacks, 42, 17 and 100, and removes those of these indexes. */
  function addThreeAndRemove({ future, callback }: Bagged, indexes: number[]): void {
    const callbacks = [42, 17, 100].map(callback);
    for (const each of callbacks) future.addDoneCallback(each);
    for (const index of indexes) future.removeDoneCallback(callbacks[index]!);
  }

  ported(
    "test_callbacks_remove_first_callback",
    withBag((fixture) => {
      addThreeAndRemove(fixture, [0, 0]);
      fixture.finish();
      expect(fixture.bag).toEqual([17, 100]);
      expect(fixture.future.result()).toBe("foo");
    }),
  );

  ported(
    "test_callbacks_remove_first_and_second_callback",
    withBag((fixture) => {
      addThreeAndRemove(fixture, [0, 1, 0]);
      fixture.finish();
      expect(fixture.bag).toEqual([100]);
      expect(fixture.future.result()).toBe("foo");
    }),
  );

  ported(
    "test_callbacks_remove_third_callback",
    withBag((fixture) => {
      addThreeAndRemove(fixture, [2, 2]);
      fixture.finish();
      expect(fixture.bag).toEqual([42, 17]);
      expect(fixture.future.result()).toBe("foo");
    }),
  );

  ported(
    "test_callbacks_invoked_on_set_result",
    withBag(({ bag, future, callback, finish }) => {
      future.addDoneCallback(callback(42));
      future.addDoneCallback(callback(17));
      finish();
      expect(bag).toEqual([42, 17]);
      expect(future.result()).toBe("foo");
    }),
  );

  ported(
    "test_callbacks_invoked_on_set_exception",
    withBag(({ loop, bag, future, callback }) => {
      future.addDoneCallback(callback(100));
      expect(bag).toEqual([]);
      const error = new RuntimeError();
      future.setException(error);
      runBriefly(loop);
      expect(bag).toEqual([100]);
      expect(future.exception()).toBe(error);
    }),
  );

  ported(
    "test_remove_done_callback",
    withBag(({ bag, future, callback, finish }) => {
      const [cb1, cb2, cb3] = [callback(1), callback(2), callback(3)];
      future.addDoneCallback(cb1);
      future.addDoneCallback(cb2);
      expect(future.removeDoneCallback(cb2)).toBe(1);
      expect(future.removeDoneCallback(cb3)).toBe(0);
      future.addDoneCallback(cb2);
      for (let i = 0; i < 5; i += 1) future.addDoneCallback(cb1);
      expect(future.removeDoneCallback(cb1)).toBe(6);
      finish();
      expect(bag).toEqual([2]);
      expect(future.result()).toBe("foo");
    }),
  );

  const noEquality = "comparing functions runs nobody's code, so that the callbacks themselves change the list";

  /** One callback, 1, and 63 times another, 2. */
  function addMany({ future, callback }: Bagged): [() => void, () => void] {
    const [first, other] = [callback(1), callback(2)];
    future.addDoneCallback(first);
    for (let i = 0; i < 63; i += 1) future.addDoneCallback(other);
    return [first, other];
  }

  adapted(
    "test_remove_done_callbacks_list_mutation",
    noEquality,
    withBag((fixture) => {
      const { bag, future, callback, finish } = fixture;
      const [, other] = addMany(fixture);
      expect(future.removeDoneCallback(callback(3))).toBe(0);
      expect(future.removeDoneCallback(other)).toBe(63);
      expect(future.removeDoneCallback(other)).toBe(0);
      finish();
      expect(bag).toEqual([1]);
    }),
  );

  adapted(
    "test_remove_done_callbacks_list_clear",
    noEquality,
    withBag((fixture) => {
      const { bag, future, finish } = fixture;
      const [first, other] = addMany(fixture);
      expect(future.removeDoneCallback(first)).toBe(1);
      expect(future.removeDoneCallback(other)).toBe(63);
      finish();
      expect(bag).toEqual([]);
    }),
  );

  ported(
    "test_schedule_callbacks_list_mutation_1",
    withBag(({ bag, future, callback, finish }) => {
      const removed: number[] = [];
      const other = callback(1);
      future.addDoneCallback(() => removed.push(future.removeDoneCallback(other)));
      future.addDoneCallback(other);
      future.addDoneCallback(other);
      finish();
      // All three were scheduled when the future was done: it is too late to remove one.
      expect(removed).toEqual([0]);
      expect(bag).toEqual([1, 1]);
    }),
  );

  adapted(
    "test_schedule_callbacks_list_mutation_2",
    noEquality,
    withBag((fixture) => {
      const { loop, bag, future, callback, finish } = fixture;
      addMany(fixture);
      const late = callback(3);
      let extra = 0;
      const addAnother = (): void => {
        extra += 1;
        if (extra < 100) {
          future.addDoneCallback(late);
          future.addDoneCallback(addAnother);
        }
      };
      future.addDoneCallback(addAnother);
      finish();
      while (loop.runOnce());
      expect(bag.filter((thing) => thing === 2).length).toBe(63);
      expect(bag.filter((thing) => thing === 3).length).toBe(99);
    }),
  );
});
