// The @example of a doc comment in src/io is the body of a coroutine, which `run` runs. What it prints stands behind `//=>`.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as escapement from "../../src/index.ts";

interface Example {
  readonly name: string;
  readonly code: string;
}

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => escapement.Coroutine<void>;

/** Tests that the examples in these files of src/io print what they say; `names` is what they may use beside the core. */
export function testExamples(entryPoint: string, files: readonly string[], names: object): void {
  describe(`the examples of ${entryPoint}`, () => {
    const examples = files.map(examplesIn);

    it("are there, in each of the files", () => {
      expect(examples.map(({ length }) => length > 0)).toEqual(files.map(() => true));
    });

    it.each(examples.flat())("$name prints what it says", async ({ code }) => {
      const expected = [...code.matchAll(/\/\/=> (.*)$/gm)].map((match) => match[1]!);
      expect(expected).not.toEqual([]);
      expect(await printedBy(code, { ...escapement, ...names })).toEqual(expected);
    });
  });
}

function examplesIn(file: string): Example[] {
  const source = readFileSync(new URL(`../../src/io/${file}`, import.meta.url), "utf8");
  return [...source.matchAll(/^ \* @example\n((?: \*(?! @|\/).*\n)+)/gm)].map((match) => ({
    name: `${file}:${source.slice(0, match.index).split("\n").length}`,
    code: match[1]!.replaceAll(/^ \* ?/gm, ""),
  }));
}

/** What the example prints, each as JSON writes it. */
async function printedBy(code: string, names: Record<string, unknown>): Promise<string[]> {
  const printed: string[] = [];
  const print = (value: unknown): void => void printed.push(JSON.stringify(value));
  const javascript = code.replaceAll(/\((\w+) as \w+\)/g, "$1");
  const body = new GeneratorFunction("print", ...Object.keys(names), javascript);
  await escapement.run(() => body(print, ...Object.values(names)));
  return printed;
}
