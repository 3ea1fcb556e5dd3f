import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fill } from "../scripts/book/fill.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const chapters = readdirSync(join(root, "docs/inside")).filter((file) => /^\d.*\.md$/.test(file));

describe("asyncio from inside", () => {
  it.each(chapters)("%s shows the sources as they are, and what its programs do", async (chapter) => {
    const text = readFileSync(join(root, "docs/inside", chapter), "utf8");
    expect(text, "npm run book writes the chapters anew").toBe(await fill(root, text));
  });

  it.each(chapters)(
    "%s has pieces of the sources, a run as a table, and an exercise whose answer is run",
    (chapter) => {
      const text = readFileSync(join(root, "docs/inside", chapter), "utf8");
      expect(text).toMatch(/^<!-- source: /m);
      expect(text).toMatch(/^<!-- moments: /m);
      expect(text).toMatch(/^## Exercise\n.*^<details>\n.*^```ts\n\/\/ run\n.*^\/\/=> .*^<\/details>$/ms);
    },
  );

  it("would be written anew if a source or a program had changed", async () => {
    const stale = (head: string): string => `<!-- ${head} -->\n\nof yesterday\n\n<!-- end -->\n`;
    const filled = await fill(
      root,
      stale("source: src/loop/ring.ts Ring.push") + stale("program: examples/inside/lock.ts"),
    );
    expect(filled).not.toContain("of yesterday");
    expect(filled).toMatch(
      /```ts\npush\(entry: T\): void \{\n {2}if .*```text\n0 ms, iteration 2: anne has the lock\n/s,
    );
    await expect(fill(root, stale("source: src/loop/ring.ts Ring.pull"))).rejects.toThrow(
      "src/loop/ring.ts has no Ring.pull",
    );
  });

  it("is numbered without a gap, and its list of chapters is whole", () => {
    expect(chapters.map((name) => Number.parseInt(name, 10))).toEqual(chapters.map((_, i) => i + 1));
    const contents = readFileSync(join(root, "docs/inside/README.md"), "utf8");
    expect([...contents.matchAll(/\]\((\d[^)]+)\)/g)].map((match) => match[1])).toEqual(chapters);
  });
});
