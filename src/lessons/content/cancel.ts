import type { Lesson } from "../lesson.ts";

/** A request, delivered in the next turn. */
export const cancel: Lesson = {
  name: "06-cancel",
  title: "Cancel: a request, not a kill",
  opening:
    "task.cancel() asks. What the task waits for is cancelled, and so the task becomes ready; when it runs, a CancelledError " +
    "comes out of its yield*, and everything that errors do happens: catch, finally, the way out.",
  stops: [
    {
      after: { kind: "cancel.requested", task: "worker" },
      scene: "main runs, and has just called worker.cancel().",
      question: {
        ask: "what is printed next",
        others: [{ label: "finished", because: "That line stands behind the sleep, which will never end in peace." }],
      },
      because: "cancel() only asks. worker cannot run while main does: one at a time, always.",
    },
    {
      after: { kind: "step.ended", task: "Task-1", nth: 2 },
      scene: "main waits for worker. worker's sleep was cancelled.",
      question: { ask: "who runs next" },
      because: "Being cancelled made worker ready: its sleep is over, though not as it had hoped.",
    },
    {
      after: { kind: "cancel.delivered", task: "worker" },
      scene: "A CancelledError comes out of worker's sleep. It has a finally, and no catch.",
      question: { ask: "how does it end", task: "worker" },
      because:
        "finally tidies up, and the CancelledError goes on out of the coroutine: such a task ends as cancelled. Had it caught the " +
        "error and returned, it would have finished as if nobody had asked.",
    },
  ],
  closing:
    "In JavaScript a plain catch catches cancellations as well. Say: if (isCancelled(error)) throw error. In debug mode a " +
    "task that swallows one is reported.",
  cpython: {
    says:
      "The same: Task.cancel cancels the future it waits for; the next __step throws CancelledError into the coroutine. " +
      "There except Exception does not catch it, for it is a BaseException.",
    read: [
      { file: "asyncio/tasks.py", name: "Task.cancel" },
      { file: "asyncio/tasks.py", name: "Task.__step" },
    ],
  },
  here: [
    { file: "src/task/task.ts", name: "Task.cancel" },
    { file: "src/task/task.ts", name: "Task.run" },
  ],
};
