// For another process, and for another version of Node: `path/to/node --import tsx tests/sim/print-replays.ts [seeds] [times]`
// prints a hash for each program, the same wherever it runs; with a third argument, "all", every run.
import { createHash } from "node:crypto";
import { replayAll } from "./replayed.ts";

const [seeds = "1000", times = "100", all] = process.argv.slice(2);
const found = await replayAll(Number(seeds), Number(times));
if (all === "all") console.log(JSON.stringify(found));
else {
  for (const [name, runs] of Object.entries(found)) {
    console.log(createHash("sha256").update(runs.join("\n")).digest("hex").slice(0, 16), name);
  }
}
