import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Build } from "./build.ts";
import type { Allocation } from "./record.ts";

// A new space that holds all that one measurement allocates: megabytes, for each of its halves.
const FLAGS = ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];

/** What one operation allocates, and where, `times` of them taken together; measured in a process of its own. */
export async function measureAllocations(
  { bench, dist }: Build,
  times: number,
  signal: AbortSignal,
): Promise<Allocation[]> {
  const args = [...FLAGS, join(bench, "allocations-child.js"), dist, String(times)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Allocation[];
}
