import { describe, expect, it } from "vitest";
import { parseProgram, parseVector, ProgramSyntaxError } from "./parse.ts";

const program = {
  driver: "run",
  mains: ["main"],
  objs: { l: { k: "Lock" } },
  cos: { main: { kind: "plain", body: [{ op: "await", i: 1, aw: { k: "sleep", d: 1 } }] } },
  cbs: { k: [{ op: "log", i: 2 }] },
};

/** The program with another value at a path. */
function changed(path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(program);
  const steps = path.split(".");
  const last = steps.pop()!;
  const parent = steps.reduce((node, step) => (node as Record<string, unknown>)[step], copy);
  (parent as Record<string, unknown>)[last] = value;
  return copy;
}

describe("parseProgram", () => {
  it("takes a program as it is", () => {
    expect(parseProgram(program, "a.json")).toBe(program);
  });

  it.each([
    ["driver", "walk", 'program.driver: expected one of run runner host forever, found "walk"'],
    ["mains", [], "program.mains: expected at least one name, found []"],
    ["mains", ["m"], 'program.mains[0]: expected one of main, found "m"'],
    ["eager", 1, "program.eager: expected true or false, found 1"],
    ["objs.l.k", "Mutex", expect.stringContaining("program.objs.l.k: expected one of Lock Event")],
    ["objs.l.max", 3, "program.objs.l.max: expected one of the fields k, found 3"],
    ["objs.l", { k: "Condition", lock: "m" }, 'program.objs.l.lock: expected an object made before, found "m"'],
    ["cos.main.kind", "async", 'program.cos.main.kind: expected one of plain wrapped, found "async"'],
    ["cos.main.body", {}, "program.cos.main.body: expected a list, found {}"],
    ["cos.main.body.0.op", "walk", expect.stringContaining("program.cos.main.body[0].op: expected one of log spawn")],
    ["cos.main.body.0.i", "1", 'program.cos.main.body[0].i: expected a number, found "1"'],
    ["cos.main.body.0.aw.d", "1", 'program.cos.main.body[0].aw.d: expected a number, found "1"'],
    ["cos.main.body.0.aw", { k: "co", c: "c" }, 'program.cos.main.body[0].aw.c: expected one of main, found "c"'],
    ["cbs.k.0", { op: "await", i: 1 }, expect.stringContaining("program.cbs.k[0].op: expected one of")],
  ])("names file, path and field: %s = %j", (path, value, message: unknown) => {
    const parse = (): unknown => parseProgram(changed(path, value), "a.json");
    expect(parse).toThrow(ProgramSyntaxError);
    expect(parse).toThrow(typeof message === "string" ? `a.json: ${message}` : expect.objectContaining({ message }));
  });
});

describe("parseVector", () => {
  it("names the file of what is not JSON", () => {
    expect(() => parseVector("{", "b.json")).toThrow("b.json: $: expected JSON");
  });

  it("names the event that is none", () => {
    const text = JSON.stringify({ name: "n", program, trace: [["1", 0, null, "enter"]], out: [] });
    expect(() => parseVector(text, "b.json")).toThrow('b.json: trace[0][0]: expected a number, found "1"');
  });
});
