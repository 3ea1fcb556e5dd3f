import type { Lesson } from "../lesson.ts";

/** Back-pressure. */
export const queue: Lesson = {
  name: "10-queue",
  title: "Queue and workers: back-pressure",
  opening:
    "A queue with a bound makes the fast wait for the slow: put waits while it is full, get while it is empty. join waits " +
    "until everything that was put has been taken and declared done.",
  stops: [
    {
      after: { kind: "step.ended", task: "cook" },
      scene: "The hatch holds one plate, and the soup is in it. cook stands there with the fish.",
      question: { ask: "who runs next" },
      because: "cook waits in put. waiter has been in the ready queue since it was made.",
    },
    {
      after: { kind: "step.ended", task: "waiter" },
      scene: "waiter has taken the soup, which made room and woke cook. It carries the soup for 100 ms.",
      question: { ask: "what is printed next" },
      because: "Taking the soup was enough: cook can put the fish in while the soup is on its way.",
    },
    {
      after: { kind: "task.done", task: "cook" },
      scene: "cook is done. main will wait for the queue to be worked off, and then cancel waiter.",
      question: { ask: "how does it end", task: "waiter" },
      because: "A worker that loops for ever is ended by cancelling it, while it waits in get and holds nothing.",
    },
  ],
  closing:
    "Without the bound cook would never wait, and the hatch would hold the whole menu: memory is what back-pressure saves.",
  cpython: {
    says:
      "The same: putters and getters wait in deques of futures, and each put or get wakes the next of the other side. (3.13 " +
      "brought shutdown(), the kinder way to end workers; it is here as well.)",
    read: [
      { file: "asyncio/queues.py", name: "Queue.put" },
      { file: "asyncio/queues.py", name: "Queue.get" },
      { file: "asyncio/queues.py", name: "Queue._wakeup_next" },
    ],
  },
  here: [
    { file: "src/sync/queue.ts", name: "Queue.put" },
    { file: "src/sync/queue.ts", name: "Get.finish" },
    { file: "src/sync/queue.ts", name: "wakeNext" },
  ],
};
