import { describe, expect, it } from "vitest";
import { changes, comparison } from "../../bench/compare.ts";
import { type Table, emptyRecord } from "../../bench/record.ts";
import { cellsOf, recordText } from "../../bench/report.ts";
import { deviation, median, ratios, roundSize } from "../../bench/statistics.ts";
import { WORKLOADS, type Workload, tasksFor } from "../../bench/workloads.ts";

const find = (name: string): Workload => WORKLOADS.find((workload) => workload.name === name)!;

/** A table of made-up times: workload, peer, nanoseconds of each round. */
function tableOf(...rows: readonly (readonly [workload: string, peer: string, times: readonly number[]])[]): Table {
  const results = rows.map(([workload, peer, times]) => ({
    workload,
    peer,
    size: find(workload).size,
    samples: times.map((thread) => ({ thread, process: thread, wall: thread })),
  }));
  const names = [...new Set(rows.map(([, peer]) => peer))];
  return { runs: 3, base: "native", peers: names.map((name) => ({ name, version: "1" })), results, leftOut: [] };
}

describe("the statistics", () => {
  it("take the middle, and how far the middle one is from it", () => {
    expect([median([9, 1, 2]), median([4, 1, 2, 3]), deviation([1, 2, 9])]).toEqual([2, 2.5, 1]);
    expect(median([])).toBeNaN();
  });

  it("set beside each other what was measured in the same round", () => {
    expect(ratios([10, 30], [20, 30])).toEqual([0.5, 1]);
  });

  it("round a size down to 1, 2 or 5 times a power of ten, within limits", () => {
    const sizes = [3, 199, 4_999, 1e9].map((size) => roundSize(size, 1_000_000));
    expect(sizes).toEqual([100, 100, 2_000, 1_000_000]);
  });
});

describe("the workloads", () => {
  it("have tasks that divide every size that a run can have", () => {
    for (const workload of WORKLOADS) {
      for (const size of [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 1_000_000]) {
        expect(size % tasksFor(workload, size)).toBe(0);
      }
    }
  });

  it("have names and numbers of their own", () => {
    expect(new Set(WORKLOADS.flatMap(({ id, name }) => [id, name])).size).toBe(2 * WORKLOADS.length);
  });
});

describe("the report", () => {
  const table = tableOf(["switch", "escapement", [50, 60, 40]], ["switch", "native", [100, 100, 100]]);

  it("takes the ratio of each round, and the middle of these", () => {
    expect(cellsOf(table, find("switch"))[0]).toEqual({
      peer: "escapement",
      size: 1_000_000,
      value: 50,
      deviation: 10,
      ratio: 0.5,
      range: [0.4, 0.6],
    });
  });

  it("shows no ratio where the base did not run", () => {
    const alone = tableOf(["sleepers", "escapement", [2000]]);
    expect(cellsOf(alone, find("sleepers"))[0]).toMatchObject({ value: 2000, ratio: null, range: null });
  });

  it("says who was left out, why, and of what, once for each reason", () => {
    const leftOut = ["switch", "spawn"].map((workload) => ({ peer: "co", workload, reason: "it crashed" }));
    expect(recordText({ ...emptyRecord(), table: { ...table, leftOut } })).toMatch(
      / {3}co in switch, spawn: it crashed$/,
    );
  });
});

describe("comparing with an older record", () => {
  const older = tableOf(["switch", "escapement", [50, 51, 49]], ["switch", "native", [100, 100, 100]]);
  const slower = (...times: number[]): Table =>
    tableOf(["switch", "escapement", times], ["switch", "native", [100, 100, 100]]);

  it("names what is slower by more than the noise", () => {
    expect(changes(older, slower(70, 71, 69))).toEqual([
      { workload: "switch", peer: "escapement", unit: "of native", before: 0.5, after: 0.7 },
    ]);
  });

  it("does not take noise for a change: neither a small one, nor a wide one", () => {
    expect(changes(older, slower(52, 52, 52))).toEqual([]);
    expect(changes(older, slower(40, 60, 80))).toEqual([]);
  });

  it("does not take a slower machine for a slower runtime", () => {
    const doubled = tableOf(["switch", "escapement", [100, 102, 98]], ["switch", "native", [200, 200, 200]]);
    expect(changes(older, doubled)).toEqual([]);
  });

  it("compares times where native cannot run", () => {
    const [before, after] = [[2000], [3000]].map((times) => tableOf(["sleepers", "escapement", times]));
    expect(changes(before!, after!)).toEqual([
      { workload: "sleepers", peer: "escapement", unit: "ns", before: 2000, after: 3000 },
    ]);
  });

  it("tells slower and faster apart, and its rule", () => {
    const [before, after] = [older, slower(70, 71, 69)].map((table) => ({ ...emptyRecord(), table }));
    const text = comparison(before!, after!);
    expect(text).toContain("Slower:\n   escapement in switch: 0.50 before, 0.70 now (of native)\nFaster: nothing.");
    expect(text).toContain("more than 5 % and more than three times the two deviations");
    expect(comparison(after!, before!)).toContain("Slower: nothing.\nFaster:\n   escapement in switch");
  });
});
