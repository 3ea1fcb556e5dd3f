import { type Coroutine, createTask, gather, sleep } from "escapement";
import { type Trace, readTrace, record, toHtml, viewAt } from "escapement/inspect";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { writeViewer } from "../../scripts/viewer/build.ts";
import { timerHeapAt } from "../../src/inspect/binary-heap.ts";
import { nextStop, parseBreakpoint } from "../../src/inspect/breakpoint.ts";
import { flagsOf } from "../../src/inspect/flags.ts";
import { timelineOf } from "../../src/inspect/lanes.ts";
import { highlighted } from "../../src/inspect/viewer/highlight.ts";
import { layoutWaits } from "../../src/inspect/wait-layout.ts";
import { dataIn } from "./page.ts";
import { busy, find, narrated, sleeper, traceOf, twoTasks } from "./programs.ts";

/** A trace of nothing but timers: `add`ed with a deadline, `cancel`led and `fire`d by number. */
function timersTrace(steps: readonly (readonly ["add" | "cancel" | "fire" | "turn", number])[]): Trace {
  let timer = 0;
  const events = steps.map(([what, value]) => {
    if (what === "turn") return { kind: "iteration", iteration: value, time: 0 };
    if (what !== "add")
      return { kind: `timer.${what}${what === "fire" ? "d" : "led"}`, iteration: 0, time: 0, timer: value };
    timer += 1;
    return { kind: "timer.added", iteration: 0, time: 0, timer, when: value, label: `${timer}`, by: null };
  });
  return { version: 1, header: {}, sources: {}, events };
}

const deadlines = (trace: Trace) => timerHeapAt(trace, trace.events.length).map(({ when }) => when);
const add = (...whens: number[]) => whens.map((when) => ["add", when] as const);

describe("The heap of the timers", () => {
  // CPython 3.13: h = []; [heappush(h, x) for x in (50, 20, 90, 10, 60, 30, 20.5, 5)]; h
  it("lies as heapq lays it", () => {
    expect(deadlines(timersTrace(add(50, 20, 90, 10, 60, 30, 20.5, 5)))).toEqual([5, 10, 20.5, 20, 60, 90, 30, 50]);
  });

  // … heappop(h); h
  it("closes the gap as heappop does", () => {
    const trace = timersTrace([...add(50, 20, 90, 10, 60, 30, 20.5, 5), ["fire", 8]]);
    expect(deadlines(trace)).toEqual([10, 20, 20.5, 50, 60, 90, 30]);
  });

  it("keeps a cancelled timer until it comes to the top, as asyncio does", () => {
    const steps = [...add(10, 20, 30), ["cancel", 2], ["turn", 1]] as const;
    const kept = timersTrace(steps);
    expect(timerHeapAt(kept, kept.events.length).map(({ when, cancelled }) => [when, cancelled])).toEqual([
      [10, false],
      [20, true],
      [30, false],
    ]);
    expect(deadlines(timersTrace([...steps, ["fire", 1], ["turn", 2]]))).toEqual([30]);
  });

  it("is built anew when more than half of over a hundred are cancelled", () => {
    const many = add(...Array.from({ length: 101 }, (_, i) => i));
    const cancelled = Array.from({ length: 51 }, (_, i) => ["cancel", i + 40] as const);
    expect(deadlines(timersTrace([...many, ...cancelled]))).toHaveLength(101);
    expect(deadlines(timersTrace([...many, ...cancelled, ["turn", 1]]))).toHaveLength(50);
  });

  it("is a heap whatever is done to it, and holds what the list of timers holds", () => {
    const step = fc.tuple(
      fc.constantFrom("add" as const, "cancel" as const, "fire" as const, "turn" as const),
      fc.nat(40),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const trace = timersTrace(steps.map(([what, value]) => [what, what === "turn" ? 1 : value + 1] as const));
        const heap = timerHeapAt(trace, trace.events.length);
        for (const [i, { when }] of heap.entries()) expect(heap[(i - 1) >> 1]?.when ?? -1).toBeLessThanOrEqual(when);
        const alive = heap.filter(({ cancelled }) => !cancelled).map(({ when }) => when);
        const listed = viewAt(trace, trace.events.length).timers.map(({ when }) => when);
        expect(alive.toSorted((a, b) => a - b)).toEqual(listed);
      }),
    );
  });
});

