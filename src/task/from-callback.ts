import { Future } from "../future/future.ts";

/**
 * A Node-style callback as a future.
 *
 * A result that comes after the future was cancelled is dropped.
 *
 * @param start - Starts the operation, and passes it `done`.
 * @example
 * const text = yield* fromCallback<string>((done) => fs.readFile("a.txt", "utf8", done));
 */
export function fromCallback<T>(start: (done: (error: unknown, value: T) => void) => void): Future<T> {
  if (typeof start !== "function") throw new TypeError(`fromCallback: expected a function, got ${typeof start}.`);
  const future = new Future<T>();
  start((error, value) => {
    if (!future.isAwaited()) return;
    if (error !== null && error !== undefined) future.setException(error);
    else future.setResult(value);
  });
  return future;
}
