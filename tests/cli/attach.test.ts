import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkIsNode } from "../../src/cli/attach/process-facts.ts";
import { UsageError } from "../../src/cli/usage-error.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx");
const main = join(root, "src/cli/main.ts");

const SERVICE = `import { createTask, gather, Queue, sleep, type Task } from "escapement";
import { startServer } from "escapement/net";
const jobs = new Queue<number>();
function* work() {
  for (;;) yield* sleep(yield* jobs.get());
}
function* waitFor(other: () => Task<unknown>) {
  yield* other();
}
function spin() {
  for (let x = 0; ; ) x = Math.sin(x + 1);
}
export default function* main() {
  yield* startServer(function* () {}, "127.0.0.1", 0);
  const workers = [1, 2].map((n) => createTask(work(), { name: "worker-" + n }));
  if (process.env["MODE"] === "hung") {
    const a: Task<unknown> = createTask(waitFor(() => b), { name: "a" });
    const b: Task<unknown> = createTask(waitFor(() => a), { name: "b" });
  }
  yield* sleep(1);
  console.log("ready");
  if (process.env["MODE"] === "busy") spin();
  yield* gather(workers);
}
`;

let folder = "";
const children: ChildProcess[] = [];
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-attach-")));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(folder, "service.ts"), SERVICE);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that runs until the test ends; it has said that it is ready. */
async function start(command: string, args: string[], env: Record<string, string> = {}): Promise<Spoken> {
  const child = new Spoken(spawn(command, args, { cwd: folder, env: { ...process.env, ...env } }));
  await child.said("stdout", /ready/);
  return child;
}

class Spoken {
  readonly child: ChildProcess;
  readonly text = { stdout: "", stderr: "" };
  readonly ended: Promise<number | null>;
  readonly #waiting: (() => void)[] = [];

  constructor(child: ChildProcess) {
    this.child = child;
    children.push(child);
    this.ended = new Promise((resolve) => child.once("close", resolve));
    for (const name of ["stdout", "stderr"] as const) {
      child[name]!.setEncoding("utf8").on("data", (text: string) => {
        this.text[name] += text;
        for (const wake of this.#waiting.splice(0)) wake();
      });
    }
  }

  get pid(): string {
    return String(this.child.pid);
  }

  async said(name: "stdout" | "stderr", what: RegExp): Promise<void> {
    while (!what.test(this.text[name])) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

// A port of its own, for others may be looked at on this machine, too.
const NODE = ["--inspect-port=0", "--import", tsx];

const service = (mode: string): Promise<Spoken> =>
  start(process.execPath, [...NODE, main, "run", "service.ts"], { MODE: mode });

async function escapement(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const cli = new Spoken(spawn(process.execPath, ["--import", tsx, main, ...args], { cwd: folder }));
  return { code: await cli.ended, ...cli.text };
}

/** Without what differs from run to run, and the spaces that widths make. */
const plain = (text: string): string[] =>
  text
    .replaceAll(/iteration \d+, clock at \d+ ms/g, "iteration N, clock at N ms")
    .split("\n")
    .map((line) => line.replaceAll(/ {2,}/g, "  ").trimEnd());

const long = { timeout: 120_000 };

describe("escapement ps", long, () => {
  it("lists the tasks of an idle process, and leaves it as it was", async () => {
    const target = await service("idle");
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await escapement("ps", target.pid);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(plain(stdout)).toEqual([
        "3 tasks, iteration N, clock at N ms, on the host's loop",
        "TASK  STATE  WAITS FOR  WHERE  AWAITED BY",
        expect.stringMatching(/^Task-1 {2}waiting {2}gather {2}main \(.*\/service\.ts:23\) {2}-$/),
        expect.stringMatching(/^worker-1 {2}waiting {2}Queue\.get {2}work \(.*\/service\.ts:5\) {2}Task-1$/),
        expect.stringMatching(/^worker-2 {2}waiting {2}Queue\.get {2}work \(.*\/service\.ts:5\) {2}Task-1$/),
        "",
      ]);
    }
    // Opened and closed, twice.
    await target.said("stderr", /Debugger listening on[\s\S]*Debugger listening on/);
    expect(target.child.exitCode).toBe(null);
  });

  it("tells where a busy process is", async () => {
    const target = await service("busy");
    const { code, stdout } = await escapement("ps", target.pid);
    expect(code).toBe(0);
    const lines = plain(stdout);
    expect(lines[2]).toMatch(/^Task-1 {2}running {2}- {2}main {2}-$/);
    expect(lines.slice(5, 9)).toEqual([
      "",
      "The thread is busy:",
      expect.stringMatching(/^ {2}at spin \(.*service\.ts:11:\d+\)$/),
      expect.stringMatching(/^ {2}at main \(.*service\.ts:22:\d+\)$/),
    ]);
  });

  it("says what is wrong, each in its own sentence", async () => {
    const told = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await escapement("ps", ...args);
      expect(code).toBe(2);
      return stderr.split("\n")[0]!;
    };
    const shell = await start("/bin/sh", ["-c", "echo ready; read line"]);
    const node = await start(process.execPath, [
      "--inspect-port=0",
      "-e",
      "console.log('ready'); process.stdin.resume()",
    ]);
    const newer = `globalThis[Symbol.for("escapement.loops")] = { version: 2 }; console.log("ready"); process.stdin.resume()`;
    const other = await start(process.execPath, ["--inspect-port=0", "-e", newer]);
    const sentences = await Promise.all(
      [[], ["1", "2"], ["one"], ["1", "--port", "x"], ["4194305"], [shell.pid], [node.pid], [other.pid]].map((args) =>
        told(...args),
      ),
    );
    expect(sentences).toEqual([
      "escapement: ps of what? The PID is missing.",
      'escapement: ps takes one PID, and found "2" after "1".',
      'escapement: a PID is a whole number, not "one".',
      'escapement: a port is a whole number, not "x".',
      "escapement: there is no process 4194305.",
      expect.stringMatching(/^escapement: process \d+ is [\w-]+, not Node\.$/),
      expect.stringMatching(
        /^escapement: process \d+ is Node, but no event loop of escapement has run a task in it\.$/,
      ),
      expect.stringMatching(/^escapement: process \d+ runs another version of escapement,.* in form 2;/),
    ]);
  });

  it("says whose a process is, when it is not ours", () => {
    // Root may signal everybody: what the kernel says to others is said here.
    const refused = (): never => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    };
    expect(() => checkIsNode(1, refused)).toThrow(
      new UsageError("process 1 belongs to another user: ask as that user."),
    );
  });
});

