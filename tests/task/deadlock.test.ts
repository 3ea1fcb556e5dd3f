import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Awaitable,
  type Coroutine,
  DeadlockError,
  Future,
  type Task,
  TaskGroup,
  asCompleted,
  createTask,
  gather,
  getRunningLoop,
  runSync,
  shield,
  sleep,
  using,
  wait,
} from "escapement";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const library = new URL("../../src/index.ts", import.meta.url).href;
const tsx = createRequire(import.meta.url).resolve("tsx");

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-deadlock-")));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program in a process of its own, where lines are those of the file. */
function program(name: string, lines: string[]): string {
  writeFileSync(join(folder, name), lines.join("\n"));
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, join(folder, name)], { encoding: "utf8" });
  return stdout + stderr;
}

function deadlockOf(main: () => Coroutine<unknown>): DeadlockError {
  try {
    runSync(main);
  } catch (error) {
    if (error instanceof DeadlockError) return error;
    throw error;
  }
  throw new Error("the program ended");
}
const withoutPlaces = (text: string): string => text.replace(/ \([^()]*:\d+\)/g, "");

/** Tasks that await each other: the first the second, the last the first. */
function ring(names: readonly string[], seen: (name: string, error: unknown) => void): Task<void>[] {
  const tasks: Task<void>[] = [];
  function* member(i: number): Coroutine<void> {
    try {
      yield* tasks[(i + 1) % names.length]!;
    } catch (error) {
      seen(names[i]!, error);
      throw error;
    }
  }
  for (const [i, name] of names.entries()) tasks.push(createTask(member(i), { name }));
  return tasks;
}

describe("DeadlockError", () => {
  it("names each task and what it waits for", () => {
    const error = deadlockOf(function* () {
      const never = new Future<void>();
      yield* createTask(
        (function* () {
          yield* never;
        })(),
        { name: "producer-1" },
      );
    });
    const main = error.tasks[0]!.name;
    expect(withoutPlaces(error.message)).toBe(
      `2 tasks wait and nothing is scheduled: "${main}" on Task "producer-1", "producer-1" on a Future.`,
    );
    expect(error.tasks.map((task) => task.name)).toEqual([main, "producer-1"]);
  });

  it("names a ring of tasks as one", () => {
    const error = deadlockOf(function* () {
      yield* ring(["a", "b", "c"], () => {})[0]!;
    });
    expect(error.message).toContain('They await each other in a ring: "a" → "b" → "c" → "a".');
    expect(error.message.match(/ring/g)).toEqual(["ring"]);
  });

  it("sees rings through what stands between two tasks", () => {
    const through = (standIn: (child: Task<void>) => Awaitable<unknown>): string => {
      const error = deadlockOf(function* () {
        // The clean-up of a group in a ring deadlocks, too.
        getRunningLoop().setExceptionHandler(() => {});
        const tasks: Task<void>[] = [];
        function* waitingFor(aw: () => Awaitable<unknown>): Coroutine<void> {
          yield* aw();
        }
        const parentWaits = waitingFor(() => standIn(tasks[1]!));
        const childWaits = waitingFor(() => tasks[0]!);
        tasks.push(createTask(parentWaits, { name: "parent" }), createTask(childWaits, { name: "child" }));
        yield* tasks[0]!;
      });
      return /They await.*$/.exec(error.message)?.[0] ?? error.message;
    };
    const ringOfTwo = 'They await each other in a ring: "parent" → "child" → "parent".';
    expect(through((child) => gather([sleep(1), child]))).toBe(ringOfTwo);
    expect(through((child) => gather([gather([child])]))).toBe(ringOfTwo);
    expect(through((child) => shield(child))).toBe(ringOfTwo);
    expect(through((child) => wait([child]))).toBe(ringOfTwo);
    expect(through((child) => asCompleted([child]).next().value as Coroutine<void>)).toBe(ringOfTwo);
    expect(through((child) => inGroup(child))).toContain('"parent" → "Task-2" → "child" → "parent".');
    function* inGroup(child: Task<void>): Coroutine<void> {
      const group = new TaskGroup();
      yield* using(group, function* () {
        group.createTask(awaiting(child));
      });
    }
    function* awaiting(child: Task<void>): Coroutine<void> {
      yield* child;
    }
  });

  it("names no ring where only the finished would close one", () => {
    const error = deadlockOf(function* () {
      const never = new Future<void>();
      const done = createTask(
        (function* (): Coroutine<void> {
          yield;
        })(),
        { name: "done" },
      );
      yield* gather([done, never]);
    });
    expect(error.message).not.toContain("ring");
  });

  it("is followed by the clean-up; if that can never end either, it is the first that comes out", () => {
    const trace: string[] = [];
    const error = deadlockOf(function* main() {
      const never = new Future<void>();
      try {
        yield* never;
      } finally {
        trace.push("main is cancelled");
        getRunningLoop().setExceptionHandler((_loop, { message, task }) => trace.push(`${message} ${task!.name}`));
        yield* new Future<void>();
      }
    });
    expect(error.message).toContain('1 task waits and nothing is scheduled: "Task-1" on a Future');
    expect(trace).toEqual(["main is cancelled", "Task was destroyed but it is pending! Task-1"]);
  });

  it("is thrown only when nothing is scheduled, however many wait", () => {
    const result = runSync(function* () {
      createTask(waitForever());
      return yield* sleep(1000, "main has ended");
    });
    expect(result).toBe("main has ended");
    function* waitForever(): Coroutine<void> {
      yield* new Future<void>();
    }
  });

  it("names the line of the program, not the one of the library in which it waits", () => {
    const output = program("own-line.ts", [
      `import { Lock, runSync, using } from ${JSON.stringify(library)};`,
      `runSync(function* main() {`,
      `  const lock = new Lock();`,
      `  yield* lock.acquire();`,
      `  yield* using(lock, function* () {});`,
      `});`,
    ]);
    expect(output).toMatch(/"Task-1" on Lock\.acquire \([^()]*\/own-line\.ts:5\)\./);
  });

  it("says where each task waits, by file and line", () => {
    const output = program("places.ts", [
      `import { Future, coroutine, createTask, runSync } from ${JSON.stringify(library)};`,
      `const inner = coroutine(function* inner() {`,
      `  yield* new Future<void>();`,
      `});`,
      `function* worker(): any {`,
      `  yield* inner();`,
      `}`,
      `try {`,
      `  runSync(function* main(): any {`,
      `    const task = createTask(worker(), { name: "worker" });`,
      `    yield;`,
      `    yield* task;`,
      `  });`,
      `} catch (error: any) {`,
      `  console.log(error.name, error.message.replace(/escapement-deadlock-\\w+/g, "folder"));`,
      `}`,
    ]);
    expect(output).toMatch(
      /^DeadlockError 2 tasks wait and nothing is scheduled: "Task-1" on Task "worker" \(folder\/places\.ts:12\), "worker" on a Future \(folder\/places\.ts:[36]\)\.\n$/,
    );
  });
});

