import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import nodeProcess from "node:process";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { type Coroutine, createTask, gather, run, runSync, sleep, toThread } from "escapement";
import {
  type Program,
  type Strategy,
  EscapeError,
  SimulationError,
  check,
  exhaustive,
  explore,
  fifo,
  random,
  replay,
  simulate,
} from "escapement/sim";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { NOW, START, drawLeaks, escapes, temporal, timeLeaks } from "./leaks.ts";
import { interleaving, lostUpdate } from "./programs.ts";

// ---- what must be the same afterwards

const CRYPTO = Object.getPrototypeOf(crypto) as object;
const WATCHED: readonly object[] = [
  globalThis,
  Date,
  Date.prototype,
  Math,
  Atomics,
  performance,
  Object.getPrototypeOf(performance) as object,
  process,
  process.hrtime,
  CRYPTO,
  Intl.DateTimeFormat.prototype,
  Event.prototype,
  AbortSignal,
  Promise,
  Promise.prototype,
  createRequire(import.meta.url)("node:crypto") as object,
  timers,
  timersPromises,
];

// Made, or loaded, when they are first used, by the library, by vitest and by Node.
const LAZY = new Set([
  "Symbol(escapement.loops)",
  "chdir",
  "MessageChannel",
  "Symbol(undici.globalDispatcher.1)",
  "Symbol(undici.globalDispatcher.2)",
]);

type Snapshot = Map<object, Map<PropertyKey, PropertyDescriptor>>;

function snapshot(): Snapshot {
  const { Temporal } = globalThis as { Temporal?: { Now: object } };
  const objects = Temporal === undefined ? WATCHED : [...WATCHED, Temporal, Temporal.Now];
  return new Map(
    objects.map((object) => [
      object,
      new Map(Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)!])),
    ]),
  );
}

/** What is not what it was, by name. */
function differences(before: Snapshot): string[] {
  const after = snapshot();
  const found: string[] = [];
  for (const [object, properties] of before) {
    const now = after.get(object)!;
    for (const key of new Set([...properties.keys(), ...now.keys()])) {
      const [a, b] = [properties.get(key), now.get(key)];
      const same =
        a !== undefined &&
        b !== undefined &&
        Object.is(a.value, b.value) &&
        a.get === b.get &&
        a.set === b.set &&
        a.writable === b.writable &&
        a.enumerable === b.enumerable &&
        a.configurable === b.configurable;
      if (!same && !LAZY.has(String(key))) found.push(String(key));
    }
  }
  return found;
}

let before: Snapshot;
const imported = { randomUUID, nextTick: nodeProcess.nextTick };

beforeAll(() => {
  if (!("Temporal" in globalThis)) {
    Object.defineProperty(globalThis, "Temporal", { value: temporal, configurable: true, writable: true });
  }
});
afterAll(() => {
  if ((globalThis as { Temporal?: unknown }).Temporal === temporal) Reflect.deleteProperty(globalThis, "Temporal");
});
beforeEach(() => {
  before = snapshot();
});
afterEach(async () => {
  expect(differences(before)).toEqual([]);
  // What is imported by name from Node's own modules is put back once the thread is free.
  await Promise.resolve();
  expect(randomUUID).toBe(imported.randomUUID);
});

function* readingLater<T>(read: () => T): Coroutine<T> {
  yield* sleep(1500);
  return read();
}

// ---- the leaks

