// Covers: Queue (putNowait, get, taskDone, join), createTask, cancel, gather with exceptions returned.
// Scenario: ten items of work, three workers. Whoever is free takes the next item. When all are done the workers, who
// would wait for more for ever, are cancelled and awaited.
import { type Coroutine, Queue, createTask, gather, sleep } from "escapement";

const ITEMS = [450, 150, 350, 100, 350, 500, 500, 120, 400, 450];

function* worker(name: string, queue: Queue<number>): Coroutine<never> {
  while (true) {
    const milliseconds = yield* queue.get();
    yield* sleep(milliseconds);
    queue.taskDone();
    console.log(`${name} has worked for ${milliseconds} ms`);
  }
}

export default function* main(): Coroutine<void> {
  const queue = new Queue<number>();
  for (const item of ITEMS) queue.putNowait(item);
  const names = ["worker-1", "worker-2", "worker-3"];
  const workers = names.map((name) => createTask(worker(name, queue), { name }));

  yield* queue.join();
  console.log("all items are done");

  for (const task of workers) task.cancel();
  const results: unknown[] = yield* gather(workers, { returnExceptions: true });
  for (const [index, result] of results.entries()) {
    console.log(`${names[index]} ended with ${result instanceof Error ? result.name : String(result)}`);
  }
}
