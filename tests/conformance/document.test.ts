import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readBlock, table } from "../../scripts/conformance/documents.ts";
import { MUTANTS, plant } from "../../scripts/conformance/mutants.ts";
import { AWAITABLES, INSTANT, SUSPENDING } from "../cpython/interpreter/language.ts";

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** The rows of the first table of a text that has such a heading; each cell without the space around it. */
function rowsUnder(heading: string, text: string): string[][] {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("|") && line.includes(heading));
  const rows = lines.slice(first + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return rows.slice(0, end === -1 ? undefined : end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function column(index: number, rows: readonly (readonly string[])[]): string[] {
  return rows.map((row) => row[index]!);
}

describe("docs/conformance.md", () => {
  it("has the numbers of a run: every statement and every awaitable was executed", () => {
    const block = readBlock("npm run conformance");
    expect(block).toMatch(
      /CPython 3\.\d+\.\d+, Node \d+\.\d+\.\d+, seed `\S+`, .*: \d+ agree, none differs, none failed/u,
    );
    const rows = rowsUnder("statement or awaitable", block);
    const awaitables = Object.keys(AWAITABLES).map((kind) => `await:${kind}`);
    expect(column(0, rows)).toEqual([...Object.keys(INSTANT), ...Object.keys(SUSPENDING), ...awaitables]);
    expect(
      column(1, rows)
        .map(Number)
        .filter((times) => !(times > 0)),
    ).toEqual([]);
  });

  it("says of each planted bug how many programs it takes, and that the corpus finds it", () => {
    const rows = rowsUnder("planted bug", readBlock("npm run conformance -- mutants"));
    expect(column(0, rows)).toEqual(MUTANTS.map(({ bug }) => bug));
    expect(rows.flatMap((row) => row.slice(1)).filter((times) => !(Number(times) > 0))).toEqual([]);
  });

  it("lists what the oracle decides otherwise, each with its test", () => {
    const rows = rowsUnder("shown by", read("docs/conformance.md"));
    const numbers = read("scripts/conformance/oracle.py").matchAll(/^ *# (\d+)\. /gmu);
    const tests = read("tests/conformance/differences.test.ts").matchAll(/^ {2}it\("(.*)", /gmu);
    expect([...new Set(column(0, rows))].map(Number)).toEqual(
      Array.from(numbers, ([, number]) => Number(number)).toSorted((a, b) => a - b),
    );
    expect(column(3, rows).toSorted()).toEqual(Array.from(tests, ([, title]) => title!).toSorted());
  });
});

describe("the planted bugs", () => {
  it.each(MUTANTS.map((mutant) => [mutant.bug, mutant] as const))("fit the runtime: %s", (_, mutant) => {
    const text = read(mutant.file);
    expect(plant(mutant, text)).not.toBe(text);
  });

  it("are refused where they do not fit", () => {
    const mutant = { bug: "none", file: "a.ts", patch: ["b", "c"] } as const;
    expect(() => plant(mutant, "b and b")).toThrow('mutant "none": a.ts has 2 places like "b", expected 1');
  });
});

describe("table", () => {
  it("aligns words to the left, numbers to the right", () => {
    const text = table(
      ["what", "times"],
      [
        ["a", 1],
        ["longer", 1000],
      ],
    );
    expect(text.split("\n")).toEqual([
      "| what   | times |",
      "| ------ | ----: |",
      "| a      |     1 |",
      "| longer |  1000 |",
    ]);
  });
});
