// Covers: cancel, CancelledError, finally.
// Scenario: a worker is asked to stop in the middle of its sleep.
import { type Coroutine, createTask, isCancelled, sleep } from "escapement";

function* work(): Coroutine<void> {
  try {
    console.log("working");
    yield* sleep(60_000);
    console.log("finished");
  } finally {
    console.log("tidied up");
  }
}

export default function* main(): Coroutine<void> {
  const worker = createTask(work(), { name: "worker" });
  yield* sleep(10);
  worker.cancel();
  console.log("asked it to stop");
  try {
    yield* worker;
  } catch (error) {
    if (!isCancelled(error)) throw error;
    console.log("it has stopped");
  }
}
