// Covers: a cancellation that arrives when the result is there already.
// Scenario: the answer comes, and is on its way to the one who asked. Then somebody loses patience.
import { type Coroutine, Future, createTask, wait } from "escapement";

function* ask(answer: Future<number>): Coroutine<void> {
  try {
    console.log(`the answer is ${yield* answer}`);
  } finally {
    console.log("no more questions");
  }
}

export default function* main(): Coroutine<void> {
  const answer = new Future<number>();
  const asker = createTask(ask(answer), { name: "asker" });
  yield;
  answer.setResult(42);
  asker.cancel();
  yield* wait([asker]);
  console.log(asker.cancelled() ? "it never heard it" : "it heard it");
}
