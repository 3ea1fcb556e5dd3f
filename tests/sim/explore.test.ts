import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Coroutine, createTask, gather, getRunningLoop } from "escapement";
import {
  type Exploration,
  type Progress,
  SimulationError,
  type World,
  buggify,
  check,
  exhaustive,
  explore,
  random,
  replay,
  sometimes,
  state,
} from "escapement/sim";
import { describe, expect, it, vi } from "vitest";
import { interleaving, lostUpdate } from "./programs.ts";

/** Fails when `c` runs before `a`, and `b` twice in between: two deviations show it; many schedules have more. */
function* needsTwo(world: World): Coroutine<void> {
  let trace = "";
  function* worker(name: string, steps: number): Coroutine<void> {
    for (let i = 0; i < steps; i += 1) {
      trace += name;
      yield;
    }
  }
  const noise = world.random.integer(0, 100);
  if (buggify(0.5)) yield;
  yield* gather([worker("a", 3), worker("b", 3), worker("c", 3)]);
  if (/c.*b.*b.*a/.test(trace)) throw new Error(`order ${trace}, noise ${noise}`);
}

describe("explore", () => {
  it("stops at the first failure, which it makes small", () => {
    const { failures, schedules } = explore(lostUpdate, { strategy: random(), seed: 2 });
    expect(failures).toHaveLength(1);
    const [failure] = failures;
    expect(failure).toMatchObject({ run: schedules - 1, found: { status: "raised" }, shrunk: { status: "raised" } });
    expect(failure!.repro).toBe(failure!.shrunk.repro);
    expect(replay(lostUpdate, failure!.found.repro).digest).toBe(failure!.found.digest);
    expect(replay(lostUpdate, failure!.repro)).toMatchObject({ status: "raised", digest: failure!.shrunk.digest });
  });

  it("proves a small program right, by default", () => {
    expect(explore(interleaving(2, 2))).toMatchObject({ complete: true, failures: [] });
  });

  it("goes on for as long as it is told to", () => {
    expect(explore(interleaving(3, 4), { schedules: 77 })).toMatchObject({ schedules: 77, complete: false });
    expect(
      explore(lostUpdate, { strategy: random(), schedules: 500, stopAfter: 5, shrink: false }).failures,
    ).toHaveLength(5);
    const short = explore(interleaving(3, 5), { schedules: 1e9, timeBudget: 1 });
    expect(short.schedules).toBeLessThan(1e9);
  });

  it("makes schedule, faults and draws small together, so that nothing can be left out", () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const { failures } = explore(needsTwo, { strategy: random(), seed });
      const [failure] = failures;
      // No draw, no fault; of the schedule, what is needed.
      expect(String(failure!.shrunk.error)).toContain("noise 0");
      expect(failure!.shrunk.steps).toBeLessThanOrEqual(failure!.found.steps);
      // Eleven characters, and at most five deviations.
      expect(failure!.repro.length).toBeLessThanOrEqual(24);
      expect(failure!.repro.length).toBeLessThanOrEqual(failure!.found.repro.length);
    }
  });

  it("makes only the first of each kind small", () => {
    const { failures } = explore(lostUpdate, { strategy: random(), schedules: 100, stopAfter: 10 });
    expect(failures.slice(1).map(({ found, shrunk }) => found === shrunk)).toEqual(failures.slice(1).map(() => true));
  });

  it("keeps of a run that failed how it ended, and nothing else", () => {
    function* heavy(): Coroutine<void> {
      const ballast = new Uint8Array(1_000_000);
      getRunningLoop().callLater(1000, () => ballast.fill(1));
      throw new Error("fails");
    }
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { failures } = explore(heavy, { schedules: 300, stopAfter: 300, shrink: false, strategy: random() });
    collect();
    expect(failures).toHaveLength(300);
    // Of the three hundred, a few may still be reachable: the last, and the one that was explained.
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(100_000_000);
  });

  it("tells how it goes", () => {
    const seen: Progress[] = [];
    explore(interleaving(3, 4), { schedules: 1000, strategy: random(), onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ schedules }) => schedules)).toEqual([256, 512, 768, 1000]);
    expect(seen.every(({ failures, perSecond }) => failures === 0 && perSecond > 0)).toBe(true);
  });

  it("does not lose what it has found when onProgress or the strategy throws", () => {
    const onProgress = ({ schedules }: Progress): void => {
      if (schedules >= 512) throw new RangeError("enough");
    };
    let thrown: unknown;
    try {
      explore(lostUpdate, { strategy: random(), schedules: 1000, stopAfter: 1000, shrink: false, onProgress });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual(new RangeError("enough"));
    const { exploration } = thrown as { exploration: Exploration<number> };
    expect(exploration.schedules).toBe(512);
    expect(exploration.failures.length).toBeGreaterThan(100);
  });

  it("counts how often a condition was true, and tells when it never was", () => {
    const { sometimes: counts } = explore(
      function* () {
        const trace = yield* interleaving(2, 2)();
        sometimes(trace === "abab", "they take turns");
        sometimes(trace === "acab", "there is a third");
      },
      { strategy: exhaustive() },
    );
    expect([...counts]).toEqual([
      ["they take turns", 1],
      ["there is a third", 0],
    ]);
  });

  it("tells a strategy of its own how each run ended", () => {
    const ended: string[] = [];
    const last = {
      name: "last",
      begin: () => ({ choose: (_kind: string, count: number) => count - 1 }),
      end: ({ status, seed }: { status: string; seed: number }) => void ended.push(`${seed} ${status}`),
    };
    explore(lostUpdate, { strategy: last, schedules: 3, stopAfter: 3, seed: 10, shrink: false });
    expect(ended).toEqual(["10 returned", "11 returned", "12 returned"]);
  });

  it("refuses limits that are none", () => {
    expect(() => explore(lostUpdate, { schedules: 0 })).toThrow("schedules is a number, 1 or more, not 0");
    expect(() => explore(lostUpdate, { timeBudget: Number.NaN })).toThrow("timeBudget is a number, 1 or more, not NaN");
  });
});

