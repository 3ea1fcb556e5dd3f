// Covers: a coroutine, what starts it, sleep.
// Scenario: tea is ordered, made in a second, and served.
import { type Coroutine, sleep } from "escapement";

function* tea(): Coroutine<string> {
  console.log("the kettle is on");
  yield* sleep(1000);
  return "tea";
}

export default function* main(): Coroutine<void> {
  const order = tea();
  console.log("hello");
  console.log(yield* order);
}
