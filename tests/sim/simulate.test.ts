import { type Coroutine, DeadlockError, Event, createTask, gather, runSync, sleep, timeout, using } from "escapement";
import {
  type Oracle,
  type Program,
  type Strategy,
  type World,
  buggify,
  exhaustive,
  explore,
  fifo,
  pct,
  portfolio,
  random,
  replay,
  simulate,
  uniform,
  until,
} from "escapement/sim";
import { describe, expect, it } from "vitest";
import { interleaving, lostUpdate } from "./programs.ts";

const strategies: Record<string, () => Strategy> = { fifo, random, uniform, pct, exhaustive, portfolio };

/** Sleeps, locks, timeouts, cancellation: what it prints tells in which order. */
function* varied(): Coroutine<string[]> {
  const trace: string[] = [];
  const gate = new Event();
  function* sleeper(name: string, delay: number): Coroutine<void> {
    for (let i = 0; i < 3; i += 1) {
      yield* sleep(delay);
      trace.push(`${name}${i}`);
    }
    gate.set();
  }
  function* impatient(): Coroutine<void> {
    try {
      yield* using(timeout(2), function* () {
        yield* gate.wait();
      });
    } catch (error) {
      trace.push(String(error));
    }
  }
  yield* gather([sleeper("a", 1), sleeper("b", 2), impatient()]);
  return trace;
}

describe("simulate", () => {
  it("returns what the program returned, in virtual time", () => {
    const outcome = simulate(
      function* () {
        yield* sleep(24 * 3600 * 1000);
        return "tomorrow";
      },
      { start: 500 },
    );
    expect(outcome).toMatchObject({ status: "returned", value: "tomorrow", time: 86_400_500, steps: 2, choices: 0 });
    expect(outcome.repro).toMatch(/^[\w-]{1,16}$/);
    expect(outcome.digest).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is as runSync is, in asyncio's own order", () => {
    const expected = runSync(varied);
    expect(simulate(varied, { strategy: fifo() }).value).toEqual(expected);
    expect(simulate(varied, { strategy: exhaustive() }).value).toEqual(expected);
  });

  it("gives the error of a program that raises", () => {
    const outcome = simulate(function* () {
      yield;
      throw new RangeError("too much");
    });
    expect(outcome).toMatchObject({ status: "raised", error: new RangeError("too much"), time: 0, steps: 2 });
    expect("value" in outcome).toBe(false);
  });

  it("names what waits when nothing can go on, and lets clean-up run", () => {
    const trace: string[] = [];
    function* stuck(): Coroutine<void> {
      try {
        yield* new Event().wait();
      } finally {
        trace.push("cleaned up");
      }
    }
    const outcome = simulate(function* () {
      yield* createTask(stuck(), { name: "stuck" });
    });
    expect(outcome.status).toBe("deadlocked");
    expect(outcome.error).toBeInstanceOf(DeadlockError);
    expect(String(outcome.error)).toContain('"stuck" on Event.wait');
    expect(trace).toEqual(["cleaned up"]);
  });

  it("ends a program that never ends, and says who ran last", () => {
    function* spin(): Coroutine<void> {
      for (;;) yield;
    }
    const outcome = simulate(
      function* () {
        yield* gather([createTask(spin(), { name: "left" }), createTask(spin(), { name: "right" })]);
      },
      { maxSteps: 50 },
    );
    expect(outcome.status).toBe("out of steps");
    expect(String(outcome.error)).toMatch(/not over after 50 steps .* The last: ("left"|"right")/);
  });

  it("ends a program whose callbacks never end", () => {
    const outcome = simulate(
      function* () {
        const again = (): void => void loop.callSoon(again);
        const task = createTask(new Event().wait() as Coroutine<true>);
        const loop = task.getLoop();
        again();
        yield* task;
      },
      { maxSteps: 50 },
    );
    expect(["out of steps", "raised"]).toContain(outcome.status);
  });

  it.each(Object.entries(strategies))("is decided by the seed: %s", (_name, strategy) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const run = () => simulate(varied, { seed, strategy: strategy() });
      expect(run()).toEqual(run());
    }
  });

  it("takes different courses under different seeds", () => {
    const program = interleaving(3, 4);
    const digests = new Set(Array.from({ length: 100 }, (_, seed) => simulate(program, { seed }).digest));
    expect(digests.size).toBeGreaterThan(90);
  });

  it("keeps the schedule when the program draws once more", () => {
    const drawing = (draws: number) =>
      function* (world: World): Coroutine<string> {
        for (let i = 0; i < draws; i += 1) world.random.integer(1, 6);
        return yield* interleaving(3, 4)();
      };
    for (let seed = 0; seed < 20; seed += 1) {
      expect(simulate(drawing(3), { seed }).value).toBe(simulate(drawing(0), { seed }).value);
    }
  });

  it("is not asked when there is but one answer", () => {
    const counts: number[] = [];
    const oracle: Oracle = {
      choose: (_kind, count) => {
        counts.push(count);
        return count - 1;
      },
    };
    simulate(
      function* (world) {
        world.random.integer(4, 4);
        yield* sleep(1);
        world.random.integer(4, 5);
        yield* gather([sleep(1), sleep(1)]);
      },
      { strategy: { name: "last", begin: () => oracle } },
    );
    expect(counts).toEqual([2, 2, 2]);
  });

  it("labels what it asks about", () => {
    const asked: string[] = [];
    const choose = (kind: string, count: number, label: string): number => {
      asked.push(`${kind} ${count} ${label}`);
      return 0;
    };
    simulate(
      function* (world) {
        world.random.pick(["x", "y"]);
        buggify();
        function* nothing(): Coroutine<void> {}
        yield* gather([createTask(nothing(), { name: "a" }), createTask(nothing(), { name: "b" })]);
      },
      { strategy: { name: "nosy", begin: () => ({ choose }) } },
    );
    expect(asked).toEqual(["user 2 pick", "fault 2 buggify", "task 2 a b"]);
  });

  it("lets an error of a strategy come out, though the program catches everything", () => {
    const choose = (): number => {
      throw new RangeError("the strategy's own");
    };
    const broken: Strategy = { name: "broken", begin: () => ({ choose }) };
    expect(() => simulate(interleaving(2, 2), { strategy: broken })).toThrow("the strategy's own");
    const catching: Program<void> = function* (world) {
      try {
        world.random.integer(1, 2);
      } catch {}
    };
    expect(() => simulate(catching, { strategy: broken })).toThrow("the strategy's own");
    expect(() => simulate(lostUpdate, { strategy: { name: "wrong", begin: () => ({ choose: () => 7 }) } })).toThrow(
      "Oracle.choose answered 7; expected an integer from 0 to 1.",
    );
  });

  it("refuses what is no seed, no number of steps, no probability", () => {
    expect(() => simulate(lostUpdate, { seed: 1.5 })).toThrow("a seed is an integer, not 1.5");
    expect(() => simulate(lostUpdate, { maxSteps: 0 })).toThrow("maxSteps is a whole number, 1 or more, not 0");
    expect(() => buggify(2)).toThrow("a probability is a number from 0 to 1, not 2");
    expect(() => explore(lostUpdate())).toThrow("run many times");
  });

  it("cannot be nested, and cannot be called inside a loop", () => {
    expect(() =>
      runSync(function* () {
        simulate(lostUpdate);
      }),
    ).toThrow("cannot be called from a running event loop");
  });
});

