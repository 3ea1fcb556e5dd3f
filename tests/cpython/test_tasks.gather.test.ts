// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, the classes about gather.
import { describe, expect } from "vitest";
import {
  CancelledError,
  type Coroutine,
  type EventLoop,
  Future,
  RuntimeError,
  ValueError,
  coroutine,
  createTask,
  gather,
} from "../../src/index.ts";
import { ZeroDivisionError, newTestLoop, raised, runBriefly, runUntilComplete } from "./helpers.ts";
import { adapted, leftOut, ported } from "./port.ts";

interface Options {
  returnExceptions?: boolean;
}
type Gather = (loop: EventLoop, children: Future<unknown>[], options?: Options) => Future<unknown[]>;

/** With options that TypeScript cannot tell apart. */
function gatherWith(children: readonly (Future<unknown> | Coroutine<unknown>)[], options?: Options): Future<unknown[]> {
  return gather(children, options as { returnExceptions?: false });
}

/** Calls `make` inside the loop. */
function insideOf<T>(loop: EventLoop, make: () => T): T {
  return runUntilComplete(
    loop,
    (function* (): Coroutine<T> {
      return make();
    })(),
  );
}

/** The children that are gathered: the futures themselves, or coroutines that await them. */
const ways: readonly Gather[] = [
  (_loop, children, options) => gatherWith(children, options),
  awaitedBy(function* (future) {
    return yield* future;
  }),
  awaitedBy(
    coroutine(function* (future: Future<unknown>) {
      return yield* future;
    }),
  ),
];

function awaitedBy(awaiting: (future: Future<unknown>) => Coroutine<unknown>): Gather {
  return (loop, children, options) => insideOf(loop, () => gatherWith(children.map(awaiting), options));
}

function futuresOf(loop: EventLoop, count: number): Future<unknown>[] {
  return Array.from({ length: count }, () => new Future<unknown>({ loop }));
}

function runWhileReady(loop: EventLoop): void {
  while (loop.nextDeadline() <= loop.time()) runBriefly(loop);
}

/** With what a done callback of `future` is called, call by call. */
function doneCalls(future: Future<unknown>): Future<unknown>[] {
  const calls: Future<unknown>[] = [];
  future.addDoneCallback((done) => calls.push(done));
  return calls;
}

function expectOneCall(calls: readonly Future<unknown>[], future: Future<unknown>): void {
  expect(calls.length).toBe(1);
  expect(calls[0] === future).toBe(true);
}

/** Children that end when their gathering has ended: it hears of none. */
function endLate([first, second, third]: readonly Future<unknown>[]): void {
  first!.setResult(3);
  second!.cancel();
  third!.setException(new RuntimeError());
  third!.exception();
}

describe("GatherTestsBase", () => {
  function checkSuccess(gatherAll: Gather, options?: Options): void {
    const loop = newTestLoop();
    const [a, b, c] = futuresOf(loop, 3);
    const gathering = gatherAll(loop, [a!, b!, c!], options);
    const calls = doneCalls(gathering);
    b!.setResult(1);
    a!.setResult(2);
    runWhileReady(loop);
    expect(calls.length).toBe(0);
    expect(gathering.done()).toBe(false);
    c!.setResult(3);
    runWhileReady(loop);
    expectOneCall(calls, gathering);
    expect(gathering.result()).toEqual([2, 1, 3]);
  }

  ported("test_success", () => {
    for (const way of ways) {
      checkSuccess(way);
      checkSuccess(way, { returnExceptions: false });
    }
  });

  ported("test_result_exception_success", () => {
    for (const way of ways) checkSuccess(way, { returnExceptions: true });
  });

  ported("test_one_exception", () => {
    for (const way of ways) {
      const loop = newTestLoop();
      const [a, b, ...others] = futuresOf(loop, 5);
      const gathering = way(loop, [a!, b!, ...others]);
      const calls = doneCalls(gathering);
      const error = new ZeroDivisionError();
      a!.setResult(1);
      b!.setException(error);
      runWhileReady(loop);
      expect(gathering.done()).toBe(true);
      expectOneCall(calls, gathering);
      expect(gathering.exception()).toBe(error);
      endLate(others);
    }
  });

  ported("test_return_exceptions", () => {
    for (const way of ways) {
      const loop = newTestLoop();
      const [a, b, c, d] = futuresOf(loop, 4);
      const gathering = way(loop, [a!, b!, c!, d!], { returnExceptions: true });
      const calls = doneCalls(gathering);
      const errors = [new ZeroDivisionError(), new RuntimeError()];
      b!.setResult(1);
      c!.setException(errors[0]);
      a!.setResult(3);
      runWhileReady(loop);
      expect(gathering.done()).toBe(false);
      d!.setException(errors[1]);
      runWhileReady(loop);
      expect(gathering.done()).toBe(true);
      expectOneCall(calls, gathering);
      const results = gathering.result();
      expect(results.slice(0, 2)).toEqual([3, 1]);
      expect(results[2]).toBe(errors[0]);
      expect(results[3]).toBe(errors[1]);
      expect(results.length).toBe(4);
    }
  });
});

