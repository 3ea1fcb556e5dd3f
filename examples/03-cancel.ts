// Covers: createTask, Task.cancel, CancelledError, clean-up in finally.
// Scenario: a task means to sleep for an hour. After a second it is cancelled; it notices, cleans up, and passes the
// cancellation on to whoever awaits it.
import { type Coroutine, createTask, isCancelled, sleep } from "escapement";

function* sleeper(): Coroutine<void> {
  console.log("sleeper: before the hour");
  try {
    yield* sleep(3_600_000);
  } catch (error) {
    if (isCancelled(error)) console.log("sleeper: cancelled");
    throw error;
  } finally {
    console.log("sleeper: cleaned up");
  }
}

export default function* main(): Coroutine<void> {
  const task = createTask(sleeper());
  yield* sleep(1000);
  console.log("main: cancels the sleeper");
  task.cancel();
  try {
    yield* task;
  } catch (error) {
    if (!isCancelled(error)) throw error;
    console.log("main: the sleeper is cancelled now");
  }
}
