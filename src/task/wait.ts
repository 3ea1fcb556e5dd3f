import { ValueError } from "../loop/errors.ts";
import { getRunningLoop } from "../loop/event-loop.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import { type Awaitable, type Coroutine, describeMistake, isAwaitable } from "../future/awaitable.ts";
import { CancelledError, TimeoutError } from "../future/errors.ts";
import { FAILED, Future, setResultUnlessCancelled } from "../future/future.ts";
import { StandIn } from "../future/stand-in.ts";
import { coroutine } from "./coroutine.ts";
import { ensureFuture } from "./create-task.ts";
import { distinct } from "./distinct.ts";
import { timeout as timeoutAfter } from "./timeout.ts";

/** When `wait` returns: see there. */
export type ReturnWhen = "FIRST_COMPLETED" | "FIRST_EXCEPTION" | "ALL_COMPLETED";

const RETURN_WHEN: readonly unknown[] = ["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"];

/**
 * Waits until all of `futures` are done, or the first, or the first that fails, or until the timeout. It throws for none
 * of that and cancels nothing.
 *
 * @param options.timeout - Milliseconds; null (the default) is none.
 * @param options.returnWhen - Default `"ALL_COMPLETED"`.
 * @throws {ValueError} When there are none, or `returnWhen` is not one of the three.
 * @throws {TypeError} When one is not a Future or Task.
 */
export const wait: <F extends Future<any>>(
  futures: Iterable<F>,
  options?: { timeout?: number | null; returnWhen?: ReturnWhen },
) => Coroutine<{ done: Set<F>; pending: Set<F> }> = coroutine(function* wait<F extends Future<any>>(
  futures: Iterable<F>,
  options: { timeout?: number | null; returnWhen?: ReturnWhen } = {},
): Coroutine<{ done: Set<F>; pending: Set<F> }> {
  if (futures instanceof Future || typeof futures !== "object" || futures === null) {
    throw new TypeError(`wait: expected a list of futures, got ${describeMistake(futures)}.`);
  }
  const { timeout = null, returnWhen = "ALL_COMPLETED" } = options;
  if (!RETURN_WHEN.includes(returnWhen)) {
    throw new ValueError(`wait: returnWhen is one of ${RETURN_WHEN.join(", ")}, not ${returnWhen as string}.`);
  }
  const all = checkFutures(futures);
  yield* waitUntilReleased(all, timeout, returnWhen);
  const done = new Set<F>();
  const pending = new Set<F>();
  for (const future of all) (future.done() ? done : pending).add(future);
  return { done, pending };
});

function checkFutures<F extends Future<any>>(futures: Iterable<F>): Set<F> {
  const all = distinct("wait", futures);
  if (all.size === 0) throw new ValueError("wait: the list of futures is empty.");
  for (const future of all) {
    if (!(future instanceof Future)) {
      throw new TypeError(
        `wait: coroutines and other values are not taken, use createTask(); got ${describeMistake(future)}.`,
      );
    }
  }
  return all;
}

function* waitUntilReleased(all: Set<Future<any>>, timeout: number | null, returnWhen: ReturnWhen): Coroutine<void> {
  const loop = getRunningLoop();
  const released = new StandIn<void>("wait", all);
  const release = (): void => {
    if (!released.done()) released.setResult();
  };
  if (timeout !== null) checkMilliseconds("wait", "timeout", timeout);
  const timer = timeout === null ? null : loop.callLater(timeout, release);
  let left = all.size;
  const onDone = (future: Future<any>): void => {
    left -= 1;
    if (left <= 0 || returnWhen === "FIRST_COMPLETED" || (returnWhen === "FIRST_EXCEPTION" && hasFailed(future))) {
      timer?.cancel();
      release();
    }
  };
  const isIdle = (future: Future<any>): boolean =>
    left > 1 && (returnWhen === "ALL_COMPLETED" || (returnWhen === "FIRST_EXCEPTION" && future.state !== FAILED));
  for (const future of all) future.addCallback(onDone, isIdle);
  try {
    yield* released;
  } finally {
    timer?.cancel();
    for (const future of all) future.removeDoneCallback(onDone);
  }
}

function hasFailed(future: Future<any>): boolean {
  if (future.state !== FAILED) return false;
  future.exception();
  return true;
}

/**
 * Waits for `aw`, at most `timeout` milliseconds; then cancels it and waits for its end.
 *
 * With a positive timeout, or null for none, `aw` is awaited in the current task. With zero or less, what is done is
 * returned and all else is cancelled; a coroutine then never starts.
 *
 * @throws {TimeoutError} When the time is over.
 * @see CPython 3.13 `asyncio.wait_for`
 */
export const waitFor: <T>(aw: Awaitable<T>, timeout: number | null) => Coroutine<T> = coroutine(function* waitFor<T>(
  aw: Awaitable<T>,
  timeout: number | null,
): Coroutine<T> {
  if (timeout !== null) checkMilliseconds("waitFor", "timeout", timeout);
  if (!isAwaitable(aw)) throw new TypeError(`waitFor: an awaitable was expected, got ${describeMistake(aw)}.`);
  if (timeout !== null && timeout <= 0) return yield* now(ensureFuture(aw, "waitFor"));
  // As using(timeout(…), …), without its body: a function made for one call costs more than all the rest.
  const limit = timeoutAfter(timeout).begin();
  let result: T;
  try {
    result = yield* aw;
  } catch (error) {
    limit.fail(error);
    throw error;
  }
  limit.finish();
  return result;
});

function* now<T>(future: Future<T>): Coroutine<T> {
  if (future.done()) return future.result();
  yield* cancelAndWait(future);
  try {
    return future.result();
  } catch (error) {
    if (error instanceof CancelledError) throw new TimeoutError(undefined, { cause: error });
    throw error;
  }
}

/** Waits for the end of what it cancels, whatever that is. */
function* cancelAndWait(future: Future<any>): Coroutine<void> {
  const ended = new StandIn<void>("wait", [future]);
  const release = (): void => setResultUnlessCancelled(ended, undefined);
  future.addDoneCallback(release);
  try {
    future.cancel();
    yield* ended;
  } finally {
    future.removeDoneCallback(release);
  }
}
