// Small programs in virtual time, and what was told of them.
import { type Coroutine, Lock, type Main, createTask, gather, sleep, using } from "escapement";
import { type Trace, narrate, record } from "escapement/inspect";

/** A task that sleeps. */
export function* sleeper(delay: number): Coroutine<number> {
  yield* sleep(delay);
  return delay;
}

/** Two tasks that pass the loop to each other, and end. */
export function* twoTasks(): Coroutine<string> {
  const child = createTask(passing(), { name: "child" });
  yield;
  yield* child;
  return "both";
}

function* passing(): Coroutine<void> {
  yield;
}

/** A gather of two sleepers, a lock that one waits for, a cancellation. */
export function* busy(): Coroutine<void> {
  const lock = new Lock();
  function* locker(): Coroutine<void> {
    yield* using(lock, function* () {
      yield* sleep(1);
    });
  }
  yield* gather([locker(), locker(), sleeper(3)]);
  const slow = createTask(sleeper(1000), { name: "slow" });
  yield;
  slow.cancel();
  try {
    yield* slow;
  } catch {
    return;
  }
}

/** Its trace, without the lines of this file. */
export function traceOf(main: Main<unknown>): Trace {
  return record(main, { lines: false }).trace;
}

/** The whole story. */
export function storyOf(trace: Trace): string[] {
  return trace.events.map((_, index) => narrate(trace, index));
}

/** One sentence of it. */
export function narrated(trace: Trace, index: number): string {
  return narrate(trace, index);
}

/** The number of the first event for which it holds. */
export function find(trace: Trace, matches: (event: Trace["events"][number]) => boolean): number {
  const index = trace.events.findIndex(matches);
  if (index < 0) throw new Error("the trace has no such event");
  return index;
}
