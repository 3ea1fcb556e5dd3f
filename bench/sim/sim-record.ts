import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchRecord, emptyRecord, readRecord } from "../record.ts";

/** What was measured, each time. */
export interface Rate {
  readonly what: string;
  readonly unit: string;
  /** At least; where the unit is "s" or says so, at most. Null where nothing is aimed at. */
  readonly target: number | null;
  readonly samples: readonly number[];
}

/** How a bug was found. */
export interface BugFound {
  readonly name: string;
  /** Of so many seeds, in how many the default found it within 100 schedules, and within 1,000. */
  readonly seeds: number;
  readonly soon: number;
  readonly late: number;
  /** How many characters its repros have: the fewest, the median, the most. */
  readonly repro: readonly [number, number, number];
  /** Of how many schedules there are; null where there are more than 200,000. */
  readonly exhaustive: number | null;
  readonly dpor: number;
  /** The same of its fixed version, proved right. */
  readonly fixedExhaustive: number | null;
  readonly fixedDpor: number;
}

/** Whether replays are the very run. */
export interface Replays {
  readonly seeds: number;
  readonly each: number;
  /** Those whose digest was another. */
  readonly different: number;
  /** The runtime of each process that did it all from the beginning, and a hash of all digests there. */
  readonly processes: readonly { readonly runtime: string; readonly hash: string }[];
}

/** A run of `bench:sim`. */
export interface SimRecord extends BenchRecord {
  rates?: readonly Rate[];
  bugs?: readonly BugFound[];
  replays?: Replays;
}

const folder = fileURLToPath(new URL("../results/sim", import.meta.url));

/** Where a run on this version of Node is recorded. */
export const SIM_RECORD: string = join(folder, `node-${process.versions.node.split(".")[0]}.json`);

/** A record of nothing yet, on this machine. */
export function emptySimRecord(): SimRecord {
  mkdirSync(folder, { recursive: true });
  return emptyRecord();
}

/** The recorded run, that of the oldest version of Node; null when there is none. */
export function readSimRecord(): SimRecord | null {
  if (!existsSync(folder)) return null;
  const [first] = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .toSorted();
  return first === undefined ? null : readRecord(join(folder, first));
}
