// A body that is too slow for its timeout.
import { TimeoutError, getRunningLoop, sleep, timeout, using } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const say = (text: string): void => console.log(`${loop.time()} ms, iteration ${loop.iteration}: ${text}`);
  try {
    yield* using(timeout(10), function* () {
      try {
        yield* sleep(1000);
      } finally {
        say("the body is cancelled");
      }
    });
  } catch (error) {
    say(`and out comes a TimeoutError: ${error instanceof TimeoutError}`);
  }
}
