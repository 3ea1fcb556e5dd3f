import { type Awaitable, type Coroutine, VirtualClock, createTask, gather, runSync, sleep } from "escapement";
import {
  type Decision,
  Recorder,
  type Trace,
  alternativesAt,
  firstDivergence,
  narrate,
  record,
  recordSimulation,
  viewAt,
  whatIf,
} from "escapement/inspect";
import { type Random, type World, simulate } from "escapement/sim";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { busy, find } from "./programs.ts";

let printed: string[] = [];

/** Three tasks that print, in an order that is the scheduler's. */
function* three(): Coroutine<string[]> {
  const lines: string[] = [];
  function* speaker(name: string): Coroutine<void> {
    try {
      lines.push(`${name} 1`);
      yield* sleep(10);
      lines.push(`${name} 2`);
    } catch (error) {
      lines.push(`${name} cancelled`);
      throw error;
    }
  }
  const tasks = ["a", "b", "c"].map((name) => createTask(speaker(name), { name }));
  yield* gather(tasks, { returnExceptions: true });
  printed = lines;
  return lines;
}

function* drawn(random: Random): Coroutine<number> {
  yield* sleep(5);
  return random.integer(0, 3);
}

const base = record(three, { lines: false });

/** The moment in which main waits and the three are ready. */
const spawned = find(base.trace, ({ kind, iteration }) => kind === "iteration" && iteration === 2) + 1;
/** The moment in which all three sleep. */
const asleep = find(base.trace, ({ kind }) => kind === "time.passed");

function task(name: string, trace: Trace = base.trace): number {
  return viewAt(trace, trace.events.length).tasks.find((one) => one.name === name)!.id;
}

function run(index: number, decision: Decision): readonly string[] {
  return whatIf(three, base.trace, index, decision, { lines: false }).value!;
}

describe("alternativesAt", () => {
  const labels = (index: number) => alternativesAt(base.trace, index).map(({ label }) => label);

  it("names those who are ready but not next, and everybody who can be cancelled", () => {
    expect(labels(spawned)).toEqual([
      "b runs next",
      "c runs next",
      "Task-1 is cancelled",
      "a is cancelled",
      "b is cancelled",
      "c is cancelled",
    ]);
  });

  it("has nobody to run next when nobody, or one alone, is ready", () => {
    expect(labels(asleep)).toEqual(["Task-1 is cancelled", "a is cancelled", "b is cancelled", "c is cancelled"]);
    expect(labels(0)).toEqual([]);
    expect(labels(1)).toEqual(["Task-1 is cancelled"]);
  });

  it("has nothing to decide when the run is over", () => {
    expect(labels(base.trace.events.length)).toEqual([]);
  });

  it("means in the middle of a step the moment when it is over", () => {
    const middle = find(base.trace, ({ kind }) => kind === "ready.popped") + 1;
    expect(labels(middle)).toEqual(labels(spawned));
  });
});

