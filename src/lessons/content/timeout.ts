import type { Lesson } from "../lesson.ts";

/** A timer that cancels, and an edge that translates. */
export const timeout: Lesson = {
  name: "07-timeout",
  title: "Timeouts: a cancellation with a passport",
  opening:
    "timeout(100) sets a timer that cancels the task it is in. At its edge, where the body is left, it looks whether the " +
    "cancellation is its own; if so, out comes a TimeoutError.",
  stops: [
    {
      after: { kind: "step.ended", task: "Task-1" },
      scene: "Two timers are set: 60000 for the sleep, 100 for the timeout.",
      question: {
        ask: "when is the next line printed",
        others: [
          { label: "60000 ms", because: "By then the timeout, whose timer is the earlier one, has ended the sleep." },
        ],
      },
      because: "The earliest timer is first, and it is the timeout's.",
    },
    {
      after: { kind: "cancel.requested", task: "Task-1" },
      scene: "The timer was due: it has asked Task-1 to cancel.",
      question: {
        ask: "what is printed next",
        others: [
          {
            label: "inside: TimeoutError",
            because: "The body knows of no deadline: into a task, only CancelledError is thrown.",
          },
          { label: "42", because: "That line stands behind the sleep, which has been cancelled." },
        ],
      },
      because: "Inside, a timeout is a cancellation like any other; TimeoutError is what its edge makes of it.",
    },
    {
      after: { kind: "mark", prints: "outside: TimeoutError" },
      scene: "main has caught the TimeoutError. Remember: its task was asked to cancel.",
      question: { ask: "how does it end", task: "Task-1" },
      because:
        "The timeout took its request back (uncancel): the task is not being cancelled any more, and goes on as if nothing had been.",
    },
  ],
  closing: "An answer that catches everything, and does not rethrow, defeats every timeout around it.",
  cpython: {
    says:
      "The same, in timeouts.py: _on_timeout calls task.cancel(), __aexit__ compares uncancel() with the count at the start. " +
      "Before Python 3.11 there was only wait_for, which ran its coroutine in a task of its own.",
    read: [
      { file: "asyncio/timeouts.py", name: "Timeout._on_timeout" },
      { file: "asyncio/timeouts.py", name: "Timeout.__aexit__" },
      { file: "asyncio/tasks.py", name: "Task.uncancel" },
    ],
  },
  here: [
    { file: "src/task/timeout.ts", name: "Timeout.onDeadline" },
    { file: "src/task/timeout.ts", name: "Timeout.finish" },
    { file: "src/task/task.ts", name: "Task.uncancel" },
  ],
};
