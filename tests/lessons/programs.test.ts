import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Coroutine } from "escapement";
import { describe, expect, it } from "vitest";
import { LESSONS, recordLesson } from "../../src/lessons/index.ts";
import { python } from "../python.ts";

const folder = fileURLToPath(new URL("../../examples/lessons", import.meta.url));
const read = (file: string): string => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
const linesOf = (text: string): string[] => text.trimEnd().split(/\r?\n/);
const names = LESSONS.map(({ name }) => name);

async function printedBy(name: string): Promise<string[]> {
  const program = (await import(/* @vite-ignore */ join(folder, `${name}.ts`))) as { default(): Coroutine<unknown> };
  return recordLesson(program.default).events.flatMap(({ kind, text }) => (kind === "mark" ? [String(text)] : []));
}

describe("the programs of the lessons", () => {
  it("are those that lie in the folder, in the order of the lessons", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
    expect(files.map((file) => file.slice(0, -3))).toEqual(names);
    expect(names.length).toBeGreaterThanOrEqual(12);
  });

  it.each(names)("%s opens with what it covers and its scenario", (name) => {
    expect(read(`${name}.ts`)).toMatch(/^\/\/ Covers: .+\n(\/\/ .+\n)*\/\/ Scenario: /);
  });

  it.each(names)("%s prints what is in its .out", async (name) => {
    expect(await printedBy(name)).toEqual(linesOf(read(`${name}.out`)));
  });

  // CPython hangs in a deadlock: that program has no twin.
  it("have twins in Python, but for the deadlock", () => {
    expect(names.filter((name) => !existsSync(join(folder, `${name}.py`)))).toEqual(["13-deadlock"]);
  });
});

describe(`their Python twins${python === undefined ? " (skipped: no python3 of version 3.11 or later here)" : ""}`, () => {
  const twins = names.filter((name) => existsSync(join(folder, `${name}.py`)));

  it.skipIf(python === undefined).each(twins)("%s.py prints the same", (name) => {
    const { status, stdout, stderr } = spawnSync(python!, [join(folder, `${name}.py`)], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(linesOf(stdout)).toEqual(linesOf(read(`${name}.out`)));
  });
});
