import type { Lesson } from "../lesson.ts";

/** Results in the order of the arguments. */
export const gather: Lesson = {
  name: "04-gather",
  title: "Gather: several at once",
  opening:
    "gather waits for several tasks at once and gives their results. It is one future that counts: each task that ends tells " +
    "it so, and the last one completes it.",
  stops: [
    {
      after: { kind: "step.ended", task: "bob" },
      scene: "ann takes 300 ms, bob takes 100. Both are on their way, and main waits for the gather.",
      question: { ask: "what is printed next" },
      because:
        "Both sleep at the same time, and bob's sleep is shorter. In which order they were given does not matter here.",
    },
    {
      after: { kind: "mark", prints: "bob has written" },
      scene: "bob's result is there, and bob ends.",
      question: {
        ask: "when is the next line printed",
        others: [
          {
            label: "100 ms",
            because: "gather waits for all of them; nothing of main runs before ann is done as well.",
          },
          { label: "400 ms", because: "ann does not begin when bob ends: it sleeps since 0." },
        ],
      },
      because: "The next to print is ann, whose 300 ms count from 0.",
    },
    {
      after: { kind: "mark", prints: "ann has written" },
      scene: "Now ann is done as well. bob was done long before.",
      question: {
        ask: "what is printed next",
        others: [
          {
            label: "bob, ann",
            because: "That is the order in which they ended; gather has a place for each from the start.",
          },
        ],
      },
      because:
        "The results come in the order of the arguments, whoever was first. (asCompleted gives them as they come.)",
    },
  ],
  closing:
    "Between the last child's end and main's next line lie two turns of the loop: one for the count, one for main.",
  cpython: {
    says:
      "The same, turn for turn: a done callback per child counts, and the last one collects the results in the order of the " +
      "arguments.",
    read: [
      { file: "asyncio/tasks.py", name: "gather" },
      { file: "asyncio/tasks.py", name: "_GatheringFuture" },
    ],
  },
  here: [{ file: "src/task/gather.ts", name: "gatherFutures" }],
};
