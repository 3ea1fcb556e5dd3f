// Covers: a deadlock, and how it is found.
// Scenario: two diners and one pair of chopsticks. Each takes one, and waits for the other.
import { type Coroutine, Lock, createTask, sleep, using } from "escapement";

function* dine(name: string, first: Lock, second: Lock): Coroutine<void> {
  yield* using(first, function* () {
    console.log(`${name} has one`);
    yield* sleep(100);
    yield* using(second, function* () {
      console.log(`${name} eats`);
      yield;
    });
  });
}

export default function* main(): Coroutine<void> {
  const [left, right] = [new Lock(), new Lock()];
  const ann = createTask(dine("ann", left, right), { name: "ann" });
  const bob = createTask(dine("bob", right, left), { name: "bob" });
  yield* ann;
  yield* bob;
}
