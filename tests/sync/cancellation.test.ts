import { describe, expect, it } from "vitest";
import {
  type Awaitable,
  Barrier,
  BoundedSemaphore,
  Condition,
  type ContextManager,
  type Coroutine,
  Event,
  EventLoop,
  type Instrument,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  type Scheduler,
  Semaphore,
  Task,
  VirtualClock,
  sleep,
  using,
} from "../../src/index.ts";
import { type Dialect, alwaysTheLast, dialects } from "../behaviour/dialects.ts";

// Every program is run again and again: each of its tasks is cancelled just before each of its iterations, until the
// program ends earlier than that. So a cancellation arrives at every suspension point, before and after every wake-up.

const schedulers: readonly { readonly name: string; readonly scheduler?: Scheduler }[] = [
  { name: "first in, first out" },
  { name: "always the last", scheduler: alwaysTheLast },
];

/** One run of a program: fresh primitives, its tasks' functions, and the laws that hold however it was cancelled. */
interface Program {
  readonly tasks: Record<string, () => Coroutine<unknown>>;
  /** Why a task may still wait for ever: `pending` are those who do, `cancelled` is the one who was asked to stop. */
  mayWait(pending: readonly string[], cancelled: string): boolean;
  /** Nothing is lost, nobody is in line, once all tasks have ended: what is seen, and what should be. */
  atRest(): [seen: unknown, wanted: unknown];
  /** Uses the primitive to its full capacity, without ever having to wait. */
  use(): Coroutine<unknown>;
}

type MakeProgram = (dialect: Dialect) => Program;

class World {
  readonly clock = new VirtualClock();
  readonly waits = new Set<string>();
  readonly errors: string[] = [];
  readonly loop: EventLoop;

  constructor(scheduler: Scheduler | undefined) {
    const watch: Instrument = {
      taskSuspended: (_task, on) => {
        const { label } = (on ?? {}) as { label?: string };
        // Where the programs sleep is no matter of the primitive's.
        if (label !== undefined && label !== "sleep") this.waits.add(label);
      },
    };
    this.loop = new EventLoop({
      clock: this.clock,
      instruments: [watch],
      ...(scheduler === undefined ? {} : { scheduler }),
    });
    this.loop.setExceptionHandler((_loop, context) => {
      this.errors.push(`${context.message}: ${String(context.exception)}`);
    });
  }

  start(name: string, coro: Coroutine<unknown>): Task<unknown> {
    return new Task(coro, { loop: this.loop, name });
  }

  /** Until nothing can run any more. */
  run(beforeIteration: (iteration: number) => void = () => {}): void {
    const { loop, clock } = this;
    for (let iteration = 0; ; iteration += 1) {
      beforeIteration(iteration);
      const deadline = loop.nextDeadline();
      if (deadline === Infinity) return;
      if (deadline > clock.now()) clock.waitUntil(deadline);
      loop.runOnce();
      if (iteration > 1000) throw new Error("the program does not end");
    }
  }
}

/** One run, with task `victim` cancelled before iteration `at`. What is wrong afterwards; null when the run ended before `at`. */
function cancelOnce(
  make: () => Program,
  scheduler: Scheduler | undefined,
  victim: number,
  at: number,
  waits: Set<string>,
) {
  const world = new World(scheduler);
  const program = make();
  const tasks = Object.entries(program.tasks).map(([name, fn]) => world.start(name, fn()));
  const target = tasks[victim]!;
  let reached = false;
  world.run((iteration) => {
    if (iteration !== at || target.done()) return;
    reached = true;
    target.cancel();
  });
  for (const wait of world.waits) waits.add(wait);
  if (!reached) return null;

  const wrong: string[] = [];
  if (!target.cancelled()) wrong.push(`${String(target)} was cancelled, and is not`);
  const pending = tasks.filter((task) => !task.done());
  const names = pending.map((task) => task.name);
  if (pending.length > 0 && !program.mayWait(names, target.name)) wrong.push(`${names.join(", ")} wait for ever`);
  for (const task of pending) task.cancel();
  world.run();
  for (const task of tasks) {
    if (!task.done()) wrong.push(`${String(task)} cannot be cancelled`);
    else if (!task.cancelled() && task.exception() !== null) wrong.push(`${task.name}: ${String(task.exception())}`);
  }

  compare(wrong, program.atRest(), "at rest");
  const user = world.start("user", program.use());
  world.run();
  if (!user.done()) wrong.push("it cannot be used any more");
  else if (user.exception() !== null) wrong.push(`using it: ${String(user.exception())}`);
  compare(wrong, program.atRest(), "after use");
  world.loop.close();
  return [...wrong, ...world.errors];
}

