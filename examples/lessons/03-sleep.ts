// Covers: timers, the heap that orders them, equal deadlines.
// Scenario: three sleepers; the first to lie down is the last to rise.
import { type Coroutine, createTask, sleep } from "escapement";

function* sleeper(name: string, delay: number): Coroutine<void> {
  yield* sleep(delay);
  console.log(`${name} is up`);
}

export default function* main(): Coroutine<void> {
  const long = createTask(sleeper("long", 300), { name: "long" });
  const short = createTask(sleeper("short", 100), { name: "short" });
  const twin = createTask(sleeper("twin", 100), { name: "twin" });
  for (const task of [short, twin, long]) yield* task;
}
