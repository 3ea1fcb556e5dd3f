import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Trace, narrate, parseTrace, toSvg } from "escapement/inspect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeViewer } from "../../scripts/viewer/build.ts";

const tsx = createRequire(import.meta.url).resolve("tsx");
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let folder = "";
beforeAll(async () => {
  await writeViewer("src/inspect");
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-record-")));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  write(
    "program.ts",
    `import { createTask, sleep } from "escapement";
import { mark } from "escapement/inspect";
function* child() {
  yield* sleep(20);
  return "child";
}
export default function* main() {
  mark("here");
  const task = createTask(child(), { name: "child" });
  yield* task;
}`,
  );
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

function escapement(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

const traceIn = (name: string): Trace => parseTrace(readFileSync(join(folder, name), "utf8"));
const storyIn = (name: string): string[] => {
  const trace = traceIn(name);
  return trace.events.map((_, index) => narrate(trace, index));
};

describe("escapement run --record", () => {
  it("leaves a trace with the lines of the program", () => {
    const ended = escapement("run", "--virtual", "program.ts", "--record", "run.trace.json");
    expect(ended).toEqual({ code: 0, stdout: "", stderr: expect.stringMatching(/^Recorded \d+ events in run\.trace/) });
    const { header, sources } = traceIn("run.trace.json");
    expect(header).toEqual({ program: "program.ts", clock: "virtual", hostTimes: expect.any(Array) });
    expect(Object.values(sources)).toEqual([readFileSync(join(folder, "program.ts"), "utf8")]);
    const place = (text: string) => text.replace(/\(.*\//, "(");
    expect(storyIn("run.trace.json").map(place)).toEqual(
      expect.arrayContaining([
        "Task-1 says: here.",
        'Task-1 waits for Task "child" (program.ts:10).',
        "child waits for sleep (program.ts:4).",
        'child returns "child".',
      ]),
    );
    expect(storyIn("run.trace.json").at(-1)).toBe("The program ends.");
  });

  it("records in real time, too", () => {
    expect(escapement("run", "program.ts", "--record", "real.trace.json").code).toBe(0);
    expect(traceIn("real.trace.json").header).toEqual({ program: "program.ts", clock: "real" });
    expect(storyIn("real.trace.json")).toContain('child returns "child".');
  });

  it("leaves the trace of a program that throws", () => {
    const file = write(
      "broken.ts",
      `import { sleep } from "escapement";
export default function* main() { yield* sleep(5); throw new Error("broken"); }`,
    );
    expect(escapement("run", "--virtual", file, "--record", "broken.trace.json")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Error: broken"),
    });
    expect(storyIn("broken.trace.json").at(-1)).toBe("The program fails with Error: broken.");
  });

  it("leaves the trace of a program that is interrupted", async () => {
    const file = write(
      "long.ts",
      `import { sleep } from "escapement";
export default function* main() { console.log("ready"); yield* sleep(60_000); }`,
    );
    const child = spawn(process.execPath, ["--import", tsx, main, "run", file, "--record", "cut.trace.json"], {
      cwd: folder,
    });
    child.stdout.once("data", () => child.kill("SIGINT"));
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(130);
    expect(storyIn("cut.trace.json")).toEqual(
      expect.arrayContaining(["A CancelledError is thrown into Task-1.", "Task-1 ends cancelled."]),
    );
  });

  it("says at once that the trace cannot be written, and does not run the program", () => {
    const file = write("loud.ts", `export default function* main() { console.log("it runs"); }`);
    const ended = escapement("run", file, "--record", "gone/run.trace.json");
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toContain("escapement: the trace cannot be written: ENOENT");
  });
});

describe("escapement export", () => {
  beforeAll(() => {
    escapement("run", "--virtual", "program.ts", "--record", "given.trace.json");
  });

  it("writes a moment to a file", () => {
    expect(escapement("export", "given.trace.json", "--to", "svg", "--at", "9", "-o", "moment.svg")).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(readFileSync(join(folder, "moment.svg"), "utf8")).toBe(toSvg(traceIn("given.trace.json"), 9));
  });

  it.each([
    ["chrome", '{"displayTimeUnit":"ms"'],
    ["csv", "event,iteration,time,kind,task,what"],
    ["html", "<!doctype html>"],
    ["mermaid", "flowchart TD"],
    ["text", "The task Task-1 is made."],
  ])("prints %s", (format, start) => {
    const { code, stdout, stderr } = escapement("export", "given.trace.json", "--to", format);
    expect([code, stdout.startsWith(start), stderr]).toEqual([0, true, ""]);
  });

  it("says what is wrong with a trace, and shows what it can", () => {
    const text = readFileSync(join(folder, "given.trace.json"), "utf8");
    write("short.trace.json", text.slice(0, text.length - 200));
    const { code, stdout, stderr } = escapement("export", "short.trace.json", "--to", "text");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^escapement: short\.trace\.json: The trace was cut short after \d+ events\.\n$/);
    expect(stdout).toContain('Task-1 waits for Task "child"');
  });

  it.each([
    [[], "export what? The trace file is missing."],
    [["given.trace.json"], "export to what? Say --to with one of chrome, csv, html, mermaid, svg, text."],
    [["given.trace.json", "--to", "pdf"], 'there is no format "pdf"'],
    [["given.trace.json", "--to", "toString"], 'there is no format "toString"'],
    [["a", "b"], 'export takes one file, and found "b" after "a".'],
    [["given.trace.json", "--to", "svg", "--at", "many"], "--at is the number of an event, from 0 to"],
    [["gone.trace.json", "--to", "csv"], "the trace cannot be read: ENOENT"],
    [["program.ts", "--to", "csv"], "program.ts: This is not JSON: "],
    [["package.json", "--to", "csv"], 'package.json: This is no trace: it has no "version".'],
    [["given.trace.json", "--to", "csv", "-o", "gone/a.csv"], "the export cannot be written: ENOENT"],
    [["--colour"], "Unknown option '--colour'"],
  ])("refuses %j", (args, message) => {
    const { code, stdout, stderr } = escapement("export", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`escapement: ${message}`);
    expect(existsSync(join(folder, "gone"))).toBe(false);
  });
});