function compare(wrong: string[], [seen, wanted]: [unknown, unknown], when: string): void {
  const [is, shouldBe] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (is !== shouldBe) wrong.push(`${when}: ${is}, not ${shouldBe}`);
}

/** All the runs: what was wrong with each, how many there were, and at which waits tasks were. */
function walk(make: () => Program, scheduler: Scheduler | undefined) {
  const wrong: string[] = [];
  const waits = new Set<string>();
  let runs = 0;
  Object.keys(make().tasks).forEach((name, victim) => {
    for (let at = 0; ; at += 1) {
      const found = cancelOnce(make, scheduler, victim, at, waits);
      if (found === null) return;
      runs += 1;
      wrong.push(...found.map((what) => `${name} cancelled before iteration ${at}: ${what}`));
    }
  });
  return { wrong, runs, waits };
}

const never = (): boolean => false;

function times(count: number, fn: () => Coroutine<unknown>): Record<string, () => Coroutine<unknown>> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`task ${i}`, fn]));
}

// ---- the programs

interface Gate extends ContextManager<void> {
  acquire(): Awaitable<true>;
  release(): void;
  locked(): boolean;
  toString(): string;
}

/** Tasks that pass through a lock or a semaphore, twice each, by acquire and release and by using. */
function gate(make: () => Gate, capacity: number, rest: string): MakeProgram {
  return ({ wait, co }) => {
    const primitive = make();
    let inside = 0;
    let most = 0;
    const stay = co(function* stay(): Coroutine<void> {
      inside += 1;
      most = Math.max(most, inside);
      try {
        yield* wait(sleep(1));
        yield;
      } finally {
        inside -= 1;
      }
    });
    const pass = co(function* pass(): Coroutine<void> {
      yield* wait(primitive.acquire());
      try {
        yield* wait(stay());
      } finally {
        primitive.release();
      }
      yield* wait(using(primitive, stay));
    });
    return {
      tasks: times(capacity + 3, pass),
      mayWait: never,
      atRest: () => [
        [String(primitive), inside, most <= capacity],
        [rest, 0, true],
      ],
      *use() {
        for (let i = 0; i < capacity; i += 1) {
          if (primitive.locked()) throw new Error(`only ${i} permits are left`);
          yield* wait(primitive.acquire());
        }
        if (!primitive.locked()) throw new Error("there are too many permits");
        for (let i = 0; i < capacity; i += 1) primitive.release();
      },
    };
  };
}

const eventWait: MakeProgram = ({ wait, co }) => {
  const event = new Event();
  const waiter = co(function* waiter(): Coroutine<void> {
    yield* wait(event.wait());
    yield* wait(sleep(1));
    yield* wait(event.wait());
  });
  const setter = co(function* setter(): Coroutine<void> {
    yield* wait(sleep(1));
    event.set();
    event.clear();
    yield* wait(sleep(5));
    event.set();
  });
  return {
    tasks: { ...times(3, waiter), setter },
    mayWait: (_pending, cancelled) => cancelled === "setter",
    atRest: () => [String(event), `<Event [${event.isSet() ? "set" : "unset"}]>`],
    *use() {
      event.set();
      yield* wait(event.wait());
    },
  };
};

function* useCondition(condition: Condition, wait: Dialect["wait"]): Coroutine<void> {
  if (condition.locked()) throw new Error("nobody is there, and the lock is held");
  yield* wait(
    using(condition, function* () {
      condition.notifyAll();
    }),
  );
}

