// For programs in processes of their own, in which nobody else makes promises: how many each operation makes.
import { createHook } from "node:async_hooks";
import { type Coroutine, run } from "../../src/index.ts";

const made: Record<string, number> = {};
let operation = "nothing";

const hook = createHook({
  init(_id, type) {
    if (type === "PROMISE") made[operation] = (made[operation] ?? 0) + 1;
  },
});

/** Waits for `coro`, and counts meanwhile under `name`. */
export function* counted<T>(name: string, coro: Coroutine<T>): Coroutine<T> {
  const outer = operation;
  operation = name;
  made[name] ??= 0;
  try {
    return yield* coro;
  } finally {
    operation = outer;
  }
}

/** Runs it twice, for what Node makes once is no matter, and prints what the second time made, as JSON. */
export async function printCounts(everything: () => Coroutine<void>): Promise<void> {
  await run(function* () {
    yield* everything();
    for (const name of Object.keys(made)) delete made[name];
    hook.enable();
    yield* counted("all the rest", everything());
    // The counter counts.
    yield* counted(
      "a promise",
      (function* () {
        void Promise.resolve();
      })(),
    );
    hook.disable();
  });
  console.log(JSON.stringify(made));
}
