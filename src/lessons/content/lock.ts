import type { Lesson } from "../lesson.ts";

/** Nobody overtakes. */
export const lock: Lesson = {
  name: "09-lock",
  title: "Lock: fairness",
  opening:
    "A lock is a flag and a line of waiters. release() takes the flag down and wakes the first in line. But waking is not " +
    "running: until the woken one has its turn, the lock is free. May somebody else slip in?",
  stops: [
    {
      after: { kind: "step.ended", task: "bob" },
      scene: "ann is in the bathroom, for 100 ms. bob has asked for the lock.",
      question: { ask: "who runs next" },
      because: "bob waits for the lock and ann for her sleep: nobody is ready.",
    },
    {
      after: { kind: "mark", prints: "ann is out" },
      scene:
        "ann has released the lock, which is free now, and bob is ready. But ann still runs, and asks for it again at once.",
      question: { ask: "what is printed next" },
      because: "The lock is free, and yet ann must wait: somebody stands in line before her. Nobody overtakes.",
    },
    {
      after: { kind: "step.ended", task: "ann", nth: 2 },
      scene: "ann waits for the lock, as the second time round.",
      question: { ask: "who runs next" },
      because: "bob was woken by ann's release and takes the lock now.",
    },
  ],
  closing:
    "A lock that let ann in would be a little faster, and bob might wait for ever: fairness is worth a turn of the loop.",
  cpython: {
    says:
      "The same: acquire takes the fast way only if the lock is free and every waiter is cancelled. “Implement fair " +
      "scheduling, where thread always waits its turn”, says its comment.",
    read: [
      { file: "asyncio/locks.py", name: "Lock.acquire" },
      { file: "asyncio/locks.py", name: "Lock._wake_up_first" },
    ],
  },
  here: [
    { file: "src/sync/lock.ts", name: "Lock.tryAcquire" },
    { file: "src/sync/lock.ts", name: "Lock.wakeFirst" },
    { file: "src/sync/waiters.ts", name: "WaitQueue.allCancelled" },
  ],
};
