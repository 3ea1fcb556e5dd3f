import type { Awaitable } from "../future/awaitable.ts";
import { describeMistake } from "../future/awaitable.ts";
import { Future } from "../future/future.ts";
import { ensureFuture } from "./create-task.ts";

// The other edge file: native promises in and out.

class PromiseFuture<T> extends Future<T> {
  /** For a deadlock: without the host's turn, no promise is ever settled. */
  get label(): string {
    return this.loop.hosted ? "fromPromise" : "fromPromise, which needs run()";
  }
}

/**
 * A future of what a native Promise will give. Cancelling the future does not stop what the promise stands for.
 *
 * @throws {TypeError} When it is not a promise.
 * @throws {EscapeError} In a simulation, where it would never be settled.
 */
export function fromPromise<T>(promise: PromiseLike<T>): Future<T> {
  if (typeof (promise as { then?: unknown } | null)?.then !== "function") {
    throw new TypeError(`fromPromise: expected a Promise, got ${describeMistake(promise)}.`);
  }
  const future = new PromiseFuture<T>();
  const refusal = future.loop.refusal("fromPromise");
  if (refusal !== null) throw refusal;
  promise.then(
    (value) => {
      if (future.isAwaited()) future.setResult(value);
    },
    (error: unknown) => {
      if (future.isAwaited())
        future.setException(error ?? new Error(`The promise was rejected with ${String(error)}.`));
    },
  );
  return future;
}

/** A native Promise of what `aw` will give. Inside a running loop, for code that wants promises. */
export function toPromise<T>(aw: Awaitable<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    ensureFuture(aw, "toPromise").addDoneCallback((future) => {
      try {
        resolve(future.result());
      } catch (error) {
        reject(error);
      }
    });
  });
}
