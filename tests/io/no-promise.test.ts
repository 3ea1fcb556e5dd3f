import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("escapement/net makes no native promise, whatever it does", async () => {
  const program = fileURLToPath(new URL("count-promises.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program]);
  const made = JSON.parse(stdout) as Record<string, number>;
  expect(made["a promise"]).toBe(1);
  delete made["a promise"];
  expect(Object.keys(made)).toHaveLength(17);
  expect(made).toEqual(Object.fromEntries(Object.keys(made).map((operation) => [operation, 0])));
});
