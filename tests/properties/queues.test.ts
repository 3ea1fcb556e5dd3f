import fc from "fast-check";
import { type Coroutine, LifoQueue, PriorityQueue, Queue, QueueShutDown, sleep } from "escapement";
import { describe, expect, it } from "vitest";
import { type Play, play, schedules } from "./schedules.ts";

interface Item {
  readonly priority: number;
  readonly id: number;
}

type Step =
  | { readonly op: "put"; readonly priority: number }
  | { readonly op: "get" | "join" | "shutdown" | "drop" }
  | { readonly op: "pause"; readonly delay: number };

const aPut = fc.record({ op: fc.constant("put"), priority: fc.nat(3) });
const aGet = fc.record({ op: fc.constant("get") });
const aPause = fc.record({ op: fc.constant("pause"), delay: fc.nat(2) });
const anyOther = fc.record({ op: fc.constantFrom("join", "join", "shutdown", "drop") });
const stepsOf = (often: fc.Arbitrary<Step>, rarely: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 8, arbitrary: often },
      { weight: 3, arbitrary: aPause },
      { weight: 1, arbitrary: rarely },
      { weight: 1, arbitrary: anyOther },
    ),
    { minLength: 1, maxLength: 6 },
  );
const programs = fc.array(fc.oneof(stepsOf(aGet, aPut), stepsOf(aGet, aPut), stepsOf(aPut, aGet)), {
  minLength: 1,
  maxLength: 7,
});
const sizes = fc.nat(2);

/** The index of the item that is next. */
type Next = (items: readonly Item[]) => number;

/** A queue beside an array that does at once what it does: each `get` must give what the array gives. */
function watched(queue: Queue<Item>, next: Next, program: readonly (readonly Step[])[]): Play {
  const oracle: Item[] = [];
  const at = new Map<number, Step["op"]>();
  let [made, unfinished, timesFinished] = [0, 0, 0];
  let shutDown = false;

  const finish = (count: number): void => {
    unfinished -= count;
    if (count > 0 && unfinished === 0) timesFinished += 1;
  };
  function* put(priority: number): Coroutine<void> {
    const item = { priority, id: (made += 1) };
    yield* queue.put(item);
    expect(shutDown).toBe(false);
    oracle.push(item);
    unfinished += 1;
    expect(queue.maxsize === 0 || oracle.length <= queue.maxsize).toBe(true);
  }
  function* get(): Coroutine<void> {
    const item = yield* queue.get();
    expect(item).toBe(oracle.splice(next(oracle), 1)[0]);
    try {
      yield;
    } finally {
      queue.taskDone();
      finish(1);
    }
  }
  function* join(): Coroutine<void> {
    const [before, nothingToDo] = [timesFinished, unfinished === 0];
    yield* queue.join();
    expect(nothingToDo || timesFinished > before).toBe(true);
  }
  function end(drop: boolean): void {
    shutDown = true;
    if (drop) finish(oracle.splice(0).length);
    queue.shutdown(drop);
  }
  function* take(todo: Step): Coroutine<void> {
    if (todo.op === "put") yield* put(todo.priority);
    else if (todo.op === "pause") yield* sleep(todo.delay);
    else if (todo.op === "get") yield* get();
    else if (todo.op === "join") yield* join();
    else end(todo.op === "drop");
  }
  function* worker(id: number, steps: readonly Step[]): Coroutine<void> {
    for (const todo of steps) {
      at.set(id, todo.op);
      try {
        yield* take(todo);
      } catch (error) {
        if (!(error instanceof QueueShutDown)) throw error;
        expect(shutDown && (todo.op === "put" || oracle.length === 0)).toBe(true);
      }
    }
  }

  return {
    workers: program.map((steps, id) => () => worker(id, steps)),
    stalled(stuck) {
      for (const id of stuck) {
        const op = at.get(id);
        const mayWait =
          op === "put"
            ? queue.full() && !shutDown
            : op === "get"
              ? queue.empty() && !shutDown
              : op === "join" && unfinished > 0;
        expect([op, mayWait]).toEqual([op, true]);
      }
    },
    *atRest() {
      const left: Item[] = [];
      while (!queue.empty()) left.push(queue.getNowait());
      const wanted: Item[] = [];
      while (oracle.length > 0) wanted.push(...oracle.splice(next(oracle), 1));
      expect(left).toEqual(wanted);
      for (; unfinished > 0; unfinished -= 1) queue.taskDone();
      yield* queue.join();
      expect(() => queue.taskDone()).toThrow(/called more often/);
    },
  };
}

const kinds: readonly { name: string; make: (maxsize: number) => Queue<Item>; next: Next }[] = [
  { name: "Queue", make: (maxsize) => new Queue(maxsize), next: () => 0 },
  { name: "LifoQueue", make: (maxsize) => new LifoQueue(maxsize), next: (items) => items.length - 1 },
  {
    name: "PriorityQueue",
    make: (maxsize) => new PriorityQueue(maxsize, (a, b) => a.priority - b.priority),
    next: (items) => items.findIndex((item) => items.every(({ priority }) => item.priority <= priority)),
  },
];

describe.each(kinds)("$name", ({ make, next }) => {
  it("gives what an array would, loses nothing, and lets nobody wait without a reason, under every schedule", () => {
    fc.assert(
      fc.property(programs, sizes, schedules, (program, maxsize, schedule) => {
        play(schedule, () => watched(make(maxsize), next, program));
      }),
      { numRuns: 400 },
    );
  });
});
