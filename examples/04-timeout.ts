// Covers: timeout with using, waitFor, TimeoutError.
// Scenario: three answers are awaited with a limit of one second. The first comes in time; the second and the third do
// not, one awaited in a block, one by waitFor.
import { type Coroutine, TimeoutError, sleep, timeout, using, waitFor } from "escapement";

function* answer(name: string, delay: number): Coroutine<string> {
  try {
    return yield* sleep(delay, `${name}: here I am`);
  } finally {
    console.log(`${name}: over`);
  }
}

function* inABlock(name: string, delay: number): Coroutine<void> {
  try {
    yield* using(timeout(1000), function* () {
      console.log(yield* answer(name, delay));
    });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log(`${name}: timed out`);
  }
}

export default function* main(): Coroutine<void> {
  yield* inABlock("quick", 500);
  yield* inABlock("slow", 3_600_000);
  try {
    console.log(yield* waitFor(answer("eternal", 3_600_000), 1000));
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log("eternal: timed out");
  }
}
