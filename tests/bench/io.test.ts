import { beforeAll, describe, expect, it } from "vitest";
import type { IoRecord } from "../../bench/io/io-record.ts";
import { parseIoOptions } from "../../bench/io/options.ts";
import { IO_WORKLOADS } from "../../bench/io/workloads.ts";
import { postgres } from "../io/services.ts";
import { benchIo } from "./bench.ts";

const names = IO_WORKLOADS.map(({ name }) => name);

describe("the benchmark of input and output", () => {
  // Tiny sizes, checksums compared, no time looked at; and a second of clients that die.
  let record: IoRecord;
  beforeAll(async () => {
    const { code, stdout, stderr } = await benchIo(["--smoke", "--json", "-"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) as string });
    record = JSON.parse(stdout) as IoRecord;
  }, 300_000);

  it.each(["bare", "async", "escapement"])(
    "has %s do each workload, but for queries where there is no database",
    (peer) => {
      const measured = record.table!.results.filter((result) => result.peer === peer).map(({ workload }) => workload);
      expect(measured).toEqual(names.filter((name) => name !== "queries" || postgres.missing === undefined));
    },
  );

  it("leaves nothing else out", () => {
    const reasons = record.table!.leftOut.map(({ workload, reason }) => [workload, reason]);
    const expected = postgres.missing === undefined ? [] : [1, 2, 3].map(() => ["queries", postgres.missing]);
    expect(reasons).toEqual(expected);
  });

  it("loses no answer to a client that lives, and keeps nothing of those that died", () => {
    const { faults, answered, died, seed } = record.churn!;
    expect({ faults, seed }).toEqual({ faults: [], seed });
    expect(answered).toBeGreaterThan(0);
    expect(died).toBeGreaterThan(0);
  });
});

describe("the command line of the benchmark of input and output", () => {
  it("measures everything five times, and has clients die for ten minutes, when it says nothing", () => {
    const { workloads, runs, churn, json } = parseIoOptions([]);
    expect([workloads, runs, churn, json]).toEqual([IO_WORKLOADS, 5, 600_000, null]);
  });

  it("takes what is named, and keeps the table's order", () => {
    const { workloads, churn } = parseIoOptions(["queries", "I1"]);
    expect([workloads.map(({ name }) => name), churn]).toEqual([["http-get", "queries"], null]);
    expect(parseIoOptions(["churn", "--for", "30s"])).toMatchObject({ workloads: [], churn: 30_000 });
  });

  it.each([
    [["I12"], 'there is no workload "I12"; there are http-get, '],
    [["--for", "soon"], '--for takes a time, as in 30s or 10m, not "soon".'],
    [["--runs", "0"], '--runs takes a whole number from 1, not "0".'],
    [["--faster"], "Unknown option '--faster'"],
  ])("refuses %j", (args, message) => {
    expect(() => parseIoOptions(args)).toThrow(expect.objectContaining({ name: "UsageError" }));
    expect(() => parseIoOptions(args)).toThrow(message);
  });
});
