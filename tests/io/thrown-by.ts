import type { Awaitable, Coroutine } from "../../src/index.ts";

/** What waiting for it throws. */
export function* thrownBy(awaitable: Awaitable<unknown>): Coroutine<any> {
  try {
    yield* awaitable;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
