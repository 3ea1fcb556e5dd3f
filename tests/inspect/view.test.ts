import { type Coroutine, createTask, gather, getRunningLoop, sleep } from "escapement";
import { type Trace, deadlocksIn, firstDivergence, narrate, record, viewAt } from "escapement/inspect";
import { describe, expect, it } from "vitest";
import { Moment } from "../../src/inspect/moment.ts";
import { said } from "../said.ts";
import { busy, find, sleeper, storyOf, traceOf, twoTasks } from "./programs.ts";

/** A view in a few lines: who runs; the ready queue; the timers; the tasks. */
function seen(trace: Trace, index: number): string[] {
  const { iteration, time, running, ready, timers, tasks } = viewAt(trace, index);
  return [
    `${iteration} t=${time} ${running ?? "the loop"}`,
    `ready ${ready.map(({ task, why }) => `${task} (${why})`).join(", ")}`,
    `timers ${timers.map(({ when, task, label }) => `${when} ${task} (${label})`).join(", ")}`,
    ...tasks.map(({ name, state, parent, waitsFor }) =>
      `${name} of ${parent ?? "nobody"} ${state} ${waitsFor ?? ""}`.trimEnd(),
    ),
  ];
}

describe("viewAt", () => {
  it("shows each moment of a run, from nothing to its end", () => {
    const trace = traceOf(twoTasks);
    expect([0, 1, 2, 4, 6, 8, 16, 20, 21, trace.events.length].map((index) => seen(trace, index))).toEqual([
      ["0 t=0 the loop", "ready ", "timers "],
      ["0 t=0 the loop", "ready ", "timers ", "Task-1 of nobody running"],
      ["0 t=0 the loop", "ready Task-1 (spawned)", "timers ", "Task-1 of nobody ready"],
      ["1 t=0 Task-1", "ready ", "timers ", "Task-1 of nobody running"],
      ["1 t=0 Task-1", "ready child (spawned)", "timers ", "Task-1 of nobody running", "child of Task-1 ready"],
      [
        "1 t=0 Task-1",
        "ready child (spawned), Task-1 (gave way)",
        "timers ",
        "Task-1 of nobody ready",
        "child of Task-1 ready",
      ],
      [
        "2 t=0 Task-1",
        "ready child (gave way)",
        "timers ",
        'Task-1 of nobody waiting Task "child"',
        "child of Task-1 ready",
      ],
      ["3 t=0 child", "ready ", "timers ", 'Task-1 of nobody waiting Task "child"', "child of Task-1 finished"],
      [
        "3 t=0 child",
        'ready Task-1 (Task "child" is done)',
        "timers ",
        "Task-1 of nobody ready",
        "child of Task-1 finished",
      ],
      ["5 t=0 the loop", "ready ", "timers ", "Task-1 of nobody finished", "child of Task-1 finished"],
    ]);
  });

  it("shows the timers by deadline, then by age, until they fire or are cancelled", () => {
    const trace = traceOf(function* () {
      const tasks = [20, 10, 10].map((delay, i) => createTask(sleeper(delay), { name: `s${i}` }));
      yield* sleep(15);
      tasks[0]!.cancel();
      yield* gather(tasks, { returnExceptions: true });
    });
    const timersAt = (index: number): string => seen(trace, index)[2]!;
    const all = find(trace, ({ kind, iteration }) => kind === "iteration" && iteration === 3);
    expect(timersAt(all)).toBe("timers 10 s1 (sleep), 10 s2 (sleep), 15 Task-1 (sleep), 20 s0 (sleep)");
    const cancelled = find(trace, ({ kind }) => kind === "timer.cancelled");
    expect(timersAt(cancelled)).toBe("timers 20 s0 (sleep)");
    expect(timersAt(cancelled + 1)).toBe("timers ");
  });

  it("counts requests to cancel", () => {
    const trace = traceOf(busy);
    const asked = find(trace, ({ kind }) => kind === "cancel.requested");
    const cancelling = (index: number) => viewAt(trace, index).tasks.map((task) => task.cancelling);
    expect(cancelling(asked)).toEqual([0, 0, 0, 0, 0]);
    expect(cancelling(asked + 1)).toEqual([0, 0, 0, 0, 1]);
  });

  it("is the same whether one comes forwards, backwards or by a leap", () => {
    const trace = longTrace();
    const indexes = Array.from({ length: trace.events.length + 1 }, (_, index) => index).filter((i) => i % 37 === 0);
    const forwards = indexes.map((index) => viewAt(trace, index));
    const backwards = indexes.toReversed().map((index) => viewAt(trace, index));
    expect(backwards.toReversed()).toEqual(forwards);
    // Without keyframes: each event applied to the moment before it.
    const moment = new Moment();
    expect(trace.events.length).toBeGreaterThan(600);
    for (const [index, event] of trace.events.entries()) {
      const { running, ready, tasks } = viewAt(trace, index);
      expect({ running, ready, tasks }).toEqual({
        running: moment.running,
        ready: moment.ready.values(),
        tasks: moment.tasks.values(),
      });
      moment.apply(event as never);
    }
  });

  it("begins in the middle of a run when the trace does", () => {
    const trace = traceOf(twoTasks);
    const tail = { ...trace, events: trace.events.slice(14) };
    expect(seen(tail, 2)).toEqual(["2 t=0 #1", "ready ", "timers ", '#1 of nobody waiting Task "child"']);
    expect(() => storyOf(tail)).not.toThrow();
  });

  it("takes whole numbers within the trace", () => {
    const trace = traceOf(twoTasks);
    const { length } = trace.events;
    expect([-1, length + 1, 0.5, Number.NaN].map((index) => said(() => viewAt(trace, index)))).toEqual(
      [-1, length + 1, 0.5, Number.NaN].map(
        (index) => `RangeError: viewAt: expected an index from 0 to ${length}, got ${index}.`,
      ),
    );
    expect(said(() => narrate(trace, length))).toBe(
      `RangeError: narrate: expected the number of an event, from 0 to ${length - 1}, got ${length}.`,
    );
  });
});

