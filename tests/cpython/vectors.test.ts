import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runProgram } from "./interpreter/drivers.ts";
import { parseVector } from "./interpreter/parse.ts";

const folder = new URL("vectors/", import.meta.url);

describe("the traces of CPython's asyncio", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  for (const file of files) {
    const vector = parseVector(readFileSync(new URL(file, folder), "utf8"), `tests/cpython/vectors/${file}`);
    it(`${file.replace(".json", "")}: ${vector.about}`, () => {
      const { trace, out } = runProgram(vector.program);
      expect(trace).toEqual(vector.trace);
      expect(out).toEqual(vector.out);
    });
  }

  it("are of 47 programs", () => {
    expect(files.length).toBe(47);
  });
});
