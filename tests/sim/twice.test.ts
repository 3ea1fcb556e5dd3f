import { readFileSync } from "node:fs";
import { type Coroutine, Event, Queue, createTask, gather, sleep, waitFor } from "escapement";
import {
  EscapeError,
  type ExploreOptions,
  type Program,
  SimulationError,
  type Strategy,
  buggify,
  check,
  dpor,
  exhaustive,
  explore,
  pct,
  portfolio,
  pos,
  random,
  replay,
  simulate,
  state,
  uniform,
} from "escapement/sim";
import { describe, expect, it } from "vitest";
import { taken } from "./leaks.ts";
import { interleaving, lostUpdate } from "./programs.ts";

/** A program that is not the same twice, as it might be written. */
interface Planted {
  readonly name: string;
  readonly body: () => Coroutine<unknown>;
  /** What the line contains that the error names. */
  readonly line: string;
}

// State that outlives a run.
let ids = 0;
const sockets: string[] = [];

const planted: readonly Planted[] = [
  {
    name: "a clock of nanoseconds, taken before",
    *body() {
      yield* sleep(Number(taken.hrtime() % 1_000_003n));
    },
    line: "taken.hrtime()",
  },
  {
    name: "Date.now, taken before",
    *body() {
      yield* sleep(taken.now() % 1_000_003);
    },
    line: "taken.now()",
  },
  {
    name: "Date itself, taken before",
    *body() {
      yield* sleep(new taken.Date().getTime() % 1_000_003);
    },
    line: "new taken.Date()",
  },
  {
    name: "a class made of Date before",
    *body() {
      const stamp = new taken.Stamp();
      yield* sleep(stamp.getTime() % 1_000_003); // stamped
    },
    line: "// stamped",
  },
  {
    name: "performance.now, taken before",
    *body() {
      const deadline = taken.performanceNow() + 7;
      try {
        yield* waitFor(new Event().wait(), deadline % 7); // timed
      } catch {}
    },
    line: "// timed",
  },
  {
    name: "Math.random, taken before",
    *body() {
      yield* sleep(1);
      yield* sleep(100 * taken.random()); // jitter
    },
    line: "// jitter",
  },
  {
    name: "crypto, taken before",
    *body() {
      const id = taken.randomUUID();
      if (id < "8") yield* sleep(3); // low
      yield* sleep(4); // both
    },
    line: "yield* sleep(",
  },
  {
    name: "a counter that outlives the run",
    *body() {
      ids += 1;
      yield* sleep(ids); // numbered
    },
    line: "// numbered",
  },
  {
    name: "a list that outlives the run",
    *body() {
      sockets.push("socket");
      const queue = new Queue<string>();
      for (const socket of sockets) yield* queue.put(socket);
      yield* sleep(queue.qsize()); // listed
    },
    line: "// listed",
  },
  {
    name: "the heap's size",
    *body() {
      yield* sleep(process.memoryUsage().heapUsed % 1_000_003); // measured
    },
    line: "// measured",
  },
];

/** Beside other tasks, which are not to blame. */
function among(body: () => Coroutine<unknown>): () => Coroutine<void> {
  return function* main() {
    function* innocent(): Coroutine<void> {
      for (let i = 0; i < 3; i += 1) yield* sleep(1);
    }
    yield* gather([
      createTask(innocent(), { name: "innocent" }),
      createTask(body(), { name: "culprit" }),
      createTask(innocent(), { name: "bystander" }),
    ]);
  };
}

const source = readFileSync(new URL(import.meta.url), "utf8").split("\n");

function firstFailure(program: Program<unknown>, options: ExploreOptions = {}): string {
  const [failure] = explore(program, { twice: true, strategy: random(), schedules: 100_000, ...options }).failures;
  expect(failure?.found.status).toBe("escaped");
  expect(failure!.found.error).toBeInstanceOf(EscapeError);
  expect(failure!.shrunk).toBe(failure!.found);
  return (failure!.found.error as EscapeError).message;
}

