// All that can come of a program.
import type { Coroutine } from "escapement";
import { isCancelled } from "escapement";
import { type Program, type Strategy, type World, explore } from "escapement/sim";
import { expect } from "vitest";

/** More than any program here has, under any strategy that ends. */
export const MOST = 200_000;
/** For a test with a hundred thousand schedules and more, in milliseconds: others may work as well. */
export const LONG = 120_000;

export interface Reached {
  readonly schedules: number;
  readonly failures: number;
  /** What main returned or threw, or that nothing could go on. */
  readonly ends: readonly string[];
}

/** Runs every schedule that `strategy` has, which says that these are all. */
export function reach(program: Program<unknown>, strategy: Strategy): Reached {
  const ends = new Set<string>();
  function* watched(world: World): Coroutine<void> {
    let end = "deadlocked";
    try {
      end = JSON.stringify(yield* (program as (world: World) => Coroutine<unknown>)(world)) ?? "returned";
    } catch (error) {
      if (!isCancelled(error)) end = String(error);
      throw error;
    } finally {
      ends.add(end);
    }
  }
  const options = { strategy, schedules: MOST, stopAfter: Infinity, shrink: false };
  const { schedules, complete, failures } = explore(watched, options);
  expect(complete).toBe(true);
  return { schedules, failures: failures.length, ends: [...ends].toSorted((a, b) => a.localeCompare(b)) };
}
