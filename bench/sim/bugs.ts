import { readdirSync } from "node:fs";
import { type Program, type Strategy, dpor, exhaustive, explore } from "escapement/sim";
import { median } from "../statistics.ts";
import type { BugFound } from "./sim-record.ts";

const SCHEDULES = 1000;
const SOON = 100;
const PROVABLE = 200_000;

interface Bug {
  readonly default: Program<unknown>;
  readonly fixed: Program<unknown>;
}

/** The fifteen programs of examples/bugs, by name. */
export async function loadBugs(): Promise<[name: string, bug: Bug][]> {
  const folder = new URL("../../examples/bugs/", import.meta.url);
  const files = readdirSync(folder).filter((name) => /^\d\d-/.test(name));
  return await Promise.all(
    files.map(async (file): Promise<[string, Bug]> => [
      file.replace(".ts", ""),
      (await import(new URL(file, folder).href)) as Bug,
    ]),
  );
}

/** How soon the default finds it under so many seeds, and what proves that it is not in the fixed version. */
export function lookFor([name, bug]: [string, Bug], seeds: number): BugFound {
  const lengths: number[] = [];
  let soon = 0;
  for (let seed = 0; seed < seeds; seed += 1) {
    const { failures, schedules } = explore(bug.default, { seed: seed * SCHEDULES, schedules: SCHEDULES });
    if (failures.length === 0) continue;
    lengths.push(failures[0]!.repro.length);
    if (schedules <= SOON) soon += 1;
  }
  const fixedExhaustive = cover(bug.fixed, exhaustive());
  const fixedDpor = cover(bug.fixed, dpor());
  if (fixedDpor.failures > 0 || fixedExhaustive.failures > 0) throw new Error(`${name} fails though it is fixed`);
  return {
    name,
    seeds,
    soon,
    late: lengths.length,
    repro: [Math.min(...lengths), median(lengths), Math.max(...lengths)],
    exhaustive: cover(bug.default, exhaustive()).schedules,
    dpor: cover(bug.default, dpor()).schedules!,
    fixedExhaustive: fixedExhaustive.schedules,
    fixedDpor: fixedDpor.schedules!,
  };
}

/** How many schedules there are; null when they are more than can be covered. */
function cover(program: Program<unknown>, strategy: Strategy): { schedules: number | null; failures: number } {
  const options = { strategy, schedules: PROVABLE, stopAfter: Infinity, shrink: false };
  const { schedules, complete, failures } = explore(program, options);
  return { schedules: complete ? schedules : null, failures: failures.length };
}
