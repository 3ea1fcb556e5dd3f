import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runProgram } from "./interpreter/drivers.ts";
import { linesOf, parseVector } from "./interpreter/parse.ts";

const folder = new URL("corpus/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));

// Many of these programs deadlock. The error tells where each task waits, for which it asks V8's inspector, some 25 ms each
// time; traces do not show it.
beforeAll(() => {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
});
afterAll(() => vi.restoreAllMocks());

describe.each(files)("the corpus, %s", (file) => {
  for (const [line, name] of linesOf(readFileSync(new URL(file, folder), "utf8"), `tests/cpython/corpus/${file}`)) {
    const entry = parseVector(line, name);
    it(`${name.replace(/.*:/u, "")}: ${entry.name}`, () => {
      const { trace, out } = runProgram(entry.program);
      expect(trace).toEqual(entry.trace);
      expect(out).toEqual(entry.out);
    });
  }
});