describe("check", () => {
  it("returns what it explored when nothing fails", () => {
    expect(check(interleaving(2, 2))).toMatchObject({ complete: true, failures: [] });
  });

  it("warns of what was never true, and passes", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { sometimes: counts } = check(
      function* () {
        const trace = yield* interleaving(2, 2)();
        sometimes(trace === "abab", "they take turns");
        sometimes(trace === "acab", "there is a third");
      },
      { strategy: exhaustive() },
    );
    const warnings = warn.mock.calls;
    warn.mockRestore();
    expect(warnings).toEqual([['check: "there is a third" was never true (schedules: 6).']]);
    expect(counts.get("there is a third")).toBe(0);
  });

  it("throws the story of the shortest failing run, with the line that replays it", () => {
    let thrown: unknown;
    try {
      check(lostUpdate, { strategy: random() });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SimulationError);
    const { failure, message } = thrown as SimulationError;
    const [title, empty, ...rest] = message.split("\n");
    expect(title).toMatch(/^Error: counter is 1 — found by (the first schedule|schedule \d+ of \d+), made as short/);
    expect(empty).toBe("");
    expect(rest.slice(0, 7).map((line) => line.replace(/\s+\S*programs\.ts:\d+$/, ""))).toEqual([
      "step  clock  task    what it did                    where",
      "   1      0  Task-1  starts a, b; waits for gather",
      "   2      0  a       yields",
      "   3      0  b       yields",
      "   4      0  a       ends",
      "   5      0  b       ends",
      "   6      0  Task-1  raises Error",
    ]);
    expect(rest.at(-1)).toBe(`Replay it: replay(main, "${failure.repro}")`);
    expect((thrown as SimulationError).cause).toEqual(new Error("counter is 1"));
  });

  it("tells where each step ended", () => {
    let message = "";
    try {
      check(function* () {
        function* worker(): Coroutine<void> {
          yield;
        }
        yield* createTask(worker(), { name: "worker" });
        throw new Error("never mind");
      });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(/worker +yields +\S*explore\.test\.ts:\d+/);
  });

  it("names the two accesses whose order decides", () => {
    function* program(): Coroutine<void> {
      const account = state({ balance: 0, other: 0 }, "account");
      function* deposit(amount: number): Coroutine<void> {
        account.other += 1;
        const before = account.balance;
        yield;
        account.balance = before + amount;
      }
      yield* gather([createTask(deposit(1), { name: "a" }), createTask(deposit(2), { name: "b" })]);
      if (account.balance !== 3) throw new Error("money is missing");
    }
    const { failures } = explore(program);
    expect(failures[0]!.race).toEqual([
      { task: "b", operation: "read", location: "account.balance" },
      { task: "a", operation: "write", location: "account.balance" },
    ]);
    expect(() => check(program)).toThrow(
      'What decides: "b" reads account.balance before "a" writes account.balance. The other way round, it does not fail.',
    );
  });

  it("names no pair when nothing is tracked, or when no order decides", () => {
    expect(explore(lostUpdate).failures[0]).not.toHaveProperty("race");
    function* always(): Coroutine<void> {
      state({ a: 1 }).a += 1;
      yield;
      throw new Error("always");
    }
    expect(explore(always).failures[0]).not.toHaveProperty("race");
  });
});
