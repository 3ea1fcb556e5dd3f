import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readExploreOptions } from "../../src/cli/explore-options.ts";
import { type Ended, type Shell, openShell } from "../shell.ts";

let shell: Shell;
beforeAll(() => {
  shell = openShell("cli");
});
afterAll(() => shell.remove());

const escapement = (...args: string[]): Promise<Ended> => shell.type(`npx escapement ${args.join(" ")}`);

/** Two deposits, each of which may get lost. */
const ACCOUNT = `import { type Coroutine, createTask, gather } from "escapement";
import { sometimes, state } from "escapement/sim";

function* deposit(account: { balance: number }, amount: number): Coroutine<void> {
  const before = account.balance;
  yield;
  account.balance = before + amount;
  console.log("deposited", amount);
}

export default function* main(): Coroutine<void> {
  const account = state({ balance: 0 }, "account");
  yield* gather([createTask(deposit(account, 1), { name: "a" }), createTask(deposit(account, 2), { name: "b" })]);
  sometimes(account.balance === 2, "the first is lost");
  sometimes(account.balance === 0, "both are lost");
  if (account.balance !== 3) throw new Error(\`the balance is \${account.balance}\`);
}
`;

const PROGRESS = /^[\d,]+ schedules?, [\d,]+\/s, \d+ failures?, \d+ distinct outcomes?\n$/;

describe("escapement explore", { timeout: 120_000 }, () => {
  it("tells the story of the first schedule that fails, and ends with 1", async () => {
    const file = shell.write("account.ts", ACCOUNT);
    const { code, stdout, stderr } = await escapement("explore", file);
    expect(code).toBe(1);
    expect(stderr).toMatch(PROGRESS);
    expect(stdout.trimEnd().split("\n")).toEqual([
      "Error: the balance is 2 — found by the first schedule, made as short as it gets:",
      "",
      "step  clock  task    what it did                    where",
      expect.stringMatching(/^ {3}1 {6}0 {2}Task-1 {2}starts a, b; waits for gather {2}cli\/account\.ts:13$/),
      expect.stringMatching(/^ {3}2 {6}0 {2}a {7}yields {25}cli\/account\.ts:6$/),
      expect.stringMatching(/^ {3}3 {6}0 {2}b {7}yields {25}cli\/account\.ts:6$/),
      "   4      0  a       ends",
      "   5      0  b       ends",
      "   6      0  Task-1  raises Error",
      "",
      'What decides: "b" reads account.balance before "a" writes account.balance. The other way round, it does not fail.',
      "",
      expect.stringMatching(/^Replay it: npx escapement replay account\.ts [\w-]+$/),
      "",
      '"the first is lost" was true 1 time.',
      '"both are lost" was never true.',
    ]);
  });

  it("says when nothing fails, and when that is a proof", async () => {
    const file = shell.write("right.ts", ACCOUNT.replace("\n  yield;", ""));
    const { code, stdout, stderr } = await escapement("explore", file, "--strategy", "exhaustive");
    expect([code, stdout.split("\n")[0]]).toEqual([
      0,
      "Nothing fails: 2 schedules stand for all there are. That is a proof.",
    ]);
    expect(stderr).toMatch(/^2 schedules, .*, 0 failures, 1 distinct outcome\n$/);
    const random = await escapement("explore", file, "--strategy", "random", "--schedules", "20");
    expect([random.code, random.stdout.split("\n")[0]]).toEqual([0, "Nothing fails in 20 schedules."]);
  });

  it("explores for as long as it is told to", async () => {
    const file = shell.write("right.ts", ACCOUNT.replace("\n  yield;", ""));
    const { code, stdout } = await escapement("explore", file, "--for", "50ms", "--strategy", "random");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing fails in [\d,]+ schedules?\.\n/);
  });

  it("goes on after a failure when it is told to, and lists the kinds", async () => {
    const file = shell.write("account.ts", ACCOUNT);
    const options = ["--strategy", "exhaustive", "--stop-after", "100", "--jobs", "2"];
    const { code, stdout, stderr } = await escapement("explore", file, ...options);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /\n\nAll 4 failures, by kind, each with its shortest repro:\n {2}4 × Error: the balance is \d {2}[\w-]+\n\n/,
    );
    expect(stderr.split("\n")[0]).toBe(
      "--jobs 2 has nothing to spread: exhaustive goes from each schedule to the next.",
    );
  });

  it("ends a run that never ends, and replays it", async () => {
    const file = shell.write("endless.ts", "export default function* spin() { for (;;) yield; }");
    const { code, stdout } = await escapement("explore", file, "--max-steps", "40");
    expect(code).toBe(1);
    expect(stdout).toContain('out of steps: The run was not over after 40 steps (maxSteps). The last: "Task-1"');
    const [, args = ""] = /Replay it: npx escapement (.*)/.exec(stdout) ?? [];
    expect(args).toMatch(/^replay endless\.ts [\w-]+ --max-steps 40$/);
    const again = await escapement(...args.split(" "));
    expect([again.code, again.stdout.split("\n")[0]]).toEqual([1, expect.stringContaining("not over after 40 steps")]);
  });

  it("says so when a schedule fails only once, as where a module keeps something", async () => {
    const file = shell.write(
      "outlives.ts",
      `let runs = 0;
export default function* main() { yield; runs += 1; if (runs === 1) throw new Error("only the first"); }`,
    );
    const { code, stdout } = await escapement("explore", file);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^Error: only the first — found by the first schedule\.\n\nIt does not fail again under that very schedule: /,
    );
  });

  it("ends with 2 when it is used the wrong way", async () => {
    const { code, stdout, stderr } = await escapement("explore", "nowhere.ts");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^escapement: there is no file "nowhere\.ts"\.\n\nUsage: escapement explore <file> /);
  });

  it("says what it can do", async () => {
    const { code, stdout, stderr } = await escapement("explore", "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "--strategy <name>  portfolio, random, uniform, pct, pos, bounded, exhaustive, dpor, fifo",
    );
  });
});

