// Covers: gather, coroutines that run side by side.
// Scenario: three factorials, a second for each multiplication. Six seconds of work are done in three, and the results
// come in the order of the arguments.
import { type Coroutine, gather, sleep } from "escapement";

function* factorial(name: string, number: number): Coroutine<number> {
  let product = 1;
  for (let factor = 2; factor <= number; factor += 1) {
    console.log(`Task ${name}: factorial(${number}), now times ${factor}`);
    yield* sleep(1000);
    product *= factor;
  }
  console.log(`Task ${name}: factorial(${number}) = ${product}`);
  return product;
}

export default function* main(): Coroutine<void> {
  const [a, b, c] = yield* gather([factorial("A", 2), factorial("B", 3), factorial("C", 4)]);
  console.log(`Results: ${a}, ${b}, ${c}`);
}
