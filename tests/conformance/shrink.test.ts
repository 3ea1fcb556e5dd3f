import { describe, expect, it } from "vitest";
import { generateProgram } from "../../scripts/conformance/generate.ts";
import { shrink } from "../../scripts/conformance/shrink.ts";
import type { Program } from "../cpython/interpreter/language.ts";
import { parseProgram } from "../cpython/interpreter/parse.ts";

const drawn = Array.from({ length: 50 }, (_, number) => generateProgram(`test:${number}`));

function text({ cos, cbs }: Program): string {
  return JSON.stringify({ cos, cbs });
}

async function shrunk(isInteresting: (program: Program) => boolean): Promise<Program> {
  return shrink(drawn.find(isInteresting)!, (program) => Promise.resolve(isInteresting(program)));
}

describe("shrink", () => {
  it("leaves what is interesting, and nothing else", async () => {
    const small = await shrunk((program) => text(program).includes('"op":"cancel"'));
    const { cos, ...rest } = small;
    expect(Object.values(cos).flatMap(({ body }) => body)).toEqual([expect.objectContaining({ op: "cancel" })]);
    expect(rest).toEqual({ driver: "run", mains: ["main"], objs: {}, cbs: {}, blocks: "plain" });
  });

  it("takes what is interesting out of the blocks and the awaitables around it", async () => {
    const small = await shrunk((program) => /"op":"(with|timeout|group)".*"k":"shield"/u.test(text(program)));
    expect(text(small).match(/"op"/gu)).toHaveLength(2);
    expect(text(small).match(/"k"/gu)).toHaveLength(2);
  });

  it("keeps what two statements need together", async () => {
    const small = await shrunk(
      (program) => text(program).includes('"op":"spawn"') && text(program).includes('"op":"repeat"'),
    );
    expect(
      text(small)
        .match(/"op":"\w+"/gu)!
        .toSorted(),
    ).toEqual(['"op":"repeat"', '"op":"spawn"']);
  });

  it("leaves a program alone of which all is interesting", async () => {
    const program = drawn[0]!;
    expect(await shrink(program, (other) => Promise.resolve(other === program))).toBe(program);
  });

  it("ends after so many questions with the best that it has", async () => {
    const asked: Program[] = [];
    const small = await shrink(drawn[0]!, (program) => Promise.resolve(asked.push(program) > 0), 1);
    expect(small).toBe(asked[0]);
    expect(asked.length).toBeLessThan(30);
    expect((await shrink(drawn[0]!, () => Promise.resolve(true))).cos).toEqual({ main: { kind: "plain", body: [] } });
  });

  it("asks only of programs that parse", async () => {
    const asked: Program[] = [];
    await shrunk((program) => asked.push(program) > 0 && text(program).includes('"op":"spawn"'));
    expect(asked.length).toBeGreaterThan(50);
    for (const program of asked) expect(() => parseProgram(program, "candidate")).not.toThrow();
  });
});
