import { describe, expect, it } from "vitest";
import { findPython } from "../../scripts/conformance/python.ts";
import { drawnPrograms, storedPrograms } from "../../scripts/conformance/programs.ts";
import { ProgramSyntaxError } from "../cpython/interpreter/parse.ts";
import { Folder, programOf } from "./fakes.ts";

const folder = new Folder();

describe("drawnPrograms", () => {
  it("are numbered from where one wants, and each can be had alone", () => {
    const programs = drawnPrograms("test", 40, 3);
    expect(programs.nameOf(2)).toBe("--seed test --from 42 --programs 1");
    expect(drawnPrograms("test", 42, 1).at(0)).toEqual(programs.at(2));
  });
});

describe("storedPrograms", () => {
  it("reads programs and vectors, one in a file or one in a line", () => {
    const a = folder.put("a.json", JSON.stringify(programOf([])));
    const lines = [programOf([], { start: 1 }), { name: "n", program: programOf([], { start: 2 }), trace: [] }];
    const b = folder.put("b.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    const programs = storedPrograms([a, b]);
    expect([0, 1, 2].map((index) => [programs.nameOf(index), programs.at(index).start])).toEqual([
      [a, undefined],
      [`${b}:1`, 1],
      [`${b}:2`, 2],
    ]);
  });

  it("names file, line, path and field of what does not parse", () => {
    const lines = [programOf([]), { program: { ...programOf([]), mains: ["m"] } }];
    const file = folder.put("b.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(() => storedPrograms([file])).toThrow(ProgramSyntaxError);
    expect(() => storedPrograms([file])).toThrow(`${file}:2: program.mains[0]: expected one of main, found "m"`);
  });

  it("names file and line of what is not JSON", () => {
    const file = folder.put("b.jsonl", "{");
    expect(() => storedPrograms([file])).toThrow(`${file}:1: $: expected JSON`);
  });
});

describe("findPython", () => {
  it.each(["3.13.0", "3.14.0rc2", "4.0.1"])("takes %s", (version) => {
    const file = folder.putPython("python", version);
    expect(findPython(file)).toEqual({ file, version });
  });

  it.each(["2.7.18", "3.12.9", "3.9.0"])("refuses %s", (version) => {
    const file = folder.putPython("python", version);
    expect(findPython(file)).toEqual({ found: [`${file}: ${version}, too old`] });
  });
});
