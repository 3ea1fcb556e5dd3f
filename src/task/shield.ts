import type { Awaitable } from "../future/awaitable.ts";
import { FAILED, type Future } from "../future/future.ts";
import { StandIn } from "../future/stand-in.ts";
import { ensureFuture } from "./create-task.ts";

/**
 * Waits for `aw` without passing a cancellation on to it: the waiter is cancelled, `aw` goes on.
 *
 * Keep a reference to `aw`: when the waiter is gone, nobody else hears of its error.
 */
export function shield<T>(aw: Awaitable<T>): Future<T> {
  const inner = ensureFuture(aw, "shield");
  if (inner.done()) return inner;
  const outer = new StandIn<T>("shield", [inner], inner.loop);

  const innerDone = (): void => {
    if (outer.done()) {
      if (!inner.cancelled()) inner.exception();
    } else if (inner.cancelled()) outer.cancel();
    else if (inner.state === FAILED) outer.fail(inner.exception());
    else outer.setResult(inner.result());
  };
  inner.addDoneCallback(innerDone);
  outer.addDoneCallback(() => {
    if (!inner.done()) inner.removeDoneCallback(innerDone);
  });
  return outer;
}