describe("whatIf", () => {
  it("runs the program again, with another task first", () => {
    expect(base.value).toEqual(["a 1", "b 1", "c 1", "a 2", "b 2", "c 2"]);
    expect(run(spawned, { run: task("c") })).toEqual(["c 1", "a 1", "b 1", "c 2", "a 2", "b 2"]);
  });

  it("runs the program again, with a task cancelled where it waits", () => {
    expect(run(asleep, { cancel: task("b") })).toEqual(["a 1", "b 1", "c 1", "b cancelled", "a 2", "c 2"]);
  });

  it("cancels at that very moment: before the clock goes on, and before a timer that is due has its turn", () => {
    const cancelled = (index: number) => {
      const { trace } = whatIf(three, base.trace, index, { cancel: task("b") }, { lines: false });
      return trace.events.find(({ kind }) => kind === "cancel.requested")!.time;
    };
    expect([asleep, asleep + 1].map(cancelled)).toEqual([0, 10]);
    const due = find(base.trace, (event) => event.kind === "ready.pushed" && event["why"] === "timer");
    expect(run(due + 3, { cancel: task("b") })).toEqual(["a 1", "b 1", "c 1", "b cancelled", "a 2", "c 2"]);
  });

  it("is the same run up to the decision, which is the first thing that differs", () => {
    const picked = whatIf(three, base.trace, spawned, { run: task("b") }, { lines: false }).trace;
    expect(firstDivergence(base.trace, picked)).toEqual({
      index: spawned,
      left: "a is first in the ready queue, and runs.",
      right: "Asked for a task, the scheduler takes number 2 of 3.",
    });
    expect(narrate(picked, spawned + 1)).toBe("b is chosen from place 2 of the ready queue, and runs.");
    const cancelled = whatIf(three, base.trace, asleep, { cancel: task("b") }, { lines: false }).trace;
    expect(firstDivergence(base.trace, cancelled)).toMatchObject({
      index: asleep,
      right: "The host asks b to cancel.",
    });
  });

  it("says in the header what was decided, and gives the error of a program that fails by it", () => {
    const { trace, error } = whatIf(three, base.trace, asleep, { cancel: task("Task-1") }, { lines: false });
    expect(trace.header).toEqual({ clock: "virtual", whatIf: `Task-1 is cancelled, at event ${asleep}` });
    expect(String(error)).toBe("CancelledError");
  });

  it("can be asked of its own answer, and of the answer to that", () => {
    let { trace } = base;
    const woken = (event: Trace["events"][number]): boolean => event.kind === "ready.popped" && event.time === 10;
    const lines: (readonly string[])[] = [];
    for (const [index, name] of [
      [spawned, "c"],
      [spawned + 5, "b"],
    ] as const) {
      const other = whatIf(three, trace, index, { run: task(name, trace) }, { lines: false });
      trace = other.trace;
      lines.push(other.value!);
    }
    const asWoken = find(trace, (event) => woken(event) && event["task"] === task("c", trace));
    const last = whatIf(three, trace, asWoken, { run: task("a", trace) }, { lines: false });
    lines.push(last.value!);
    expect(lines).toEqual([
      ["c 1", "a 1", "b 1", "c 2", "a 2", "b 2"],
      ["c 1", "b 1", "a 1", "c 2", "b 2", "a 2"],
      ["c 1", "b 1", "a 1", "a 2", "c 2", "b 2"],
    ]);
  });

  it("follows a run that had a scheduler of its own, and goes on first in, first out", () => {
    const last = record(three, { lines: false, scheduler: { pick: (ready) => ready.size - 1 } });
    expect(last.value!.slice(0, 3)).toEqual(["c 1", "b 1", "a 1"]);
    const index =
      find(last.trace, (event) => event.kind === "step.ended" && event["task"] === task("c", last.trace)) + 1;
    const other = whatIf(three, last.trace, index, { run: task("a", last.trace) }, { lines: false });
    expect(other.value).toEqual(["c 1", "a 1", "b 1", "c 2", "a 2", "b 2"]);
  });

  it("does at every moment of a run whatever can be decided there", () => {
    const { trace } = record(busy, { lines: false });
    const moments = trace.events.flatMap((_, index) =>
      alternativesAt(trace, index).map(({ decision }) => ({ index, decision })),
    );
    expect(moments.length).toBeGreaterThan(200);
    fc.assert(
      fc.property(fc.constantFrom(...moments), ({ index, decision }) => {
        const other = whatIf(busy, trace, index, decision, { lines: false });
        expect(firstDivergence(trace, other.trace)!.index).toBeGreaterThanOrEqual(index);
        expect(other.trace.events.at(-1)!.kind).toBe("ended");
      }),
    );
  });

  it("refuses what cannot be decided there", () => {
    const refused = (index: number, decision: Decision) => () => whatIf(three, base.trace, index, decision);
    expect(refused(asleep, { run: task("b") })).toThrow(
      `whatIf: after event ${asleep} task ${task("b")} cannot run next. Possible are: Task-1 is cancelled, a is cancelled,`,
    );
    expect(refused(asleep, { cancel: 99 })).toThrow(`task 99 cannot be cancelled`);
    expect(refused(base.trace.events.length, { cancel: 1 })).toThrow(
      "nothing runs any more: there is nothing to decide.",
    );
    expect(refused(-1, { cancel: 1 })).toThrow(RangeError);
  });

  it("refuses a run in real time, a program that is none, and one that takes another course", () => {
    const real = { ...base.trace, header: { clock: "real" } };
    expect(() => whatIf(three, real, asleep, { cancel: 1 })).toThrow('this one\'s clock was "real"');
    expect(() => whatIf(three() as never, base.trace, asleep, { cancel: 1 })).toThrow(TypeError);
    expect(() => whatIf(() => sleep(5), base.trace, asleep, { cancel: task("b") }, { lines: false })).toThrow(
      /another course at event \d+, before the decision at event \d+: recorded was "Task-1 makes the task a\./,
    );
    expect(() => whatIf(() => gather([]), base.trace, asleep, { cancel: task("b") }, { lines: false })).toThrow(
      "another course",
    );
  });

  it("starts at the clock's first reading", () => {
    const { trace } = record(() => sleep(5), { lines: false, clock: new VirtualClock({ start: 700 }) });
    const { events } = whatIf(() => sleep(5), trace, 1, { cancel: 1 }, { lines: false }).trace;
    expect(events.map(({ time }) => time)).toEqual(events.map(() => 700));
  });
});

