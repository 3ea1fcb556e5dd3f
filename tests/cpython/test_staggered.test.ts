// CPython 3.13: Lib/test/test_asyncio/test_staggered.py, class by class.
import { describe, expect, it } from "vitest";
import {
  CancelledError,
  type Coroutine,
  Event,
  TaskGroup,
  TimeoutError,
  ValueError,
  getRunningLoop,
  sleep,
  using,
  waitFor,
} from "../../src/index.ts";
import { isolated } from "./helpers.ts";
import { adapted } from "./port.ts";

interface Race {
  winner: string | null;
  index: number | null;
  errors: unknown[];
}
type Start = () => Coroutine<string>;

/** Starts each when the one before it has failed, or `delay` later; the first result cancels the others. */
function* staggeredRace(starts: readonly Start[], delay: number | null): Coroutine<Race> {
  const race: Race = { winner: null, index: null, errors: [] };
  yield* using(new TaskGroup(), function* (group) {
    function* attempt(index: number): Coroutine<void> {
      if (index === starts.length) return;
      race.errors[index] = null;
      const failed = new Event();
      group.createTask(next(index + 1, failed));
      try {
        race.winner = yield* starts[index]!();
        race.index = index;
        group.cancel();
      } catch (error) {
        race.errors[index] = error;
        failed.set();
      }
    }
    function* next(index: number, previousFailed: Event): Coroutine<void> {
      try {
        yield* waitFor(previousFailed.wait(), delay);
      } catch (error) {
        if (!(error instanceof TimeoutError)) throw error;
      }
      yield* attempt(index);
    }
    group.createTask(attempt(0));
  });
  return race;
}

describe("StaggeredTests", () => {
  function result(index: number): string {
    return `Res: ${index}`;
  }
  function* succeed(index: number): Coroutine<string> {
    return result(index);
  }
  function* fail(index: number): Coroutine<string> {
    throw new ValueError(String(index));
  }
  function* succeedAfter(delay: number, index: number): Coroutine<string> {
    yield* sleep(delay);
    return result(index);
  }
  function* failAfter(delay: number, index: number): Coroutine<string> {
    yield* sleep(delay);
    return yield* fail(index);
  }

  adapted(
    "test_empty",
    "staggered_race is a program of this file, on TaskGroup, Event and waitFor",
    isolated(function* () {
      expect(yield* staggeredRace([], null)).toEqual({ winner: null, index: null, errors: [] });
    }),
  );

  adapted(
    "test_one_successful",
    "staggered_race is a program of this file, on TaskGroup, Event and waitFor",
    isolated(function* () {
      const race = yield* staggeredRace([() => succeed(0), () => succeed(1)], null);
      expect(race).toEqual({ winner: "Res: 0", index: 0, errors: [null] });
    }),
  );

  adapted(
    "test_first_error_second_successful",
    "staggered_race is a program of this file, on TaskGroup, Event and waitFor",
    isolated(function* () {
      const race = yield* staggeredRace([() => fail(0), () => succeed(1)], null);
      expect(race).toEqual({ winner: "Res: 1", index: 1, errors: [expect.any(ValueError), null] });
    }),
  );

  adapted(
    "test_first_timeout_second_successful",
    "staggered_race is a program of this file, on TaskGroup, Event and waitFor",
    isolated(function* () {
      const race = yield* staggeredRace([() => succeedAfter(10_000, 0), () => succeed(1)], 100);
      expect(race).toEqual({ winner: "Res: 1", index: 1, errors: [expect.any(CancelledError), null] });
    }),
  );

  adapted(
    "test_none_successful",
    "staggered_race is a program of this file, on TaskGroup, Event and waitFor",
    isolated(function* () {
      const race = yield* staggeredRace([() => fail(0), () => fail(1)], null);
      expect(race).toEqual({
        winner: null,
        index: null,
        errors: [expect.any(ValueError), expect.any(ValueError)],
      });
    }),
  );

  it(
    "are of a program that starts and ends when CPython's does",
    isolated(function* () {
      const loop = getRunningLoop();
      const started: number[] = [];
      const starts = [() => succeedAfter(5000, 0), () => failAfter(1000, 1), () => succeedAfter(1000, 2)].map(
        (start) => () => {
          started.push(loop.time());
          return start();
        },
      );
      const race = yield* staggeredRace(starts, 500);
      expect(started).toEqual([0, 500, 1000]);
      expect(race).toEqual({
        winner: "Res: 2",
        index: 2,
        errors: [expect.any(CancelledError), expect.any(ValueError), null],
      });
      expect(loop.time()).toBe(2000);
    }),
  );
});
