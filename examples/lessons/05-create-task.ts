// Covers: awaiting a coroutine, and making a task of it.
// Scenario: two eggs are boiled one after the other; then two at once.
import { type Coroutine, createTask, sleep } from "escapement";

function* boil(egg: string): Coroutine<void> {
  yield* sleep(100);
  console.log(`${egg} is done`);
}

export default function* main(): Coroutine<void> {
  yield* boil("first");
  yield* boil("second");
  const third = createTask(boil("third"), { name: "third" });
  const fourth = createTask(boil("fourth"), { name: "fourth" });
  yield* third;
  yield* fourth;
}
