import type { Lesson } from "../lesson.ts";

/** Timers, by deadline. */
export const sleep: Lesson = {
  name: "03-sleep",
  title: "Sleep: the timers",
  opening:
    "Who sleeps is in no queue: a timer will bring it back. The timers lie in a heap, the earliest on top, so that the loop " +
    "sees at a glance how long it may wait.",
  stops: [
    {
      after: { kind: "step.ended", task: "twin" },
      scene: "All three sleep: long until 300, short and twin until 100. main waits for short.",
      question: { ask: "who runs next" },
      because: "The ready queue is empty. The loop looks at the earliest timer, and waits for it.",
    },
    {
      after: { kind: "time.passed" },
      scene: "The clock says 100. Two timers are due, both for this very moment.",
      question: { ask: "what is printed next" },
      because: "Of equal deadlines the one that was set first comes first.",
    },
    {
      after: { kind: "mark", prints: "twin is up" },
      scene: "The clock still says 100. long has been asleep since 0.",
      question: {
        ask: "when is the next line printed",
        others: [
          { label: "400 ms", because: "So it would be if long had begun to sleep only now; it began at 0." },
          { label: "200 ms", because: "A sleep of 300 ms that began at 0 is not over at 200." },
        ],
      },
      because: "Sleeps do not add up: each counts from its own beginning, and all of them run out at the same time.",
    },
  ],
  closing: "Three sleeps of 300, 100 and 100 ms took 300 ms, the longest of them: that is what concurrency buys.",
  cpython: {
    says:
      "call_at pushes onto heapq; _run_once pops what is due. One difference: heapq compares deadlines alone, so equal ones " +
      "come in no promised order there; here they come in the order in which they were set.",
    read: [
      { file: "asyncio/base_events.py", name: "BaseEventLoop.call_at" },
      { file: "asyncio/events.py", name: "TimerHandle.__lt__" },
      { file: "asyncio/base_events.py", name: "BaseEventLoop._run_once" },
    ],
  },
  here: [
    { file: "src/loop/timer-heap.ts", name: "TimerHeap.shiftDue" },
    { file: "src/loop/event-loop.ts", name: "EventLoop.callAt" },
    { file: "src/loop/clock.ts", name: "VirtualClock.waitUntil" },
  ],
};
