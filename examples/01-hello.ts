// Covers: a coroutine, yield* as await, sleep.
// Scenario: say hello, wait a second, say the rest.
import { type Coroutine, sleep } from "escapement";

export default function* main(): Coroutine<void> {
  console.log("Hello ...");
  yield* sleep(1000);
  console.log("... World!");
}
