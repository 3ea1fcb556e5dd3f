import { describe, expect, it } from "vitest";
import { emptyTable, type Plan } from "../../bench/measure.ts";
import { Progress } from "../../bench/progress.ts";
import { WORKLOADS } from "../../bench/workloads.ts";

/** What is said on a terminal, or elsewhere, of one round of one workload that nobody did. */
function said(isTTY: boolean): string[] {
  const written: string[] = [];
  const out = { isTTY, columns: 80, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const progress = new Progress(out);
  const workloads = WORKLOADS.slice(0, 2);
  progress.begin({ workloads, rounds: 5 } as unknown as Plan);
  progress.round(workloads[0]!, "native", 1);
  progress.done(workloads[0]!, emptyTable({ rounds: 5, base: "native" }));
  progress.end();
  return written;
}

describe("the benchmark's progress", () => {
  it("is a line that changes, on a terminal", () => {
    const clear = "\r\u001B[K";
    expect(said(true)).toEqual([
      clear,
      "[1/2] switch, round 2 of 5: native",
      clear,
      "[1/2] switch: nobody (ns)\n",
      clear,
    ]);
  });

  it("is a line for each workload, elsewhere", () => {
    expect(said(false)).toEqual(["[1/2] switch: nobody (ns)\n"]);
  });
});
