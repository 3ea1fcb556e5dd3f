import type { Lesson } from "../lesson.ts";

/** Errors of several. */
export const group: Lesson = {
  name: "11-group",
  title: "Groups: all for one",
  opening:
    "A TaskGroup waits at its end for all of its tasks. If one fails, the others are cancelled, and so is the body; what comes " +
    "out is a group of the errors.",
  stops: [
    {
      after: { kind: "task.done", task: "ann" },
      scene: "ann has fallen, at 100. cid is climbing, and would be for a minute.",
      question: { ask: "how does it end", task: "cid" },
      because: "The first error cancels all the others. cid has nothing to tidy up, so that was it.",
    },
    {
      after: { kind: "cancel.delivered", task: "bob" },
      scene: "bob is being cancelled too; he catches it, and throws another error.",
      question: { ask: "how does it end", task: "bob" },
      because: "What comes out of a coroutine is what counts: an error that is no CancelledError is a failure.",
    },
    {
      after: { kind: "cancel.delivered", task: "Task-1" },
      scene: "The body was asleep as well, and is cancelled. main catches what comes out of the group.",
      question: {
        ask: "what is printed next",
        others: [
          { label: "a fall", because: "The group keeps every error, not only the first: bob's is there too." },
          { label: "half way", because: "The body is cancelled like the children: its sleep ends here." },
        ],
      },
      because:
        "An ExceptionGroup has all the errors, in the order they came. Cancellations are no errors, so cid is not in it.",
    },
  ],
  closing: "Nothing of a group outlives it: when using(group, …) is left, every one of its tasks is done.",
  cpython: {
    says:
      "The same: _on_task_done collects errors, _abort cancels, __aexit__ waits for the rest and raises " +
      "BaseExceptionGroup; except* takes such a group apart, which JavaScript cannot: look at error.errors.",
    read: [
      { file: "asyncio/taskgroups.py", name: "TaskGroup._on_task_done" },
      { file: "asyncio/taskgroups.py", name: "TaskGroup.__aexit__" },
    ],
  },
  here: [
    { file: "src/task/task-group.ts", name: "TaskGroup.exit" },
    { file: "src/task/task-group.ts", name: "TaskGroup.createTask" },
    { file: "src/task/exception-group.ts", name: "ExceptionGroup" },
  ],
};
