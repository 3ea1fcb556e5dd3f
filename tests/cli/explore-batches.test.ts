import { type Coroutine, gather } from "escapement";
import { type Exploration, explore, sometimes } from "escapement/sim";
import { describe, expect, it, vi } from "vitest";
import { type Batch, type BatchResult, type Plan, batchOf, runBatch } from "../../src/cli/batch.ts";
import { type BatchRunner, Campaign } from "../../src/cli/campaign.ts";
import { ProgressLine } from "../../src/cli/progress-line.ts";
import { Stream } from "../../src/sim/prng.ts";

/** Three tasks add three each, and lose some; it fails when they lose none, which is rare. */
function* rarelyRight(): Coroutine<number> {
  let counter = 0;
  function* add(): Coroutine<void> {
    for (let i = 0; i < 3; i += 1) {
      const before = counter;
      yield;
      counter = before + 1;
    }
  }
  yield* gather([add(), add(), add()]);
  sometimes(counter === 3, "six are lost");
  if (counter > 7) throw new Error(`${counter} are left`);
  return counter;
}

const planOf = (plan: Partial<Plan>): Plan => ({
  strategy: "random",
  seed: 0,
  schedules: 3000,
  stopAfter: 1,
  maxSteps: undefined,
  until: Infinity,
  ...plan,
});

const silent = (): void => {};

/** Runs batches here, and lets them end in an order that follows from the seed. */
class Shuffling implements BatchRunner {
  readonly #stream = new Stream("batches");
  readonly ran: Batch[] = [];

  constructor(seed: number) {
    this.#stream.seed(seed);
  }