describe("recordSimulation", () => {
  it("records the run of a seed, with its choices, or that of a repro", () => {
    const { trace, outcome, value } = recordSimulation(three, { seed: 3, lines: false });
    expect(trace.header).toEqual({ clock: "virtual", simulated: true });
    expect(outcome).toEqual(simulate(three, { seed: 3 }));
    expect(value).toEqual(outcome.value);
    expect(trace.events.filter(({ kind }) => kind === "choice")).toHaveLength(outcome.choices);
    expect(recordSimulation(three, { repro: outcome.repro, lines: false }).trace.events).toEqual(trace.events);
  });

  it("gives the error of a run that fails", () => {
    const { trace, error } = recordSimulation(function* () {
      throw new Error("broken");
    });
    expect(String(error)).toBe("Error: broken");
    expect(trace.events.at(-1)).toMatchObject({ kind: "ended", outcome: "raised", value: "Error: broken" });
  });
});

describe("whatIf, of a simulation", () => {
  const drawing = ({ random }: World): Awaitable<unknown> => gather([three(), drawn(random)]);

  it("does at every moment, under any seed, whatever can be decided there", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, at) => {
        const { trace } = recordSimulation(drawing, { seed, lines: false });
        const index = at % trace.events.length;
        for (const { decision, label } of alternativesAt(trace, index)) {
          const other = whatIf(drawing, trace, index, decision, { lines: false });
          expect(other.trace.header["whatIf"]).toContain(label);
          expect(firstDivergence(trace, other.trace)!.index).toBeGreaterThanOrEqual(index - 1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("answers as the run did up to the decision, and with the first answer from there on", () => {
    const answersOf = ({ events }: Trace) => events.flatMap(({ kind, picked }) => (kind === "choice" ? [picked] : []));
    // The first run that, left alone, goes on with other answers.
    const seeds = Array.from({ length: 100 }, (_, seed) => recordSimulation(three, { seed, lines: false }).trace);
    const trace = seeds.find((one) =>
      answersOf(one)
        .slice(1)
        .some((answer) => answer !== 0),
    )!;
    const choice = find(trace, ({ kind }) => kind === "choice");
    const [first] = alternativesAt(trace, choice);
    const other = whatIf(three, trace, choice, first!.decision, { lines: false }).trace;
    expect(firstDivergence(trace, other)!.index).toBe(choice);
    const answers = answersOf(other);
    expect(answers[0]).not.toBe(answersOf(trace)[0]);
    expect(answers.slice(1)).toEqual(answers.slice(1).map(() => 0));
  });
});

describe("a run that is recorded", () => {
  it("has the schedule that it has when nobody records", () => {
    const ran = runSync(three);
    expect(base.value).toEqual(ran);
    expect(printed).toEqual(ran);
  });

  it("has in a simulation the choices of that simulation, and its digest, for every seed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        const recorder = new Recorder({ lines: false });
        const draws = ({ random }: World): Awaitable<unknown> => gather([three(), drawn(random)]);
        const alone = simulate(draws, { seed });
        const watched = simulate(draws, { seed, instruments: [recorder] });
        expect(watched).toEqual(alone);
        const choices = recorder.trace().events.filter(({ kind }) => kind === "choice");
        expect(choices.filter(({ time }) => time <= alone.time)).toHaveLength(alone.choices);
        expect(choices.map(({ about }) => about)).toContain("task");
      }),
    );
  });
});
