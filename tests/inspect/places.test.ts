import { describe, expect, it } from "vitest";
import { runProgram } from "./run-program.ts";

describe("A recording with lines", () => {
  it("says where each task waits, keeps the sources of the program, and no others", () => {
    const output = runProgram("lines.ts", [
      `import { Lock, coroutine, createTask, runSync, sleep, using, waitFor } from "escapement";`,
      `import { narrate, record } from "escapement/inspect";`,
      `const inner = coroutine(function* inner() {`,
      `  yield* sleep(10);`,
      `});`,
      `function* main() {`,
      `  const task = createTask(inner(), { name: "inner" });`,
      `  yield;`,
      `  debugger; // stops nothing`,
      `  yield* waitFor(task, 100);`,
      `  yield* using(new Lock(), () => sleep(1));`,
      `}`,
      `const { trace } = record(main);`,
      `const waits = trace.events.flatMap((e, i) => (e.kind === "task.suspended" ? [narrate(trace, i)] : []));`,
      `console.log(waits.map((text) => text.replace(/escapement-inspect-\\w+/, "folder")).join("\\n"));`,
      `console.log(Object.entries(trace.sources).map(([file, text]) => file.split("/").at(-1) + " " + text.split("\\n").length));`,
      `const files = trace.events.flatMap(({ frames = [] }) => frames.map(({ file }) => file?.split("/").at(-1)));`,
      `console.log([...new Set(files)]);`,
    ]);
    expect(output.trimEnd().split("\n")).toEqual([
      "Task-1 gives way for one pass of the loop (folder/lines.ts:8).",
      "inner waits for sleep (folder/lines.ts:4).",
      'Task-1 waits for Task "inner" (folder/lines.ts:10).',
      "Task-1 waits for sleep (folder/lines.ts:11).",
      "[ 'lines.ts 18' ]",
      "[ 'lines.ts' ]",
    ]);
  });
});