function longTrace(): Trace {
  return traceOf(function* () {
    yield* gather(Array.from({ length: 40 }, (_, i) => sleeper(i % 7)));
  });
}

describe("deadlocksIn", () => {
  it("names tasks that wait for each other, through a gather, too", () => {
    const tasks: Record<string, ReturnType<typeof createTask>> = {};
    function* waits(name: string): Coroutine<void> {
      yield;
      yield* gather([tasks[name]!]);
    }
    const { trace, error } = record(
      function* () {
        // Nobody hears of the gathers that fail with them.
        getRunningLoop().setExceptionHandler(() => {});
        tasks["a"] = createTask(waits("b"), { name: "a" });
        tasks["b"] = createTask(waits("a"), { name: "b" });
        yield* tasks["a"];
      },
      { lines: false },
    );
    expect((error as Error).message).toContain('"a" → "b" → "a"');
    const ringsAt = (index: number) => deadlocksIn(viewAt(trace, index).tasks).map((ring) => ring.map((t) => t.name));
    const closed = find(trace, ({ kind, task, on }) => kind === "task.suspended" && task === 3 && on !== null);
    expect(ringsAt(closed)).toEqual([]);
    expect(ringsAt(closed + 1)).toEqual([["a", "b"]]);
  });
});

describe("narrate", () => {
  it("tells a run in plain sentences", () => {
    expect(storyOf(traceOf(() => sleeper(100)))).toEqual([
      "The task Task-1 is made.",
      "Task-1 joins the ready queue: spawned.",
      "Iteration 1 begins.",
      "Task-1 is first in the ready queue, and runs.",
      "Task-1 sets a timer for 100: sleep.",
      "Task-1 waits for sleep.",
      "Task-1 hands control back to the loop.",
      "Nothing is ready: the clock goes from 0 to 100.",
      "Iteration 2 begins.",
      "The timer of Task-1 for 100 (sleep) is due.",
      "wake() joins the ready queue: the timer of sleep is due.",
      "wake() is first in the ready queue, and runs.",
      "Sleep is done.",
      "Task-1 joins the ready queue: sleep is done.",
      "wake() hands control back to the loop.",
      "Iteration 3 begins.",
      "Task-1 is first in the ready queue, and runs.",
      "Task-1 returns 100.",
      'stop() joins the ready queue: Task "Task-1" is done.',
      "Task-1 hands control back to the loop.",
      "Iteration 4 begins.",
      "stop() is first in the ready queue, and runs.",
      "stop() hands control back to the loop.",
      "The program returns 100.",
    ]);
  });
});

describe("The time", () => {
  it("is told to the microsecond: real clocks have long fractions", () => {
    const trace = traceOf(() => sleeper(1 / 3));
    expect(storyOf(trace)).toEqual(
      expect.arrayContaining([
        "Task-1 sets a timer for 0.333: sleep.",
        "Nothing is ready: the clock goes from 0 to 0.333.",
        "The timer of Task-1 for 0.333 (sleep) is due.",
      ]),
    );
  });
});

describe("firstDivergence", () => {
  it("finds nothing between two runs of one program", () => {
    expect(firstDivergence(traceOf(busy), traceOf(busy))).toBe(null);
  });

  it("finds the first event that differs, and tells both", () => {
    expect(
      firstDivergence(
        traceOf(() => sleeper(10)),
        traceOf(() => sleeper(20)),
      ),
    ).toEqual({
      index: 4,
      left: "Task-1 sets a timer for 10: sleep.",
      right: "Task-1 sets a timer for 20: sleep.",
    });
  });

  it("tells of a run that ends before the other", () => {
    const whole = traceOf(twoTasks);
    const part = { ...whole, events: whole.events.slice(0, 5) };
    expect(firstDivergence(whole, part)).toEqual({
      index: 5,
      left: "child joins the ready queue: spawned.",
      right: null,
    });
  });

  it("does not take a place in the source, or the order of fields, for a difference", () => {
    const left = traceOf(twoTasks);
    const right = record(twoTasks).trace;
    const turned = { ...right, events: right.events.map((e) => Object.fromEntries(Object.entries(e).toReversed())) };
    expect(firstDivergence(left, turned as never)).toBe(null);
  });
});
