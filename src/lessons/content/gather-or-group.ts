import type { Lesson } from "../lesson.ts";

/** What becomes of the others. */
export const gatherOrGroup: Lesson = {
  name: "12-gather-or-group",
  title: "Gather against groups: what becomes of the others",
  opening:
    "Two restaurants, the same fire, the same cook. In the first they work under gather, in the second in a group. Only the " +
    "others' fate differs.",
  stops: [
    {
      after: { kind: "task.done", task: "oven" },
      scene: "First restaurant, gather. The oven task has failed at 100; soup would be ready at 1000.",
      question: { ask: "what is printed next" },
      because: "gather fails with the first error, at once; it does not wait for the others.",
    },
    {
      after: { kind: "mark", prints: "the first restaurant closes" },
      scene: "main has had its error, and sleeps. Nobody waits for soup any more.",
      question: { ask: "how does it end", task: "soup" },
      because:
        "Nobody has cancelled it! gather leaves the others running: soup is served in a restaurant that is closed.",
    },
    {
      after: { kind: "task.done", task: "oven", nth: 2 },
      scene: "Second restaurant, a group. Fire again, at 1400; fish would be ready at 2300.",
      question: { ask: "how does it end", task: "fish" },
      because: "A group cancels the others, and waits for them before it lets the error out.",
    },
  ],
  closing: "Use groups. Use gather where one failure says nothing about the others, then with returnExceptions: true.",
  cpython: {
    says: "The same. Its documentation of gather points to TaskGroup for this very reason: “stronger safety guarantees”.",
    read: [
      { file: "asyncio/tasks.py", name: "gather" },
      { file: "asyncio/taskgroups.py", name: "TaskGroup._abort" },
    ],
  },
  here: [
    { file: "src/task/gather.ts", name: "gatherFutures" },
    { file: "src/task/task-group.ts", name: "TaskGroup.createTask" },
  ],
};
