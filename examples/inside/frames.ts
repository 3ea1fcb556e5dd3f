// A call chain, ten deep, that waits at its end.
import { type Coroutine, coroutine, createTask, sleep } from "escapement";

const dive = coroutine(function* dive(depth: number): Coroutine<number> {
  if (depth > 0) return 1 + (yield* dive(depth - 1));
  yield* sleep(1);
  yield* sleep(1);
  return 0;
});

export default function* main() {
  const task = createTask(dive(9), { name: "diver" });
  yield* sleep(1);
  console.log(
    task
      .getStack()
      .map(({ name }) => name)
      .join(" > "),
  );
  console.log(`depth ${1 + (yield* task)}`);
}
