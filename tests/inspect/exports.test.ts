import { type Coroutine, createTask, gather, sleep } from "escapement";
import { type Trace, record, toChromeTrace, toCsv, toMermaid, toSvg } from "escapement/inspect";
import { describe, expect, it } from "vitest";
import { busy, sleeper, traceOf, twoTasks } from "./programs.ts";

interface ChromeEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly tid: number;
  readonly id?: number;
  readonly cat?: string;
  readonly args?: { readonly name?: string };
}

const chromeOf = (trace: Trace) => (JSON.parse(toChromeTrace(trace)) as { traceEvents: ChromeEvent[] }).traceEvents;

/** A task with a name that means something in every format. */
const NASTY = '<b>"a",\n[=b]; -->';
function* nasty(): Coroutine<void> {
  yield* createTask(sleeper(1), { name: NASTY });
}

/** The trace of a deadlock, and the moment when it is closed. */
function deadlock(): { trace: Trace; index: number } {
  const tasks: Record<string, ReturnType<typeof createTask>> = {};
  function* waits(name: string): Coroutine<void> {
    yield;
    yield* tasks[name]!;
  }
  const { trace } = record(
    function* () {
      tasks["a"] = createTask(waits("b"), { name: "a" });
      tasks["b"] = createTask(waits("a"), { name: "b" });
      yield* tasks["a"];
    },
    { lines: false },
  );
  return { trace, index: trace.events.findIndex(({ kind }) => kind === "cancel.requested") };
}

describe("toChromeTrace", () => {
  it("has a track for each task, its steps, its waits, its wake-ups", () => {
    const told = chromeOf(traceOf(twoTasks)).map(({ name, ph, ts, dur, tid, id, args }) =>
      [
        ph,
        `${tid}`,
        ph === "M" ? args!.name : name,
        ts,
        dur === undefined ? undefined : `+${dur}`,
        id === undefined ? undefined : `#${id}`,
      ]
        .filter((part) => part !== undefined)
        .join(" "),
    );
    expect(told).toEqual([
      "M 0 escapement",
      "M 0 callbacks",
      "M 1 Task-1",
      "M 2 child",
      "s 1 wakes 5 #2",
      "s 1 wakes 7 #3",
      "X 1 Task-1 3 +5",
      "f 2 wakes 10 #2",
      "s 2 wakes 12 #4",
      "X 2 child 10 +3",
      "f 1 wakes 14 #3",
      'b 1 Task "child" 15 #1',
      "X 1 Task-1 14 +2",
      "f 2 wakes 18 #4",
      "i 2 child ends. 19",
      'e 1 Task "child" 20 #1',
      "s 2 wakes 20 #5",
      "X 2 child 18 +3",
      "f 1 wakes 23 #5",
      'i 1 Task-1 returns "both". 24',
      "s 1 wakes 25 #6",
      "X 1 Task-1 23 +3",
      "f 0 wakes 28 #6",
      "X 0 stop() 28 +1",
      'i 0 The program returns "both". 30',
    ]);
  });

  it("follows the format: begins and ends in pairs, within time, arrows from slice to slice", () => {
    const events = chromeOf(traceOf(busy));
    const of = (phase: string) => events.filter(({ ph }) => ph === phase);
    const ids = (phase: string) => of(phase).map(({ id, cat, name }) => `${cat} ${name} ${id}`);
    expect(ids("e").toSorted()).toEqual(ids("b").toSorted());
    expect(ids("f").toSorted()).toEqual(ids("s").toSorted());
    const slices = of("X").toSorted((a, b) => a.ts! - b.ts!);
    expect(slices.every(({ ts, dur }, i) => dur! > 0 && ts! + dur! <= (slices[i + 1]?.ts ?? Infinity))).toBe(true);
    const within = ({ ts, tid }: ChromeEvent) =>
      slices.some((s) => s.tid === tid && s.ts! <= ts! && ts! <= s.ts! + s.dur!);
    expect([...of("s"), ...of("f")].every(within)).toBe(true);
  });

  it("ends what a trace that was cut short has begun", () => {
    const whole = traceOf(busy);
    const events = chromeOf({ ...whole, events: whole.events.slice(0, 42) });
    expect(events.filter(({ ph }) => ph === "b").length).toBe(events.filter(({ ph }) => ph === "e").length);
  });
});

