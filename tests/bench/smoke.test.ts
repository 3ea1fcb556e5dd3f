import { beforeAll, describe, expect, it } from "vitest";
import { knownPeers } from "../../bench/peers.ts";
import type { BenchRecord, Table } from "../../bench/record.ts";
import { WORKLOADS } from "../../bench/workloads.ts";
import { bench } from "./bench.ts";

// The whole harness, with every peer that is installed: tiny sizes, checksums compared, no time looked at.
let table: Table;
beforeAll(async () => {
  const { code, stdout, stderr } = await bench(["--smoke", "--tree", ".", "--json", "-"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) as string });
  const record = JSON.parse(stdout) as BenchRecord;
  table = record.table!;
}, 60_000);

const measured = (peer: string): string[] =>
  table.results.filter((result) => result.peer === peer).map(({ workload }) => workload);
const names = (): string[] => WORKLOADS.map(({ name }) => name);

describe("the benchmark", () => {
  it("runs every workload on escapement", () => {
    expect(measured("escapement")).toEqual(names());
  });

  it("runs every workload on another checkout beside it", () => {
    expect(measured("escapement@.")).toEqual(names());
  });

  it("runs every workload on native async/await, but for virtual time", () => {
    expect(measured("native")).toEqual(names().filter((name) => name !== "sleepers"));
  });

  it("compares with the bare heap in virtual time", () => {
    expect(measured("heap")).toEqual(["sleepers"]);
  });

  it("compares with bare generators where a runtime is not needed", () => {
    expect(measured("bare")).toEqual(["switch", "pingpong", "spawn", "call", "memory"]);
  });

  it("takes one sample of each in a smoke run, of a size that all share", () => {
    expect(table.results.map(({ size, samples }) => [size, samples.length])).toEqual(table.results.map(() => [100, 1]));
  });

  it.each(knownPeers())("has %s do each workload, or says why it does not", (peer) => {
    const absent = table.leftOut.filter((out) => out.peer === peer && out.workload === null);
    const excused = table.leftOut.filter((out) => out.peer === peer && out.workload !== null);
    for (const { reason } of absent) expect(reason).toMatch(/^not installed: |^no Python was found/);
    for (const { reason } of excused) expect(reason).toMatch(/^it has no |^native timers have no |^it is a heap/);
    const accounted = absent.length > 0 ? names() : [...measured(peer), ...excused.map(({ workload }) => workload)];
    expect(new Set(accounted)).toEqual(new Set(names()));
    expect(accounted).toHaveLength(names().length);
  });
});

describe("the benchmark's other measurements", () => {
  it("run at tiny sizes, and are whole", async () => {
    const args = ["switch", "--smoke", "--scaling", "--soak", "--embedding", "--allocations", "--json", "-"];
    const { code, stdout } = await bench(args);
    expect(code).toBe(0);
    const { table: none, host, hooks, scaling, soak, allocations } = JSON.parse(stdout) as BenchRecord;
    expect(none).toBeUndefined();
    expect(host!.results.map(({ peer }) => peer)).toEqual(["runSync()", "run()"]);
    expect(hooks!.results.map(({ peer }) => peer)).toEqual(["without", "with hooks"]);
    expect(hooks!.stripped).toBeGreaterThan(5);
    expect(scaling!.map(({ peer, what, count }) => `${peer} ${count} ${what}`)).toEqual([
      "escapement 10 tasks",
      "native 10 tasks",
      "escapement 100 tasks",
      "native 100 tasks",
      "escapement 10 timers",
      "escapement 100 timers",
    ]);
    expect(soak).toMatchObject({ switches: 100_000, heap: { length: 100 } });
    expect(allocations!.map(({ operation }) => operation)).toContain("a sleep: `sleep(1)`");
  }, 60_000);
});
