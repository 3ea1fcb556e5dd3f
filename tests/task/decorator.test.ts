import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

// Node 20 has no decorators, and what transforms the tests leaves them as they are: the program is one of its own, run by
// tsx, which knows them.
const tsx = createRequire(import.meta.url).resolve("tsx");
const root = fileURLToPath(new URL("../..", import.meta.url));
const program = fileURLToPath(new URL("./decorated.ts", import.meta.url));

describe("@coroutine", () => {
  it("marks methods: public, private and static ones, which keep their `this` and may recurse without end", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, program], {
      cwd: root,
      encoding: "utf8",
    });
    expect({ status, stderr, lines: stdout.trimEnd().split("\n") }).toEqual({
      status: 0,
      stderr: "",
      lines: ["balance 5", "balance 12", "countdown 100000", "no such account fail,audit"],
    });
  });
});
