import { describe, expect, it } from "vitest";
import { parseOptions } from "../../bench/options.ts";
import { WORKLOADS } from "../../bench/workloads.ts";

const named = (...args: string[]): string[] => parseOptions(args).workloads.map(({ name }) => name);

describe("the command line of the benchmark", () => {
  it("measures every workload five times when it says nothing", () => {
    const { workloads, names, runs, json } = parseOptions([]);
    expect([workloads, names, runs, json]).toEqual([WORKLOADS, null, 5, null]);
  });

  it("takes workloads by name or number, and keeps the table's order", () => {
    expect(named("spawn", "W1")).toEqual(["switch", "spawn"]);
  });

  it("takes peers as a list", () => {
    expect(parseOptions(["--peers", "native,effect"]).names).toEqual(["native", "effect"]);
  });

  it.each([
    [["W13"], 'there is no workload "W13"; there are switch, '],
    [["--peers", "native,efect"], 'there is no peer "efect"; there are escapement, native, '],
    [["--runs", "0"], '--runs takes a whole number from 1, not "0".'],
    [["--runs", "many"], '--runs takes a whole number from 1, not "many".'],
    [["--tree", "/nowhere/at/all"], "there is nothing at /nowhere/at/all."],
    [["--faster"], "Unknown option '--faster'"],
  ])("refuses %j", (args, message) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ name: "UsageError" }));
    expect(() => parseOptions(args)).toThrow(message);
  });
});