describe("FutureGatherTests", () => {
  adapted("test_constructor_empty_sequence_without_loop", "the message says 'No running event loop'", () => {
    const error = raised(() => gather([])) as Error;
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toMatch(/^No running event loop/);
  });

  ported("test_constructor_empty_sequence_use_running_loop", () => {
    const loop = newTestLoop();
    const gathering = insideOf(loop, () => gather([]));
    expect(gathering).toBeInstanceOf(Future);
    expect(gathering.getLoop() === loop).toBe(true);
    runWhileReady(loop);
    expect(gathering.done()).toBe(true);
    expect(gathering.result()).toEqual([]);
  });

  leftOut("test_constructor_empty_sequence_use_global_loop", "no loop is current unless it runs: no set_event_loop");

  ported("test_constructor_heterogenous_futures", () => {
    const [one, other] = [new Future({ loop: newTestLoop() }), new Future({ loop: newTestLoop() })];
    expect(() => gather([one, other])).toThrow(ValueError);
  });

  ported("test_constructor_homogenous_futures", () => {
    const loop = newTestLoop();
    const children = futuresOf(loop, 3);
    for (let i = 0; i < 2; i += 1) {
      const gathering = gather(children);
      expect(gathering.getLoop() === loop).toBe(true);
      runWhileReady(loop);
      expect(gathering.done()).toBe(false);
    }
  });

  ported("test_one_cancellation", () => {
    const loop = newTestLoop();
    const [a, b, ...others] = futuresOf(loop, 5);
    const gathering = gather([a!, b!, ...others]);
    const calls = doneCalls(gathering);
    a!.setResult(1);
    b!.cancel();
    runWhileReady(loop);
    expect(gathering.done()).toBe(true);
    expectOneCall(calls, gathering);
    expect(gathering.cancelled()).toBe(false);
    expect(gathering.exception()).toBeInstanceOf(CancelledError);
    endLate(others);
  });

  ported("test_result_exception_one_cancellation", () => {
    const loop = newTestLoop();
    const [a, b, c, d, e, f] = futuresOf(loop, 6);
    const gathering = gatherWith([a!, b!, c!, d!, e!, f!], { returnExceptions: true });
    const calls = doneCalls(gathering);
    const errors = [new ZeroDivisionError(), new RuntimeError()];
    a!.setResult(1);
    b!.setException(errors[0]);
    c!.cancel();
    runWhileReady(loop);
    expect(gathering.done()).toBe(false);
    d!.setResult(3);
    e!.cancel();
    f!.setException(errors[1]);
    const results = runUntilComplete(loop, gathering);
    const cancelled = expect.any(CancelledError) as unknown;
    expect(results).toEqual([1, errors[0], cancelled, 3, cancelled, errors[1]]);
    expect(results[1]).toBe(errors[0]);
    expect(results[5]).toBe(errors[1]);
    expectOneCall(calls, gathering);
  });
});

describe("CoroutineGatherTests", () => {
  function* say<T>(what: T): Coroutine<T> {
    return what;
  }

  adapted("test_constructor_without_loop", "the message says 'No running event loop'", () => {
    const error = raised(() => gather([say("abc"), say("abc")])) as Error;
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toMatch(/^No running event loop/);
  });

  ported("test_constructor_use_running_loop", () => {
    const loop = newTestLoop();
    const gathering = insideOf(loop, () => gather([say("abc"), say("abc")]));
    expect(gathering.getLoop() === loop).toBe(true);
    runUntilComplete(loop, gathering);
  });

  leftOut("test_constructor_use_global_loop", "no loop is current unless it runs: no set_event_loop");

  ported("test_duplicate_coroutines", () => {
    const loop = newTestLoop();
    const coro = say("abc");
    const gathering = insideOf(loop, () => gather([coro, coro, say("def"), coro]));
    runWhileReady(loop);
    expect(gathering.result()).toEqual(["abc", "abc", "def", "abc"]);
  });

  ported("test_cancellation_broadcast", () => {
    const loop = newTestLoop();
    let proof = 0;
    const waiter = new Future<void>({ loop });
    function* inner(): Coroutine<void> {
      yield* waiter;
      proof += 1;
    }
    const children = [createTask(inner(), { loop }), createTask(inner(), { loop })];
    let gathering: Future<unknown> | null = null;
    function* outer(): Coroutine<void> {
      gathering = gather(children);
      yield* gathering;
      proof += 100;
    }
    const task = createTask(outer(), { loop });
    runBriefly(loop);
    expect(task.cancel()).toBe(true);
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    expect(gathering!.cancel()).toBe(false);
    expect(waiter.cancelled()).toBe(true);
    expect(children.map((child) => child.cancelled())).toEqual([true, true]);
    runBriefly(loop);
    expect(proof).toBe(0);
  });

  adapted("test_exception_marking", "that the second error is marked as seen shows when the loop closes", () => {
    const loop = newTestLoop();
    const reported: string[] = [];
    loop.setExceptionHandler((_loop, context) => reported.push(context.message));
    const [a, b] = [new Future<void>({ loop }), new Future<void>({ loop })];
    function* inner(future: Future<void>): Coroutine<void> {
      yield* future;
      throw new RuntimeError("should not be ignored");
    }
    function* outer(): Coroutine<void> {
      yield* gather([inner(a), inner(b)]);
    }
    const task = createTask(outer(), { loop });
    runBriefly(loop);
    a.setResult();
    runBriefly(loop);
    b.setResult();
    runBriefly(loop);
    expect(task.exception()).toBeInstanceOf(RuntimeError);
    loop.close();
    expect(reported).toEqual([]);
  });

  ported("test_issue46672", () => {
    const loop = newTestLoop();
    const reported: string[] = [];
    loop.setExceptionHandler((_loop, context) => reported.push(context.message));
    expect(() => insideOf(loop, () => gather([say("abc"), {} as Coroutine<string>]))).toThrow(TypeError);
    runWhileReady(loop);
    expect(reported).toEqual([]);
  });
});
