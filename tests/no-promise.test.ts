import { createHook } from "node:async_hooks";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  type Coroutine,
  Event,
  Future,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
  TaskGroup,
  asCompleted,
  coroutine,
  createTask,
  eagerTaskFactory,
  fromCallback,
  gather,
  getRunningLoop,
  runSync,
  shield,
  sleep,
  timeout,
  using,
  wait,
  waitFor,
} from "../src/index.ts";
import { runProgram } from "./cpython/interpreter/drivers.ts";
import { parseVector } from "./cpython/interpreter/parse.ts";

/** How many native promises are made while `body` runs. */
function promisesMade(body: () => void): number {
  let made = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") made += 1;
    },
  }).enable();
  try {
    body();
  } finally {
    hook.disable();
  }
  return made;
}

function* later<T>(delay: number, value: T): Coroutine<T> {
  yield* sleep(delay);
  return value;
}

function* failing(): Coroutine<never> {
  yield* sleep(1);
  throw new Error("failed");
}

const programs: Record<string, () => Coroutine<unknown>> = {
  *"sleep and callLater"() {
    const future = new Future<string>();
    getRunningLoop().callLater(10, () => future.setResult("called"));
    yield* sleep(5);
    yield;
    return yield future;
  },
  *coroutine() {
    const depth = coroutine(function* depth(n: number): Coroutine<number> {
      return n === 0 ? yield* later(1, 0) : 1 + (yield* depth(n - 1));
    });
    return yield* depth(2000);
  },
  *"gather, wait, waitFor, asCompleted, shield"() {
    yield* gather([later(1, "a"), later(2, "b")]);
    yield* gather([failing(), later(2, "b")], { returnExceptions: true });
    yield* wait([createTask(later(1, "a")), createTask(later(2, "b"))], { returnWhen: "FIRST_COMPLETED" });
    yield* waitFor(shield(later(1, "a")), 5);
    for (const next of asCompleted([later(2, "a"), later(1, "b")])) yield* next;
  },
  *"timeout and TaskGroup"() {
    try {
      yield* using(timeout(5), () => later(10, "late"));
    } catch {
      yield* using(new TaskGroup(), function* (group) {
        group.createTask(later(1, "a"));
        group.createTask(later(2, "b"));
      });
    }
    try {
      yield* using(new TaskGroup(), function* (group) {
        group.createTask(failing());
        yield* sleep(5);
      });
    } catch {
      yield* sleep(1);
    }
  },
  *cancel() {
    const task = createTask(later(10, "never"));
    yield* sleep(1);
    task.cancel("enough");
    return yield* gather([task], { returnExceptions: true });
  },
  *fromCallback() {
    return yield* fromCallback<string>((done) => getRunningLoop().callSoon(done, null, "value"));
  },
  *"Lock, Semaphore, BoundedSemaphore"() {
    for (const gate of [new Lock(), new Semaphore(2), new BoundedSemaphore(2)]) {
      const pass = () => using(gate, () => later(1, "through"));
      yield* gather([pass(), pass(), pass()]);
    }
  },
  *Event() {
    const event = new Event();
    getRunningLoop().callLater(1, () => event.set());
    yield* gather([event.wait(), event.wait()]);
  },
  *Condition() {
    const condition = new Condition();
    let ready = false;
    const waiter = () => using(condition, () => condition.waitFor(() => ready));
    const notifier = () =>
      using(condition, function* () {
        ready = true;
        condition.notifyAll();
        yield;
      });
    yield* gather([waiter(), using(condition, () => condition.wait()), notifier()]);
  },
  *Barrier() {
    const barrier = new Barrier(3);
    yield* gather([barrier.wait(), barrier.wait(), barrier.wait()]);
    const broken = gather([barrier.wait(), barrier.wait()], { returnExceptions: true });
    yield* sleep(1);
    yield* barrier.abort();
    yield* broken;
    yield* barrier.reset();
  },
  *"Queue, PriorityQueue, LifoQueue"() {
    for (const queue of [new Queue<number>(1), new PriorityQueue<number>(1), new LifoQueue<number>(1)]) {
      const consumer = createTask(
        (function* () {
          for (;;) {
            yield* queue.get();
            yield* sleep(1);
            queue.taskDone();
          }
        })(),
      );
      for (let item = 0; item < 3; item += 1) yield* queue.put(item);
      yield* queue.join();
      queue.shutdown();
      yield* gather([consumer], { returnExceptions: true });
    }
  },
};

describe("runSync", () => {
  it.each(Object.entries(programs))("makes no native promise: %s", (_name, main) => {
    expect(promisesMade(() => void runSync(main))).toBe(0);
    expect(promisesMade(() => void runSync(main, { taskFactory: eagerTaskFactory }))).toBe(0);
    expect(promisesMade(() => void runSync(main, { debug: true }))).toBe(0);
  });

  it("makes none in the programs of CPython's traces", () => {
    const folder = new URL("cpython/vectors/", import.meta.url);
    const vectors = readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => parseVector(readFileSync(new URL(file, folder), "utf8"), file));
    expect(promisesMade(() => vectors.forEach((vector) => runProgram(vector.program)))).toBe(0);
  });
});

describe("the count of native promises", () => {
  it("counts those that are made, however they are", () => {
    const asynchronous = async (): Promise<string> => "page";
    expect([
      promisesMade(() => {}),
      promisesMade(() => void Promise.resolve()),
      promisesMade(() => void asynchronous()),
      promisesMade(() => void Promise.resolve().then(() => {})),
      promisesMade(() =>
        runSync(function* () {
          void Promise.resolve();
          yield* sleep(1);
          void asynchronous();
        }),
      ),
    ]).toEqual([0, 1, 1, 2, 2]);
  });
});
