// CPython 3.13: Lib/test/test_asyncio/test_eager_task_factory.py, class by class.
import { describe, expect } from "vitest";
import {
  CancelledError,
  ContextVar,
  type Coroutine,
  Future,
  Runner,
  Task,
  TaskGroup,
  type TaskFactory,
  allTasks,
  coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  gather,
  runSync,
  sleep,
  using,
} from "../../src/index.ts";
import { raises, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

type Mark = <F extends (...args: any[]) => Coroutine<any>>(fn: F) => F;
const kinds: readonly Mark[] = [(fn) => fn, coroutine];

/** Runs the body of a test with eager tasks: once with plain generator functions, once with those of `coroutine()`. */
function eagerly(body: (mark: Mark) => Coroutine<unknown>, taskFactory: TaskFactory = eagerTaskFactory): () => void {
  return () => {
    for (const mark of kinds) runSync(() => body(mark), { taskFactory });
  };
}

describe("EagerTaskFactoryLoopTests", () => {
  adapted("test_eager_task_factory_set", "the factory is an option of the run, and is told from what it makes", () => {
    const made: Task<unknown>[] = [];
    const factory: TaskFactory = (loop, coro, options) => {
      const task = eagerTaskFactory(loop, coro, options);
      made.push(task);
      return task;
    };
    const run = eagerly(function* (mark) {
      const noop = mark(function* (): Coroutine<void> {});
      const task = createTask(noop());
      expect(task).toBeInstanceOf(Task);
      expect(made.pop() === task).toBe(true);
      yield* task;
    }, factory);
    run();
    // What is left are the main tasks, one for each kind.
    expect(made.length).toBe(2);
  });

  ported(
    "test_await_future_during_eager_step",
    eagerly(function* (mark) {
      const setResult = mark(function* (future: Future<string>, value: string): Coroutine<void> {
        future.setResult(value);
      });
      const future = new Future<string>();
      const task = createTask(setResult(future, "my message"));
      expect(task.done()).toBe(true);
      expect(yield* future).toBe("my message");
    }),
  );

  ported(
    "test_eager_completion",
    eagerly(function* (mark) {
      const hello = mark(function* (): Coroutine<string> {
        return "hello";
      });
      const task = createTask(hello());
      expect(task.done()).toBe(true);
      expect(yield* task).toBe("hello");
    }),
  );

  const finishLate = function* (): Coroutine<string> {
    yield* sleep(100);
    return "finished after blocking";
  };

  ported(
    "test_block_after_eager_step",
    eagerly(function* (mark) {
      const task = createTask(mark(finishLate)());
      expect(task.done()).toBe(false);
      const result = yield* task;
      expect(task.done()).toBe(true);
      expect(result).toBe("finished after blocking");
    }),
  );

  ported(
    "test_cancellation_after_eager_completion",
    eagerly(function* (mark) {
      const finish = mark(function* (): Coroutine<string> {
        return "finished without blocking";
      });
      const task = createTask(finish());
      task.cancel();
      const result = yield* task;
      expect(task.cancelled()).toBe(false);
      expect(result).toBe("finished without blocking");
    }),
  );

  ported(
    "test_cancellation_after_eager_step_blocks",
    eagerly(function* (mark) {
      const task = createTask(mark(finishLate)());
      task.cancel("cancellation message");
      expect(task.cancelling()).toBeGreaterThan(0);
      const error = yield* raises(CancelledError, task);
      expect(error.message).toBe("cancellation message");
    }),
  );

  ported(
    "test_current_task",
    eagerly(function* (mark) {
      let captured: Task<unknown> | null = null;
      const capture = mark(function* (): Coroutine<void> {
        captured = currentTask();
        yield* sleep(100);
        expect(currentTask() === captured).toBe(true);
      });
      const task = createTask(capture());
      expect(captured === task).toBe(true);
      yield* task;
    }),
  );

  ported(
    "test_all_tasks_with_eager_completion",
    eagerly(function* (mark) {
      let captured = new Set<Task<unknown>>();
      const capture = mark(function* (): Coroutine<void> {
        captured = allTasks();
      });
      const task = createTask(capture());
      expect(captured.has(task)).toBe(true);
      expect(allTasks().has(task)).toBe(false);
    }),
  );

  ported(
    "test_all_tasks_with_blocking",
    eagerly(function* (mark) {
      let captured = new Set<Task<unknown>>();
      const first = new Future<void>();
      const second = new Future<void>();
      const capture = mark(function* (): Coroutine<void> {
        captured = allTasks();
        yield* first;
        second.setResult();
      });
      const task = createTask(capture());
      expect(captured.has(task)).toBe(true);
      expect(allTasks().has(task)).toBe(true);
      first.setResult();
      yield* second;
      expect(allTasks().has(task)).toBe(false);
    }),
  );

  ported(
    "test_context_vars",
    eagerly(function* (mark) {
      const variable = new ContextVar("cv", { default: 0 });
      const steps: string[] = [];
      const change = mark(function* (): Coroutine<void> {
        expect(variable.get()).toBe(1);
        variable.set(2);
        expect(variable.get()).toBe(2);
        steps.push("first");
        yield* sleep(100);
        expect(variable.get()).toBe(2);
        variable.set(3);
        expect(variable.get()).toBe(3);
        steps.push("second");
      });
      variable.set(1);
      const task = createTask(change());
      expect(steps).toEqual(["first"]);
      expect(variable.get()).toBe(1);
      yield* task;
      expect(steps).toEqual(["first", "second"]);
      expect(variable.get()).toBe(1);
    }),
  );
});

describe("CEagerTaskFactoryLoopTests", () => {
  adapted(
    "test_issue122332",
    "getCoro() still gives the coroutine, which has ended; CPython's gives None",
    eagerly(function* (mark) {
      const coro = mark(function* (): Coroutine<void> {})();
      const task = createTask(coro);
      yield* task;
      expect(task.getCoro()).toBe(coro);
      expect(task.getCoro().next()).toEqual({ value: undefined, done: true });
    }),
  );
});

describe("BaseTaskCountingTests", () => {
  const awaitableChain = function* (depth: number): Coroutine<number> {
    if (depth === 0) return 0;
    return 1 + (yield* awaitableChain(depth - 1));
  };

  const recursiveTaskGroups = function* (width: number, depth: number): Coroutine<void> {
    if (depth === 0) return;
    yield* using(new TaskGroup(), function* (group) {
      for (let i = 0; i < width; i += 1) group.createTask(recursiveTaskGroups(width, depth - 1));
    });
  };

  const recursiveGather = function* (width: number, depth: number): Coroutine<void> {
    if (depth === 0) return;
    yield* gather(Array.from({ length: width }, () => recursiveGather(width, depth - 1)));
  };

  const plain: TaskFactory = (loop, coro, options) => new Task(coro, { ...options, loop });

  /** The result of `main`, and how many tasks had not begun when they had been made. */
  function count<T>(factory: TaskFactory, main: Coroutine<T>): { result: T; tasks: number } {
    let tasks = 0;
    const taskFactory: TaskFactory = (loop, coro, options) => {
      let begun = false;
      const task = factory(
        loop,
        (function* () {
          begun = true;
          return yield* coro;
        })(),
        options,
      );
      if (!begun) tasks += 1;
      return task;
    };
    using runner = new Runner({ taskFactory });
    const result = runUntilComplete(runner.getLoop(), main);
    return { result, tasks };
  }

  const plainTasks = 1 + 5 + 5 ** 2 + 5 ** 3 + 5 ** 4;

  adapted("test_awaitables_chain", "counts the tasks that do not begin at once; main, never eager, is one", () => {
    for (const factory of [plain, eagerTaskFactory]) {
      expect(count(factory, awaitableChain(100))).toEqual({ result: 100, tasks: 1 });
    }
  });

  adapted("test_recursive_taskgroups", "counts the tasks that do not begin at once; main, never eager, is one", () => {
    expect(count(plain, recursiveTaskGroups(5, 4)).tasks).toBe(plainTasks);
    expect(count(eagerTaskFactory, recursiveTaskGroups(5, 4)).tasks).toBe(1);
  });

  adapted("test_recursive_gather", "counts the tasks that do not begin at once; main, never eager, is one", () => {
    expect(count(plain, recursiveGather(5, 4)).tasks).toBe(plainTasks);
    expect(count(eagerTaskFactory, recursiveGather(5, 4)).tasks).toBe(1);
  });
});
