// The chapters of docs/inside hold three kinds of text that nobody writes by hand, between comments that say what it is:
//
//   <!-- source: src/loop/ring.ts Ring.push Ring.shift -->   pieces of a source
//   <!-- program: examples/inside/turns.ts -->                a program, and what it prints
//   <!-- moments: examples/inside/turns.ts -->                its run, as a table
//   <!-- end -->
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSource } from "../../tests/architecture/source.ts";
import { type Main, runSync } from "../../src/index.ts";
import { extract } from "./extract.ts";
import { momentsOf } from "./moments.ts";

const BLOCK = /^<!-- (source|program|moments): (\S+)((?: (?!-->)\S+)*) -->\n.*?^<!-- end -->$/gms;

/** The text of a chapter with its blocks as they must be. @throws {Error} When one names what is not there. */
export async function fill(root: string, text: string): Promise<string> {
  let filled = "";
  let end = 0;
  for (const match of text.matchAll(BLOCK)) {
    const [block, kind, path, names] = match as unknown as [string, string, string, string];
    const content = await contentOf(root, kind, path, names.trim().split(" "));
    filled += `${text.slice(end, match.index)}<!-- ${kind}: ${path}${names} -->\n\n${content}\n\n<!-- end -->`;
    end = match.index + block.length;
  }
  return filled + text.slice(end);
}

async function contentOf(root: string, kind: string, path: string, names: readonly string[]): Promise<string> {
  const text = readFileSync(join(root, path), "utf8");
  if (kind === "source") return fenced("ts", extract(parseSource(path, text), names));
  const { default: main } = (await import(pathToFileURL(join(root, path)).href)) as { default: Main<unknown> };
  if (kind === "moments") return quietly(() => momentsOf(main)).result;
  const { printed } = quietly(() => runSync(main));
  return `${fenced("ts", text.trimEnd())}\n\n${fenced("text", printed.join("\n"))}`;
}

/** What `act` prints is ours, not the terminal's. */
function quietly<T>(act: () => T): { result: T; printed: string[] } {
  const printed: string[] = [];
  const { log } = console;
  console.log = (line: string) => printed.push(line);
  try {
    return { result: act(), printed };
  } finally {
    console.log = log;
  }
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}
