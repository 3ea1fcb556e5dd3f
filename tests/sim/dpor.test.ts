// dpor against exhaustive: whatever can come of a program, both find. For each primitive of the library; bugs.test.ts has the
// programs of examples/bugs.
import { fileURLToPath } from "node:url";
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
  createTask,
  gather,
  shield,
  sleep,
  timeout,
  using,
  wait,
  waitFor,
} from "escapement";
import { type Program, type Strategy, dpor, exhaustive, explore, state, until } from "escapement/sim";
import { describe, expect, it } from "vitest";
import { conflict } from "../../src/sim/footprint.ts";
import type { Step, Tracer } from "../../src/sim/tracer.ts";
import { LONG, MOST, type Reached, reach } from "./reach.ts";

function compare(program: Program<unknown>): { all: Reached; reduced: Reached } {
  const all = reach(program, exhaustive());
  const reduced = reach(program, dpor());
  expect(reduced.ends).toEqual(all.ends);
  expect(reduced.schedules).toBeLessThanOrEqual(all.schedules);
  return { all, reduced };
}

/** Runs the workers at once; what each notes, in order, is the end. */
function noting(make: (note: (what: string) => void) => Coroutine<unknown>[]): Program<unknown> {
  return function* () {
    const notes: string[] = state([], "notes");
    const tasks = make((what) => void notes.push(what)).map((worker) => createTask(worker));
    yield* wait(tasks);
    return [...notes, ...tasks.map((task) => (task.cancelled() ? "cancelled" : String(task.exception())))];
  };
}