  async run(batch: Batch): Promise<BatchResult> {
    this.ran.push(batch);
    const result = runBatch(rarelyRight, batch);
    for (let turns = this.#stream.below(20); turns > 0; turns -= 1) await Promise.resolve();
    return result;
  }
}

describe("an exploration in batches", { timeout: 120_000 }, () => {
  it.each([
    { stopAfter: 1 },
    { stopAfter: 3 },
    { stopAfter: 50 },
    { stopAfter: 100_000, schedules: 2100 },
    { stopAfter: 3, seed: 12_345 },
    { stopAfter: 3, strategy: "pct" },
    { stopAfter: 3, strategy: "uniform" },
    { stopAfter: 9, strategy: "portfolio" },
    { stopAfter: 9, strategy: "bounded", schedules: 500 },
  ] satisfies Partial<Plan>[])("finds the same with 1, 2 and 4 jobs, whichever ends first: %j", async (options) => {
    const plan = planOf(options);
    const alone = await new Campaign(plan, new Shuffling(0), silent).run(1);
    expect(alone.failures.length).toBeGreaterThan(0);
    for (const jobs of [2, 4]) {
      for (let seed = 1; seed < 4; seed += 1) {
        expect(await new Campaign(plan, new Shuffling(seed), silent).run(jobs)).toEqual(alone);
      }
    }
  });

  it("is, up to 1,000 schedules, what explore() does by default", async () => {
    const exploration: Exploration<number> = explore(rarelyRight, { seed: 5, stopAfter: 3 });
    const plan = planOf({ strategy: "portfolio", schedules: 1000, seed: 5, stopAfter: 3 });
    const findings = await new Campaign(plan, new Shuffling(0), silent).run(4);
    expect(findings.failures.map(({ run, repro }) => [run, repro])).toEqual(
      exploration.failures.map(({ run, repro }) => [run, repro]),
    );
    expect([findings.schedules, findings.complete]).toEqual([exploration.schedules, exploration.complete]);
    expect(findings.sometimes).toEqual(exploration.sometimes);
  });

  it("counts every schedule once, and how the runs ended", async () => {
    const runner = new Shuffling(0);
    const findings = await new Campaign(planOf({ stopAfter: 1e6, schedules: 1600 }), runner, silent).run(4);
    expect(findings.schedules).toBe(1600);
    expect(runner.ran.map(({ from, schedules }) => [from, schedules])).toEqual([
      [0, 1000],
      [1000, 250],
      [1250, 250],
      [1500, 100],
    ]);
    expect([...findings.outcomes].filter((outcome) => outcome.startsWith("returned")).toSorted()).toEqual(
      [3, 4, 5, 6, 7].map((left) => `returned ${left}`),
    );
  });

  it("runs one schedule at least, though the time is over before it begins", async () => {
    const plan = planOf({ strategy: "fifo", schedules: Infinity, until: Date.now() - 1000 });
    const findings = await new Campaign(plan, new Shuffling(0), silent).run(2);
    expect(findings.schedules).toBeGreaterThan(0);
  });

  it("cannot be cut where each schedule follows from the last", () => {
    for (const strategy of ["bounded", "exhaustive", "dpor"] as const) {
      const plan = planOf({ strategy, schedules: 5000 });
      expect(batchOf(plan, 0)).toMatchObject({ from: 0, schedules: 5000, strategy });
      expect(batchOf(plan, 1)).toBeNull();
    }
  });

  it("goes through what cannot be repeated once, by default: then the samplers take turns", () => {
    const plan = planOf({ strategy: "portfolio" });
    expect([0, 1, 2, 3, 4].map((index) => batchOf(plan, index)!.strategy)).toEqual([
      "portfolio",
      "uniform",
      "pct",
      "random",
      "uniform",
    ]);
  });

  it("ends the batches that are not needed any more", async () => {
    const ended: number[] = [];
    const runner: BatchRunner = {
      run: (batch, signal) =>
        batch.from === 0
          ? Promise.resolve(runBatch(rarelyRight, batch))
          : new Promise((_resolve, reject) => {
              signal.addEventListener("abort", () => {
                ended.push(batch.from);
                reject(signal.reason as Error);
              });
            }),
    };
    const findings = await new Campaign(planOf({}), runner, silent).run(3);
    expect(findings.failures).toHaveLength(1);
    expect(ended).toEqual([1000, 1250]);
  });

  it("does not lose what it has found when a batch throws", async () => {
    const shuffling = new Shuffling(0);
    const runner: BatchRunner = {
      run: (batch) => (batch.from === 1500 ? Promise.reject(new RangeError("the thread died")) : shuffling.run(batch)),
    };
    const campaign = new Campaign(planOf({ stopAfter: 1e6 }), runner, silent);
    await expect(campaign.run(1)).rejects.toThrow(new RangeError("the thread died"));
    expect(campaign.findings.schedules).toBe(1500);
    expect(campaign.findings.failures.length).toBeGreaterThan(0);
  });

  it("drops what the program prints, in its runs only", () => {
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    try {
      const program = function* (): Coroutine<void> {
        process.stdout.write("in a run");
      };
      runBatch(program, batchOf(planOf({ schedules: 3 }), 0)!);
      process.stdout.write("after it");
      expect(written.mock.calls).toEqual([["after it"]]);
    } finally {
      written.mockRestore();
    }
  });
});

describe("the progress of an exploration", () => {
  const progress = { schedules: 12_345, failures: 1, outcomes: new Set(["a", "b"]) };

  it("is a line that is written over, on a terminal", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      let text = "";
      const line = new ProgressLine({ isTTY: true, write: (more: string) => (text += more) });
      line.update(() => progress);
      expect(text).toBe("");
      vi.advanceTimersByTime(500);
      line.update(() => progress);
      vi.advanceTimersByTime(50);
      line.update(() => progress);
      vi.advanceTimersByTime(450);
      line.end({ ...progress, failures: 2 });
      expect(text).toBe(
        "\r12,345 schedules, 24,690/s, 1 failure, 2 distinct outcomes\u001b[K" +
          "\r12,345 schedules, 12,345/s, 2 failures, 2 distinct outcomes\u001b[K\n",
      );
    } finally {
      vi.useRealTimers();
    }
  });

  it("is a line now and then, elsewhere", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const lines: string[] = [];
      const line = new ProgressLine({ write: (more: string) => lines.push(more) });
      for (let second = 1; second <= 25; second += 1) {
        vi.advanceTimersByTime(1000);
        line.update(() => ({ ...progress, schedules: second }));
      }
      line.end({ ...progress, schedules: 1 });
      expect(lines).toEqual([
        "10 schedules, 1/s, 1 failure, 2 distinct outcomes\n",
        "20 schedules, 1/s, 1 failure, 2 distinct outcomes\n",
        "1 schedule, 0/s, 1 failure, 2 distinct outcomes\n",
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is told while a batch runs, and together with those that are done", async () => {
    const seen: number[] = [];
    const plan = planOf({ stopAfter: 1e6, schedules: 1500 });
    const runner: BatchRunner = { run: async (batch, _signal, tell) => runBatch(rarelyRight, batch, tell) };
    await new Campaign(plan, runner, (read) => seen.push(read().schedules)).run(1);
    expect(seen).toEqual([256, 512, 768, 1000, 1000, 1250, 1250, 1500, 1500]);
  });
});
