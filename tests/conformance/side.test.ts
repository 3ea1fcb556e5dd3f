import { describe, expect, it } from "vitest";
import { Side } from "../../scripts/conformance/side.ts";
import type { Answer } from "../../scripts/conformance/side.ts";
import { programOf, sideScript } from "./fakes.ts";

/** A side that answers each program with its clock's start, and has its own way with 13. */
function sideThat(misbehaves: string): Side {
  const script = sideScript(`
    if (program.start === 13) { ${misbehaves} }
    console.log(JSON.stringify({ id, trace: [], out: [program.start] }));`);
  return new Side("oracle", { file: process.execPath, args: ["-e", script] }, 1000);
}

async function askAll(side: Side): Promise<Answer[]> {
  const answers = await Promise.all([1, 13, 3].map((start) => side.ask(programOf([], { start }))));
  side.close();
  return answers;
}

function answered(start: number): Answer {
  return { kind: "run", run: { trace: [], out: [start], used: {} } };
}

describe("Side", () => {
  it("reports a process that dies with the program that did it, and goes on", async () => {
    const answers = await askAll(sideThat("console.error('I die'); process.exit(3);"));
    expect(answers).toEqual([
      answered(1),
      { kind: "failed", why: expect.stringContaining("exit code 3") },
      answered(3),
    ]);
  });

  it("reports a process that hangs with the program that did it, and goes on", async () => {
    const answers = await askAll(sideThat("for (;;);"));
    expect(answers).toEqual([answered(1), { kind: "failed", why: "it hung (no answer in 1 s)" }, answered(3)]);
  });

  it("reports a command that does not start", async () => {
    const side = new Side("oracle", { file: "no-such-python", args: [] });
    await expect(side.ask(programOf([]))).rejects.toThrow("oracle does not start (no-such-python)");
  });
});