describe("escapement explore, used the wrong way", () => {
  it.each([
    [[], "explore what? The file is missing."],
    [["a.ts", "b.ts"], 'explore takes one file, and found "b.ts" after "a.ts".'],
    [["a.ts", "--fast"], "Unknown option '--fast'"],
    [["a.ts", "--schedules", "0"], '--schedules takes a whole number, 1 or more, not "0".'],
    [["a.ts", "--schedules", "many"], '--schedules takes a whole number, 1 or more, not "many".'],
    [["a.ts", "--seed", "1.5"], '--seed takes a whole number, 0 or more, not "1.5".'],
    [["a.ts", "--jobs", "0"], '--jobs takes a whole number, 1 or more, not "0".'],
    [["a.ts", "--for", "10"], '--for takes a time such as 30s, 10m or 1h, not "10".'],
    [["a.ts", "--for", "0s"], '--for takes a time such as 30s, 10m or 1h, not "0s".'],
    [["a.ts", "--for", "1s", "--schedules", "2"], "--schedules and --for exclude each other"],
    [["a.ts", "--strategy", "luck"], 'there is no strategy "luck"; there are portfolio, random, '],
  ])("explains %j", (args, message) => {
    expect(() => readExploreOptions(args)).toThrow(message);
  });
});

describe("escapement explore's options", () => {
  it("are what was typed, and what they are by default", () => {
    expect(readExploreOptions(["a.ts"])).toEqual({
      file: "a.ts",
      jobs: 1,
      plan: { strategy: "portfolio", seed: 0, schedules: 1000, stopAfter: 1, maxSteps: undefined, until: Infinity },
    });
    const typed = "a.ts --seed 7 --schedules 20 --jobs 4 --stop-after 3 --strategy pct --max-steps 9".split(" ");
    expect(readExploreOptions(typed)).toEqual({
      file: "a.ts",
      jobs: 4,
      plan: { strategy: "pct", seed: 7, schedules: 20, stopAfter: 3, maxSteps: 9, until: Infinity },
    });
  });

  it("know times", () => {
    const until = (time: string): number => {
      const now = Date.now();
      const request = readExploreOptions(["a.ts", "--for", time]);
      if (request === "help") throw new Error("that was not asked for");
      expect(request.plan.schedules).toBe(Infinity);
      // To the minute: the clock goes on.
      return Math.round((request.plan.until - now) / 60_000);
    };
    expect([until("600s"), until("10m"), until("1.5h")]).toEqual([10, 10, 90]);
  });
});
