import { describe, expect, it } from "vitest";
import { compare, firstDifference } from "../../scripts/conformance/compare.ts";
import type { Verdict } from "../../scripts/conformance/compare.ts";
import { renderProgram, renderSideBySide } from "../../scripts/conformance/render.ts";
import { Side } from "../../scripts/conformance/side.ts";
import type { Run, TraceEvent } from "../cpython/interpreter/language.ts";
import { programOf, sideScript } from "./fakes.ts";

const event: TraceEvent = [2, 10, "n:a", "await:t", 3, { e: "User", m: "x" }];
const run: Run = { trace: [[1, 0, "n:main", "enter", "main"], event], out: [{ ok: 1 }] };

function withSecond(second: TraceEvent): Run {
  return { ...run, trace: [run.trace[0]!, second] };
}

describe("firstDifference", () => {
  it("is none between equal runs", () => {
    expect(firstDifference(run, structuredClone(run))).toBe(-1);
  });

  it.each<[what: string, other: TraceEvent]>([
    ["iteration", [3, 10, "n:a", "await:t", 3, { e: "User", m: "x" }]],
    ["clock", [2, 11, "n:a", "await:t", 3, { e: "User", m: "x" }]],
    ["task", [2, 10, "n:b", "await:t", 3, { e: "User", m: "x" }]],
    ["kind", [2, 10, "n:a", "await:co", 3, { e: "User", m: "x" }]],
    ["statement", [2, 10, "n:a", "await:t", 4, { e: "User", m: "x" }]],
    ["type of an error", [2, 10, "n:a", "await:t", 3, { e: "Error" }]],
    ["message of an error", [2, 10, "n:a", "await:t", 3, { e: "User", m: "y" }]],
    ["value", [2, 10, "n:a", "await:t", 3, null]],
    ["number of values", [2, 10, "n:a", "await:t", 3, { e: "User", m: "x" }, null]],
  ])("is the first event with another %s", (_, other) => {
    expect(firstDifference(run, withSecond(other))).toBe(1);
  });

  it("is where one trace ends before the other", () => {
    expect(firstDifference(run, { ...run, trace: run.trace.slice(0, 1) })).toBe(1);
    expect(firstDifference({ ...run, trace: [] }, run)).toBe(0);
  });

  it("stands behind the last event when only the outcome differs", () => {
    expect(firstDifference(run, { ...run, out: [{ ok: 2 }] })).toBe(2);
  });
});

describe("compare", () => {
  /** The verdict on two sides that answer so. */
  async function verdictOn(oracle: object, subject: object): Promise<Verdict> {
    const [one, other] = [oracle, subject].map((answer, index) => {
      const script = sideScript(`console.log(JSON.stringify({ id, ...${JSON.stringify(answer)} }));`);
      return new Side(index === 0 ? "oracle" : "escapement", { file: process.execPath, args: ["-e", script] });
    });
    const verdict = await compare(programOf([]), { oracle: one!, subject: other! });
    one!.close();
    other!.close();
    return verdict;
  }

  it("tells the same, with what escapement counted", async () => {
    const counted = { ...run, used: { log: 1 } };
    expect(await verdictOn(run, counted)).toEqual({ kind: "same", run: counted });
  });

  it("tells both runs, and where they part", async () => {
    const verdict = await verdictOn(run, { ...run, out: [] });
    expect(verdict).toMatchObject({ kind: "different", expected: run, found: { trace: run.trace, out: [] }, at: 2 });
  });

  it("does not judge what CPython cannot run", async () => {
    expect(await verdictOn({ skip: "ring" }, { failed: "it, too" })).toEqual({ kind: "skip", why: "ring" });
  });

  it("tells which side failed", async () => {
    expect(await verdictOn({ failed: "Hang" }, run)).toEqual({ kind: "failed", side: "oracle", why: "Hang" });
    expect(await verdictOn(run, { failed: "oh" })).toEqual({ kind: "failed", side: "escapement", why: "oh" });
  });
});

describe("renderSideBySide", () => {
  it("marks the first difference, and those that follow", () => {
    const found = { trace: [...withSecond([3, 10, "n:a", "await:t", 3, null]).trace, event], out: run.out };
    const text = renderSideBySide({ expected: run, found, at: 1 });
    expect(text.split("\n")).toEqual([
      "   CPython                                escapement",
      `     1    0 n:main enter "main"             1    0 n:main enter "main"`,
      `>>   2   10 n:a    await:t 3 User("x") >>   3   10 n:a    await:t 3 null`,
      ` | => [{"ok":1}]                        |   2   10 n:a    await:t 3 User("x")`,
      ` |                                      | => [{"ok":1}]`,
    ]);
  });
});

describe("renderProgram", () => {
  it("has one line for each statement, blocks indented", () => {
    const program = programOf(
      [
        {
          op: "try",
          i: 2,
          body: [{ op: "await", i: 1, aw: { k: "wf", aw: { k: "t", t: "a" }, d: 5 } }],
          on: [{ k: "timeout", body: [{ op: "log", i: 3 }], re: true }],
          fin: [{ op: "evset", i: 4, o: "e" }],
        },
      ],
      { objs: { e: { k: "Event" }, s: { k: "Semaphore", n: 2 } }, cbs: { k: [{ op: "log", i: 5 }] }, eager: true },
    );
    expect(renderProgram(program).split("\n")).toEqual([
      "driver run, eager",
      "e = Event()",
      "s = Semaphore(n=2)",
      "main:",
      "   2 try",
      "       1 await wf(t(t=a), d=5)",
      "     on timeout re=true",
      "       3 log",
      "     fin",
      "       4 evset o=e",
      "callback k:",
      "   5 log",
    ]);
  });
});
