import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PATIENTLY, Terminal, hasTmux } from "./tmux.ts";

const tsx = createRequire(import.meta.url).resolve("tsx");
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-step-")));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  write(
    "program.ts",
    `import { sleep } from "escapement";
export default function* main() {
  yield* sleep(1000);
  return "slept";
}`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

function escapement(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

describe("escapement step --plain", () => {
  const story = [
    "The task Task-1 is made.",
    "Task-1 joins the ready queue: spawned.",
    "Iteration 1 begins.",
    "Task-1 is first in the ready queue, and runs.",
    "Task-1 sets a timer for 1000: sleep.",
    expect.stringMatching(/^Task-1 waits for sleep \(.*program\.ts:3\)\.$/),
    "Task-1 hands control back to the loop.",
    "Nothing is ready: the clock goes from 0 to 1000.",
  ];

  it("tells the run of a program, in virtual time", () => {
    const { code, stdout, stderr } = escapement("step", "--plain", "program.ts");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").slice(0, 8)).toEqual(story);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe('The program returns "slept".');
  });

  it("ends in silence when nobody reads on", () => {
    write(
      "long.ts",
      `export default function* main() {
  for (let turn = 0; turn < 3000; turn += 1) yield;
}`,
    );
    const typed = `"${process.execPath}" --import "${tsx}" "${main}" step --plain long.ts | head -n 1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", typed], { cwd: folder, encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["The task Task-1 is made.\n", ""]);
  });

  it("tells a recorded run, and is what a pipe gets without asking", () => {
    escapement("run", "--virtual", "program.ts", "--record", "run.trace.json");
    expect(escapement("step", "run.trace.json").stdout.split("\n").slice(0, 8)).toEqual(story);
  });

  it("tells of two runs where they part", () => {
    const file = write("longer.ts", readFileSync(join(folder, "program.ts"), "utf8").replace("1000", "2000"));
    expect(escapement("step", "--plain", "program.ts", file).stdout.split("\n")).toEqual([
      "The two runs part at event 5.",
      "The first:  Task-1 sets a timer for 1000: sleep.",
      "The second: Task-1 sets a timer for 2000: sleep.",
      "",
    ]);
    expect(escapement("step", "program.ts", "program.ts").stdout).toBe("The two runs are the same.\n");
  });

  it("tells a simulated run, the same each time", () => {
    const file = write(
      "racing.ts",
      `import { createTask, gather } from "escapement";
export default function* main() {
  const order: string[] = [];
  function* racer(name: string) {
    order.push(name);
  }
  yield* gather(["a", "b", "c"].map((name) => createTask(racer(name))));
  return order.join("");
}`,
    );
    const { code, stdout } = escapement("step", "--plain", file, "--seed", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Asked for a task, the scheduler takes number \d of 3\.$/m);
    expect(escapement("step", file, file, "--seed", "1").stdout).toBe("The two runs are the same.\n");
  });

  it("tells the run of a program that fails, and its error", () => {
    const file = write("broken.ts", `export default function* main() { throw new Error("broken"); }`);
    const { stdout, stderr } = escapement("step", "--plain", file);
    expect(stderr).toContain("Error: broken");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("The program fails with Error: broken.");
  });

  it.each([
    [[], "step through what? The file is missing."],
    [["a.ts", "b.ts", "c.ts"], 'step takes two files at most, and found "c.ts" after "b.ts".'],
    [["gone.ts"], 'there is no file "gone.ts".'],
    [["gone.json"], "the trace cannot be read: ENOENT"],
    [["--colour"], "Unknown option '--colour'"],
    [["program.ts", "--seed", "x"], '--seed is a whole number, not "x".'],
    [["program.ts", "--seed", "1", "--repro", "x"], "a repro has its own seed: say one of the two."],
    [["program.ts", "--repro", "x"], 'The repro "x"'],
  ])("refuses %j", (args, message) => {
    const { code, stderr } = escapement("step", ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(`escapement: ${message}`);
  });
});

describe.skipIf(!hasTmux)("escapement step, in a terminal (where there is tmux)", PATIENTLY, () => {
  async function stepping(file: string, drive: (terminal: Terminal) => Promise<void>): Promise<void> {
    const terminal = new Terminal(folder, "step", file);
    try {
      await drive(terminal);
    } finally {
      terminal.close();
    }
  }

  it("is driven by its keys", async () => {
    await stepping("program.ts", async (terminal) => {
      await terminal.screenWith("event 0/24");
      terminal.press("l", "l", "Right");
      expect(await terminal.screenWith("event 3/24")).toContain("Iteration 1 begins.");
      terminal.press("t");
      const jumped = await terminal.screenWith("the clock goes from 0 to 1000");
      expect(jumped).toContain(">   3   yield* sleep(1000);   ◀ Task-1");
      expect(jumped).toContain("1000 Task-1: sleep");
      expect(jumped).toContain("turn 2   t=1000 ms (virtual clock)");
      terminal.press("Left", "H");
      await terminal.screenWith("Iteration 1 begins.");
      terminal.press("g", "1", "8", "Enter");
      expect(await terminal.screenWith("event 18/24")).toContain('Task-1 returns "slept".');
      terminal.press("q");
      expect(await terminal.screenWith("ended with 0")).not.toContain("READY");
    });
  });

  it("runs the program again with a task cancelled, and shows both runs beside each other", async () => {
    await stepping("program.ts", async (terminal) => {
      await terminal.screenWith("event 0/24");
      terminal.press("g", "7", "Enter");
      await terminal.screenWith("event 7/24");
      terminal.press("x");
      expect(await terminal.screenWith("WHAT IF")).toContain("1  Task-1 is cancelled");
      terminal.press("1");
      const both = await terminal.screenWith("The two runs part at event 8.");
      expect(both).toContain("what if Task-1 is cancelled, at event 7");
      expect(both).toContain("Nothing is ready: the clock goes from 0 to 1000.");
      expect(both).toContain("The host asks Task-1 to cancel.");
      terminal.press("c");
      expect(await terminal.screenWith("SOURCE program.ts")).toContain("event 8/24");
      terminal.press("q");
      await terminal.screenWith("ended with 0");
    });
  });

  it("says that what was recorded cannot be run again", async () => {
    escapement("run", "--virtual", "program.ts", "--record", "again.trace.json");
    await stepping("again.trace.json", async (terminal) => {
      await terminal.screenWith("event 0/");
      terminal.press("g", "7", "Enter");
      await terminal.screenWith("event 7/");
      terminal.press("x", "1");
      await terminal.screenWith("To run it again: escapement step program.ts");
    });
  });
});

it("The command line names every command", () => {
  const { stdout } = escapement("--help");
  const commands = readFileSync(main, "utf8").match(/^ {2}\["(\w+)", \w+\],$/gm) ?? [];
  expect(commands.length).toBeGreaterThanOrEqual(3);
  for (const command of commands) expect(stdout).toContain(`escapement ${/"(\w+)"/.exec(command)![1]!} `);
});
