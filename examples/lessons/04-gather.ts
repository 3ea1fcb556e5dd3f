// Covers: gather, and the order of its results.
// Scenario: two letters are sent for at once. The second arrives first.
import { type Coroutine, createTask, gather, sleep } from "escapement";

function* letter(from: string, delay: number): Coroutine<string> {
  yield* sleep(delay);
  console.log(`${from} has written`);
  return from;
}

export default function* main(): Coroutine<void> {
  const ann = createTask(letter("ann", 300), { name: "ann" });
  const bob = createTask(letter("bob", 100), { name: "bob" });
  const letters = yield* gather([ann, bob]);
  console.log(letters.join(", "));
}