describe("until", () => {
  it("lets a task run while its condition holds, and only then", () => {
    const trace: string[] = [];
    const { complete } = explore(
      function* () {
        let open = false;
        function* door(): Coroutine<void> {
          open = true;
          yield;
          open = false;
          yield;
          open = true;
        }
        function* guest(): Coroutine<void> {
          yield* until(() => open);
          trace.push(open ? "in" : "locked out");
        }
        yield* gather([door(), guest()]);
      },
      { strategy: exhaustive() },
    );
    expect(complete).toBe(true);
    expect(new Set(trace)).toEqual(new Set(["in"]));
  });

  it("is a deadlock when the condition never holds", () => {
    expect(simulate(() => until(() => false)).status).toBe("deadlocked");
  });

  it("ends when it is cancelled", () => {
    const outcome = simulate(function* () {
      const task = createTask(until(() => false));
      yield;
      task.cancel();
      yield;
      return task.cancelled();
    });
    expect(outcome.value).toBe(true);
  });

  it("looks again every millisecond where nothing is simulated", () => {
    let looked = 0;
    runSync(() => until(() => (looked += 1) === 5));
    expect(looked).toBe(5);
  });
});

describe("replay", () => {
  it("is the very run, for a thousand seeds and every strategy", () => {
    for (const strategy of [random(), uniform(), pct()]) {
      for (let seed = 0; seed < 300; seed += 1) {
        const outcome = simulate(varied, { seed, strategy });
        const again = replay(varied, outcome.repro);
        expect({ ...again, seed }).toEqual(outcome);
      }
    }
  });

  it("repeats draws, faults and deadlocks as well", () => {
    const program: Program<unknown> = function* (world) {
      const drawn = [world.random.float(), world.random.integer(1, 1000), buggify(), world.random.bytes(3)];
      world.random.shuffle(drawn);
      if (buggify(0.5)) yield* new Event().wait();
      return drawn;
    };
    for (let seed = 0; seed < 50; seed += 1) {
      const outcome = simulate(program, { seed });
      const again = replay(program, outcome.repro);
      expect({ ...again, error: null, seed }).toEqual({ ...outcome, error: null });
    }
  });
});
