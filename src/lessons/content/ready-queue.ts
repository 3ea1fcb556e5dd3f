import type { Lesson } from "../lesson.ts";

/** First in, first out. */
export const readyQueue: Lesson = {
  name: "02-ready-queue",
  title: "The ready queue: who runs next",
  opening:
    "The loop has one queue of what is ready to run. It takes the first, lets it run until it waits, and takes the next. " +
    "A turn (an iteration) runs those that were ready when it began; whoever joins meanwhile is for the turn after.",
  stops: [
    {
      after: { kind: "ready.pushed", task: "b" },
      scene: "main has made the tasks a and b. Both are in the ready queue.",
      question: { ask: "what is printed next" },
      because: "createTask puts a task in the queue and goes on. Nobody else runs before main lets go of the loop.",
    },
    {
      after: { kind: "step.ended", task: "Task-1" },
      scene: "main waits for a, and has let go of the loop.",
      question: { ask: "who runs next" },
      because:
        "a was made first, so it stands first. That main waits for a does not matter: it would be a all the same.",
    },
    {
      after: { kind: "step.ended", task: "a" },
      scene: "a has counted to one and met a bare yield: it gives way.",
      question: { ask: "who runs next" },
      because:
        "A bare yield sends a to the end of the queue, behind b. That is all it does, and it is how to be polite.",
    },
  ],
  closing: "One queue, no priorities, no luck: that is why such programs can be understood.",
  cpython: {
    says:
      "The same: call_soon appends to a deque, and _run_once notes how many are ready and runs just so many. A bare yield " +
      "is spelled await asyncio.sleep(0).",
    read: [
      { file: "asyncio/base_events.py", name: "BaseEventLoop._run_once" },
      { file: "asyncio/base_events.py", name: "BaseEventLoop._call_soon" },
      { file: "asyncio/tasks.py", name: "__sleep0" },
    ],
  },
  here: [
    { file: "src/loop/event-loop.ts", name: "EventLoop.runOnce" },
    { file: "src/loop/ring.ts", name: "Ring.shift" },
    { file: "src/task/create-task.ts", name: "createTask" },
  ],
};
