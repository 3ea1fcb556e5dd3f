// Covers: a task that never gives way, though it waits at every turn.
// Scenario: a full queue, a glutton, and a guest who would like to say a word.
import { type Coroutine, Queue, createTask } from "escapement";

function* eat(table: Queue<string>): Coroutine<void> {
  while (!table.empty()) {
    console.log(`eats ${yield* table.get()}`);
  }
}

function* speak(): Coroutine<void> {
  console.log("a word, please");
  yield;
  console.log("thank you");
}

export default function* main(): Coroutine<void> {
  const table = new Queue<string>();
  for (const dish of ["soup", "fish", "cake"]) table.putNowait(dish);
  const glutton = createTask(eat(table), { name: "glutton" });
  const guest = createTask(speak(), { name: "guest" });
  yield* glutton;
  yield* guest;
}
