// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, the small classes: what a task is, and which is current.
import { describe, expect } from "vitest";
import {
  type Coroutine,
  type EventLoop,
  Future,
  InvalidStateError,
  RuntimeError,
  Task,
  allTasks,
  createTask,
  currentTask,
  getRunningLoop,
  sleep,
} from "../../src/index.ts";
import { newTestLoop, raised, runBriefly, runUntilComplete } from "./helpers.ts";
import { adapted, leftOut, ported } from "./port.ts";

function* noop(): Coroutine<void> {}

// Tasks are compared by identity: an equality that looks into them would iterate a pending one without end.
function same(found: readonly unknown[], expected: readonly unknown[]): boolean {
  return found.length === expected.length && found.every((one, i) => one === expected[i]);
}

function hasTasks(loop: EventLoop, tasks: readonly Task<unknown>[]): boolean {
  return same([...allTasks(loop)], tasks);
}

/** In a callback of `loop`, between the steps of tasks. */
function currentBetweenSteps(loop: EventLoop): Task<unknown> | null {
  let current: Task<unknown> | null = null;
  loop.callSoon(() => {
    current = currentTask();
  });
  runBriefly(loop);
  return current;
}

describe("SetMethodsTest", () => {
  function* ten(): Coroutine<unknown> {
    yield* sleep(100);
    return 10;
  }

  /** A task completed behind its back: what running the loop until it is done gives, and what is reported meanwhile. */
  function completedOutside(complete: (task: Task<unknown>) => void): { outcome: () => unknown; reported: unknown[] } {
    const loop = newTestLoop();
    const reported: unknown[] = [];
    loop.setExceptionHandler((_loop, context) => reported.push(context.exception));
    const task = createTask(ten(), { loop });
    complete(task);
    return { outcome: () => runUntilComplete(loop, task), reported };
  }

  function expectStepRefused(reported: readonly unknown[]): void {
    expect(reported).toEqual([expect.any(InvalidStateError)]);
    expect((reported[0] as Error).message).toMatch(/already done/);
  }

  ported("test_set_result_causes_invalid_state", () => {
    const { outcome, reported } = completedOutside((task) => Future.prototype.setResult.call(task, "spam"));
    expect(outcome()).toBe("spam");
    expectStepRefused(reported);
  });

  ported("test_set_exception_causes_invalid_state", () => {
    class MyError extends Error {}
    const { outcome, reported } = completedOutside((task) => Future.prototype.setException.call(task, new MyError()));
    expect(outcome).toThrow(MyError);
    expectStepRefused(reported);
  });
});

describe("BaseTaskIntrospectionTests", () => {
  adapted("test__register_task_1", "making a task registers it, ending it takes it out", () => {
    const loop = newTestLoop();
    expect(hasTasks(loop, [])).toBe(true);
    const task = new Task(noop(), { loop });
    expect(hasTasks(loop, [task])).toBe(true);
    runUntilComplete(loop, task);
    expect(hasTasks(loop, [])).toBe(true);
  });

  leftOut("test__register_task_2", "nothing but a Task can be registered, so it has one way to name its loop");

  adapted("test__register_task_3", "a task that is done, instead of an object that says so", () => {
    const loop = newTestLoop();
    const task = new Task(noop(), { loop });
    runUntilComplete(loop, task);
    expect(task.done()).toBe(true);
    expect(hasTasks(loop, [])).toBe(true);
  });

  /** Which task is current before, during and after the step of a task; `during` may look closer. */
  function aroundStep(loop: EventLoop, during = (): void => {}): { task: Task<void>; seen: unknown[] } {
    const seen: unknown[] = [];
    function* look(): Coroutine<void> {
      seen.push(currentTask());
      during();
      seen.push(currentTask());
    }
    const task = new Task(look(), { loop });
    runUntilComplete(loop, task);
    return { task, seen };
  }

  adapted("test__enter_task", "a step enters its task; there is no function for it", () => {
    const loop = newTestLoop();
    expect(currentBetweenSteps(loop)).toBe(null);
    const { task, seen } = aroundStep(loop);
    expect(same(seen, [task, task])).toBe(true);
  });

  adapted("test__enter_task_failure", "the step of another task is refused inside a step", () => {
    const loop = newTestLoop();
    const other = newTestLoop();
    const second = new Task(noop(), { loop: other });
    const { task, seen } = aroundStep(loop, () => {
      for (const nested of [loop, other]) expect(raised(() => nested.runOnce())).toBeInstanceOf(RuntimeError);
    });
    expect(second.done()).toBe(false);
    expect(same(seen, [task, task])).toBe(true);
  });

  adapted("test__leave_task", "the end of a step leaves its task; there is no function for it", () => {
    const loop = newTestLoop();
    aroundStep(loop);
    expect(currentBetweenSteps(loop)).toBe(null);
  });

  leftOut("test__leave_task_failure1", "no function leaves a task, so none leaves the wrong one");
  leftOut("test__leave_task_failure2", "no function leaves a task, so none leaves one that was not entered");

  adapted(
    "test__unregister_task",
    "a task that ends is taken out, cancelled ones too; there is no function for it",
    () => {
      const loop = newTestLoop();
      const [stays, goes] = [createTask(sleeping(), { loop }), createTask(sleeping(), { loop })];
      runBriefly(loop);
      expect(hasTasks(loop, [stays, goes])).toBe(true);
      goes.cancel();
      runBriefly(loop);
      expect(hasTasks(loop, [stays])).toBe(true);
      function* sleeping(): Coroutine<void> {
        yield* sleep(1000);
      }
    },
  );

  leftOut("test__unregister_task_not_registered", "no function takes a task out, so none takes out an unknown one");
});

describe("BaseCurrentLoopTests", () => {
  adapted("test_current_task_no_running_loop", "currentTask() takes no loop: it is asked in a callback", () => {
    expect(currentBetweenSteps(newTestLoop())).toBe(null);
  });

  ported("test_current_task_no_running_loop_implicit", () => {
    const error = raised(() => currentTask());
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toMatch(/no running event loop/i);
  });

  adapted(
    "test_current_task_with_implicit_loop",
    "currentTask() takes no loop: it is asked in the step, and in a callback after it",
    () => {
      const loop = newTestLoop();
      let seen: Task<unknown> | null = null;
      function* look(): Coroutine<void> {
        seen = currentTask();
      }
      const task = new Task(look(), { loop });
      runUntilComplete(loop, task);
      expect(seen === task).toBe(true);
      expect(currentBetweenSteps(loop)).toBe(null);
    },
  );
});

describe("GenericTaskTests", () => {
  ported("test_future_subclass", () => {
    expect(Task.prototype).toBeInstanceOf(Future);
  });
});

describe("SleepTests", () => {
  ported("test_sleep_zero", () => {
    let result = 0;
    function increase(by: number): void {
      result += by;
    }
    function* coro(): Coroutine<void> {
      getRunningLoop().callSoon(increase, 1);
      expect(result).toBe(0);
      const by = yield* sleep(0, 10);
      expect(result).toBe(1);
      increase(by);
    }
    runUntilComplete(newTestLoop(), coro());
    expect(result).toBe(11);
  });
});
