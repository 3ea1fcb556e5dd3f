import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  cycles,
  EDGES,
  FORBIDDEN_GLOBALS,
  hostFaults,
  houseFaults,
  layerFaults,
  nameFault,
} from "./architecture/rules.ts";
import { parseSource, pathsBelow, readSources } from "./architecture/source.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = readSources(root, "src");
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

describe("the sources", () => {
  it("are there to be checked", () => {
    expect(sources.map(({ path }) => path)).toContain("src/index.ts");
  });

  it("import down the layers only", () => {
    expect(sources.flatMap(layerFaults)).toEqual([]);
  });

  it("import each other in no ring", () => {
    expect(cycles(sources)).toEqual([]);
  });

  it("keep the host, its clock and its promises out of the core", () => {
    expect(sources.flatMap(hostFaults)).toEqual([]);
  });

  it("have no default exports, enums, namespaces, barrels, undocumented exports or long files", () => {
    expect(sources.flatMap(houseFaults)).toEqual([]);
  });

  it("have kebab-case names, and so has everything else", () => {
    const paths = ["src", "tests", "examples", "bench", "scripts"].flatMap((folder) => namesBelow(folder));
    expect(paths.map(nameFault).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it("need no package at run time", () => {
    expect(JSON.parse(read("package.json"))).not.toHaveProperty("dependencies");
  });

  it("have the same edges and forbidden globals in the lint as here", () => {
    const lint = JSON.parse(read(".oxlintrc.json").replaceAll(/^\s*\/\/.*$/gm, "")) as LintConfig;
    const rules = lint.overrides.filter((override) => override.rules["no-restricted-globals"] !== undefined);
    const forbidden = rules.flatMap(({ rules: { "no-restricted-globals": rule } }) =>
      Array.isArray(rule) ? rule.slice(1) : [],
    );
    const edges = rules
      .filter((override) => override.rules["no-restricted-globals"] === "off")
      .flatMap(({ files }) => files);
    expect(forbidden.map((entry) => (typeof entry === "string" ? entry : entry.name)).toSorted()).toEqual(
      [...FORBIDDEN_GLOBALS].toSorted(),
    );
    expect(edges.toSorted()).toEqual([...EDGES.keys()].toSorted());
  });
});

interface LintConfig {
  overrides: { files: string[]; rules: { "no-restricted-globals"?: "off" | (string | { name: string })[] } }[];
}

function namesBelow(folder: string): string[] {
  try {
    return pathsBelow(root, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

// The checker itself, on planted snippets: a rule that cannot fail guards nothing.
describe("the checker", () => {
  it.each([
    ["src/loop/a.ts", `import { Task } from "../task/task.ts";`, "loop may import nothing of the other layers"],
    ["src/loop/a.ts", `import type { Task } from "../task/task.ts";`, "loop may import nothing of the other layers"],
    ["src/loop/a.ts", `let a: import("../task/task.ts").Task;`, "loop may import nothing of the other layers"],
    ["src/loop/a.ts", `const a = import("../task/task.ts");`, "loop may import nothing of the other layers"],
    ["src/future/a.ts", `export type { Lock } from "../sync/lock.ts";`, "future may import loop"],
    ["src/task/a.ts", `import "../sync/lock.ts";`, "task may import loop, future"],
    ["src/sync/a.ts", `import { run } from "../index.ts";`, "sync may import loop, future, task"],
    ["src/sim/a.ts", `import { main } from "../cli/main.ts";`, "sim may import loop, future, task, sync"],
    ["src/inspect/a.ts", `import { Task } from "../task/task.ts";`, "the types of task, nothing that runs"],
    ["src/vitest/a.ts", `import { main } from "../cli/main.ts";`, "vitest may import loop, future, task, sync, sim"],
    ["src/task/a.ts", `import fs from "node:fs";`, "the core knows no host"],
    ["src/sync/a.ts", `import pg from "pg";`, "packages of others belong in"],
    ["src/other/a.ts", `import "../loop/handle.ts";`, `"other" is no layer`],
  ])("finds in %s: %s", (path, text, fault) => {
    expect(layerFaults(parseSource(path, text))).toEqual([expect.stringContaining(fault)]);
  });

  it.each([
    ["src/task/a.ts", `import { Future } from "../future/future.ts"; import "./task.ts";`],
    ["src/inspect/a.ts", `import type { Task } from "../task/task.ts"; import { replay } from "../sim/replay.ts";`],
    ["src/inspect/a.ts", `import { runSync } from "../task/runner.ts";`],
    ["src/cli/a.ts", `import { run } from "../index.ts"; import "tsx/esm/api"; import "node:fs";`],
    ["src/index.ts", `export { run } from "./task/run.ts";`],
  ])("lets pass in %s: %s", (path, text) => {
    expect(layerFaults(parseSource(path, text))).toEqual([]);
  });

  it("finds a ring of modules, and lets types name each other", () => {
    const a = parseSource("src/loop/a.ts", `import { b } from "./b.ts";`);
    const b = parseSource("src/loop/b.ts", `export * from "./c.ts";`);
    const c = parseSource("src/loop/c.ts", `import { a } from "./a.ts";`);
    const typed = parseSource("src/loop/c.ts", `import type { a } from "./a.ts"; import { type A } from "./a.ts";`);
    expect(cycles([a, b, c])).toEqual(["src/loop/a.ts -> src/loop/b.ts -> src/loop/c.ts -> src/loop/a.ts"]);
    expect(cycles([a, b, typed])).toEqual([]);
  });

  it.each([
    ["const now = Date.now();", "uses Date"],
    ["declare const performance: { now(): number };", "uses performance"],
    ["let a: Promise<void>;", "uses Promise"],
    ["const later = { setTimeout };", "uses setTimeout"],
    ["handles[process];", "uses process"],
    ["Math.random();", "uses Math.random"],
    [`Math["random"]();`, "uses Math.random"],
    ["async function f() {}", "has an async function"],
    ["const f = async () => 1;", "has an async function"],
    ["class A { async m() {} }", "has an async function"],
    ["await f;", "awaits natively"],
    ["for await (const a of b) c;", "awaits natively"],
  ])("finds in the core: %s", (text, fault) => {
    expect(hostFaults(parseSource("src/sync/a.ts", text))).toEqual([`src/sync/a.ts:1 ${fault}`]);
  });

  it("finds native promises in I/O", () => {
    const found = (text: string) => hostFaults(parseSource("src/io/a.ts", text));
    expect(found("let a: Promise<void>;")).toEqual(["src/io/a.ts:1 uses Promise"]);
    expect(found("async function f() {}")).toEqual(["src/io/a.ts:1 has an async function"]);
  });

  it("lets pass members of those names, comments and strings, the edges, and what is not the core", () => {
    const members = `// Promise\nclass A { process(): void { this.fetch.process({ console: "Date" }); } fetch!: any }`;
    expect(hostFaults(parseSource("src/sync/a.ts", members))).toEqual([]);
    expect(hostFaults(parseSource("src/task/promise.ts", "Promise.resolve();"))).toEqual([]);
    expect(hostFaults(parseSource("src/io/a.ts", "setTimeout(f);"))).toEqual([]);
  });

  it.each([
    ["/** A. */ export default 1;", "src/sync/a.ts:1 has a default export"],
    ["enum A { B }", "src/sync/a.ts:1 declares an enum"],
    ["namespace A { }", "src/sync/a.ts:1 declares a namespace"],
    [`export * from "./b.ts";`, "src/sync/a.ts:1 re-exports outside an entry point"],
    [`export { b } from "./b.ts";`, "src/sync/a.ts:1 re-exports outside an entry point"],
    ["export const a = 1;", "src/sync/a.ts exports a without a doc comment"],
    ["/** Of b. */ const b = 1;\nexport function a() {}", "src/sync/a.ts exports a without a doc comment"],
  ])("finds in the house: %j", (text, fault) => {
    expect(houseFaults(parseSource("src/sync/a.ts", text))).toEqual([fault]);
  });

  it("finds a file of 400 lines", () => {
    const faults = (lines: number) => houseFaults(parseSource("src/sync/a.ts", "f();\n".repeat(lines)));
    expect(faults(399)).toEqual([]);
    expect(faults(400)).toEqual(["src/sync/a.ts has 400 lines: one idea per file, under 400"]);
  });

  it("lets pass documented exports, overloads documented once, module augmentation, entry points", () => {
    const good = `/** A. */\nexport function a(): void;\nexport function a(b: 1): void;\nexport function a() {}\ndeclare module "./b.ts" {}`;
    expect(houseFaults(parseSource("src/sync/a.ts", good))).toEqual([]);
    expect(houseFaults(parseSource("src/sim/index.ts", `export { b } from "./b.ts";`))).toEqual([]);
  });

  it("knows kebab-case", () => {
    expect(["src/a-b.ts", "tests/01-a.test.ts", "vitest.config.ts", "api.d.ts"].map(nameFault)).toEqual(
      Array(4).fill(undefined),
    );
    expect(nameFault("src/eventLoop.ts")).toBe("src/eventLoop.ts is not kebab-case");
    expect(nameFault("src/EventLoop.ts")).toBe("src/EventLoop.ts is not kebab-case");
    expect(nameFault("src/event_loop.ts")).toBe("src/event_loop.ts is not kebab-case");
  });

  it("refuses a file that does not parse", () => {
    expect(() => parseSource("src/loop/a.ts", "const = 1")).toThrow("src/loop/a.ts: ");
  });
});
