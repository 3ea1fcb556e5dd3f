import {
  type Coroutine,
  EventLoop,
  Future,
  type Instrument,
  type Scheduler,
  type Task,
  TaskGroup,
  createTask,
  currentTask,
  eagerTaskFactory,
  gather,
  runSync,
  sleep,
  timeout,
  using,
  waitFor,
} from "escapement";
import { Recorder, formatTrace, mark, parseTrace, record } from "escapement/inspect";
import { simulate } from "escapement/sim";
import { describe, expect, it } from "vitest";
import { busy, find, sleeper, storyOf, traceOf, twoTasks } from "./programs.ts";

/** Each event in a line: its iteration, its time, its kind, its fields. */
function lines(main: () => Coroutine<unknown>): string[] {
  return traceOf(main).events.map(({ kind, iteration, time, ...fields }) =>
    [iteration, time, kind, ...Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(
      " ",
    ),
  );
}

describe("record", () => {
  it("writes down each thing that happens, with its reason", () => {
    expect(lines(twoTasks)).toEqual([
      '0 0 task.spawned task=1 name="Task-1" parent=null',
      '0 0 ready.pushed entry=1 task=1 label="" why="spawned" of="" by=null',
      "1 0 iteration",
      '1 0 ready.popped entry=1 task=1 label="" position=0 dropped=false',
      '1 0 task.spawned task=2 name="child" parent=1',
      '1 0 ready.pushed entry=2 task=2 label="" why="spawned" of="" by=1',
      '1 0 task.suspended task=1 on=null label="" awaits=[] frames=[]',
      '1 0 ready.pushed entry=3 task=1 label="" why="passed" of="" by=1',
      "1 0 step.ended entry=1 task=1",
      "2 0 iteration",
      '2 0 ready.popped entry=2 task=2 label="" position=0 dropped=false',
      '2 0 task.suspended task=2 on=null label="" awaits=[] frames=[]',
      '2 0 ready.pushed entry=4 task=2 label="" why="passed" of="" by=2',
      "2 0 step.ended entry=2 task=2",
      '2 0 ready.popped entry=3 task=1 label="" position=0 dropped=false',
      '2 0 task.suspended task=1 on=2 label="Task \\"child\\"" awaits=[2] frames=[]',
      "2 0 step.ended entry=3 task=1",
      "3 0 iteration",
      '3 0 ready.popped entry=4 task=2 label="" position=0 dropped=false',
      '3 0 task.done task=2 state="finished" value="undefined"',
      '3 0 ready.pushed entry=5 task=1 label="" why="done" of="Task \\"child\\"" by=2',
      "3 0 step.ended entry=4 task=2",
      "4 0 iteration",
      '4 0 ready.popped entry=5 task=1 label="" position=0 dropped=false',
      '4 0 task.done task=1 state="finished" value="\\"both\\""',
      '4 0 ready.pushed entry=6 task=null label="stop()" why="callback" of="Task \\"Task-1\\"" by=1',
      "4 0 step.ended entry=5 task=1",
      "5 0 iteration",
      '5 0 ready.popped entry=6 task=null label="stop()" position=0 dropped=false',
      "5 0 step.ended entry=6 task=null",
      '5 0 ended outcome="returned" value="\\"both\\""',
    ]);
  });

  it("tells who asked for a cancellation, when it is delivered, and which timer falls away", () => {
    const trace = traceOf(busy);
    const asked = find(trace, ({ kind }) => kind === "cancel.requested");
    expect(storyOf(trace).slice(asked, asked + 11)).toEqual([
      "Task-1 asks slow to cancel.",
      "Sleep is cancelled.",
      "slow joins the ready queue: sleep was cancelled.",
      'Task-1 waits for Task "slow".',
      "Task-1 hands control back to the loop.",
      "Iteration 14 begins.",
      "slow is first in the ready queue, and runs.",
      "A CancelledError is thrown into slow.",
      "The timer of slow for 1003 (sleep) is cancelled.",
      "slow ends cancelled.",
      'Task-1 joins the ready queue: Task "slow" was cancelled.',
    ]);
  });

  it("does not take the CancelledError of what a task waits for as its own cancellation", () => {
    const trace = traceOf(busy);
    const delivered = trace.events.filter(({ kind }) => kind === "cancel.delivered");
    expect(delivered).toHaveLength(1);
  });

  it("tells of a cancellation that was swallowed", () => {
    function* stubborn(): Coroutine<string> {
      try {
        yield* sleep(10);
      } catch {
        return "still here";
      }
      return "slept";
    }
    const story = storyOf(
      traceOf(function* () {
        const task = createTask(stubborn(), { name: "stubborn" });
        yield;
        task.cancel();
        yield* task;
      }),
    );
    expect(story).toContain("stubborn was asked to cancel, and returns all the same.");
  });

  it("knows the tasks behind a gather of gathers and behind a group", () => {
    const awaits = (main: () => Coroutine<unknown>): unknown =>
      traceOf(main).events.find(({ kind, task }) => kind === "task.suspended" && task === 1)!["awaits"];
    expect(awaits(() => gathering())).toEqual([2, 3]);
    expect(awaits(() => grouping())).toEqual([2, 3]);
    function* gathering(): Coroutine<void> {
      yield* gather([gather([sleeper(1)]), sleeper(2)]);
    }
    function* grouping(): Coroutine<void> {
      const group = new TaskGroup();
      yield* using(group, function* () {
        group.createTask(sleeper(1));
        group.createTask(sleeper(2));
      });
    }
  });

  it("gives the result, or the error, with the trace up to there", () => {
    expect(record(twoTasks).value).toBe("both");
    const failed = record(function* () {
      yield* sleep(1);
      throw new Error("in the middle");
    });
    expect(failed.error).toEqual(new Error("in the middle"));
    expect(storyOf(failed.trace).at(-1)).toBe("The program fails with Error: in the middle.");
    expect("value" in failed).toBe(false);
  });

  it("leaves the trace of a program that deadlocks", () => {
    const { trace, error } = record(
      function* () {
        yield* new Future<void>();
      },
      { lines: false },
    );
    expect((error as Error).name).toBe("DeadlockError");
    expect(storyOf(trace)).toContain("Task-1 waits for a Future.");
  });

  it("refuses what runSync refuses, and has no events then", () => {
    const { trace, error } = record(5 as never);
    expect((error as Error).message).toContain("runSync: a coroutine");
    expect(trace.events).toEqual([]);
  });

  it("looks into no object of the program", () => {
    const touched: string[] = [];
    const trap = new Proxy(
      {},
      { get: (_, name) => touched.push(String(name)), getPrototypeOf: () => (touched.push("prototype"), null) },
    );
    const { trace } = record(function* () {
      yield* createTask(
        (function* () {
          return trap;
        })(),
      );
    });
    expect(touched).toEqual([]);
    expect(storyOf(trace)).toContain("Task-2 returns an object.");
  });

  it("gives a task that is renamed its new name", () => {
    const story = storyOf(
      traceOf(function* () {
        currentTask()!.name = "renamed";
        yield;
      }),
    );
    expect(story).toContain("Task-1 is called renamed from here on.");
    expect(story).toContain("renamed gives way for one pass of the loop.");
  });

  it("follows eager tasks", () => {
    const { trace } = record(
      function* () {
        yield* createTask(sleeper(1), { name: "eager" });
      },
      { lines: false, taskFactory: eagerTaskFactory },
    );
    const made = find(trace, ({ kind, name }) => kind === "task.spawned" && name === "eager");
    expect(storyOf(trace).slice(made, made + 3)).toEqual([
      "Task-1 makes the task eager.",
      "Task-1 sets a timer for 1: sleep.",
      "eager waits for sleep.",
    ]);
    expect(storyOf(trace)).toContain("eager joins the ready queue: sleep is done.");
  });

  it("writes a timer that never comes so that it can be read again", () => {
    const { trace } = record(function* () {
      yield* waitFor(sleeper(1), Infinity);
    });
    expect(storyOf(parseTrace(formatTrace(trace)))).toContain("Task-1 sets a timer for never: expire().");
  });

  it("says who was chosen, where a scheduler chooses", () => {
    const lastFirst: Scheduler = { pick: (ready) => ready.size - 1 };
    const { trace } = record(
      function* () {
        yield* gather([sleeper(0), sleeper(0)]);
      },
      { lines: false, scheduler: lastFirst },
    );
    expect(storyOf(trace)).toEqual(
      expect.arrayContaining([
        "Asked for a task, the scheduler takes number 2 of 2.",
        "Task-3 is chosen from place 2 of the ready queue, and runs.",
      ]),
    );
  });
});

describe("mark", () => {
  it("speaks in the trace, as the task that says it", () => {
    const story = storyOf(
      traceOf(function* () {
        mark("half way");
        yield;
      }),
    );
    expect(story).toContain("Task-1 says: half way.");
  });

  it("says nothing without a recorder", () => {
    expect(runSync(marking)).toBe("marked");
    function* marking(): Coroutine<string> {
      mark("nobody hears");
      return "marked";
    }
  });
});

describe("A Recorder", () => {
  /** What the loop did, told by another instrument. */
  function scheduleOf(main: () => Coroutine<unknown>, ...others: Instrument[]): string[] {
    const told: string[] = [];
    const teller: Instrument = {
      iterationStarted: (loop) => void told.push(`${loop.iteration} t=${loop.time()}`),
      callbackStarted: (entry) => void told.push(`runs ${String(entry)}`),
      callbackScheduled: (entry) => void told.push(`ready ${String(entry)}`),
      timerScheduled: (timer) => void told.push(`timer ${timer.when()}`),
    };
    runSync(main, { instruments: [teller, ...others] });
    return told;
  }

  it.each([
    ["two tasks", twoTasks],
    ["a busy program", busy],
  ])("does not change the schedule of %s", (_, main) => {
    expect(scheduleOf(main, new Recorder())).toEqual(scheduleOf(main));
  });

  it("does not change what a simulation does", () => {
    const plain = simulate(busy, { seed: 7 });
    const recorder = new Recorder({ lines: false });
    const watched = simulate(busy, { seed: 7, instruments: [recorder] });
    expect(watched.digest).toBe(plain.digest);
    expect(recorder.trace().events.length).toBeGreaterThan(50);
  });

  it("writes the same trace of the same program, again and again", () => {
    expect(traceOf(busy)).toEqual(traceOf(busy));
  });

  it("costs a loop without one nothing: there is nothing to call", () => {
    expect(new EventLoop().instrument).toBe(null);
  });

  it("records a program that is run elsewhere, and what happens in it by hand", () => {
    const recorder = new Recorder({ lines: false, header: { program: "by hand" } });
    const loop = new EventLoop({ instruments: [recorder] });
    const handle = loop.callSoon(function dropped() {});
    loop.callSoon(function called() {});
    handle.cancel();
    loop.runOnce();
    expect(recorder.trace().header).toEqual({ program: "by hand" });
    expect(storyOf(recorder.trace()).map((sentence) => sentence.replace(/from \S+ to \S+\./, "on."))).toEqual([
      "dropped() joins the ready queue: called.",
      "called() joins the ready queue: called.",
      "Iteration 1 begins.",
      "(cancelled) takes its turn, and does nothing: it was cancelled.",
      "(cancelled) hands control back to the loop.",
      "called() is first in the ready queue, and runs.",
      "called() hands control back to the loop.",
    ]);
  });

  it("tells a ring of tasks that was broken by a cancellation", () => {
    const tasks: Task<void>[] = [];
    function* member(other: number): Coroutine<void> {
      yield* tasks[other]!;
    }
    const story = storyOf(
      traceOf(function* () {
        tasks.push(createTask(member(1), { name: "a" }), createTask(member(0), { name: "b" }));
        yield;
        yield;
        tasks[0]!.cancel();
        yield* gather(tasks, { returnExceptions: true });
      }),
    );
    expect(story).toEqual(expect.arrayContaining(["Task-1 asks a to cancel.", "a joins the ready queue: cancelled."]));
  });

  it("sees a timeout end its body", () => {
    const story = storyOf(
      traceOf(function* () {
        try {
          yield* using(timeout(5), () => sleeper(100));
        } catch {
          mark("too late");
        }
      }),
    );
    expect(story.filter((sentence) => /timer|cancel|Cancel|says/.test(sentence))).toEqual([
      "Task-1 sets a timer for 5: expire().",
      "Task-1 sets a timer for 100: sleep.",
      "The timer of Task-1 for 5 (expire()) is due.",
      "expire() joins the ready queue: the timer of expire() is due.",
      "expire() asks Task-1 to cancel.",
      "Sleep is cancelled.",
      "Task-1 joins the ready queue: sleep was cancelled.",
      "A CancelledError is thrown into Task-1.",
      "The timer of Task-1 for 100 (sleep) is cancelled.",
      "Task-1 says: too late.",
    ]);
  });
});
