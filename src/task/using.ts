import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { coroutine } from "./coroutine.ts";

/** What is entered before a body and left after it, whichever way the body ends. */
export interface ContextManager<T> {
  enter(): Awaitable<T>;
  /** @param error - What the body threw; no argument at all when it returned. */
  exit(error?: unknown): Awaitable<void>;
}

/** A ContextManager whose `exit` may return true, which swallows the error. */
export interface SwallowingContextManager<T> {
  enter(): Awaitable<T>;
  exit(error?: unknown): Awaitable<boolean>;
}

/**
 * `async with manager as value: body`.
 *
 * @returns What the body returns; undefined when `exit` swallowed its error.
 * @example
 * const lock = new Lock();
 * yield* using(lock, function* () {
 *   yield* sleep(10);
 * });
 */
export const using: {
  <T, R>(manager: ContextManager<T>, body: (value: T) => Coroutine<R>): Coroutine<R>;
  <T, R>(manager: SwallowingContextManager<T>, body: (value: T) => Coroutine<R>): Coroutine<R | undefined>;
} = coroutine(function* using<T>(
  manager: ContextManager<T> | SwallowingContextManager<T>,
  body: (value: T) => Coroutine<any>,
): Coroutine<any> {
  const value = yield* manager.enter();
  let result: unknown;
  try {
    result = yield* body(value);
  } catch (error) {
    if ((yield* manager.exit(error)) === true) return undefined;
    throw error;
  }
  yield* manager.exit();
  return result;
});
