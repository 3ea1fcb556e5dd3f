import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { noShell } from "./children.ts";

/** How many promises each operation made in a process of its own. */
async function counts(url: URL): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", fileURLToPath(url)]);
  const { "a promise": known, ...made } = JSON.parse(stdout) as Record<string, number>;
  expect(known).toBe(1);
  return made;
}

const none = (made: object): object => Object.fromEntries(Object.keys(made).map((operation) => [operation, 0]));

describe("native promises", () => {
  it("are made by nothing in escapement/files", async () => {
    const made = await counts(new URL("count-promises-of-files.ts", import.meta.url));
    expect(Object.keys(made)).toHaveLength(37);
    expect(made).toEqual(none(made));
  });

  it.skipIf(noShell !== "")(`are made by nothing in escapement/process${noShell}`, async () => {
    const made = await counts(new URL("count-promises-of-processes.ts", import.meta.url));
    expect(Object.keys(made)).toHaveLength(13);
    expect(made).toEqual(none(made));
  });
});
