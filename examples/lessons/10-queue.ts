// Covers: Queue with a bound, put, get, join.
// Scenario: a cook and a waiter, and between them a hatch for one plate.
import { type Coroutine, Queue, createTask, sleep } from "escapement";

function* cook(hatch: Queue<string>): Coroutine<void> {
  for (const dish of ["soup", "fish", "cake"]) {
    yield* hatch.put(dish);
    console.log(`${dish} is in the hatch`);
  }
}

function* serve(hatch: Queue<string>): Coroutine<void> {
  while (true) {
    const dish = yield* hatch.get();
    yield* sleep(100);
    console.log(`${dish} is served`);
    hatch.taskDone();
  }
}

export default function* main(): Coroutine<void> {
  const hatch = new Queue<string>(1);
  const cooking = createTask(cook(hatch), { name: "cook" });
  const waiter = createTask(serve(hatch), { name: "waiter" });
  yield* cooking;
  yield* hatch.join();
  waiter.cancel();
}
