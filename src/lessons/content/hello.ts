import type { Lesson } from "../lesson.ts";

/** A coroutine runs when somebody drives it, and lets go when it waits. */
export const hello: Lesson = {
  name: "01-hello",
  title: "Hello: what runs a coroutine",
  opening:
    "A coroutine is a function that can be left in the middle and gone on with later: a generator. Calling it makes it, and " +
    "runs nothing. The loop drives one thing only, tasks; it has made one of main, and calls it Task-1.",
  stops: [
    {
      after: { kind: "ready.popped", task: "Task-1" },
      scene: "Task-1 has the loop, and is about to run its first line: order = tea().",
      question: {
        ask: "what is printed next",
        others: [{ label: "nothing", because: "Task-1 runs, and prints before it waits for anything." }],
      },
      because: "tea() makes a coroutine and runs none of it. It begins when main waits for it, in its third line.",
    },
    {
      after: { kind: "step.ended", task: "Task-1" },
      scene:
        "tea() put the kettle on and sleeps for 1000 ms. It is part of Task-1, so Task-1 sleeps; it let go of the loop.",
      question: { ask: "who runs next" },
      because:
        "Nothing is ready, and one timer is set: the loop waits until then. In virtual time waiting costs nothing, the clock jumps.",
    },
  ],
  closing: "A coroutine called and never waited for does nothing at all: the first mistake everybody makes.",
  cpython: {
    says:
      "The same. asyncio.run makes a task of main; the task calls coro.send(None), which runs the coroutine to its next " +
      "await. sleep() makes a future, asks the loop to complete it later, and awaits it.",
    read: [
      { file: "asyncio/runners.py", name: "Runner.run" },
      { file: "asyncio/tasks.py", name: "Task.__step_run_and_handle_result" },
      { file: "asyncio/tasks.py", name: "sleep" },
    ],
  },
  here: [
    { file: "src/task/runner.ts", name: "Runner.runFor" },
    { file: "src/task/task.ts", name: "Task.step" },
    { file: "src/task/sleep.ts", name: "Sleep.begin" },
  ],
};
