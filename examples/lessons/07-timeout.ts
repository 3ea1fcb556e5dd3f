// Covers: timeout, and how a cancellation becomes a TimeoutError.
// Scenario: an answer that takes a minute is given a tenth of a second.
import { type Coroutine, sleep, timeout, using } from "escapement";

function* answer(): Coroutine<void> {
  try {
    yield* sleep(60_000);
    console.log("42");
  } catch (error) {
    console.log(`inside: ${(error as Error).name}`);
    throw error;
  }
}

export default function* main(): Coroutine<void> {
  try {
    yield* using(timeout(100), answer);
  } catch (error) {
    console.log(`outside: ${(error as Error).name}`);
  }
}