describe("SimulateOptions.twice", () => {
  it.each(planted)("finds $name, and names the task and the line", ({ body, line }) => {
    const message = firstFailure(among(body));
    expect(message).toMatch(/^Run twice under one schedule, the program took two courses: /);
    const [, number, task] =
      / They part in step \d+ \(sim\/twice\.test\.ts:(\d+)\): first, "(\w+)"/.exec(message) ?? [];
    expect({ task, message }).toMatchObject({ task: "culprit" });
    expect(source[Number(number) - 1]).toContain(line);
  });

  it("finds what only the first run of all does, and says what differs", () => {
    let cached = false;
    const message = firstFailure(function* () {
      if (!cached) yield* sleep(5);
      cached = true;
      yield* lostUpdate();
    });
    expect(message).toContain("the first raised");
    expect(message).toContain("at t=5, the second");
    expect(message).toContain("state that outlives a run");
  });

  it("finds a question that is not asked again, and says who ran before it", () => {
    let runs = 0;
    const message = firstFailure(function* main() {
      runs += 1;
      function* worker(): Coroutine<void> {
        yield;
      }
      const workers = ["a", "b", "c"].slice(0, runs === 1 ? 3 : 2);
      yield* gather(workers.map((name) => createTask(worker(), { name })));
    });
    expect(message).toContain('question 1 was the turn of "');
    expect(message).toContain(
      '", one of 3 in the first, the turn of one of "a", "b" in the second; before it, "Task-1" ran (',
    );
  });

  it("finds a value that differs, and draws that do", () => {
    expect(firstFailure(() => returning(() => taken.hrtime()))).toMatch(/the first returned \d+, the second \d+\./);
    expect(firstFailure(() => returning(() => [{ at: taken.hrtime() }]))).toContain(
      "the first returned something else",
    );
    expect(firstFailure(() => returning(() => new Uint32Array([Number(taken.hrtime() % 1_000_003n)])))).toContain(
      "the first returned something else",
    );
    let runs = 0;
    const drawn = firstFailure(function* (world) {
      runs += 1;
      world.random.integer(1, runs);
    });
    expect(drawn).toMatch(/question 1 was (never asked|2 answers to "integer") in the first, /);
    expect(
      firstFailure(function* () {
        throw new Error(`failed at ${taken.hrtime()}`);
      }),
    ).toMatch(/the first raised Error: failed at \d+ /);
  });

  function* returning<T>(value: () => T): Coroutine<T> {
    yield* sleep(1);
    return value();
  }

  it("is no failure for values that cannot be compared", () => {
    class Account {
      readonly #id = taken.hrtime();
      get id(): bigint {
        return this.#id;
      }
    }
    expect(simulate(() => returning(() => new Account()), { twice: true }).status).toBe("returned");
    expect(simulate(() => returning(() => () => 1), { twice: true }).status).toBe("returned");
    expect(simulate(() => returning(() => ({ list: [1, { a: NaN }], map: new Map() })), { twice: true }).status).toBe(
      "returned",
    );
  });

  it("compares what is thrown, too, whatever that is", () => {
    const throwing = (thrown: () => unknown): string =>
      simulate(
        function* () {
          yield;
          throw thrown();
        },
        { twice: true },
      ).status;
    const same = [() => ({ code: 1 }), () => new Error("x"), () => Object.create(null) as object, () => new Map()];
    expect(same.map(throwing)).toEqual(same.map(() => "raised"));
    let count = 0;
    const different = [() => ({ code: (count += 1) }), () => new Error(`${(count += 1)}`), () => (count += 1)];
    expect(different.map(throwing)).toEqual(different.map(() => "escaped"));
    expect(throwing(() => ((count += 1) % 2 === 0 ? new Error("x") : new Map()))).toBe("escaped");
  });

  it("tells in a test what differs, without a schedule that would replay it", () => {
    const program = among(planted[0]!.body);
    expect(() => check(program, { twice: true })).toThrow(SimulationError);
    expect(() => check(program, { twice: true })).toThrow(
      /^escaped: Run twice under one schedule, [^]* — found by the first schedule\.$/,
    );
  });

  it("works with a single simulation", () => {
    const outcome = simulate(among(planted[0]!.body), { twice: true });
    expect(outcome.status).toBe("escaped");
    expect(simulate(lostUpdate, { twice: true, seed: 3 })).toEqual(simulate(lostUpdate, { seed: 3 }));
  });

  it("lets an error of a strategy come out", () => {
    const choose = (): number => {
      throw new Error("the strategy's own");
    };
    const broken: Strategy = { name: "broken", begin: () => ({ choose }) };
    expect(() => simulate(lostUpdate, { twice: true, strategy: broken })).toThrow("the strategy's own");
  });
});

// ---- programs that are the same twice

function* tracked(): Coroutine<void> {
  const counter = state({ value: 0 }, "counter");
  function* add(): Coroutine<void> {
    const before = counter.value;
    yield;
    counter.value = before + 1;
  }
  yield* gather([add(), add()]);
  if (counter.value !== 2) throw new Error(`counter is ${counter.value}`);
}

const drawing: Program<unknown> = function* (world) {
  const queue = new Queue<number>();
  function* producer(): Coroutine<void> {
    yield* sleep(world.random.integer(1, 5));
    if (buggify()) yield* sleep(10);
    yield* queue.put(Math.floor(Math.random() * 10));
  }
  yield* gather([producer(), producer()]);
  return [yield* queue.get(), yield* queue.get(), Date.now(), crypto.randomUUID()];
};

const deadlocked: Program<unknown> = function* () {
  yield* gather([new Event().wait(), sleep(5)]);
};

const endless: Program<unknown> = function* () {
  for (;;) yield;
};

const sound: Record<string, Program<unknown>> = {
  interleaving: interleaving(3, 3),
  lostUpdate,
  tracked,
  drawing,
  deadlocked,
  endless,
};
const strategies: Record<string, () => Strategy> = { random, uniform, pct, pos, exhaustive, dpor, portfolio };

describe("a sound program, run twice", () => {
  const options: ExploreOptions = { schedules: 60, stopAfter: 5, maxSteps: 200, seed: 11 };
  for (const [name, program] of Object.entries(sound)) {
    it.each(Object.keys(strategies))(`is explored as if it were run once: ${name} by %s`, (strategy) => {
      const summary = (twice: boolean) => {
        const { schedules, complete, failures } = explore(program, {
          ...options,
          strategy: strategies[strategy]!(),
          twice,
        });
        return {
          schedules,
          complete,
          failures: failures.map(({ run, found, shrunk }) => [
            run,
            found.digest,
            found.status,
            shrunk.repro,
            String(shrunk.error),
          ]),
        };
      };
      expect(summary(true)).toEqual(summary(false));
    });
  }

  it("can be replayed from what was found", () => {
    const [failure] = explore(lostUpdate, { twice: true }).failures;
    expect(replay(lostUpdate, failure!.repro, { twice: true }).digest).toBe(failure!.shrunk.digest);
  });
});
