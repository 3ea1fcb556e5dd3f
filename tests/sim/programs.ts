// Programs that several tests simulate.
import { type Coroutine, TaskGroup, createTask, gather, using, wait } from "escapement";

/** Runs of `steps` steps each, all at once; `join` says how they are waited for. */
export function interleaving(tasks: number, steps: number, join: Join = joins.gather): () => Coroutine<string> {
  return function* main() {
    let trace = "";
    function* worker(name: string): Coroutine<void> {
      for (let step = 1; step < steps; step += 1) {
        trace += name;
        yield;
      }
      trace += name;
    }
    yield* join(Array.from({ length: tasks }, (_, i) => worker("abcdef"[i]!)));
    return trace;
  };
}

type Join = (workers: Coroutine<void>[]) => Coroutine<unknown>;

/** The ways to wait for several. */
export const joins = {
  *gather(workers) {
    yield* gather(workers);
  },
  *wait(workers) {
    yield* wait(workers.map((worker) => createTask(worker)));
  },
  group: (workers) =>
    using(new TaskGroup(), function* (group) {
      for (const worker of workers) group.createTask(worker);
    }),
} satisfies Record<string, Join>;

/** n! / (k! k! … k!): in how many ways `tasks` sequences of `steps` can be interleaved. */
export function interleavings(tasks: number, steps: number): number {
  let ways = 1;
  for (let total = 1, task = 0; task < tasks; task += 1) {
    for (let step = 1; step <= steps; step += 1, total += 1) ways = (ways * total) / step;
  }
  return Math.round(ways);
}

/** Loses an update in four of six schedules. */
export function* lostUpdate(): Coroutine<number> {
  let counter = 0;
  function* add(): Coroutine<void> {
    const before = counter;
    yield;
    counter = before + 1;
  }
  yield* gather([createTask(add(), { name: "a" }), createTask(add(), { name: "b" })]);
  if (counter !== 2) throw new Error(`counter is ${counter}`);
  return counter;
}
