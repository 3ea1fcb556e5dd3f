import type { Lesson } from "../lesson.ts";

/** Waiting for what is there is no waiting. */
export const starvation: Lesson = {
  name: "14-starvation",
  title: "Starvation: a busy task that waits at every turn",
  opening:
    "Everybody knows that a loop without yield* holds up all others. This one has a yield* in every round, and holds up all " +
    "others as well.",
  stops: [
    {
      after: { kind: "step.ended", task: "Task-1" },
      scene: "Three dishes are in the queue. glutton and guest are ready.",
      question: { ask: "who runs next" },
      because: "glutton was made first.",
    },
    {
      after: { kind: "mark", prints: "eats soup" },
      scene: "glutton comes round its loop, to: yield* table.get(). guest is ready and waits for a turn.",
      question: { ask: "what is printed next" },
      because: "get gives what is there at once. yield* lets go of the loop only when there is something to wait for.",
    },
    {
      after: { kind: "step.ended", task: "glutton" },
      scene: "glutton has eaten everything in a single step, and is done, which made main ready.",
      question: { ask: "who runs next" },
      because: "guest has been in the queue since the beginning; main joined it just now.",
    },
  ],
  closing:
    "A long loop over what is there needs a bare yield now and then. Debug mode reports steps that take too long, with the " +
    "name of the task.",
  cpython: {
    says:
      "The same: Queue.get awaits only while the queue is empty. An await is a place where a task may be left, not one where " +
      "it will be. loop.slow_callback_duration is its report.",
    read: [
      { file: "asyncio/queues.py", name: "Queue.get" },
      { file: "asyncio/futures.py", name: "Future.__await__" },
    ],
  },
  here: [
    { file: "src/future/operation.ts", name: "Operation.next" },
    { file: "src/sync/queue.ts", name: "Get.attempt" },
    { file: "src/loop/event-loop.ts", name: "EventLoop.slowCallbackDuration" },
  ],
};
