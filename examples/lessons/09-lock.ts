// Covers: Lock, and its fairness.
// Scenario: one bathroom. Ann comes out, and wants to go straight in again; Bob is waiting.
import { type Coroutine, Lock, createTask, sleep, using } from "escapement";

function* visit(name: string, times: number, bathroom: Lock): Coroutine<void> {
  for (let time = 0; time < times; time += 1) {
    yield* using(bathroom, function* () {
      console.log(`${name} goes in`);
      yield* sleep(100);
    });
    console.log(`${name} is out`);
  }
}

export default function* main(): Coroutine<void> {
  const bathroom = new Lock();
  const ann = createTask(visit("ann", 2, bathroom), { name: "ann" });
  const bob = createTask(visit("bob", 1, bathroom), { name: "bob" });
  yield* ann;
  yield* bob;
}
