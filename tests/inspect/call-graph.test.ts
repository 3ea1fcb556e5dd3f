import {
  type Coroutine,
  type Task,
  TaskGroup,
  coroutine,
  createTask,
  gather,
  runSync,
  shield,
  sleep,
  using,
  wait,
} from "escapement";
import { type CallGraph, captureCallGraph, formatCallGraph } from "escapement/inspect";
import { describe, expect, it } from "vitest";
import { said, untyped } from "../said.ts";
import { runProgram } from "./run-program.ts";

/** The names alone: lines of this file would change with it. */
function namesOf(graph: CallGraph | null): unknown {
  if (graph === null) return null;
  const { task, stack, awaitedBy, deadlock } = graph;
  const frames = stack.map(({ name }) => name);
  return [task, deadlock === true ? "DEADLOCK" : frames, ...awaitedBy.map(namesOf)];
}

const inner = coroutine(function* inner(): Coroutine<void> {
  yield* sleep(10);
});
const outer = coroutine(function* outer(): Coroutine<void> {
  yield* inner();
});

describe("captureCallGraph", () => {
  it("has the frames of a suspended task, innermost first", () => {
    runSync(function* main() {
      const task = createTask(outer(), { name: "worker" });
      yield;
      expect(namesOf(captureCallGraph(task))).toEqual(["worker", ["inner", "outer"]]);
    });
  });

  it("has the frames of the current task, those that run and those that wait for them", () => {
    function plain(): CallGraph | null {
      return captureCallGraph();
    }
    function* nested(): Coroutine<void> {
      expect(namesOf(plain())).toEqual(["Task-1", ["plain", "nested", "middle", "main"]]);
      yield;
    }
    const middle = coroutine(function* middle(): Coroutine<void> {
      yield* sleep(1);
      yield* nested();
    });
    runSync(function* main() {
      yield* middle();
    });
  });

  it("says who awaits it: through tasks, gather, shield, wait and a group", () => {
    runSync(function* main() {
      const task = createTask(inner(), { name: "worker" });
      const waits = (name: string, waiting: () => Coroutine<unknown>) => createTask(waiting(), { name });
      const waiters = [
        waits("direct", function* () {
          yield* task;
        }),
        waits("gathering", function* () {
          yield* gather([task, sleep(20)]);
        }),
        waits("shielding", function* () {
          yield* shield(task);
        }),
        waits("waiting", function* () {
          yield* wait([task]);
        }),
      ];
      yield;
      yield;
      const { awaitedBy } = captureCallGraph(task)!;
      expect(awaitedBy.map((graph) => graph.task)).toEqual(["direct", "gathering", "shielding", "waiting"]);
      yield* gather(waiters);
    });
  });

  it("follows those who await further and further", () => {
    runSync(function* main() {
      const group = new TaskGroup();
      yield* using(group, function* () {
        const task = group.createTask(outer(), { name: "child" });
        group.createTask(looking(), { name: "looking" });
        function* looking(): Coroutine<void> {
          yield;
          const graph = captureCallGraph(task)!;
          expect(graph.awaitedBy.map((waiter) => waiter.task)).toEqual(["Task-1"]);
          expect(graph.awaitedBy[0]!.stack.at(-1)!.name).toBe("main");
        }
      });
    });
  });

  it("shows a ring of tasks as the deadlock it is", () => {
    const tasks: Record<string, ReturnType<typeof createTask>> = {};
    function* waitsFor(name: string): Coroutine<void> {
      yield* tasks[name]!;
    }
    runSync(function* main() {
      tasks["a"] = createTask(waitsFor("b"), { name: "a" });
      tasks["b"] = createTask(waitsFor("a"), { name: "b" });
      yield;
      yield;
      expect(namesOf(captureCallGraph(tasks["a"]))).toEqual([
        "a",
        ["waitsFor"],
        ["b", ["waitsFor"], ["a", "DEADLOCK"]],
      ]);
      tasks["a"].cancel();
      yield* gather(Object.values(tasks), { returnExceptions: true });
    });
  });

  it("keeps as much of each stack as it is told: from the innermost, from the outermost, nothing", () => {
    runSync(function* main() {
      const task = createTask(outer(), { name: "worker" });
      yield;
      const limited = (limit: number) => captureCallGraph(task, { limit })!.stack.map(({ name }) => name);
      expect([1, 5, -1, -5, 0].map(limited)).toEqual([
        ["inner"],
        ["inner", "outer"],
        ["outer"],
        ["inner", "outer"],
        [],
      ]);
    });
  });

  it("is null in a callback, and an error outside of a loop or of what is no task", () => {
    runSync(function* main() {
      const seen: unknown[] = [];
      const task = createTask(inner());
      task.addDoneCallback(() => seen.push(captureCallGraph(), formatCallGraph()));
      yield* task;
      yield;
      expect(seen).toEqual([null, ""]);
      expect(namesOf(captureCallGraph(task))).toEqual(["Task-2", []]);
    });
    expect(said(() => captureCallGraph())).toMatch(/^RuntimeError: /);
    for (const wrong of [null, 5, {}, "worker"]) {
      expect(said(() => captureCallGraph(untyped(wrong)))).toMatch(/^TypeError: captureCallGraph: a Task was expected/);
    }
  });

  it("takes nobody for a deadlock who is awaited in two ways", () => {
    let seen: unknown = null;
    function* waiting(task: Task<void>): Coroutine<void> {
      yield* task;
    }
    runSync(function* main() {
      const task = createTask(inner(), { name: "worker" });
      const left = createTask(waiting(task), { name: "left" });
      const right = createTask(waiting(task), { name: "right" });
      createTask(looking(), { name: "looking" });
      yield* gather([left, right]);
      function* looking(): Coroutine<void> {
        yield;
        seen = namesOf(captureCallGraph(task));
      }
    });
    const main = ["Task-1", ["main"]];
    expect(seen).toEqual(["worker", ["inner"], ["left", ["waiting"], main], ["right", ["waiting"], main]]);
  });

  it("leaves the limit of stack traces as it was", () => {
    const traces = Error as { stackTraceLimit?: number };
    const before = traces.stackTraceLimit!;
    const look = (): number | undefined => {
      runSync(function* main() {
        captureCallGraph();
        yield;
      });
      return traces.stackTraceLimit;
    };
    try {
      traces.stackTraceLimit = 7;
      expect(look()).toBe(7);
      delete traces.stackTraceLimit;
      expect(look()).toBe(undefined);
    } finally {
      traces.stackTraceLimit = before;
    }
  });

  it("is not recursive where tasks await each other in a long chain", () => {
    const depth = 3000;
    const lines: string[] = [];
    runSync(function* main() {
      let task = createTask(sleeping());
      const first = task;
      for (let i = 1; i < depth; i += 1) task = createTask(waiting(task));
      yield;
      yield;
      lines.push(...formatCallGraph(first, { limit: 0 }).split("\n"));
      yield* task;
    });
    expect(lines.filter((line) => line.trimStart().startsWith("* Task"))).toHaveLength(depth);
    function* sleeping(): Coroutine<void> {
      yield* sleep(1);
    }
    function* waiting(task: ReturnType<typeof createTask>): Coroutine<void> {
      yield* task;
    }
  });
});

