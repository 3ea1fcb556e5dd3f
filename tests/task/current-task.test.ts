import {
  type Coroutine,
  Future,
  Runner,
  Task,
  allTasks,
  createTask,
  currentTask,
  ensureFuture,
  getRunningLoop,
  runSync,
  sleep,
} from "escapement";
import { describe, expect, it } from "vitest";

describe("currentTask", () => {
  it("is the task whose code runs; nobody's in a callback", () => {
    const trace: unknown[] = [];
    runSync(function* () {
      function* nested(): Coroutine<void> {
        yield* sleep(1);
        trace.push(`nested: ${currentTask()!.name}`);
      }
      getRunningLoop().callSoon(() => trace.push(`callback: ${String(currentTask())}`));
      yield* nested();
      yield* createTask(nested(), { name: "child" });
      trace.push(`main: ${currentTask()!.name}`);
    });
    expect(trace).toEqual(["callback: null", "nested: Task-1", "nested: child", "main: Task-1"]);
  });
});

describe("allTasks", () => {
  it("gives those that are not done, in order of creation", () => {
    const trace: string[] = [];
    const names = (): string => [...allTasks()].map((task) => task.name).join();
    const runner = new Runner();
    runner.run(function* () {
      for (const [name, delay] of [
        ["slow", 20],
        ["quick", 10],
      ] as const)
        createTask(sleeper(delay), { name });
      createTask(sleeper(1000));
      for (let i = 0; i < 3; i += 1) {
        trace.push(`${getRunningLoop().time()} ${names()}`);
        yield* sleep(11);
      }
    });
    const loop = runner.getLoop();
    trace.push(`between the runs: ${[...allTasks(loop)].map((task) => task.name).join()}`);
    runner.close();
    trace.push(`closed: ${allTasks(loop).size}`);
    function* sleeper(delay: number): Coroutine<void> {
      yield* sleep(delay);
    }
    expect(trace).toEqual([
      "0 Task-1,slow,quick,Task-2",
      "11 Task-1,slow,Task-2",
      "22 Task-1,Task-2",
      "between the runs: Task-2",
      "closed: 0",
    ]);
  });
});

describe("Task", () => {
  it("can be told by its name, which can be changed", () => {
    const trace = runSync(function* () {
      const task = createTask(
        (function* () {
          yield* sleep(1);
        })(),
        { name: "before" },
      );
      const told = [String(task)];
      task.name = "after";
      task.cancel();
      told.push(String(task));
      yield* sleep(1);
      told.push(String(task));
      return told;
    });
    expect(trace).toEqual([
      '<Task pending name="before">',
      '<Task cancelling name="after">',
      '<Task cancelled name="after">',
    ]);
  });
});

describe("ensureFuture", () => {
  it("is the future that it is given, or a task that waits for anything else", () => {
    runSync(function* () {
      const future = new Future<number>();
      const task = createTask(work());
      expect(ensureFuture(future) === future && ensureFuture(task) === task).toBe(true);
      const made = [ensureFuture(work()), ensureFuture(sleep(1, "awake"))];
      expect(made.every((one) => one instanceof Task)).toBe(true);
      expect([yield* made[0]!, yield* made[1]!]).toEqual(["worked", "awake"]);
    });
    function* work(): Coroutine<string> {
      yield;
      return "worked";
    }
  });
});
