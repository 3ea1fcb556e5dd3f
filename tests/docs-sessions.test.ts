import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Shell, openShell } from "./shell.ts";

// What a reader is told to write and to type, in order, in a folder named after the document:
//   a ts block whose first line is `// file: name` is that file from there on; a diff block edits the file it names;
//   each line after a `$` in a console block is typed, and what comes of it stands below.
// `…` stands for what differs from run to run: within a line anything, alone on a line any number of lines.
// After a change of what is printed: npx vitest run tests/docs-sessions.test.ts -u

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const BLOCK = /^```(ts|diff|console)(?: (\S+))?\n(.*?)^```$/gms;

const REPLAY_IT = /^Replay it: .*?(?:ESCAPEMENT_REPRO=|replay \S+ )([\w-]+)/m;

const documents = readdirSync(docs)
  .filter((file) => file.endsWith(".md") && /^```console$/m.test(readFileSync(join(docs, file), "utf8")))
  .map((file) => join(docs, file));

/** The document with what its commands really print. */
async function replayed(markdown: string, shell: Shell): Promise<string> {
  const files = new Map<string, string>();
  const repros = new Map<string, string>();
  const write = (name: string, text: string): void => void files.set(shell.write(name, text), text);
  let result = "";
  let end = 0;
  for (const match of markdown.matchAll(BLOCK)) {
    const [block, kind, name = "", text = ""] = match;
    const file = /^\/\/ file: (\S+)\n/.exec(text);
    if (kind === "ts" && file !== null) write(file[1]!, text);
    if (kind === "diff") write(name, edited(files.get(name) ?? "", text));
    result += markdown.slice(end, match.index);
    result += kind === "console" ? `\`\`\`console\n${await typed(text, shell, repros)}\`\`\`` : block;
    end = match.index + block.length;
  }
  return result + markdown.slice(end);
}

/** Replaces the lines with a minus by those with a plus. */
function edited(text: string, diff: string): string {
  const lines = diff.trimEnd().split("\n");
  const those = (mark: string): string =>
    lines
      .filter((line) => line[0] !== mark)
      .map((line) => line.slice(1))
      .join("\n");
  const [before, after] = [those("+"), those("-")];
  expect(text.split(before), `the file has once: ${before}`).toHaveLength(2);
  return text.replace(before, () => after);
}

/** @param repros - By the repro that the document has, the one that it is now: for those that are typed later. */
async function typed(session: string, shell: Shell, repros: Map<string, string>): Promise<string> {
  let result = "";
  for (const [, told = "", expected = ""] of session.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
    const line = told.replaceAll(/[\w-]{8,}/g, (word) => repros.get(word) ?? word);
    const { stdout, stderr } = await shell.type(line);
    const printed = stderr + stdout;
    const [before, now] = [expected, printed].map((text) => REPLAY_IT.exec(text)?.[1]);
    if (before !== undefined && now !== undefined) repros.set(before, now);
    result += `$ ${line}\n${matches(printed, expected) ? expected : printed}`;
  }
  return result;
}

function matches(printed: string, expected: string): boolean {
  const pattern = expected
    .split("\n")
    .map((line) => (line === "…" ? "(?:.*\n)*?.*" : line.split("…").map(escaped).join(".*")))
    .join("\n");
  return new RegExp(`^${pattern}$`).test(printed);
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

describe("the sessions in the documentation", () => {
  it.each(documents.map((file) => basename(file)))("are as they say: %s", { timeout: 300_000 }, async (name) => {
    const shell = openShell(name.replace(".md", ""));
    try {
      const file = join(docs, name);
      await expect(await replayed(readFileSync(file, "utf8"), shell)).toMatchFileSnapshot(file);
    } finally {
      shell.remove();
    }
  });
});
