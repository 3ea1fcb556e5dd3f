// What CPython's tests take from `test_asyncio/utils.py` and from Python itself, for the ported ones.
import {
  type Awaitable,
  type Condition,
  type Coroutine,
  type Event,
  EventLoop,
  Future,
  type Lock,
  type LoopOptions,
  type Queue,
  RuntimeError,
  type Semaphore,
  Task,
  type TaskOptions,
  type TimerHandle,
  VirtualClock,
  coroutine,
  createTask,
  getRunningLoop,
  runSync,
  sleep,
} from "../../src/index.ts";

/** `new_test_loop()`: a loop whose time passes only when everything waits for it. */
export function newTestLoop(options: LoopOptions = {}): EventLoop {
  return new EventLoop({ clock: new VirtualClock(), ...options });
}

/** `new_test_loop(gen)`: its timers are kept in the order in which they were set, and time can be moved by hand. */
export function newTimedLoop(): {
  loop: EventLoop;
  timers: TimerHandle[];
  deadlines: () => number[];
  advanceTime: (milliseconds: number) => void;
} {
  const clock = new VirtualClock();
  const timers: TimerHandle[] = [];
  const loop = newTestLoop({ clock, instruments: [{ timerScheduled: (timer) => void timers.push(timer) }] });
  return {
    loop,
    timers,
    deadlines: () => timers.map((timer) => timer.when()),
    advanceTime: (milliseconds) => clock.waitUntil(clock.now() + milliseconds),
  };
}

/** `new_task(loop, coro)` of the tests for tasks. */
export function newTask<T>(loop: EventLoop, coro: Coroutine<T>, options: Omit<TaskOptions, "loop"> = {}): Task<T> {
  return new Task(coro, { name: "TestTask", ...options, loop });
}

/** Calls `call` in a task of the loop, where that loop is the running one. */
export function inside<T>(loop: EventLoop, call: () => T): T {
  return runUntilComplete(
    loop,
    (function* (): Coroutine<T> {
      return call();
    })(),
  );
}

/** A coroutine function as it is, or marked with `coroutine()`. */
export type Mark = <F extends (...args: any[]) => Coroutine<any>>(fn: F) => F;

/** A body that runs twice: with plain generator functions, and with `coroutine()` functions. */
export function bothKinds(body: (mark: Mark) => void): () => void {
  return () => {
    for (const mark of [<F>(fn: F): F => fn, coroutine as Mark]) body(mark);
  };
}

/** `loop.run_until_complete(aw)`: anything but a future becomes a task; the loop runs until it is done. */
export function runUntilComplete<T>(loop: EventLoop, aw: Awaitable<T>): T {
  const future = aw instanceof Future ? (aw as Future<T>) : createTask(awaiting(aw), { loop });
  const stop = (): void => loop.stop();
  future.addDoneCallback(stop);
  try {
    loop.runForever();
  } finally {
    future.removeDoneCallback(stop);
  }
  if (!future.done()) throw new RuntimeError("The event loop stopped before the future was done.");
  return future.result();
}

/** Anything awaitable as a coroutine, for a task of its own. */
export function* awaiting<T>(aw: Awaitable<T>): Coroutine<T> {
  return yield* aw;
}

/** `run_briefly(loop)`: a task that does nothing is run to its end, which takes two iterations. */
export function runBriefly(loop: EventLoop): void {
  runUntilComplete(loop, (function* (): Coroutine<void> {})());
}

/** `IsolatedAsyncioTestCase`: the body of a test that is a coroutine itself, run as the main task of a loop of its own. */
export function isolated(body: () => Coroutine<void>): () => void {
  return () => runSync(body);
}

/** Python's error, which JavaScript's division does not know. */
export class ZeroDivisionError extends Error {}

/** `1 / 0`. */
export function divideByZero(): never {
  throw new ZeroDivisionError("division by zero");
}

/** `assertRaises`: what `call` throws; an error when it throws nothing. */
export function raised(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** `assertRaises` around an await: what waiting for `aw` throws; an error when it throws nothing. */
export function* raisedBy(aw: Awaitable<unknown>): Coroutine<unknown> {
  try {
    yield* aw;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** `with assertRaises(kind)`: awaits `aw`, and gives the `kind` of error it throws; any other error comes out. */
export function* raises<E extends Error>(kind: new (...args: any[]) => E, aw: Awaitable<unknown>): Coroutine<E> {
  const error = yield* raisedBy(aw);
  if (error instanceof kind) return error;
  throw error;
}

/** `await_without_task(aw)`: `aw` is awaited by a plain callback, where no task is current. */
export function* awaitWithoutTask(aw: Awaitable<unknown>): Coroutine<void> {
  let outcome: () => void = () => {};
  getRunningLoop().callSoon(() => {
    try {
      for (const waiting = aw[Symbol.iterator](); waiting.next().done !== true;);
    } catch (error) {
      outcome = () => {
        throw error;
      };
    }
  });
  yield* sleep(0);
  outcome();
}

/** `len(lock._waiters)`, `len(queue._getters)`: as toString tells it, which says nothing of none. */
export function counted(object: Lock | Event | Condition | Semaphore | Queue<any>, what: string): number {
  return Number(new RegExp(`${what}[:=](\\d+)`).exec(object.toString())?.[1] ?? 0);
}

/** `await thing`, of what is no awaitable: the error that a task which yields it gets. */
export function refusalOf(thing: object): Coroutine<TypeError> {
  return raises(
    TypeError,
    (function* (): Coroutine<void> {
      yield thing as Awaitable<void>;
    })(),
  );
}

/** `file:line` of the line that is `above` lines above the caller's, as a stack has it. */
export function placeAbove(above: number): string {
  const caller = new Error("here").stack!.split("\n")[2]!;
  const [, file, line] = /([\w.]+\.ts):(\d+)/.exec(caller)!;
  return `${file}:${Number(line) - above}`;
}
