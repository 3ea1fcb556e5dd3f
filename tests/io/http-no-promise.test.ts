import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("escapement/http makes no native promise, whatever it does, but for those of undici when a session closes", async () => {
  const program = fileURLToPath(new URL("count-promises-of-http.ts", import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--import", "tsx", program]);
  const { "a promise": one, shutdown, ...made } = JSON.parse(stdout) as Record<string, number>;
  expect(stderr).toBe("");
  expect(one).toBe(1);
  expect(shutdown).toBeGreaterThan(0);
  expect(Object.keys(made)).toHaveLength(17);
  expect(made).toEqual(Object.fromEntries(Object.keys(made).map((operation) => [operation, 0])));
});