describe("escapement tree", long, () => {
  it("draws who waits for whom in a hung process, rings as deadlocks", async () => {
    const target = await service("hung");
    const { code, stdout } = await escapement("tree", target.pid);
    expect(code).toBe(0);
    expect(plain(stdout).map((line) => line.replace(/\(.*\//, "("))).toEqual([
      "5 tasks, iteration N, clock at N ms, on the host's loop",
      "Task-1  waiting, for gather",
      "  | main (service.ts:23)",
      "  worker-1  waiting, for Queue.get",
      "  | work (service.ts:5)",
      "  worker-2  waiting, for Queue.get",
      "  | work (service.ts:5)",
      'a  waiting, for Task "b"',
      "  | waitFor (service.ts:8)",
      '  b  waiting, for Task "a"',
      "  | waitFor (service.ts:8)",
      "  a: DEADLOCK, it waits for itself through those above",
      "",
    ]);
  });
});

describe("escapement watch", long, () => {
  it("looks again and again, until the process ends", async () => {
    const target = await service("idle");
    const cli = new Spoken(spawn(process.execPath, ["--import", tsx, main, "watch", target.pid], { cwd: folder }));
    await cli.said("stdout", /3 tasks[\s\S]*3 tasks/);
    target.child.kill("SIGKILL");
    expect(await cli.ended).toBe(0);
    expect(cli.text.stdout).toMatch(/\nProcess \d+ has ended\.\n$/);
  });

  it("ends with Ctrl-C, and leaves the process as it was", async () => {
    const target = await service("idle");
    const cli = new Spoken(spawn(process.execPath, ["--import", tsx, main, "watch", target.pid], { cwd: folder }));
    await cli.said("stdout", /3 tasks/);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toBe(0);
    expect((await escapement("ps", target.pid)).code).toBe(0);
  });
});

describe("escapement run --dump-on", long, () => {
  it("prints who waits for whom when the signal comes, and goes on", async () => {
    const target = await start(process.execPath, ["--import", tsx, main, "run", "service.ts", "--dump-on", "SIGQUIT"]);
    for (const times of [1, 2]) {
      target.child.kill("SIGQUIT");
      await target.said("stderr", new RegExp(`(Task-1  waiting, for gather[^]*worker-2[^]*){${times}}`));
    }
    expect(target.child.exitCode).toBe(null);
  });

  it("refuses what cannot be", async () => {
    const told = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await escapement("run", "service.ts", ...args);
      expect(code).toBe(2);
      return stderr.split("\n")[0]!;
    };
    expect(await told("--dump-on", "SIGNAL")).toBe('escapement: --dump-on: there is no signal "SIGNAL".');
    expect(await told("--dump-on", "SIGKILL")).toBe("escapement: --dump-on: no program can handle SIGKILL.");
    expect(await told("--dump-on", "SIGQUIT", "--virtual")).toBe(
      "escapement: --dump-on: a program in virtual time leaves the host no turn to hear of a signal.",
    );
  });
});
