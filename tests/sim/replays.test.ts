import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { replayAll } from "./replayed.ts";

const SEEDS = 8;
const TIMES = 2;
const child = fileURLToPath(new URL("print-replays.ts", import.meta.url));

/** What another process prints. */
function elsewhere(): Promise<string> {
  const run = spawn(process.execPath, ["--import", "tsx", child, String(SEEDS), String(TIMES), "all"]);
  let [stdout, stderr] = ["", ""];
  run.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  run.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    run.on("error", reject);
    run.on("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
}

// For other versions of Node: print-replays.ts, and `npm run bench:sim -- --node PATH`.
describe("a run", () => {
  it("is the same when it is replayed, and in another process", { timeout: 120_000 }, async () => {
    const [here, there] = [await replayAll(SEEDS, TIMES), await elsewhere()];
    expect(JSON.parse(there)).toEqual(here);
    expect(Object.keys(here).length).toBeGreaterThan(15);
    // Most seeds are runs of their own: a digest that never changes would be the same everywhere, too.
    for (const name of ["drawing", "talking"]) expect(new Set(here[name])).toHaveProperty("size", SEEDS);
  });
});