describe("Task.getStack", () => {
  it("tells function, file and line of each suspended frame, innermost last", () => {
    const output = program("stack.ts", [
      `import { coroutine, createTask, runSync, sleep } from ${JSON.stringify(library)};`,
      `const inner = coroutine(function* inner() {`,
      `  yield* sleep(10);`,
      `});`,
      `const outer = coroutine(function* outer() {`,
      `  // one line more`,
      `  yield* inner();`,
      `});`,
      `runSync(function* () {`,
      `  const task = createTask(outer());`,
      `  yield* sleep(1);`,
      `  for (const { name, file, line } of task.getStack()) console.log(name, file!.split("/").at(-1), line);`,
      `});`,
    ]);
    expect(output).toBe("outer stack.ts 7\ninner stack.ts 3\n");
  });
});

describe("Task.cancel", () => {
  it("of a member of a ring reaches that member, and then those that wait for it", () => {
    const trace: string[] = [];
    runSync(function* () {
      const tasks = ring(["a", "b", "c"], (name, error) => trace.push(`${name} ${(error as Error).name}`));
      yield* sleep(1);
      trace.push(`asked ${tasks[0]!.cancel()}`);
      yield* sleep(1);
      trace.push(tasks.map((task) => task.cancelled()).join());
    });
    expect(trace).toEqual(["asked true", "a CancelledError", "c CancelledError", "b CancelledError", "true,true,true"]);
  });

  it("goes through a chain of 100,000 tasks", () => {
    const ended: number[] = [];
    function* link(i: number, before: Task<void> | null): Coroutine<void> {
      try {
        if (before === null) yield* sleep(1000);
        else yield* before;
      } finally {
        ended.push(i);
      }
    }
    const cancelled = runSync(function* () {
      const tasks: Task<void>[] = [];
      for (let i = 0; i < 100_000; i += 1) tasks.push(createTask(link(i, tasks.at(-1) ?? null)));
      yield* sleep(1);
      tasks.at(-1)!.cancel();
      yield* sleep(1);
      return tasks.filter((task) => task.cancelled()).length;
    });
    expect(cancelled).toBe(100_000);
    expect(ended).toEqual(Array.from({ length: 100_000 }, (_, i) => i));
  });
});
