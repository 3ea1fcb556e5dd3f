import { describe, expect, it } from "vitest";
import { generateProgram } from "../../scripts/conformance/generate.ts";
import { parseProgram } from "../cpython/interpreter/parse.ts";

describe("generateProgram", () => {
  it("makes programs of the language, the same for the same seed", () => {
    for (let number = 0; number < 200; number++) {
      const program = generateProgram(`test:${number}`);
      expect(() => parseProgram(program, `test:${number}`)).not.toThrow();
      expect(generateProgram(`test:${number}`)).toEqual(program);
    }
  });
});
