import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";

// A ts block that starts with `// run` is a program. What it prints stands behind `//=>` in its lines, in order, or in
// the text block that follows it.

interface Program {
  readonly code: string;
  readonly line: number;
  readonly expected: string[];
}

const root = fileURLToPath(new URL("../", import.meta.url));
const sourceOf = (entry: string) => {
  const path = /^\/(?:sim|inspect)$|^$/.test(entry) ? `src${entry}/index.ts` : `src/io${entry}.ts`;
  return new URL(`../${path}`, import.meta.url).href;
};
const folder = mkdtempSync(join(tmpdir(), "escapement-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const files = [
  "README.md",
  ...["docs", "docs/inside"].flatMap((place) =>
    readdirSync(join(root, place))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `${place}/${file}`),
  ),
];

function programsOf(markdown: string): Program[] {
  const blocks = /^```ts\n(\/\/ run\n.*?)^```\n(?:\n?```text\n(.*?)^```\n)?/gms;
  return [...markdown.matchAll(blocks)].map((match) => ({
    code: match[1]!,
    line: markdown.slice(0, match.index).split("\n").length,
    expected: match[2] === undefined ? answersIn(match[1]!) : linesOf(match[2]),
  }));
}

function answersIn(code: string): string[] {
  return [...code.matchAll(/\/\/=> (.*)$/gm)].map((match) => match[1]!);
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

async function linesPrintedBy(program: Program, name: string): Promise<string[]> {
  const file = join(folder, `${name}.mts`);
  writeFileSync(
    file,
    program.code.replaceAll(/from "escapement(\/\w+|)"/g, (_, entry: string) => `from "${sourceOf(entry)}"`),
  );
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", file], { cwd: root });
  return linesOf(stdout);
}

describe("the programs in the documentation", () => {
  for (const file of files) {
    for (const program of programsOf(readFileSync(join(root, file), "utf8"))) {
      it.concurrent(`${file}:${program.line} prints what it says`, { timeout: 120_000 }, async () => {
        expect(program.expected).not.toEqual([]);
        const printed = await linesPrintedBy(program, `${file.replaceAll("/", "-")}-${program.line}`);
        expect(printed).toEqual(program.expected);
      });
    }
  }

  it("are there", () => {
    expect(programsOf(readFileSync(join(root, "README.md"), "utf8"))).toHaveLength(1);
  });
});

// `tests/….test.ts: title` names a test; `tests/…` alone names a file or a folder.
function testsNamedIn(markdown: string): string[] {
  return [...markdown.matchAll(/`(tests\/[^`]+)`/g)].map((match) => match[1]!.replaceAll(/\s+/g, " "));
}

function isThere(name: string): boolean {
  const [path = "", title] = name.split(/(?<=\.ts): /);
  if (/[…*]/.test(path)) return true;
  const file = join(root, path);
  if (!existsSync(file)) return false;
  if (title === undefined) return true;
  const source = readFileSync(file, "utf8");
  return ['"', "'", "`"].some((quote) => source.includes(`${quote}${title}${quote},`));
}

describe("the tests that the documentation names", () => {
  it.each(files)("are there: %s", (file) => {
    const gone = testsNamedIn(readFileSync(join(root, file), "utf8")).filter((name) => !isThere(name));
    expect(gone).toEqual([]);
  });

  it("show each of the differences from CPython", () => {
    const differences = readFileSync(join(root, "docs/differences.md"), "utf8")
      .split(/^(?:- |## )/m)
      .filter((entry) => entry.startsWith("**"));
    expect(differences.length).toBeGreaterThan(20);
    expect(differences.filter((entry) => testsNamedIn(entry).length === 0)).toEqual([]);
  });

  it("would be missed", () => {
    expect(
      [
        "tests/docs.test.ts",
        "tests/docs.test.ts: would be missed",
        "tests/docs.test.ts: is no test",
        "tests/gone.test.ts: would be missed",
        "tests/gone.json",
      ].map(isThere),
    ).toEqual([true, true, false, false, false]);
  });
});
