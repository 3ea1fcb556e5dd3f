import type { Lesson } from "../lesson.ts";

/** Awaiting a coroutine is a call; a task is a life of its own. */
export const createTask: Lesson = {
  name: "05-create-task",
  title: "createTask: a call, or a life of its own",
  opening:
    "yield* boil(…) is a call: the coroutine becomes part of the task that waits for it. createTask(boil(…)) makes a second " +
    "task, which runs beside the first.",
  stops: [
    {
      after: { kind: "mark", prints: "first is done" },
      scene: 'The first egg took from 0 to 100. main goes on to: yield* boil("second").',
      question: {
        ask: "when is the next line printed",
        others: [
          {
            label: "100 ms",
            because: "For that the second egg had to be in the water already; it was not even begun.",
          },
          { label: "300 ms", because: "An egg takes 100 ms, and this one begins now, at 100." },
        ],
      },
      because:
        "A coroutine that is awaited runs inside the task that awaits it: one egg after the other, in a single task.",
    },
    {
      after: { kind: "step.ended", task: "Task-1", nth: 3 },
      scene: "main has made the tasks third and fourth, and waits for third.",
      question: { ask: "who runs next" },
      because: "third was put in the ready queue first.",
    },
    {
      after: { kind: "mark", prints: "third is done" },
      scene: "The clock says 300. third is done; main will wait for fourth.",
      question: {
        ask: "when is the next line printed",
        others: [
          { label: "400 ms", because: "fourth did not wait for main to wait for it: it has been boiling since 200." },
        ],
      },
      because: "A task runs whether anybody waits for it or not. Both eggs were in the water from 200 on.",
    },
  ],
  closing: "Awaiting two coroutines takes the sum of their times; awaiting two tasks takes the longer one.",
  cpython: {
    says:
      "The same: await of a coroutine is yield from, one stack of frames in one task; create_task makes a Task, whose " +
      "constructor puts its first step in the ready queue.",
    read: [
      { file: "asyncio/base_events.py", name: "BaseEventLoop.create_task" },
      { file: "asyncio/tasks.py", name: "Task.__init__" },
    ],
  },
  here: [
    { file: "src/task/create-task.ts", name: "createTask" },
    { file: "src/task/task.ts", name: "Task.constructor" },
    { file: "src/task/coroutine.ts", name: "resume" },
  ],
};
