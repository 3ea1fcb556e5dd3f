// A task that waits for another is cancelled: the request goes through to the other.
import { createTask, getRunningLoop, isCancelled, sleep } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const say = (text: string): void => console.log(`${loop.time()} ms, iteration ${loop.iteration}: ${text}`);
  function* works() {
    try {
      yield* sleep(1000);
    } finally {
      say("inner cleans up");
      yield* sleep(10);
      say("inner has cleaned up");
    }
  }
  const inner = createTask(works(), { name: "inner" });
  const outer = createTask(
    (function* () {
      yield* inner;
    })(),
    { name: "outer" },
  );
  yield* sleep(5);
  say("main asks outer to stop");
  outer.cancel();
  try {
    yield* outer;
  } catch (error) {
    if (!isCancelled(error)) throw error;
    say(`outer is cancelled, and so is inner: ${inner.cancelled()}`);
  }
}
