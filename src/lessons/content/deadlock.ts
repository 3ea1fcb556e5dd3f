import type { Lesson } from "../lesson.ts";

/** Nobody, ever again. */
export const deadlock: Lesson = {
  name: "13-deadlock",
  title: "Deadlock: when nobody can ever run again",
  opening:
    "ann takes the left chopstick and then wants the right one; bob takes the right one first. Each line of it is correct.",
  stops: [
    {
      after: { kind: "step.ended", task: "bob" },
      scene: "Each has one chopstick, and thinks for 100 ms before taking the other.",
      question: { ask: "who runs next" },
      because: "Two timers are set: no deadlock yet.",
    },
    {
      after: { kind: "step.ended", task: "bob", nth: 2 },
      scene: "Both have asked for the other's lock. main waits for ann.",
      question: { ask: "who runs next" },
      because:
        "Nothing is ready and no timer is set. Whatever could wake one of them would have to be done by one of them.",
    },
    {
      after: { kind: "step.ended", task: "bob", nth: 2 },
      scene: "The loop sees that nothing can ever happen again.",
      question: {
        ask: "what is printed next",
        others: [
          { label: "ann eats", because: "For that, bob would have to put down a chopstick, and he does not run." },
          { label: "bob eats", because: "For that, ann would have to put down a chopstick, and she does not run." },
        ],
      },
      because: "The program ends with a DeadlockError that names each task, what it waits for, and where.",
    },
  ],
  closing: "The cure is an order: if everybody takes the left one first, somebody always gets both.",
  cpython: {
    says:
      "There it hangs, without a word: _run_once asks the selector to wait with no time limit. (python -m asyncio pstree shows, " +
      "from 3.14 on, who waits.)",
    read: [{ file: "asyncio/base_events.py", name: "BaseEventLoop._run_once" }],
  },
  here: [
    { file: "src/task/deadlock.ts", name: "DeadlockError" },
    { file: "src/loop/event-loop.ts", name: "EventLoop.runForever" },
  ],
};