const PRIMITIVES: Record<string, Program<unknown>> = {
  Lock: noting((note) => {
    const lock = new Lock();
    return ["a", "b", "c"].map(function* (name) {
      yield* lock.acquire();
      note(name);
      yield;
      lock.release();
    });
  }),
  "Lock, and a cancelled waiter": noting((note) => {
    const lock = new Lock();
    const worker = function* (name: string): Coroutine<void> {
      yield* using(lock, function* () {
        note(name);
        yield;
      });
    };
    return [
      worker("a"),
      (function* () {
        const victim = createTask(worker("victim"));
        yield;
        victim.cancel();
        note(String(victim.done()));
        yield* wait([victim]);
        note(lock.locked() ? "locked" : "free");
      })(),
    ];
  }),
  Event: noting((note) => {
    const event = new Event();
    return [
      (function* () {
        yield* event.wait();
        note("woken");
      })(),
      (function* () {
        event.set();
        yield;
        event.clear();
        note("cleared");
      })(),
      (function* () {
        yield;
        note(String(event.isSet()));
      })(),
    ];
  }),
  Semaphore: noting((note) => {
    const semaphore = new Semaphore(2);
    return ["a", "b", "c"].map(function* (name) {
      yield* semaphore.acquire();
      note(name);
      yield;
      semaphore.release();
    });
  }),
  BoundedSemaphore: noting((note) => {
    const semaphore = new BoundedSemaphore(1);
    const once = function* (name: string): Coroutine<void> {
      yield* semaphore.acquire();
      yield;
      semaphore.release();
      note(name);
    };
    return [
      once("a"),
      once("b"),
      (function* () {
        yield;
        semaphore.release();
      })(),
    ];
  }),
  Condition: noting((note) => {
    const condition = new Condition();
    const shared = state({ full: 0 }, "shared");
    const taker = function* (name: string): Coroutine<void> {
      yield* using(condition, function* () {
        yield* condition.waitFor(() => shared.full > 0);
        shared.full -= 1;
        note(name);
      });
    };
    return [
      taker("a"),
      taker("b"),
      (function* () {
        yield* using(condition, function* () {
          shared.full += 1;
          condition.notify();
        });
        yield* using(condition, function* () {
          shared.full += 1;
          condition.notify();
        });
      })(),
    ];
  }),
  Barrier: noting((note) => {
    const barrier = new Barrier(2);
    return ["a", "b"].map(function* (name) {
      note(`${name}${yield* barrier.wait()}`);
    });
  }),
  Queue: noting((note) => {
    const queue = new Queue<string>(1);
    const put = function* (item: string): Coroutine<void> {
      yield* queue.put(item);
    };
    return [
      put("a"),
      put("b"),
      (function* () {
        note(yield* queue.get());
        note(yield* queue.get());
      })(),
    ];
  }),
  "Queue, joined and shut down": noting((note) => {
    const queue = new Queue<string>();
    queue.putNowait("item");
    return [
      (function* () {
        note(yield* queue.get());
        yield;
        queue.taskDone();
      })(),
      (function* () {
        yield* queue.join();
        note("joined");
      })(),
      (function* () {
        yield;
        queue.shutdown(true);
      })(),
    ];
  }),
  LifoQueue: noting((note) => {
    const queue = new LifoQueue<string>();
    return [
      ...["a", "b"].map(function* (item) {
        yield* queue.put(item);
      }),
      (function* () {
        note(yield* queue.get());
        note(yield* queue.get());
      })(),
    ];
  }),
  PriorityQueue: noting((note) => {
    const queue = new PriorityQueue<number>();
    return [
      ...[2, 1].map(function* (item) {
        yield* queue.put(item);
      }),
      (function* () {
        note(String(yield* queue.get()));
        note(String(yield* queue.get()));
      })(),
    ];
  }),
  Future: noting((note) => {
    const future = new Future<string>();
    return [
      (function* () {
        note(yield* future);
      })(),
      (function* () {
        yield;
        if (!future.done()) future.setResult("first");
      })(),
      (function* () {
        yield;
        if (!future.done()) future.setResult("second");
      })(),
      (function* () {
        yield;
        future.cancel();
      })(),
    ];
  }),
  Task: noting((note) => {
    const worker = createTask(
      (function* () {
        note("begins");
        yield;
        note("ends");
        return "result";
      })(),
    );
    return [
      (function* () {
        note(yield* worker);
      })(),
      (function* () {
        yield;
        note(String(worker.cancel()));
      })(),
    ];
  }),
  TaskGroup: noting((note) => [
    (function* () {
      try {
        yield* using(new TaskGroup(), function* (group) {
          group.createTask(
            (function* () {
              yield;
              throw new Error("one fails");
            })(),
          );
          group.createTask(
            (function* () {
              note("two begins");
              yield;
              note("two ends");
            })(),
          );
        });
      } catch (error) {
        note((error as Error).name);
      }
    })(),
  ]),
  gather: noting((note) => {
    const failing = function* (name: string): Coroutine<void> {
      yield;
      throw new Error(name);
    };
    return [
      (function* () {
        try {
          yield* gather([failing("a"), failing("b")]);
        } catch (error) {
          note((error as Error).message);
        }
      })(),
    ];
  }),
  wait: noting((note) => {
    const one = createTask(state({ *run(): Coroutine<void> {} }).run(), { name: "one" });
    const two = createTask(state({ *run(): Coroutine<void> {} }).run(), { name: "two" });
    return [
      (function* () {
        const { done } = yield* wait([one, two], { returnWhen: "FIRST_COMPLETED" });
        note([...done].map(({ name }) => name).join());
      })(),
    ];
  }),
  asCompleted: noting((note) => {
    const child = function* (name: string): Coroutine<string> {
      yield;
      return name;
    };
    return [
      (function* () {
        for (const next of asCompleted([child("a"), child("b")])) note(yield* next);
      })(),
    ];
  }),
  shield: noting((note) => {
    const inner = createTask(
      (function* () {
        yield;
        note("inner ends");
      })(),
    );
    const outer = createTask(
      (function* () {
        yield* shield(inner);
        note("outer ends");
      })(),
    );
    return [
      (function* () {
        yield;
        outer.cancel();
        yield* wait([inner, outer]);
      })(),
    ];
  }),
  "timeout and sleep": noting((note) => [
    (function* () {
      try {
        yield* using(timeout(2), function* () {
          yield* sleep(2);
          note("slept");
        });
      } catch (error) {
        note((error as Error).name);
      }
    })(),
    (function* () {
      yield* sleep(2);
      note("beside");
    })(),
  ]),
  waitFor: noting((note) => {
    const event = new Event();
    return [
      (function* () {
        try {
          note(String(yield* waitFor(event.wait(), 1)));
        } catch (error) {
          note((error as Error).name);
        }
      })(),
      (function* () {
        yield* sleep(1);
        event.set();
      })(),
    ];
  }),
  until: noting((note) => {
    const shared = state({ open: false, visits: 0 }, "door");
    return [
      (function* () {
        yield* until(() => shared.open);
        shared.visits += 1;
        note("a");
      })(),
      (function* () {
        yield* until(() => shared.open && shared.visits === 0);
        note("b");
      })(),
      (function* () {
        yield;
        shared.open = true;
        yield;
        shared.open = false;
      })(),
    ];
  }),
  "tracked collections": noting((note) => {
    const map = state(new Map<string, number>(), "map");
    const set = state(new Set<string>(), "set");
    const list = state([{ value: 0 }], "list");
    return [
      (function* () {
        map.set("a", list[0]!.value);
        yield;
        set.add("a");
      })(),
      (function* () {
        for (const item of list) item.value += 1;
        yield;
        note([...map.values(), ...set].join());
      })(),
    ];
  }),
  "tracked setters, and elements that are deleted": noting((note) => {
    class Door {
      open = 0;
      get isOpen(): boolean {
        return this.open === 1;
      }
      set isOpen(value: boolean) {
        this.open = value ? 1 : 0;
      }
    }
    const door = state(new Door(), "door");
    const list: (string | undefined)[] = state(["x"], "list");
    return [
      (function* () {
        note(String(door.open));
        yield;
        note(String(list.includes("x")));
      })(),
      (function* () {
        door.isOpen = true;
        yield;
        Reflect.deleteProperty(list, 0);
      })(),
    ];
  }),
  *"what a program draws"(world) {
    const shared = state({ value: 0 }, "shared");
    function* worker(): Coroutine<void> {
      const drawn = world.random.integer(0, 2);
      yield;
      shared.value = shared.value * 3 + drawn;
    }
    yield* gather([worker(), worker()]);
    return shared.value;
  },
  *"tasks that main does not wait for"() {
    const shared = state({ value: 0 }, "shared");
    createTask(
      (function* () {
        shared.value = 1;
        yield;
        shared.value = 2;
      })(),
    );
    yield;
    const first = shared.value;
    yield;
    return [first, shared.value];
  },
};

