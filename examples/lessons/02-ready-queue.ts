// Covers: createTask, the ready queue, a bare yield.
// Scenario: two children count to two, and give way to each other in between.
import { type Coroutine, createTask } from "escapement";

function* child(name: string): Coroutine<void> {
  for (const turn of [1, 2]) {
    console.log(`${name} ${turn}`);
    yield;
  }
}

export default function* main(): Coroutine<void> {
  const a = createTask(child("a"), { name: "a" });
  const b = createTask(child("b"), { name: "b" });
  console.log("both are made");
  yield* a;
  yield* b;
}
