// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, BaseTaskTests: context variables in tasks.
import { describe, expect } from "vitest";
import {
  type Context,
  ContextVar,
  type Coroutine,
  type EventLoop,
  Future,
  type Task,
  copyContext,
  createTask,
  gather,
  sleep,
} from "../../src/index.ts";
import { newTask, newTestLoop, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

const UNSET = "what is not set is undefined, not None";

type Create = (loop: EventLoop, coro: Coroutine<void>, context: Context) => Task<void>;

/** Two tasks in one context, one after the other: what the variable is in it before, between and after. */
function sharedContext(create: Create): (number | undefined)[] {
  const loop = newTestLoop();
  const variable = new ContextVar<number>("variable");
  function* set(value: number): Coroutine<void> {
    yield* sleep(0);
    variable.set(value);
  }
  function* main(): Coroutine<(number | undefined)[]> {
    const context = copyContext();
    const seen = [context.get(variable)];
    for (const value of [1, 2]) {
      yield* create(loop, set(value), context);
      seen.push(context.get(variable));
    }
    return seen;
  }
  const seen = runUntilComplete(loop, newTask(loop, main()));
  loop.close();
  return seen;
}

describe("BaseTaskTests", () => {
  ported("test_context_1", () => {
    const loop = newTestLoop();
    const variable = new ContextVar("variable", { default: "nope" });
    const trace: string[] = [];
    function* child(): Coroutine<void> {
      yield* sleep(10);
      trace.push(`child ${variable.get()}`);
      variable.set("something else");
    }
    function* main(): Coroutine<void> {
      trace.push(`main ${variable.get()}`);
      const task = newTask(loop, child());
      variable.set("yes");
      trace.push(`main ${variable.get()}`);
      yield* task;
      trace.push(`main ${variable.get()}`);
    }
    runUntilComplete(loop, newTask(loop, main()));
    loop.close();
    expect(trace).toEqual(["main nope", "main yes", "child nope", "main yes"]);
  });

  ported("test_context_2", () => {
    const loop = newTestLoop();
    const variable = new ContextVar("variable", { default: "nope" });
    const trace: string[] = [];
    function* main(): Coroutine<void> {
      trace.push(variable.get());
      for (const round of [0, 1]) {
        const future = new Future<void>({ loop });
        // Runs in a context of its own: main does not see this change.
        future.addDoneCallback(() => void variable.set("something else"));
        variable.set(`yes${round}`);
        loop.callSoon(() => future.setResult());
        yield* future;
        trace.push(variable.get());
        for (const turn of [0, 1, 2]) {
          variable.set(`yes${turn}-${round}`);
          yield* sleep(1);
          trace.push(variable.get());
        }
      }
    }
    runUntilComplete(loop, newTask(loop, main()));
    loop.close();
    const rounds = [0, 1].flatMap((round) => [`yes${round}`, ...[0, 1, 2].map((turn) => `yes${turn}-${round}`)]);
    expect(trace).toEqual(["nope", ...rounds]);
    expect(variable.get()).toBe("nope");
  });

  adapted("test_context_3", "numbers that repeat instead of random ones", () => {
    const loop = newTestLoop();
    const variable = new ContextVar("variable", { default: -1 });
    let checked = 0;
    function* child(task: number): Coroutine<void> {
      for (let i = 0; i < 10; i += 1) {
        const value = (task % 11) + i;
        variable.set(value);
        yield* sleep(1 + ((task * 7 + i * 13) % 50));
        expect(variable.get()).toBe(value);
        checked += 1;
      }
    }
    function* main(): Coroutine<void> {
      yield* gather(Array.from({ length: 100 }, (_, task) => createTask(child(task))));
    }
    runUntilComplete(loop, main());
    loop.close();
    expect([checked, variable.get()]).toEqual([1000, -1]);
  });

  adapted("test_context_4", UNSET, () => {
    expect(sharedContext((loop, coro, context) => newTask(loop, coro, { context }))).toEqual([undefined, 1, 2]);
  });

  adapted("test_context_5", UNSET, () => {
    expect(sharedContext((_, coro, context) => createTask(coro, { context }))).toEqual([undefined, 1, 2]);
  });

  adapted("test_context_6", `${UNSET}; loop.create_task() is createTask() with a loop`, () => {
    expect(sharedContext((loop, coro, context) => createTask(coro, { loop, context }))).toEqual([undefined, 1, 2]);
  });

  ported("test_get_context", () => {
    const loop = newTestLoop();
    const context = copyContext();
    const task = newTask(loop, (function* () {})(), { context });
    runUntilComplete(loop, task);
    expect(task.getContext() === context).toBe(true);
    loop.close();
  });
});