describe("formatCallGraph", () => {
  // The form of CPython 3.14's asyncio.format_call_graph; the number that is an object's address there has no like here.
  it("writes it as asyncio does, with files and lines", () => {
    const output = runProgram("graph.ts", [
      `import { coroutine, createTask, runSync, sleep } from "escapement";`,
      `import { formatCallGraph } from "escapement/inspect";`,
      `const inner = coroutine(function* inner() {`,
      `  yield* sleep(10);`,
      `});`,
      `function* main() {`,
      `  const worker = createTask(inner(), { name: "worker" });`,
      `  createTask(looking(worker), { name: "looking" });`,
      `  yield* worker;`,
      `}`,
      `function* looking(task) {`,
      `  yield;`,
      `  console.log(formatCallGraph(task));`,
      `  console.log(formatCallGraph());`,
      `}`,
      `runSync(main);`,
    ]);
    expect(
      output
        .replaceAll(/'[^']*graph\.ts'/g, "'graph.ts'")
        .trimEnd()
        .split("\n"),
    ).toEqual([
      "* Task(name='worker')",
      "  + Call stack:",
      "  |   File 'graph.ts', line 4, in inner()",
      "  + Awaited by:",
      "    * Task(name='Task-1')",
      "      + Call stack:",
      "      |   File 'graph.ts', line 9, in main()",
      "* Task(name='looking')",
      "  + Call stack:",
      "  |   File 'graph.ts', line 14, in looking()",
    ]);
  });

  it("says DEADLOCK", () => {
    const tasks: Record<string, ReturnType<typeof createTask>> = {};
    function* waitsFor(name: string): Coroutine<void> {
      yield* tasks[name]!;
    }
    runSync(function* main() {
      tasks["a"] = createTask(waitsFor("b"), { name: "a" });
      tasks["b"] = createTask(waitsFor("a"), { name: "b" });
      yield;
      yield;
      expect(formatCallGraph(tasks["a"], { limit: 0 })).toBe(
        [
          "* Task(name='a')",
          "  + Awaited by:",
          "    * Task(name='b')",
          "      + Awaited by:",
          "        * Task(name='a')",
          "          + DEADLOCK: this task waits, through those above, for itself",
        ].join("\n"),
      );
      tasks["a"].cancel();
      yield* gather(Object.values(tasks), { returnExceptions: true });
    });
  });
});
