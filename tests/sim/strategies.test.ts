import { type Coroutine, createTask, gather } from "escapement";
import { type Strategy, explore, pct, portfolio, pos, random, simulate, state, uniform } from "escapement/sim";
import { describe, expect, it } from "vitest";
import { interleaving } from "./programs.ts";

/** How many different interleavings are seen in so many runs. */
function distinct(strategy: Strategy, runs: number): number {
  const program = interleaving(3, 4);
  const seen = new Set<string>();
  explore(
    function* () {
      seen.add(yield* program());
    },
    { strategy, schedules: runs },
  );
  return seen.size;
}

/** How often, in so many runs, the program raised. */
function failing(program: () => Coroutine<unknown>, strategy: Strategy, runs: number): number {
  return explore(program, { strategy, schedules: runs, stopAfter: Infinity, shrink: false }).failures.length;
}

describe("uniform", () => {
  it("makes every interleaving as likely as any other", () => {
    // Of 34,650 equally likely ones, 20,000 draws see 15,190 on average, give or take 70.
    expect(distinct(uniform(), 20_000)).toBeGreaterThan(14_900);
    expect(distinct(random(), 20_000)).toBeLessThan(13_500);
  });

  it("counts the steps of tasks that are still to be made", () => {
    // The long branch has a child of 8 steps; the short one is to come last in one interleaving of 10.
    let last = 0;
    function* program(): Coroutine<void> {
      const order: string[] = [];
      function* child(): Coroutine<void> {
        for (let i = 0; i < 8; i += 1) {
          order.push("child");
          yield;
        }
      }
      function* parent(): Coroutine<void> {
        yield* createTask(child());
      }
      function* short(): Coroutine<void> {
        order.push("short");
      }
      yield* gather([parent(), short()]);
      if (order.at(-1) === "short") last += 1;
    }
    explore(program, { strategy: uniform(), schedules: 3000 });
    expect(last / 3000).toBeLessThan(0.25);
    expect(last / 3000).toBeGreaterThan(0.02);
  });
});

describe("pct", () => {
  // One task must overtake another that is far ahead: one ordering suffices, and a random walk hardly ever finds it.
  function* needsOnePriority(): Coroutine<void> {
    let begun = false;
    function* late(): Coroutine<void> {
      begun = true;
    }
    function* long(): Coroutine<void> {
      for (let i = 0; i < 30; i += 1) yield;
      if (!begun) throw new Error("the other has not even begun");
    }
    yield* gather([late(), long()]);
  }

  it("finds what one priority shows in one run of n, where a random walk does not", () => {
    expect(failing(needsOnePriority, pct({ depth: 1 }), 400)).toBeGreaterThan(400 / 2 / 2);
    expect(failing(needsOnePriority, random(), 400)).toBeLessThan(4);
  });

  it("ends although a task spins", () => {
    function* spinning(): Coroutine<void> {
      const signal = { ready: false };
      function* waits(): Coroutine<void> {
        while (!signal.ready) yield;
      }
      function* signals(): Coroutine<void> {
        yield;
        signal.ready = true;
      }
      yield* gather([waits(), signals()]);
    }
    for (let seed = 0; seed < 20; seed += 1) {
      expect(explore(spinning, { strategy: pct(), seed, schedules: 20, maxSteps: 5000 }).failures).toEqual([]);
    }
  });

  it("refuses a depth that is none", () => {
    expect(() => pct({ depth: 0 })).toThrow("depth is a whole number, 1 or more, not 0");
  });
});

describe("pos", () => {
  it("spends its luck on the steps that conflict", () => {
    // Two writers of one variable among tasks that do something else: their order is a coin's throw all the same.
    const order = { ab: 0, ba: 0 };
    explore(
      function* () {
        const shared = state({ log: "", x: 0, y: 0 }, "shared");
        function* writer(name: string): Coroutine<void> {
          yield;
          shared.log += name;
        }
        function* busy(key: "x" | "y"): Coroutine<void> {
          for (let i = 0; i < 5; i += 1) {
            shared[key] += 1;
            yield;
          }
        }
        yield* gather([writer("a"), writer("b"), busy("x"), busy("y")]);
        order[shared.log as "ab" | "ba"] += 1;
      },
      { strategy: pos(), schedules: 1000 },
    );
    expect(order.ab + order.ba).toBe(1000);
    expect(Math.min(order.ab, order.ba)).toBeGreaterThan(350);
  });

  it("is decided by the seed", () => {
    const run = (seed: number) => simulate(interleaving(3, 4), { strategy: pos(), seed });
    for (let seed = 0; seed < 20; seed += 1) expect(run(seed)).toEqual(run(seed));
  });
});

describe("portfolio", () => {
  it("begins with asyncio's own order", () => {
    expect(simulate(interleaving(3, 4), { strategy: portfolio() }).value).toBe("abcabcabcabc");
  });

  it("does not go on when it has a proof", () => {
    const { schedules, complete } = explore(interleaving(2, 2), { strategy: portfolio(), schedules: 1e6 });
    expect({ complete, few: schedules < 50 }).toEqual({ complete: true, few: true });
  });
});