describe("the fence", () => {
  it.each(timeLeaks)("tells the simulation's time: $name", ({ read, expected }) => {
    const program = (): Coroutine<unknown> => readingLater(read);
    const outcome = simulate(program, { start: START });
    expect(outcome).toMatchObject({ status: "returned", time: NOW });
    expect(outcome.value).toEqual(expected);
    // Or else it would be no leak.
    expect(simulate(program, { start: START, fence: "off" }).value).not.toEqual(expected);
    expect(read()).not.toEqual(expected);
  });

  it.each(drawLeaks)("draws from the simulation's stream: $name", ({ draw, looksLike }) => {
    const program = (): Coroutine<string[]> => readingLater(() => Array.from({ length: 5 }, () => draw()));
    const seen = new Set<string>();
    for (let seed = 0; seed < 20; seed += 1) {
      const outcome = simulate(program, { seed });
      expect(outcome.status).toBe("returned");
      for (const drawn of outcome.value!) expect(drawn).toMatch(looksLike);
      expect(new Set(outcome.value)).toHaveProperty("size", 5);
      expect(simulate(program, { seed }).value).toEqual(outcome.value);
      // The repro alone says which stream it was.
      expect(replay(program, outcome.repro).value).toEqual(outcome.value);
      seen.add(outcome.value!.join());
    }
    expect(seen.size).toBe(20);
    const real = simulate(program, { fence: "off" }).value;
    expect(simulate(program, { fence: "off" }).value).not.toEqual(real);
    expect(draw()).toMatch(looksLike);
  });

  it.each(escapes)("names $name, and where", ({ program, line, advice }) => {
    const outcome = simulate(program);
    expect(outcome.status).toBe("escaped");
    expect(outcome.error).toBeInstanceOf(EscapeError);
    const { message } = outcome.error as EscapeError;
    const [, number] = /, at sim\/leaks\.ts:(\d+)\. /.exec(message) ?? [];
    expect(sources[Number(number) - 1]).toContain(line);
    expect(message).toContain(advice);
    expect(message).toContain(" in a simulation, at ");
    // It is found in the same way by all who run schedules.
    expect(replay(program, outcome.repro).status).toBe("escaped");
    expect(() => check(program, { schedules: 10 })).toThrow(message);
  });

  const sources = readFileSync(new URL("leaks.ts", import.meta.url), "utf8").split("\n");

  it("names the task where no line of the program's is to be seen", () => {
    const outcome = simulate(() => toThread(() => 1));
    expect(String(outcome.error)).toContain('toThread was called in a simulation, by task "Task-1". ');
  });

  it("holds more than twenty ways out", () => {
    expect(timeLeaks.length + drawLeaks.length + escapes.length).toBeGreaterThan(50);
  });

  it("does not move the schedule when the program draws from the host", () => {
    const drawing = (draws: number) =>
      function* main(): Coroutine<string> {
        for (let i = 0; i < draws; i += 1) Math.random();
        return yield* interleaving(3, 4)();
      };
    for (let seed = 0; seed < 20; seed += 1) {
      const value = simulate(drawing(0), { seed }).value;
      expect(simulate(drawing(1), { seed }).value).toBe(value);
      expect(simulate(drawing(100), { seed }).value).toBe(value);
    }
  });

  it("asks one question for all that a run draws, and none when it draws nothing", () => {
    const drawing = (draws: number) =>
      function* main(): Coroutine<void> {
        for (let i = 0; i < draws; i += 1) Math.random();
      };
    const choices = [0, 1, 1000].map((draws) => simulate(drawing(draws)).choices);
    expect(choices).toEqual([0, 1, 1]);
  });

  it("makes draws small with the rest of a failing run", () => {
    const { failures } = explore(
      function* main() {
        const id = Math.random();
        yield* lostUpdate();
        return id;
      },
      { strategy: random(), schedules: 100 },
    );
    const [failure] = failures;
    expect(failure!.shrunk.repro.length).toBeLessThan(failure!.found.repro.length);
    // Which numbers it draws does not matter: the first stream will do, which costs nothing in the repro.
    expect(failure!.repro.length).toBeLessThanOrEqual(16);
  });

  it("keeps what is checked: a draw of too much is the error that it is outside", () => {
    const wrong: Program<unknown> = function* () {
      crypto.getRandomValues(new Uint8Array(70_000));
    };
    const outside = simulate(wrong, { fence: "off" });
    expect(outside.status).toBe("raised");
    expect(String(simulate(wrong).error)).toBe(String(outside.error));
  });

  it("lets Node's own code go on: what is printed is printed", () => {
    const outcome = simulate(function* () {
      const written = process.stderr.write("");
      console.debug("");
      yield* sleep(1);
      return written;
    });
    expect(outcome.status).toBe("returned");
  });

  it("stands around every run of an exploration, and not between them", () => {
    const start = Date.now();
    const inside = new Set<number>();
    const between: number[] = [];
    const draws: number[] = [];
    explore(
      function* () {
        inside.add(Date.now());
        yield* sleep(1);
      },
      {
        strategy: random(),
        schedules: 600,
        onProgress: () => {
          between.push(Date.now());
          draws.push(Math.random());
          clearTimeout(setTimeout(() => {}, 1000));
        },
      },
    );
    expect([...inside]).toEqual([0]);
    expect(between).toHaveLength(3);
    expect(between.every((time) => time >= start)).toBe(true);
    expect(new Set(draws).size).toBe(3);
  });

  it("leaves a strategy outside: what it draws is the host's", () => {
    const asked: number[] = [];
    const own: Strategy = {
      name: "own",
      begin: () => ({
        choose: (_kind, count) => {
          asked.push(Date.now());
          return Math.floor(Math.random() * count);
        },
      }),
    };
    const start = Date.now();
    const outcome = simulate(interleaving(3, 3), { strategy: own });
    expect(outcome.status).toBe("returned");
    expect(asked.length).toBe(outcome.choices);
    expect(asked.every((time) => time >= start)).toBe(true);
    expect(replay(interleaving(3, 3), outcome.repro).value).toBe(outcome.value);
  });

  it("proves a program right that asks the time", () => {
    const exploration = explore(
      function* () {
        const at = Date.now();
        yield* interleaving(2, 2)();
        if (Date.now() !== at) throw new Error("time went by");
      },
      { strategy: exhaustive() },
    );
    expect(exploration).toMatchObject({ complete: true, failures: [] });
  });
});