const conditionWait: MakeProgram = ({ wait, co }) => {
  const condition = new Condition();
  const waiter = co(function* waiter(): Coroutine<void> {
    yield* wait(condition.acquire());
    try {
      yield* wait(condition.wait());
      if (!condition.locked()) throw new Error("it has waited, and has no lock");
      yield* wait(sleep(1));
    } finally {
      condition.release();
    }
  });
  const notifier = co(function* notifier(): Coroutine<void> {
    for (const n of [1, 2]) {
      yield* wait(sleep(1));
      yield* wait(
        using(condition, function* () {
          condition.notify(n);
          yield;
        }),
      );
    }
  });
  return {
    tasks: { ...times(3, waiter), notifier },
    mayWait: (_pending, cancelled) => cancelled === "notifier",
    atRest: () => [String(condition), "<Condition [unlocked]>"],
    use: () => useCondition(condition, wait),
  };
};

/** Less than they ask for: a notification must not be lost with the one who is cancelled. */
const conditionWaitFor: MakeProgram = ({ wait, co }) => {
  const condition = new Condition();
  let made = 0;
  let taken = 0;
  let stock = 0;
  const consumer = co(function* consumer(): Coroutine<void> {
    yield* wait(
      using(condition, function* () {
        yield* wait(condition.waitFor(() => stock > 0));
        stock -= 1;
        taken += 1;
      }),
    );
  });
  const producer = co(function* producer(): Coroutine<void> {
    for (let i = 0; i < 2; i += 1) {
      yield* wait(
        using(condition, function* () {
          stock += 1;
          made += 1;
          condition.notify();
          yield;
        }),
      );
      if (i === 0) yield* wait(sleep(1));
    }
  });
  return {
    tasks: { ...times(3, consumer), producer },
    mayWait: () => stock === 0,
    atRest: () => [
      [String(condition), stock],
      ["<Condition [unlocked]>", made - taken],
    ],
    use: () => useCondition(condition, wait),
  };
};

const barrierWait: MakeProgram = ({ wait, co }) => {
  const barrier = new Barrier(2);
  let passing = 0;
  const party = co(function* party(): Coroutine<void> {
    yield* wait(barrier.wait());
    passing += 1;
    yield* wait(sleep(1));
    yield* wait(barrier.wait());
    passing += 1;
  });
  return {
    tasks: times(4, party),
    mayWait: (pending) => pending.length === 1 && barrier.nWaiting === 1,
    atRest: () => [
      [String(barrier), passing <= 8],
      ["<Barrier [filling, waiters:0/2]>", true],
    ],
    *use() {
      // One comes, and is the first of two.
      const first = barrier.wait();
      const on = first.next();
      if (on.done === true || barrier.nWaiting !== 1) throw new Error("the barrier does not hold the first back");
      const second = yield* wait(barrier.wait());
      if (second !== 1) throw new Error(`the second is number ${second}`);
      const end = first.next();
      if (end.value !== 0) throw new Error("the first is not number 0");
    },
  };
};

