import type { Coroutine } from "../future/awaitable.ts";
import { isCancelled } from "../future/errors.ts";
import type { IoWait } from "./io-wait.ts";

/**
 * Waits for the end of `future`, however often the task is cancelled meanwhile. The last of those cancellations is
 * returned, for the caller to throw; null when there was none.
 *
 * @param onCancelled - Called at the first of them, if the future is not done then.
 * @internal
 */
export function* uninterrupted(future: IoWait<any>, onCancelled?: () => void): Coroutine<Error | null> {
  let cancellation: Error | null = null;
  while (!future.done()) {
    try {
      yield* future.join();
    } catch (error) {
      if (!isCancelled(error)) throw error;
      if (cancellation === null && !future.done()) onCancelled?.();
      cancellation = error;
    }
  }
  return cancellation;
}
