import { type Coroutine, type Scheduler, createTask, gather, getRunningLoop, runSync, sleep } from "escapement";
import { describe, expect, it } from "vitest";

/** Three tasks that say when they run, twice each; what `pick` decides is their order. */
function orderUnder(scheduler: Scheduler): string[] {
  const trace: string[] = [];
  function* worker(name: string): Coroutine<void> {
    trace.push(`${name}1`);
    yield;
    trace.push(`${name}2`);
  }
  runSync(
    function* () {
      yield* gather(["a", "b", "c"].map((name) => createTask(worker(name), { name })));
    },
    { scheduler },
  );
  return trace;
}

describe("Scheduler", () => {
  it("decides the order of the tasks: first in, first out by default", () => {
    expect(orderUnder({ pick: () => 0 })).toEqual(["a1", "b1", "c1", "a2", "b2", "c2"]);
    expect(orderUnder({ pick: ({ size }) => size - 1 })).toEqual(["c1", "c2", "b1", "b2", "a1", "a2"]);
  });

  it("can tell the tasks apart, and prefer one", () => {
    const preferB: Scheduler = {
      pick(ready) {
        for (let i = 0; i < ready.size; i += 1) if (ready.task(i)?.name === "b") return i;
        return 0;
      },
    };
    expect(orderUnder(preferB)).toEqual(["b1", "b2", "a1", "c1", "a2", "c2"]);
  });

  it("is not asked when there is no choice", () => {
    const sizes: number[] = [];
    const scheduler: Scheduler = {
      pick(ready) {
        sizes.push(ready.size);
        return 0;
      },
    };
    runSync(sleep(10), { scheduler });
    expect(sizes).toEqual([]);
  });

  it.each([[3], [-1], [0.5], [Number.NaN], [undefined]])(
    "that picks what is not there ends the program with an error that says so: %s",
    (index) => {
      let cleanedUp = false;
      function* main(): Coroutine<void> {
        try {
          createTask(sleeper());
          getRunningLoop().callSoon(() => {});
          yield;
        } finally {
          cleanedUp = true;
        }
      }
      function* sleeper(): Coroutine<void> {
        yield* sleep(1);
      }
      let bad = true;
      const scheduler: Scheduler = {
        pick() {
          if (!bad) return 0;
          bad = false;
          return index as number;
        },
      };
      expect(() => runSync(main, { scheduler })).toThrow(
        new RangeError(`Scheduler.pick returned ${String(index)}; expected an integer from 0 to 2.`),
      );
      expect(cleanedUp).toBe(true);
    },
  );

  it("whose pick throws ends the program with that error", () => {
    const boom = new Error("boom");
    let asked = 0;
    const scheduler: Scheduler = {
      pick() {
        asked += 1;
        if (asked === 2) throw boom;
        return 0;
      },
    };
    expect(() => orderUnder(scheduler)).toThrow(boom);
  });
});