/** Items through a queue of one place: nothing is lost, nothing comes twice. */
function queue(make: () => Queue<number>, name: string): MakeProgram {
  return ({ wait, co }) => {
    const items = make();
    const put: number[] = [];
    const got: number[] = [];
    const producerFrom = (first: number) =>
      co(function* producer(): Coroutine<void> {
        for (let item = first; item < first + 3; item += 1) {
          yield* wait(items.put(item));
          put.push(item);
        }
      });
    const consumer = co(function* consumer(): Coroutine<void> {
      for (let i = 0; i < 3; i += 1) {
        got.push(yield* wait(items.get()));
        items.taskDone();
        if (i === 1) yield* wait(sleep(1));
      }
    });
    const joiner = co(function* joiner(): Coroutine<void> {
      yield* wait(sleep(0.5));
      yield* wait(items.join());
    });
    const ascending = (a: number, b: number) => a - b;
    return {
      tasks: {
        "producer 0": producerFrom(0),
        "producer 10": producerFrom(10),
        "consumer 0": consumer,
        "consumer 1": consumer,
        joiner,
      },
      mayWait: (pending) =>
        pending.every((task) => {
          if (task.startsWith("producer")) return items.full();
          return task.startsWith("consumer") ? items.empty() : !items.empty();
        }),
      atRest: () => {
        const left: number[] = [];
        while (!items.empty()) {
          left.push(items.getNowait());
          items.taskDone();
        }
        got.push(...left);
        return [
          [String(items), [...got].toSorted(ascending)],
          [`<${name} maxsize=1>`, [...put].toSorted(ascending)],
        ];
      },
      *use() {
        yield* wait(items.put(100));
        put.push(100);
        if (!items.full()) throw new Error("it has more places than it had");
        got.push(yield* wait(items.get()));
        items.taskDone();
        yield* wait(items.join());
      },
    };
  };
}

const programs: readonly { name: string; make: MakeProgram; waits: readonly string[] }[] = [
  { name: "Lock", make: gate(() => new Lock(), 1, "<Lock [unlocked]>"), waits: ["Lock.acquire"] },
  {
    name: "Semaphore",
    make: gate(() => new Semaphore(2), 2, "<Semaphore [unlocked, value:2]>"),
    waits: ["Semaphore.acquire"],
  },
  {
    name: "Semaphore of one permit",
    make: gate(() => new Semaphore(), 1, "<Semaphore [unlocked, value:1]>"),
    waits: ["Semaphore.acquire"],
  },
  {
    name: "BoundedSemaphore",
    make: gate(() => new BoundedSemaphore(2), 2, "<BoundedSemaphore [unlocked, value:2]>"),
    waits: ["BoundedSemaphore.acquire"],
  },
  { name: "Event", make: eventWait, waits: ["Event.wait"] },
  { name: "Condition.wait", make: conditionWait, waits: ["Condition.wait", "Lock.acquire"] },
  { name: "Condition.waitFor", make: conditionWaitFor, waits: ["Condition.wait", "Lock.acquire"] },
  { name: "Barrier", make: barrierWait, waits: ["Condition.wait"] },
  ...[Queue, PriorityQueue, LifoQueue].map((Kind) => ({
    name: Kind.name,
    make: queue(() => new Kind<number>(1), Kind.name),
    waits: [`${Kind.name}.get`, `${Kind.name}.join`, `${Kind.name}.put`],
  })),
];

describe.each(programs)("cancelling at every suspension point of $name", ({ make, waits }) => {
  describe.each(dialects)("($name)", (dialect) => {
    it.each(schedulers)("loses nothing and leaves nobody in line ($name)", ({ scheduler }) => {
      const walked = walk(() => make(dialect), scheduler);
      expect(walked.wrong).toEqual([]);
      expect([...walked.waits].toSorted()).toEqual(waits);
      expect(walked.runs).toBeGreaterThan(10);
    });
  });
});

describe("the walk", () => {
  it("finds a lock that is not released when its holder is cancelled", () => {
    const lock = (): Program => {
      const leaky = new Lock();
      const hold = function* (): Coroutine<void> {
        yield* leaky.acquire();
        yield* sleep(1);
        leaky.release();
      };
      return {
        tasks: { hold },
        mayWait: never,
        atRest: () => [String(leaky), "<Lock [unlocked]>"],
        *use() {
          yield* leaky.acquire();
        },
      };
    };
    const { wrong } = walk(lock, undefined);
    expect(wrong.filter((what) => what.includes("before iteration 1"))).toEqual([
      'hold cancelled before iteration 1: at rest: "<Lock [locked]>", not "<Lock [unlocked]>"',
      "hold cancelled before iteration 1: it cannot be used any more",
      'hold cancelled before iteration 1: after use: "<Lock [locked, waiters:1]>", not "<Lock [unlocked]>"',
      "hold cancelled before iteration 1: Task was destroyed but it is pending!: undefined",
    ]);
  });
});
