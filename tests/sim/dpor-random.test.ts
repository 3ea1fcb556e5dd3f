// dpor against exhaustive on random programs: whatever can come of one, both find.
import fc from "fast-check";
import {
  type Coroutine,
  Event,
  Lock,
  Queue,
  type Task,
  createTask,
  isCancelled,
  sleep,
  timeout,
  using,
  wait,
} from "escapement";
import { type Strategy, dpor, exhaustive, explore, state, until } from "escapement/sim";
import { describe, expect, it } from "vitest";

const MOST = 4000;

const operation = fc.oneof(
  fc.constant({ op: "yield" } as const),
  fc.record({ op: fc.constant("add" as const), key: fc.nat(1) }),
  fc.record({ op: fc.constant("copy" as const), from: fc.nat(1), to: fc.nat(1) }),
  fc.record({ op: fc.constant("sleep" as const), delay: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ op: fc.constant("cancel" as const), task: fc.nat(2) }),
  fc.constantFrom(...(["lock", "set", "wait", "put", "get", "positive", "limited"] as const)).map((op) => ({ op })),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
const programs = fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 });

/** What the tasks see and leave behind. */
function* scenario(tasks: readonly (readonly Operation[])[]): Coroutine<string> {
  const values = state([0, 1], "values");
  const notes: string[][] = tasks.map(() => []);
  const [lock, event, queue] = [new Lock(), new Event(), new Queue<number>(1)];
  const made: Task<void>[] = [];
  function* perform(what: Operation, note: (text: string) => void): Coroutine<void> {
    if (what.op === "yield") yield;
    else if (what.op === "add") {
      const before = values[what.key]!;
      yield;
      values[what.key] = before + 1;
    } else if (what.op === "copy") values[what.to] = values[what.from]! * 2;
    else if (what.op === "sleep") yield* sleep(what.delay);
    else if (what.op === "cancel") note(String(made[what.task]?.cancel()));
    else if (what.op === "lock") {
      yield* using(lock, function* () {
        note(`holds at ${values[0]}`);
        yield;
      });
    } else if (what.op === "set") event.set();
    else if (what.op === "wait") yield* event.wait();
    else if (what.op === "put") yield* queue.put(values[1]!);
    else if (what.op === "get") note(`got ${yield* queue.get()}`);
    else if (what.op === "positive") yield* until(() => values[0]! > 0);
    else {
      yield* using(timeout(1), function* () {
        yield* sleep(1);
      });
    }
  }
  function* worker(operations: readonly Operation[], note: (text: string) => void): Coroutine<void> {
    for (const what of operations) {
      try {
        yield* perform(what, note);
      } catch (error) {
        note((error as Error).name);
        if (isCancelled(error)) throw error;
      }
    }
    note(`sees ${values.join()}`);
  }
  for (const [i, operations] of tasks.entries())
    made.push(createTask(worker(operations, (text) => notes[i]!.push(text))));
  yield* wait(made);
  return JSON.stringify([notes, values]);
}

function endsOf(tasks: readonly (readonly Operation[])[], strategy: Strategy): Set<string> | null {
  const ends = new Set<string>();
  function* watched(): Coroutine<void> {
    let end = "deadlocked";
    try {
      end = yield* scenario(tasks);
    } catch (error) {
      if (!isCancelled(error)) throw error;
    } finally {
      ends.add(end);
    }
  }
  const { complete, failures } = explore(watched, { strategy, schedules: MOST, stopAfter: Infinity, shrink: false });
  for (const { found } of failures) if (found.status === "raised") throw found.error;
  return complete ? ends : null;
}

describe("dpor reaches every end that exhaustive reaches", () => {
  it("of random programs", () => {
    fc.assert(
      fc.property(programs, (tasks) => {
        const all = endsOf(tasks, exhaustive());
        fc.pre(all !== null);
        expect([...endsOf(tasks, dpor())!].toSorted()).toEqual([...all].toSorted());
      }),
      { numRuns: 50, maxSkipsPerRun: 1000 },
    );
  });
});