// ---- putting it back

describe("what the fence replaces", () => {
  function* failing(): Coroutine<void> {
    yield;
    throw new Error("the program's own");
  }

  it("is back after an error, a deadlock, a run that does not end, and after escapes", () => {
    simulate(failing);
    simulate(function* () {
      yield* gather([sleep(Infinity)]);
    });
    simulate(
      function* () {
        for (;;) yield;
      },
      { maxSteps: 10 },
    );
    for (const { program } of escapes) explore(program, { schedules: 3, shrink: false });
    expect(differences(before)).toEqual([]);
  });

  it("is back after an error that comes out", () => {
    const broken: Strategy = {
      name: "broken",
      begin: () => ({
        choose: () => {
          throw new Error("the strategy's own");
        },
      }),
    };
    expect(() => simulate(lostUpdate, { strategy: broken })).toThrow("the strategy's own");
    expect(differences(before)).toEqual([]);
    const onProgress = (): void => {
      throw new Error("the user's own");
    };
    expect(() => explore(interleaving(3, 3), { onProgress })).toThrow("the user's own");
    expect(differences(before)).toEqual([]);
    expect(() => check(lostUpdate)).toThrow(SimulationError);
  });

  it("is back though the program has replaced it as well", () => {
    const outcome = simulate(function* () {
      Math.random = () => 0.25;
      Date.now = () => 17;
      globalThis.Date = class extends Date {} as DateConstructor;
      Object.defineProperty(globalThis, "setTimeout", { value: () => 18, configurable: true, writable: true });
      Reflect.deleteProperty(process, "nextTick");
      return [Math.random(), Date.now(), (setTimeout as unknown as () => number)()];
    });
    expect(outcome).toMatchObject({ status: "returned", value: [0.25, 17, 18] });
  });

  it("stays replaced by whoever had replaced it before", () => {
    vi.useFakeTimers({ now: 5 });
    try {
      const faked = Date;
      expect(simulate(() => readingLater(() => [Date.now(), performance.now()])).value).toEqual([1500, 1500]);
      expect(Date).toBe(faked);
      expect(Date.now()).toBe(5);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is up once, when a simulation is run between the runs of another", () => {
    const inner: unknown[] = [];
    explore(() => readingLater(() => 0), {
      schedules: 2,
      onProgress: () => {
        inner.push(simulate(() => readingLater(() => Date.now())).value);
        expect(Date.now()).toBeGreaterThan(NOW - 10 * 365 * 86_400_000);
      },
    });
    expect(inner.every((value) => value === 1500)).toBe(true);
    expect(inner.length).toBeGreaterThan(0);
  });

  it("is not replaced at all by a nested simulation, which is refused", () => {
    const outcome = simulate(function* () {
      simulate(lostUpdate);
    });
    expect(String(outcome.error)).toContain("cannot be called from a running event loop");
    expect(() => runSync(() => readingLater(() => simulate(lostUpdate)))).toThrow("running event loop");
  });

  it("cannot be what somebody has frozen, which is an error and not a hole", () => {
    const Now = Object.freeze({ instant: () => 0 });
    const real = Object.getOwnPropertyDescriptor(globalThis, "Temporal")!;
    Object.defineProperty(globalThis, "Temporal", { value: { Now }, configurable: true });
    try {
      expect(() => simulate(lostUpdate)).toThrow("instant is frozen");
      expect(simulate(interleaving(1, 1), { fence: "off" }).status).toBe("returned");
    } finally {
      Object.defineProperty(globalThis, "Temporal", real);
    }
  });

  it("is itself wherever nothing is simulated", async () => {
    simulate(lostUpdate);
    const timer = { fired: false };
    await run(function* () {
      const start = Date.now();
      setTimeout(() => (timer.fired = true), 1);
      while (!timer.fired) yield* sleep(1);
      expect(Date.now()).toBeGreaterThanOrEqual(start);
    });
    expect(timer.fired).toBe(true);
  });
});

// ---- modes

describe("SimulateOptions.fence", () => {
  const leaking = function* leaking(): Coroutine<number> {
    for (let i = 0; i < 3; i += 1) clearTimeout(setTimeout(() => {}, 1));
    yield* sleep(5);
    return Date.now();
  };

  it('"warn" says it once for each place, and lets it happen', () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const { failures } = explore(leaking, { fence: "warn", schedules: 20, strategy: random() });
      expect(failures).toEqual([]);
      expect(warn.mock.calls.map(([message]) => String(message))).toEqual([
        expect.stringMatching(/^EscapeWarning: setTimeout was called in a simulation, at sim\/fence\.test\.ts:\d+\. /),
      ]);
      expect(simulate(leaking, { fence: "warn" }).value).toBe(5);
    } finally {
      warn.mockRestore();
    }
  });

  it('"off" replaces nothing', () => {
    const start = Date.now();
    const outcome = simulate(leaking, { fence: "off" });
    expect(outcome.status).toBe("returned");
    expect(outcome.value).toBeGreaterThanOrEqual(start);
  });

  it("is refused when it is none of them", () => {
    expect(() => simulate(lostUpdate, { fence: "maybe" as "off" })).toThrow(
      'simulate: fence is one of "throw", "warn", "off", not "maybe".',
    );
  });

  it("is heeded in every run that an exploration makes, those that make a failure small too", () => {
    const program: Program<void> = function* () {
      clearTimeout(setTimeout(() => {}, 1));
      yield* gather([createTask(lostUpdate())]);
    };
    const [failure] = explore(program, { fence: "off", strategy: random(), schedules: 50 }).failures;
    expect(failure).toMatchObject({ found: { status: "raised" }, shrunk: { status: "raised" } });
    expect(simulate(program, { strategy: fifo() }).status).toBe("escaped");
  });
});