describe("The timeline", () => {
  it("has each task's life without gaps, and who put whom into the queue", () => {
    const { lanes, wakeUps } = timelineOf(traceOf(twoTasks));
    expect(
      lanes.map(({ name, stretches }) => [name, ...stretches.map((s) => `${s.activity} ${s.from}-${s.to}`)]),
    ).toEqual([
      [
        "Task-1",
        "running 0-1",
        "ready 1-3",
        "running 3-6",
        "waiting 6-7",
        "ready 7-14",
        "running 14-15",
        "waiting 15-20",
        "ready 20-23",
        "running 23-24",
      ],
      ["child", "running 4-5", "ready 5-10", "running 10-11", "waiting 11-12", "ready 12-18", "running 18-19"],
    ]);
    expect(wakeUps.map(({ at, from, to }) => `${at} ${from}→${to}`)).toEqual(["5 1→2", "7 1→1", "12 2→2", "20 2→1"]);
  });

  it("says of every moment what the view says", () => {
    const trace = traceOf(busy);
    const { lanes } = timelineOf(trace);
    for (let index = 1; index <= trace.events.length; index += 1) {
      for (const { id, state } of viewAt(trace, index).tasks) {
        const stretch = lanes
          .find((lane) => lane.id === id)!
          .stretches.find(({ from, to }) => from < index && index <= to);
        expect([index, id, stretch?.activity ?? "done"]).toEqual([index, id, isOver(state) ? "done" : state]);
      }
    }
  });
});

function isOver(state: string): boolean {
  return state === "finished" || state === "failed" || state === "cancelled";
}

describe("The flags", () => {
  it("stand where something was cancelled or failed, and at the end", () => {
    const trace = traceOf(busy);
    const told = flagsOf(trace).map(({ index, kind }) => `${kind}: ${narrated(trace, index)}`);
    expect(told).toEqual(["cancelled: Task-1 asks slow to cancel.", "ended: The program ends."]);
    const failing = traceOf(function* () {
      throw new Error("no");
    });
    expect(flagsOf(failing).map(({ kind }) => kind)).toEqual(["failed", "failed"]);
  });
});

describe("The picture of who waits for whom", () => {
  it("has waiters to the left of what they wait for", () => {
    const trace = traceOf(function* () {
      yield* gather([sleeper(1), sleeper(2)]);
    });
    const asleep = find(trace, ({ kind }) => kind === "time.passed");
    const { nodes, edges } = layoutWaits(viewAt(trace, asleep).tasks);
    expect(nodes.map(({ task, column, row }) => `${task.name} ${column},${row}`)).toEqual([
      "Task-1 0,0",
      "Task-2 1,0",
      "Task-3 1,1",
    ]);
    expect(edges.map(({ from, to, deadlocked }) => [from.task.name, to.task.name, deadlocked])).toEqual([
      ["Task-1", "Task-2", false],
      ["Task-1", "Task-3", false],
    ]);
  });

  it("marks a ring, and not those who wait for it", () => {
    const tasks: Record<string, ReturnType<typeof createTask>> = {};
    function* waits(name: string): Coroutine<void> {
      yield;
      yield* tasks[name]!;
    }
    const trace = traceOf(function* () {
      tasks["a"] = createTask(waits("b"), { name: "a" });
      tasks["b"] = createTask(waits("a"), { name: "b" });
      yield* tasks["a"];
    });
    const closed = find(trace, ({ kind }) => kind === "cancel.requested");
    const { nodes, edges, columns } = layoutWaits(viewAt(trace, closed).tasks);
    expect(nodes.map(({ task, deadlocked }) => [task.name, deadlocked])).toEqual([
      ["Task-1", false],
      ["a", true],
      ["b", true],
    ]);
    expect(edges.map(({ from, to, deadlocked }) => `${from.task.name}${to.task.name} ${deadlocked}`)).toEqual([
      "Task-1a false",
      "ab true",
      "ba true",
    ]);
    expect(columns).toBe(3);
  });
});

