// CPython 3.13: Lib/test/test_asyncio/test_futures2.py, class by class.
import { describe, expect } from "vitest";
import {
  ContextVar,
  type Coroutine,
  Task,
  allTasks,
  createTask,
  getRunningLoop,
  runSync,
  sleep,
  waitFor,
} from "../../src/index.ts";
import { divideByZero, isolated } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

describe("FutureTests", () => {
  adapted("test_task_exc_handler_correct_context", "reported by loop.close(), not by garbage collection", () => {
    const name = new ContextVar("name", { default: "foo" });
    const seen: string[] = [];
    function* failing(): Coroutine<void> {
      name.set("bar");
      divideByZero();
    }
    runSync(function* () {
      getRunningLoop().setExceptionHandler(() => seen.push(name.get()));
      createTask(failing());
      yield* sleep(0);
    });
    expect(seen).toEqual(["bar"]);
  });

  ported(
    "test_handle_exc_handler_correct_context",
    isolated(function* () {
      const name = new ContextVar("name", { default: "foo" });
      const seen: string[] = [];
      const loop = getRunningLoop();
      loop.setExceptionHandler(() => seen.push(name.get()));
      loop.callSoon(() => {
        name.set("bar");
        divideByZero();
      });
      yield* sleep(0);
      expect(seen).toEqual(["bar"]);
    }),
  );
});

describe("FutureReprTests", () => {
  adapted(
    "test_recursive_repr_for_pending_tasks",
    "toString of a task tells no result, so that one among its own results shows no …",
    isolated(function* () {
      function* tasks(): Coroutine<Set<Task<unknown>>> {
        return allTasks();
      }
      const task = new Task(tasks(), { name: "asking" });
      const found = yield* waitFor(task, 10_000);
      expect(found.has(task)).toBe(true);
      expect([...found].map(String)).toEqual(['<Task pending name="Task-1">', '<Task finished name="asking">']);
    }),
  );
});
