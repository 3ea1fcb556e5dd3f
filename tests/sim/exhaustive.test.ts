import { type Coroutine, Lock, createTask, gather, sleep } from "escapement";
import {
  type Exploration,
  type Program,
  type Strategy,
  type World,
  bounded,
  exhaustive,
  explore,
  fifo,
} from "escapement/sim";
import { describe, expect, it } from "vitest";
import { interleaving, interleavings, joins, lostUpdate } from "./programs.ts";

const inOrder = (a: unknown, b: unknown): number => String(a).localeCompare(String(b));

interface Covered {
  readonly exploration: Exploration<unknown>;
  /** What main returned, as often as it did. */
  readonly values: Map<unknown, number>;
}

/** Explores all, and collects what main returned. */
function cover(program: Program<unknown>, strategy: Strategy = exhaustive()): Covered {
  const values = new Map<unknown, number>();
  function* watched(world: World): Coroutine<unknown> {
    const value = yield* (program as (world: World) => Coroutine<unknown>)(world);
    values.set(value, (values.get(value) ?? 0) + 1);
    return value;
  }
  const exploration = explore(watched, { strategy, schedules: 1e6, stopAfter: 1e6, shrink: false });
  return { exploration, values };
}

describe("exhaustive", () => {
  // 12! / (4! 4! 4!) = 34,650 is the number that is published for 3 tasks that yield 3 times.
  it.each([
    [2, 2, 6],
    [2, 4, 70],
    [3, 2, 90],
    [3, 3, 1680],
    [3, 4, 34_650],
    [4, 2, 2520],
  ])("runs %i tasks of %i steps in all %i orders, each once", (tasks, steps, expected) => {
    expect(interleavings(tasks, steps)).toBe(expected);
    const { exploration, values } = cover(interleaving(tasks, steps));
    expect(exploration).toMatchObject({ schedules: expected, complete: true, failures: [] });
    expect(values.size).toBe(expected);
  });

  it.each(Object.entries(joins))("counts the children's orders alone when they are joined by %s", (_name, join) => {
    expect(cover(interleaving(3, 3, join)).exploration).toMatchObject({ schedules: 1680, complete: true });
  });

  it("finds each of the failing schedules", () => {
    const { exploration } = cover(lostUpdate);
    expect(exploration).toMatchObject({ schedules: 6, complete: true });
    expect(exploration.failures).toHaveLength(4);
    expect(new Set(exploration.failures.map(({ repro }) => repro)).size).toBe(4);
  });

  it("tries every answer to the program's own draws", () => {
    const { exploration, values } = cover(function* (world) {
      const [a, b] = [world.random.integer(1, 3), world.random.chance(0.001)];
      yield;
      return `${a} ${b}`;
    });
    expect(exploration).toMatchObject({ schedules: 6, complete: true });
    expect([...values.keys()].toSorted(inOrder)).toEqual([
      "1 false",
      "1 true",
      "2 false",
      "2 true",
      "3 false",
      "3 true",
    ]);
  });

  it("does not let time pass while somebody is ready, and orders those who wake at the same time", () => {
    const { exploration, values } = cover(function* () {
      const order: string[] = [];
      function* sleeper(name: string, delay: number): Coroutine<void> {
        yield* sleep(delay);
        order.push(name);
      }
      yield* gather([sleeper("early", 1), sleeper("a", 2), sleeper("b", 2)]);
      return order.join(" ");
    });
    // Three start in any order, then two wake in any order.
    expect(exploration).toMatchObject({ schedules: 12, complete: true });
    expect([...values.keys()].toSorted(inOrder)).toEqual(["early a b", "early b a"]);
  });

  it("knows that a lock is served in the order of asking", () => {
    const { exploration, values } = cover(function* () {
      const lock = new Lock();
      let order = "";
      function* worker(name: string): Coroutine<void> {
        yield* lock.acquire();
        yield;
        order += name;
        lock.release();
      }
      yield* gather([worker("a"), worker("b")]);
      return order;
    });
    // Whoever asks first; the other asks before or after the first has its second turn.
    expect(exploration).toMatchObject({ schedules: 4, complete: true });
    expect([...values]).toEqual([
      ["ab", 2],
      ["ba", 2],
    ]);
  });

  it("explores whether a child's end or another's step is seen first", () => {
    const { values, exploration } = cover(function* () {
      let passes = 0;
      function* ticker(): Coroutine<void> {
        for (let i = 0; i < 3; i += 1) {
          passes += 1;
          yield;
        }
      }
      function* child(): Coroutine<void> {
        yield;
      }
      const beside = createTask(ticker());
      yield* gather([child()]);
      beside.cancel();
      return passes > 0;
    });
    expect(exploration.complete).toBe(true);
    expect([...values.keys()].toSorted(inOrder)).toEqual([false, true]);
  });
});

describe("bounded", () => {
  it("is as complete as exhaustive when the bound is never reached", () => {
    expect(cover(interleaving(3, 3), bounded({ preemptions: 9 })).exploration).toMatchObject({
      schedules: 1680,
      complete: true,
    });
  });

  it("runs those without a preemption, then those with one, each once", () => {
    // Two tasks of two steps: without a preemption aabb, bbaa; with one abba, abab needs two, and so do baab, baba.
    const counts = [0, 1, 2].map((preemptions) => cover(interleaving(2, 2), bounded({ preemptions })).values);
    expect([...counts[0]!.keys()].toSorted(inOrder)).toEqual(["aabb", "bbaa"]);
    expect([...counts[1]!.keys()].toSorted(inOrder)).toEqual(["aabb", "abba", "baab", "bbaa"]);
    expect([...counts[2]!.keys()].toSorted(inOrder)).toEqual(["aabb", "abab", "abba", "baab", "baba", "bbaa"]);
    expect(counts.flatMap((values) => [...values.values()])).toEqual(Array.from({ length: 12 }, () => 1));
  });

  it("does not claim a proof when it has left schedules out", () => {
    expect(cover(interleaving(2, 2), bounded({ preemptions: 0 })).exploration).toMatchObject({
      schedules: 2,
      complete: false,
    });
  });

  it("refuses a bound that is none", () => {
    expect(() => bounded({ preemptions: -1 })).toThrow("preemptions is a whole number, 0 or more, not -1.");
  });
});

describe("fifo", () => {
  it("is one run, and a proof only when there was no choice", () => {
    expect(cover(interleaving(2, 2), fifo()).exploration).toMatchObject({ schedules: 1, complete: false });
    expect(cover(interleaving(1, 5), fifo()).exploration).toMatchObject({ schedules: 1, complete: true });
  });
});
