import {
  ContextVar,
  type Coroutine,
  TaskGroup,
  allTasks,
  createTask,
  currentTask,
  eagerTaskFactory,
  gather,
  getRunningLoop,
  runSync,
  sleep,
  using,
} from "escapement";
import { describe, expect, it } from "vitest";

/** What happens in an iteration, in order. */
function traced(main: (say: (what: string) => void) => Coroutine<unknown>, options = {}): string[] {
  const trace: string[] = [];
  runSync(() => main((what) => trace.push(`#${getRunningLoop().iteration} ${what}`)), options);
  return trace;
}

describe("createTask with eagerStart", () => {
  it("runs the task to its first wait before it returns", () => {
    const trace = traced(function* (say) {
      function* child(name: string): Coroutine<void> {
        say(`${name} begins`);
        yield;
        say(`${name} ends`);
      }
      const tasks = [createTask(child("plain")), createTask(child("eager"), { eagerStart: true })];
      say("both are made");
      yield* gather(tasks);
    });
    expect(trace).toEqual(["#1 eager begins", "#1 both are made", "#2 plain begins", "#2 eager ends", "#3 plain ends"]);
  });

  it("gives a task that is done already when it never waits, with its result or its error", () => {
    const trace = traced(function* (say) {
      const returns = createTask(
        (function* () {
          return "at once";
        })(),
        { eagerStart: true },
      );
      say(`${returns.done()} ${returns.result()}, others: ${allTasks().size - 1}`);
      const throws = createTask(
        (function* (): Coroutine<never> {
          throw new Error("at once, too");
        })(),
        { eagerStart: true },
      );
      say(`${throws.done()} ${String(throws.exception())}`);
    });
    expect(trace).toEqual(["#1 true at once, others: 0", "#1 true Error: at once, too"]);
  });

  it("is the current task while it runs, in its own context; afterwards its creator is again", () => {
    const user = new ContextVar("user", { default: "nobody" });
    const trace = traced(function* (say) {
      const who = (): string => `${currentTask()!.name}, user ${user.get()}`;
      user.set("main");
      createTask(
        (function* () {
          say(who());
          user.set("child");
          yield;
          say(who());
        })(),
        { eagerStart: true, name: "child" },
      );
      say(who());
      yield* sleep(1);
    });
    expect(trace).toEqual(["#1 child, user main", "#1 Task-1, user main", "#2 child, user child"]);
  });
});

describe("eagerTaskFactory", () => {
  it("makes every task eager, those of gather and TaskGroup as well, and main not", () => {
    const trace = traced(
      function* (say) {
        function* child(name: string): Coroutine<void> {
          say(`${name} begins`);
          yield;
        }
        say("main begins");
        createTask(child("a task"));
        const all = gather([child("a child"), child("another")]);
        say("gather is called");
        yield* all;
        yield* using(new TaskGroup(), function* (group) {
          group.createTask(child("a member"));
          say("the body ends");
        });
        createTask(child("lazy after all"), { eagerStart: false });
        say("main ends");
      },
      { taskFactory: eagerTaskFactory },
    );
    expect(trace).toEqual([
      "#1 main begins",
      "#1 a task begins",
      "#1 a child begins",
      "#1 another begins",
      "#1 gather is called",
      "#4 a member begins",
      "#4 the body ends",
      "#7 main ends",
      "#8 lazy after all begins",
    ]);
  });
});
