import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Coroutine, createTask, gather, sleep } from "escapement";
import { type SimTestOptions, sim } from "escapement/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Shell, openShell } from "../shell.ts";

const ACCOUNTS = `import { createTask, gather, sleep } from "escapement";
import { sometimes, state } from "escapement/sim";
import { sim } from "escapement/vitest";
import { describe, expect, it } from "vitest";

function* deposit(account, amount) {
  const before = account.balance;
  yield;
  account.balance = before + amount;
}

describe("an account (shared)", () => {
  sim.test("keeps every deposit", function* () {
    const account = state({ balance: 0 }, "account");
    yield* gather([1, 2].map((n) => createTask(deposit(account, n), { name: "depositor " + n })));
    expect(account.balance).toBe(3);
  }, { schedules: 100 });
});

sim.test("sleeps well", function* (world) {
  yield* sleep(world.random.integer(1, 10));
  sometimes(false, "it dreams");
});

it("is a test of another kind", () => {});
`;

const CHOSEN = `import { sim } from "escapement/vitest";
import { describe } from "vitest";

function* fails() { throw new Error("it ran"); }
describe("only", () => {
  sim.test.only("alone", function* () {});
  sim.test("beside it", fails);
});
describe("skip", () => {
  sim.test.skip("not now", fails);
});
`;

// A project of its own, whose vitest is a process of its own.
let shell: Shell;
beforeAll(() => {
  shell = openShell("bank");
  shell.write("accounts.test.js", ACCOUNTS);
  shell.write("chosen.test.js", CHOSEN);
});
afterAll(() => shell.remove());

interface Ran {
  readonly code: number;
  /** What was printed. */
  readonly text: string;
  /** By name of test: how it went. */
  readonly tests: Readonly<Record<string, string>>;
}

async function type(command: string): Promise<Ran> {
  const reporters = "--reporter=default --reporter=json --outputFile=report.json";
  const { code, stdout, stderr } = await shell.type(`${command} ${reporters}`);
  return { code, text: stdout + stderr, tests: statuses() };
}

function statuses(): Record<string, string> {
  const report = JSON.parse(readFileSync(join(shell.folder, "report.json"), "utf8")) as {
    testResults: { assertionResults: { title: string; status: string }[] }[];
  };
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return Object.fromEntries(results.map(({ title, status }) => [title, status]));
}