describe("A breakpoint", () => {
  const trace = traceOf(busy);
  const stops = (text: string): string[] => {
    const told: string[] = [];
    for (
      let at = nextStop(trace, 0, parseBreakpoint(text)!);
      at !== null;
      at = nextStop(trace, at, parseBreakpoint(text)!)
    ) {
      told.push(narrated(trace, at - 1));
    }
    return told;
  };

  it("stops at the steps of a task", () => {
    expect(stops("task slow")).toEqual([
      "slow is first in the ready queue, and runs.",
      "slow is first in the ready queue, and runs.",
    ]);
  });

  it("stops when the clock passes a time", () => {
    expect(stops("time 2")).toEqual(["Nothing is ready: the clock goes from 1 to 2."]);
    expect(stops("time 99999")).toEqual([]);
  });

  it("stops when the queue grows longer", () => {
    expect(stops("queue > 2")).toEqual(["Task-4 joins the ready queue: spawned."]);
  });

  it("stops at a line", () => {
    const frames = [{ name: "main", file: "/somewhere/program.ts", line: 12 }];
    const story = traceOf(twoTasks);
    const events = story.events.map((e) => (e.kind === "task.suspended" && e["on"] !== null ? { ...e, frames } : e));
    const placed = { ...story, events };
    const first = nextStop(placed, 0, parseBreakpoint("line 12")!)!;
    expect(narrated(placed, first - 1)).toBe('Task-1 waits for Task "child" (somewhere/program.ts:12).');
    const second = nextStop(placed, first, parseBreakpoint("line 12")!)!;
    expect(narrated(placed, second - 1)).toBe("Task-1 is first in the ready queue, and runs.");
    expect(nextStop(placed, 0, parseBreakpoint("line 13")!)).toBe(null);
  });

  it.each(["", "lines 3", "line x", "task", "queue", "time soon"])("is not %j", (text) => {
    expect(parseBreakpoint(text)).toBe(null);
  });
});

describe("The source", () => {
  it("is coloured line by line, and nothing of it is lost", () => {
    const source = "/* two\nlines */ const n = `a\n${b}`; // 1\nyield* 2_000;";
    const lines = highlighted(source);
    expect(lines.map((tokens) => tokens.map(({ text }) => text).join("")).join("\n")).toBe(source);
    expect(lines.map((tokens) => tokens.map(({ kind, text }) => `${kind}:${text}`))).toEqual([
      ["comment:/* two"],
      ["comment:lines */", ": ", "keyword:const", ": n = ", "string:`a"],
      ["string:${b}`", ":; ", "comment:// 1"],
      ["keyword:yield*", ": ", "number:2_000", ":;"],
    ]);
  });

  it("survives any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from("a1 \n\"'`/*\\{}")) }), (source) => {
        const lines = highlighted(source);
        expect(lines.map((tokens) => tokens.map(({ text }) => text).join("")).join("\n")).toBe(source);
      }),
    );
  });
});

describe("A host's clock", () => {
  it("is read at each iteration, and counts from 0; without one, nothing is said of it", () => {
    let now = 1000;
    const { trace } = record(() => sleeper(100), { lines: false, hostClock: () => (now += 0.25) });
    expect(trace.header["hostTimes"]).toEqual([0, 0.25, 0.5, 0.75]);
    expect(trace.events.filter(({ kind }) => kind === "iteration")).toHaveLength(4);
    expect(traceOf(() => sleeper(100)).header).toEqual({ clock: "virtual" });
  });
});

describe("toHtml", () => {
  beforeAll(async () => {
    await writeViewer("src/inspect");
  }, 120_000);

  const NASTY = "</script><b>\u2028$& $1";

  it("holds the run as it is, whatever its names are", () => {
    const trace = traceOf(function* () {
      yield* createTask(sleeper(1), { name: NASTY });
    });
    const page = toHtml(trace, { name: NASTY, problems: [NASTY], beside: { name: "other", trace } });
    const { runs, problems } = dataIn(page);
    expect(
      JSON.stringify(runs) ===
        JSON.stringify([
          { name: NASTY, trace },
          { name: "other", trace },
        ]),
    ).toBe(true);
    expect(problems).toEqual([NASTY]);
    expect(page.includes(NASTY)).toBe(false);
  });

  it("is called after the program that was run", () => {
    const { trace } = record(twoTasks, { lines: false, header: { program: "two.ts" } });
    expect(dataIn(toHtml(trace)).runs.map(({ name }) => name)).toEqual(["two.ts"]);
    expect(dataIn(toHtml(traceOf(twoTasks))).runs.map(({ name }) => name)).toEqual(["a run"]);
  });

  it("stays under 300 kB with 10,000 events", () => {
    const trace = traceOf(function* () {
      yield* gather(Array.from({ length: 700 }, (_, i) => sleep(i % 50)));
    });
    expect(trace.events.length).toBeGreaterThan(10_000);
    expect(toHtml(trace).length).toBeLessThan(300_000);
  });

  it("has something to show of a trace that was cut short", () => {
    const whole = JSON.stringify({ ...traceOf(busy), events: [] }).replace('"events":[]}', '"events":[\n');
    const { trace, problems } = readTrace(
      `${whole}${traceOf(busy)
        .events.map((event) => JSON.stringify(event))
        .join(",\n")
        .slice(0, 2000)}`,
    );
    expect(problems).toEqual([`The trace was cut short after ${trace.events.length} events.`]);
    expect(dataIn(toHtml(trace, { problems })).problems).toEqual(problems);
  });
});
