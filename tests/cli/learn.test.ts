import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PATIENTLY, Terminal, hasTmux } from "./tmux.ts";

const tsx = createRequire(import.meta.url).resolve("tsx");
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** `escapement learn …`, answered line by line; what is left unanswered is the end of the input. */
function learn(
  args: readonly string[],
  ...answers: string[]
): { code: number | null; lines: string[]; stderr: string } {
  const input = answers.map((answer) => `${answer}\n`).join("");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, "learn", ...args], {
    encoding: "utf8",
    input,
  });
  return { code: status, lines: stdout.split("\n"), stderr };
}

describe("escapement learn --plain", () => {
  it("lists the lessons, asks for one, asks again, and leaves", () => {
    const { code, lines, stderr } = learn(["--plain"], "nonsense", "q");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(lines).toContain("  09-lock              Lock: fairness");
    expect(lines.at(-2)).toContain('There is no one lesson "nonsense".');
  });

  it("asks before it shows, says why an answer is wrong, and asks again what makes no sense", () => {
    const { code, lines } = learn(["--plain", "hello"], "", "tea", "what?", "1", "", "4", "3", "2", "");
    expect(code).toBe(0);
    const said = lines.join("\n");
    const first = said.indexOf("What is printed next?");
    expect(said.slice(0, first)).not.toContain("Task-1 says: hello.");
    expect(said).toContain("No, not “tea”. That is printed too, by Task-1, but later: at 1000 ms.");
    expect(said).toContain("That is none of the answers. Type a number from 1 to 4, or the words; q leaves.");
    expect(said).toContain("Right. tea() makes a coroutine and runs none of it.");
    expect(said).toContain("  Task-1 says: hello.\n");
    expect(said).toContain("No, not “nobody, ever again”. A timer is set, so there is something to wait for.");
    expect(said).toContain("  read Runner.run in Lib/asyncio/runners.py");
    expect(said).toContain("  read Task.step in src/task/task.ts");
    expect(said).toContain("0 of 2 at the first try.");
  });

  it("goes on to the next lesson, and back to the list", () => {
    const { lines } = learn(["01"], "", "1", "", "2", "", "", "q");
    expect(lines.join("\n")).toContain("2 of 2 at the first try.");
    expect(lines).toContain("LESSON 02-ready-queue. The ready queue: who runs next");
    expect(learn(["streams"], "", "1", "", "the loop", "", "1", "", "", "q").lines).toContain("LESSONS");
  });

  it.each([[[]], [["2"]], [["2", ""]], [["2", "", "5"]]])("ends quietly when the input does, after %j", (answers) => {
    expect(learn(["--plain"], ...answers)).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    [["nope"], 'there is no one lesson "nope". Say its number or its name:'],
    [["hello", "lock"], 'learn takes one lesson, and found "lock" after "hello".'],
    [["--colour"], "Unknown option '--colour'"],
  ])("refuses %j", (args, message) => {
    const { code, stderr } = learn(args);
    expect(code).toBe(2);
    expect(stderr).toContain(`escapement: ${message}`);
  });
});

describe.skipIf(!hasTmux)("escapement learn, in a terminal (where there is tmux)", PATIENTLY, () => {
  it("shows the panels of the moment above each question", async () => {
    const terminal = new Terminal(tmpdir(), "learn");
    try {
      await terminal.screenWith("Which one?");
      terminal.press("lock", "Enter");
      await terminal.screenWith("Enter to begin:");
      terminal.press("Enter");
      const asked = await terminal.screenWith("Your answer");
      expect(asked.split("\n")[0]).toBe("turn 2   t=0 ms (virtual clock)   event 19/84");
      expect(asked).toContain("○ bob: Lock.acquire");
      terminal.press("bob", "Enter");
      await terminal.screenWith("No, not “bob”. bob waits for Lock.acquire, and so is not in the ready queue.");
      terminal.press("s", "Enter");
      await terminal.screenWith("? keys  q quit");
      terminal.press("q");
      await terminal.screenWith("Your answer");
      terminal.press("4", "Enter");
      await terminal.screenWith("Right. bob waits for the lock and ann for her sleep: nobody is ready.");
      terminal.press("Enter");
      await terminal.screenWith("2 of 3.");
      terminal.press("q", "Enter");
      await terminal.screenWith("ended with 0");
    } finally {
      terminal.close();
    }
  });
});
