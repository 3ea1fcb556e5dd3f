import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRepro } from "../../src/sim/repro.ts";
import { type Ended, type Shell, openShell } from "../shell.ts";

let shell: Shell;
beforeAll(() => {
  shell = openShell("cli");
});
afterAll(() => shell.remove());

const COUNTER = `import { createTask, gather } from "escapement";

function* add(counter) {
  const before = counter.value;
  yield;
  counter.value = before + 1;
  console.log("added to", before);
}

export default function* main() {
  const counter = { value: 0 };
  yield* gather([createTask(add(counter), { name: "a" }), createTask(add(counter), { name: "b" })]);
  if (counter.value !== EXPECTED) throw new Error("an addition is lost");
}
`;

const OTHER = `import { sleep } from "escapement";
export default function* other() { yield* sleep(7); }
`;

describe("escapement replay", { timeout: 120_000 }, () => {
  let repro = "";
  beforeAll(async () => {
    const file = shell.write("counter.ts", COUNTER.replace("EXPECTED", "2"));
    const { stdout } = await shell.type(`npx escapement explore ${file}`);
    repro = /replay counter\.ts ([\w-]+)$/m.exec(stdout)![1]!;
  }, 120_000);

  const replay = (text: string, which: string): Promise<Ended> => {
    const file = shell.write("counter.ts", text);
    return shell.type(`npx escapement replay ${file} '${which}'`);
  };

  it("lets the program print, tells the story, and ends with 1", async () => {
    const { code, stdout, stderr } = await replay(COUNTER.replace("EXPECTED", "2"), repro);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toEqual([
      "added to 0",
      "added to 0",
      "Error: an addition is lost:",
      "",
      "step  clock  task    what it did                    where",
      expect.stringMatching(/^ {3}1 {6}0 {2}Task-1 {2}starts a, b; waits for gather {2}cli\/counter\.ts:12$/),
      expect.stringMatching(/^ {3}2 {6}0 {2}a {7}yields {25}cli\/counter\.ts:5$/),
      expect.stringMatching(/^ {3}3 {6}0 {2}b {7}yields {25}cli\/counter\.ts:5$/),
      "   4      0  a       ends",
      "   5      0  b       ends",
      "   6      0  Task-1  raises Error",
    ]);
  });

  it("ends with 0 once that schedule does not fail any more", async () => {
    const { code, stdout } = await replay(COUNTER.replace("EXPECTED", "1"), repro);
    expect(code).toBe(0);
    expect(stdout).toContain("The run returned: nothing fails.\n\nstep  clock  task");
  });

  it("finds the schedule again in a program that has been edited, and gives its new repro", async () => {
    const edited = COUNTER.replace("EXPECTED", "2").replace("const counter", "yield;\n  const counter");
    const { code, stdout } = await replay(edited, repro);
    expect(code).toBe(1);
    expect(stdout).toContain("Error: an addition is lost:\n");
    const [, now = ""] =
      /The program has been edited since\. The repro of this run is now ([\w-]+)\n$/.exec(stdout) ?? [];
    expect(await replay(edited, now)).toMatchObject({ code: 1, stdout: expect.not.stringContaining("edited") });
  });

  const refused = ({ code, stdout, stderr }: Ended, message: string | RegExp): void => {
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).toContain("Usage: escapement replay <file> <repro>");
  };

  it("says that a repro is of another program", async () => {
    refused(await replay(OTHER, repro), /^escapement: The repro \S+ is of another program/);
  });

  it("says that a repro is mistyped", async () => {
    const other = repro.at(-1) === "A" ? "B" : "A";
    refused(await replay(OTHER, repro.slice(0, -1) + other), /^escapement: The repro \S+ is mistyped/);
    refused(
      await replay(OTHER, `${repro.slice(0, -1)}!`),
      /^escapement: The repro \S+ is mistyped: character \d+, "!"/,
    );
  });

  it("says that a repro is cut off", async () => {
    refused(await replay(OTHER, repro.slice(0, 6)), /^escapement: The repro \S+ is cut off: its end is missing/);
  });

  it("says that a repro is of another version", async () => {
    refused(
      await replay(OTHER, ofNextVersion(repro)),
      /^escapement: The repro \S+ is of version \d+; this is version \d+/,
    );
  });

  it("says what is missing, and what is too much", async () => {
    refused(await shell.type("npx escapement replay"), /replay what\? The file is missing/);
    refused(await shell.type("npx escapement replay a.ts"), /which run of a\.ts\? The repro is missing/);
    refused(
      await shell.type("npx escapement replay a.ts b c"),
      /replay takes a file and a repro, and found "c" after them/,
    );
  });

  it("says what it can do", async () => {
    expect(await shell.type("npx escapement replay --help")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Usage: escapement replay <file> <repro>"),
      stderr: "",
    });
  });
});

/** The version is in the first four bits, and a checksum somewhere in the next bytes: the one that fits is found by trying. */
function ofNextVersion(repro: string): string {
  const bytes = Buffer.from(repro, "base64url");
  bytes[0]! += 16;
  for (let sum = 0; sum < 0x10000; sum += 1) {
    bytes.writeUInt16BE(sum, 1);
    const text = bytes.toString("base64url");
    try {
      readRepro(text);
    } catch (error) {
      if (String(error).includes("is of version")) return text;
    }
  }
  throw new Error("no checksum fits");
}
