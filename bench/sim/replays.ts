// Simulates each of so many seeds, and replays it so many times; prints how many replays were not the very run, and a hash of
// all digests, which is to be the same in every process and on every version of Node.
import { createHash } from "node:crypto";
import { replay, simulate } from "escapement/sim";
import { loadBugs } from "./bugs.ts";

const [seeds, each] = process.argv.slice(2).map(Number) as [number, number];
const bugs = await loadBugs();
const hash = createHash("sha256");
let different = 0;
for (let seed = 0; seed < seeds; seed += 1) {
  const program = bugs[seed % bugs.length]![1].default;
  const { digest, repro } = simulate(program, { seed });
  hash.update(digest);
  for (let i = 0; i < each; i += 1) if (replay(program, repro, { seed }).digest !== digest) different += 1;
}
process.stdout.write(JSON.stringify({ different, hash: hash.digest("hex").slice(0, 16) }));
