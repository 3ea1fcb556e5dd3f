import fc from "fast-check";
import {
  type Coroutine,
  EventLoop,
  Lock,
  Queue,
  type Scheduler,
  Semaphore,
  type Task,
  VirtualClock,
  createTask,
  gather,
  getRunningLoop,
  runSync,
  sleep,
} from "escapement";
import { describe, expect, it } from "vitest";
import { alwaysTheLast, randomly } from "../behaviour/dialects.ts";

// When a law fails, fast-check prints the seed and the smallest program that breaks it.

const schedulers: fc.Arbitrary<Scheduler | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constant(alwaysTheLast),
  fc.nat().map(randomly),
);
const scheduled = (scheduler: Scheduler | undefined): { scheduler?: Scheduler } =>
  scheduler === undefined ? {} : { scheduler };

interface Call {
  how: "callSoon" | "callLater" | "callSoonThreadsafe";
  delay: number;
  cancels: number | null;
  inner: Call[];
}
const { calls } = fc.letrec<{ calls: Call[]; call: Call }>((tie) => ({
  calls: fc.array(tie("call"), { maxLength: 5 }),
  call: fc.record({
    how: fc.constantFrom("callSoon", "callLater", "callSoonThreadsafe"),
    delay: fc.integer({ min: -5, max: 30 }),
    cancels: fc.option(fc.nat(20)),
    inner: fc.oneof({ depthSize: "small" }, fc.constant<Call[]>([]), tie("calls")),
  }),
}));

describe("EventLoop", () => {
  it("runs each callback once, or never if it was cancelled first, and none before its time", () => {
    fc.assert(
      fc.property(calls, schedulers, (program, scheduler) => {
        const loop = new EventLoop({ clock: new VirtualClock(), ...scheduled(scheduler) });
        const runs: number[] = [];
        const handles: { cancel(): void }[] = [];
        const cancelledFirst = new Set<number>();
        let time = loop.time();
        const schedule = (call: Call): void => {
          const id = runs.push(0) - 1;
          const due = call.how === "callLater" ? loop.time() + call.delay : loop.time();
          const callback = (): void => {
            runs[id]! += 1;
            expect(loop.time()).toBeGreaterThanOrEqual(time);
            expect(loop.time()).toBeGreaterThanOrEqual(due);
            time = loop.time();
            if (call.cancels !== null && call.cancels < handles.length) {
              handles[call.cancels]!.cancel();
              if (runs[call.cancels] === 0) cancelledFirst.add(call.cancels);
            }
            call.inner.forEach(schedule);
          };
          handles.push(call.how === "callLater" ? loop.callLater(call.delay, callback) : loop[call.how](callback));
        };
        const failures: unknown[] = [];
        loop.setExceptionHandler((_, context) => failures.push(context.exception));
        program.forEach(schedule);
        expect(() => loop.runForever()).toThrow(/nothing is ready and nothing is scheduled/);
        expect(failures).toEqual([]);
        expect(runs).toEqual(runs.map((_, id) => (cancelledFirst.has(id) ? 0 : 1)));
      }),
    );
  });
});

type Step =
  | { op: "pause" | "lock" | "semaphore"; delay: number }
  | { op: "put" | "get" }
  | { op: "cancel"; which: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ op: fc.constantFrom("pause", "lock", "semaphore"), delay: fc.nat(3) }),
  fc.record({ op: fc.constantFrom("put", "get") }),
  fc.record({ op: fc.constant("cancel"), which: fc.nat(5) }),
);
const programs = fc.array(fc.array(step, { maxLength: 8 }), { minLength: 1, maxLength: 6 });

/** What was held, put and got while the workers ran; the primitives as they were left. */
function execute(workers: Step[][], scheduler: Scheduler | undefined) {
  const put: number[] = [];
  const got: number[] = [];
  const most = { lock: 0, semaphore: 0 };
  const held = { lock: 0, semaphore: 0 };
  const times: number[] = [];
  const left = runSync(function* () {
    const lock = new Lock();
    const semaphore = new Semaphore(2);
    const queue = new Queue<number>(2);
    let made = 0;
    const tasks: Task<void>[] = [];
    function* hold(what: "lock" | "semaphore", delay: number): Coroutine<void> {
      const primitive = what === "lock" ? lock : semaphore;
      yield* primitive.acquire();
      held[what] += 1;
      most[what] = Math.max(most[what], held[what]);
      try {
        yield* sleep(delay);
      } finally {
        held[what] -= 1;
        primitive.release();
      }
    }
    function* worker(steps: Step[]): Coroutine<void> {
      for (const todo of steps) {
        times.push(getRunningLoop().time());
        if (todo.op === "pause") yield* sleep(todo.delay);
        else if (todo.op === "lock" || todo.op === "semaphore") yield* hold(todo.op, todo.delay);
        else if (todo.op === "cancel") tasks[todo.which]?.cancel();
        else if (todo.op === "get") got.push(yield* queue.get());
        else {
          const item = (made += 1);
          yield* queue.put(item);
          put.push(item);
        }
      }
    }
    for (const steps of workers) tasks.push(createTask(worker(steps)));
    yield* sleep(1000);
    for (const task of tasks) task.cancel();
    yield* gather(tasks, { returnExceptions: true });
    const items: number[] = [];
    while (!queue.empty()) items.push(queue.getNowait());
    const again = [yield* lock.acquire(), yield* semaphore.acquire(), yield* semaphore.acquire()];
    return { items, again, locked: [lock.locked(), semaphore.locked()] };
  }, scheduled(scheduler));
  return { put, got, most, held, times, left };
}

describe("Lock, Semaphore and Queue", () => {
  it("keep their promises under every schedule and every cancellation", () => {
    fc.assert(
      fc.property(programs, schedulers, (workers, scheduler) => {
        const { put, got, most, held, times, left } = execute(workers, scheduler);
        expect(most.lock).toBeLessThanOrEqual(1);
        expect(most.semaphore).toBeLessThanOrEqual(2);
        expect(held).toEqual({ lock: 0, semaphore: 0 });
        const inOrder = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b);
        expect(inOrder([...got, ...left.items])).toEqual(inOrder(put));
        expect(left).toMatchObject({ again: [true, true, true], locked: [true, true] });
        expect(times).toEqual(inOrder(times));
      }),
      { numRuns: 400 },
    );
  });

  it("give the same trace again when the scheduler makes the same choices", () => {
    fc.assert(
      fc.property(programs, fc.nat(), (workers, seed) => {
        expect(execute(workers, randomly(seed))).toEqual(execute(workers, randomly(seed)));
      }),
    );
  });
});