describe("toMermaid", () => {
  it("draws who made whom, and who waits for whom", () => {
    const trace = traceOf(busy);
    expect(toMermaid(trace, 20).split("\n")).toEqual([
      "flowchart TD",
      '  t1["○ Task-1: gather"]',
      '  t2["○ Task-2: sleep"]',
      '  t3["○ Task-3: Lock.acquire"]',
      '  t4["● Task-4"]',
      "  t1 --> t2",
      "  t1 --> t3",
      "  t1 --> t4",
      "  t1 -. waits for .-> t2",
      "  t1 -. waits for .-> t3",
      "  t1 -. waits for .-> t4",
      "",
    ]);
  });

  it("says DEADLOCK where tasks wait for each other", () => {
    const { trace, index } = deadlock();
    expect(toMermaid(trace, index).split("\n")).toEqual([
      "flowchart TD",
      '  t1["○ Task-1: Task #34;a#34;"]',
      '  t2["○ a: Task #34;b#34;"]:::deadlock',
      '  t3["○ b: Task #34;a#34;"]:::deadlock',
      "  t1 --> t2",
      "  t1 --> t3",
      "  t1 -. waits for .-> t2",
      "  t2 == DEADLOCK ==> t3",
      "  t3 == DEADLOCK ==> t2",
      "  classDef deadlock stroke:#d00,stroke-width:4px",
      "",
    ]);
  });

  it("lets no name out of its quotes", () => {
    const trace = traceOf(nasty);
    expect(toMermaid(trace, trace.events.length).split("\n")[2]).toBe('  t2["✓ #60;b#62;#34;a#34;, [=b]#59; --#62;"]');
  });
});

describe("toSvg", () => {
  const textsIn = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

  it("draws the ready queue, the timers and the tasks under their parents", () => {
    const trace = traceOf(busy);
    expect(textsIn(toSvg(trace, 20))).toEqual([
      `Iteration 2, t=0, event 20 of ${trace.events.length}`,
      "Ready, the next one first",
      "Task-4: spawned",
      "Timers",
      "1 Task-2: sleep",
      "Tasks",
      "○ Task-1: gather",
      "  ○ Task-2: sleep",
      "  ○ Task-3: Lock.acquire",
      "  ● Task-4",
    ]);
  });

  it("shows what is empty, and a deadlock", () => {
    const { trace, index } = deadlock();
    expect(textsIn(toSvg(trace, 0)).slice(1)).toEqual(["Ready, the next one first", "–", "Timers", "–", "Tasks", "–"]);
    expect(textsIn(toSvg(trace, index)).at(-1)).toBe("DEADLOCK: a → b");
  });

  it("lets no line run into the next column", () => {
    const trace = traceOf(function* () {
      yield* createTask(sleeper(1), { name: "a name that is longer than any column is wide" });
    });
    expect(textsIn(toSvg(trace, 6))).toContain("a name that is longer than any column…");
  });

  it("is well-formed, whatever the names are", () => {
    const svg = toSvg(traceOf(nasty), 8);
    expect(svg).toContain("&lt;b&gt;&quot;a&quot;");
    expect(svg.replaceAll(/<\/?(svg|title|rect|text)( [\w:-]+="[^"<&]*")*\/?>/g, "")).not.toMatch(/[<>]/);
  });
});

describe("toCsv", () => {
  it("has a row for each event", () => {
    const trace = traceOf(twoTasks);
    const rows = toCsv(trace).split("\r\n");
    expect(rows.slice(0, 5)).toEqual([
      "event,iteration,time,kind,task,what",
      "0,0,0,task.spawned,1,The task Task-1 is made.",
      "1,0,0,ready.pushed,1,Task-1 joins the ready queue: spawned.",
      "2,1,0,iteration,,Iteration 1 begins.",
      '3,1,0,ready.popped,1,"Task-1 is first in the ready queue, and runs."',
    ]);
    expect(rows).toHaveLength(trace.events.length + 2);
  });

  it("quotes what needs quotes, and hands no formula to a spreadsheet", () => {
    const csv = toCsv(
      traceOf(function* () {
        yield* createTask(sleeper(1), { name: '=HYPERLINK("x")' });
        yield* createTask(sleeper(1), { name: "two\nlines" });
      }),
    );
    expect(csv).toContain(`"'=HYPERLINK(""x"") joins the ready queue: spawned."`);
    expect(csv).toContain('"two\nlines joins the ready queue: spawned."');
  });
});

describe("Every export", () => {
  it("takes a trace of thousands of events", () => {
    const trace = traceOf(function* () {
      yield* gather(Array.from({ length: 200 }, (_, i) => sleep(i)));
    });
    const half = trace.events.length >> 1;
    expect(trace.events.length).toBeGreaterThan(3000);
    for (const text of [toChromeTrace(trace), toCsv(trace), toMermaid(trace, half), toSvg(trace, half)]) {
      expect(text.length).toBeGreaterThan(5000);
    }
  });
});
