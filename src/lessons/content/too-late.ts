import type { Lesson } from "../lesson.ts";

/** The result is there, and the cancellation wins. */
export const tooLate: Lesson = {
  name: "08-too-late",
  title: "A timeout races a result",
  opening:
    "Between a result and the task that waits for it lies a place in the ready queue. What if somebody (a timeout, a group, " +
    "an impatient main) cancels the task just then?",
  stops: [
    {
      after: { kind: "step.ended", task: "asker" },
      scene: "asker waits for the answer. main gave way before, and is in the ready queue.",
      question: { ask: "who runs next" },
      because: "asker waits for a future, and nobody but main can complete it.",
    },
    {
      after: { kind: "cancel.requested", task: "asker" },
      scene: "In one step main has set the result, 42, and then cancelled asker, which is ready but has not run.",
      question: {
        ask: "what is printed next",
        others: [
          {
            label: "the answer is 42",
            because:
              "The result is in the future, but asker is told of the cancellation instead: that is what its step looks at first.",
          },
        ],
      },
      because: "The last word counts: asker gets the CancelledError, though the future it waited for has a result.",
    },
    {
      after: { kind: "cancel.delivered", task: "asker" },
      scene: "asker has a finally and no catch.",
      question: { ask: "how does it end", task: "asker" },
      because: "And the 42? It is still in the future: answer.result() would give it. Only asker never saw it.",
    },
  ],
  closing:
    "A result can be lost on its last metre. So what must not be lost (a connection, a lock) is given back by whoever notices: " +
    "that is why every wait here releases late results itself.",
  cpython: {
    says:
      "The same: the future it waits for is done and cannot be cancelled, so Task.cancel notes _must_cancel, and the next " +
      "__step throws before it looks at the result. wait_for got this wrong for years; since 3.12 it is made of timeout().",
    read: [
      { file: "asyncio/tasks.py", name: "Task.cancel" },
      { file: "asyncio/tasks.py", name: "Task.__step" },
      { file: "asyncio/tasks.py", name: "wait_for" },
    ],
  },
  here: [
    { file: "src/task/task.ts", name: "Task.run" },
    { file: "src/task/task.ts", name: "Task.cancel" },
  ],
};