describe("dpor reaches every end that exhaustive reaches", () => {
  it.each(Object.entries(PRIMITIVES))("with %s", (_name, program) => {
    compare(program);
  });
});

/** The orders of dependent steps that a strategy has run, each as often as it was run. */
function ordersOf(program: Program<unknown>, strategy: Strategy): string[] {
  let tracer: Tracer | null = null;
  const orders: string[] = [];
  const watching: Strategy = {
    name: strategy.name,
    begin: (run, seed) => strategy.begin(run, seed),
    attach(given) {
      tracer = given;
      strategy.attach?.(given);
    },
    learn(machine) {
      const { kinds, picks, choices } = machine.record;
      const draws = picks.slice(0, choices).filter((_, i) => kinds[i] !== "task");
      if (!machine.abandoned) orders.push(`${draws.join()}: ${dependencesOf(tracer!.steps)}`);
      strategy.learn?.(machine);
    },
    get complete() {
      return strategy.complete === true;
    },
  };
  const { complete } = explore(program, { strategy: watching, schedules: MOST, stopAfter: Infinity, shrink: false });
  expect(complete).toBe(true);
  return orders;
}

function dependencesOf(steps: readonly Step[]): string {
  const ofTasks = steps.filter(({ identity }) => identity >= 0);
  const pairs = ofTasks.flatMap((later, j) =>
    ofTasks
      .slice(0, j)
      .filter((sooner) => sooner.thread !== later.thread && conflict(sooner.touched, later.touched))
      .map((sooner) => `${sooner.task} ${sooner.number} before ${later.task} ${later.number}`),
  );
  return pairs.toSorted((a, b) => a.localeCompare(b)).join(", ");
}

describe("dpor runs each order of dependent steps, and each once", () => {
  it.each(["04-missed-wakeup", "05-cancelled-waiter", "07-queue-join-race", "09-aba", "11-stale-cache-fill"])(
    "of examples/bugs/%s",
    async (name) => {
      const { default: program } = (await import(
        /* @vite-ignore */ fileURLToPath(new URL(`../../examples/bugs/${name}.ts`, import.meta.url))
      )) as { default: Program<unknown> };
      const all = new Set(ordersOf(program, exhaustive()));
      const reduced = ordersOf(program, dpor());
      expect(new Set(reduced)).toEqual(all);
      expect(reduced).toHaveLength(all.size);
    },
    LONG,
  );
});

describe("dpor", () => {
  it("runs one schedule where nothing is shared", () => {
    function* apart(): Coroutine<void> {
      const shared = state({ a: 0, b: 0, c: 0 }, "shared");
      function* own(name: "a" | "b" | "c"): Coroutine<void> {
        for (let i = 0; i < 3; i += 1) {
          shared[name] += 1;
          yield;
        }
      }
      yield* gather([own("a"), own("b"), own("c")]);
    }
    const { all, reduced } = compare(apart);
    expect([all.schedules, reduced.schedules]).toEqual([34_650, 1]);
  });

  it("runs every schedule of a program whose state it cannot see", () => {
    let trace = "";
    function* blind(): Coroutine<string> {
      trace = "";
      const worker = function* (name: string): Coroutine<void> {
        trace += name;
        yield;
        trace += name;
      };
      yield* gather([worker("a"), worker("b"), worker("c")]);
      return trace;
    }
    const { all, reduced } = compare(blind);
    expect([all.schedules, reduced.schedules, all.ends.length]).toEqual([90, 90, 90]);
  });

  it("leaves the library's classes as they were", () => {
    const before = [Lock, Queue, Future, TaskGroup].map(({ prototype }) => Object.getOwnPropertyDescriptors(prototype));
    explore(PRIMITIVES["Lock"]!, { strategy: dpor() });
    const after = [Lock, Queue, Future, TaskGroup].map(({ prototype }) => Object.getOwnPropertyDescriptors(prototype));
    for (const [i, descriptors] of after.entries()) {
      for (const [name, { value }] of Object.entries(descriptors)) expect(value === before[i]![name]!.value).toBe(true);
    }
  });
});
