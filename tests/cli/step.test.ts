import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

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

  it("tells a recorded run, and is what a pipe gets without asking", () => {
    escapement("run", "--virtual", "program.ts", "--record", "run.trace.json");
    expect(escapement("step", "run.trace.json").stdout.split("\n").slice(0, 8)).toEqual(story);
  });

  it("tells the run of a program that fails, and its error", () => {
    const file = write("broken.ts", `export default function* main() { throw new Error("broken"); }`);
    const { stdout, stderr } = escapement("step", "--plain", file);
    expect(stderr).toContain("Error: broken");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("The program fails with Error: broken.");
  });

  it.each([
    [[], "step through what? The file is missing."],
    [["a.ts", "b.ts"], 'step takes one file, and found "b.ts" after "a.ts".'],
    [["gone.ts"], 'there is no file "gone.ts".'],
    [["gone.json"], "the trace cannot be read: ENOENT"],
    [["--colour"], "Unknown option '--colour'"],
  ])("refuses %j", (args, message) => {
    const { code, stderr } = escapement("step", ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(`escapement: ${message}`);
  });
});

const tmux = (...args: string[]) =>
  spawnSync("tmux", ["-L", `escapement-${process.pid}`, ...args], { encoding: "utf8" }).stdout ?? "";
const hasTmux = tmux("-V").startsWith("tmux");

describe("escapement step", () => {
  /** What stands on the screen, when it shows what is waited for. */
  async function screenWith(text: string): Promise<string> {
    for (let tries = 0; tries < 200; tries += 1) {
      const screen = tmux("capture-pane", "-p", "-t", "step");
      if (screen.includes(text)) return screen;
      await pause(50);
    }
    throw new Error(`the screen never showed "${text}":\n${tmux("capture-pane", "-p", "-t", "step")}`);
  }

  it.skipIf(!hasTmux)("is driven by its keys in a terminal (where there is tmux)", async () => {
    const command = `"${process.execPath}" --import "${tsx}" "${main}" step program.ts; echo "ended with $?"; sleep 30`;
    tmux("new-session", "-d", "-s", "step", "-x", "100", "-y", "30", "-c", folder, command);
    try {
      await screenWith("event 0/24");
      tmux("send-keys", "-t", "step", "l", "l", "Right");
      expect(await screenWith("event 3/24")).toContain("Iteration 1 begins.");
      tmux("send-keys", "-t", "step", "t");
      const jumped = await screenWith("the clock goes from 0 to 1000");
      expect(jumped).toContain(">   3   yield* sleep(1000);   ◀ Task-1");
      expect(jumped).toContain("1000 Task-1: sleep");
      expect(jumped).toContain("turn 2   t=1000 ms (virtual clock)");
      tmux("send-keys", "-t", "step", "Left", "H");
      await screenWith("Iteration 1 begins.");
      tmux("send-keys", "-t", "step", "g", "1", "8", "Enter");
      expect(await screenWith("event 18/24")).toContain('Task-1 returns "slept".');
      tmux("send-keys", "-t", "step", "q");
      expect(await screenWith("ended with 0")).not.toContain("READY");
    } finally {
      tmux("kill-server");
    }
  });
});

it("The command line names every command", () => {
  const { stdout } = escapement("--help");
  const commands = readFileSync(main, "utf8").match(/^ {2}\["(\w+)", \w+\],$/gm) ?? [];
  expect(commands.length).toBeGreaterThanOrEqual(3);
  for (const command of commands) expect(stdout).toContain(`escapement ${/"(\w+)"/.exec(command)![1]!} `);
});