describe("sim.test, in a project", { timeout: 120_000 }, () => {
  let first: Ran;
  let repro = "";
  beforeAll(async () => {
    first = await type("npx vitest run");
    repro = /ESCAPEMENT_REPRO=([\w-]+)/.exec(first.text)?.[1] ?? "";
  }, 120_000);

  it("fails when a schedule fails, and lets the others be", () => {
    expect(first.code).toBe(1);
    expect(first.tests).toMatchObject({
      "keeps every deposit": "failed",
      "sleeps well": "passed",
      "is a test of another kind": "passed",
    });
  });

  it("has only and skip", () => {
    expect(first.tests).toMatchObject({ alone: "passed", "beside it": "skipped", "not now": "skipped" });
  });

  it("tells the story of the shortest one, in the failure's message", () => {
    const start = first.text.indexOf("SimulationError: ");
    const story = first.text.slice(start, first.text.indexOf(" ❯ accounts.test.js", start));
    expect(story.trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /^SimulationError: AssertionError: expected \d to be 3 .*— found by .*, made as short as it gets:$/,
      ),
      "",
      "step  clock  task         what it did                                        where",
      expect.stringMatching(
        /^ {3}1 {6}0 {2}Task-1 {7}starts depositor 1, depositor 2; waits for gather {2}bank\/accounts\.test\.js:15$/,
      ),
      expect.stringMatching(/^ {3}2 {6}0 {2}depositor 1 {2}yields {45}bank\/accounts\.test\.js:8$/),
      expect.stringMatching(/^ {3}3 {6}0 {2}depositor 2 {2}yields {45}bank\/accounts\.test\.js:8$/),
      "   4      0  depositor 1  ends",
      "   5      0  depositor 2  ends",
      "   6      0  Task-1       raises AssertionError",
      "",
      expect.stringMatching(/^What decides: "depositor 2" reads account\.balance before "depositor 1" writes/),
      "",
      `Replay it: ESCAPEMENT_REPRO=${repro} npx vitest run accounts.test.js ` +
        String.raw`-t 'an account \(shared\) keeps every deposit'`,
      "Explored from seed 0. Other schedules: npx vitest run --sequence.seed=1",
    ]);
  });

  it("shows where the test is declared, and the line that failed in it", () => {
    expect(first.text).toMatch(/❯ accounts\.test\.js:13:7/);
    expect(first.text).toMatch(/Caused by: AssertionError: expected \d to be 3[^]*❯ \S* ?accounts\.test\.js:16:29/);
  });

  it("says what was never true", () => {
    expect(first.text).toContain(`sim.test "sleeps well": "it dreams" was never true (schedules: `);
  });

  it("replays that schedule, and nothing else, by the very line that the message ends with", async () => {
    const command = /^Replay it: (.*)$/m.exec(first.text)![1]!;
    const { code, text, tests } = await type(command);
    expect(code).toBe(1);
    expect(text).toContain(`Replayed: ESCAPEMENT_REPRO=${repro}`);
    expect(text).toContain("   6      0  Task-1       raises AssertionError");
    expect(text).toContain('What decides: "depositor 2" reads account.balance before "depositor 1" writes');
    expect(tests).toMatchObject({
      "keeps every deposit": "failed",
      "sleeps well": "skipped",
      "is a test of another kind": "skipped",
    });
  });

  it("skips the sim.tests of other programs when one is replayed, and says so; other tests run", async () => {
    const { tests, text } = await type(`ESCAPEMENT_REPRO=${repro} npx vitest run`);
    expect(tests).toMatchObject({
      "keeps every deposit": "failed",
      "sleeps well": "skipped",
      "is a test of another kind": "passed",
    });
    expect(text).toContain(
      `sim.test "sleeps well" is skipped: ESCAPEMENT_REPRO=${repro} is of another program, or of this one before an edit.`,
    );
  });

  it("fails when the repro does not belong to the test that was chosen by name", async () => {
    const { tests, text } = await type(`ESCAPEMENT_REPRO=${repro} npx vitest run -t "sleeps well"`);
    expect(tests).toMatchObject({ "sleeps well": "failed" });
    expect(text).toMatch(/ReplayError: The repro \S+ is of another program/);
  });

  it("fails when the repro is mistyped", async () => {
    const { tests, text } = await type(`ESCAPEMENT_REPRO=${repro.slice(0, -1)}! npx vitest run`);
    expect(tests).toMatchObject({ "keeps every deposit": "failed", "sleeps well": "failed" });
    expect(text).toContain(`ReplayError: The repro "${repro.slice(0, -1)}!" is mistyped`);
  });

  it("takes its seed from vitest", async () => {
    const { text } = await type("npx vitest run --sequence.seed=7 -t deposit");
    expect(text).toContain("Explored from seed 7. Other schedules: npx vitest run --sequence.seed=8");
  });
});

function* add(counter: { value: number }): Coroutine<void> {
  const before = counter.value;
  yield* sleep(before);
  counter.value += 1;
}

sim.test(
  "sim.test is a test like any other",
  function* (world) {
    const counter = { value: world.random.integer(0, 9) };
    const start = counter.value;
    yield* gather([createTask(add(counter)), createTask(add(counter))]);
    expect(counter.value).toBe(start + 2);
  },
  { schedules: 50 },
);

describe("sim.test, given what is no program", () => {
  it.each([
    ["an async function", async () => {}],
    ["an object", { schedules: 10 }],
    ["undefined", undefined],
  ])("says that it is %s", (found, program) => {
    const declare = sim.test as (name: string, program: unknown, options?: SimTestOptions) => void;
    expect(() => declare("mine", program)).toThrow(
      `sim.test "mine": the program is ${found}, not a coroutine function. Write: sim.test(name, function* (world) { … }, options).`,
    );
  });
});
