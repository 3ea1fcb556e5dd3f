import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type NamedTrace, toHtml } from "../inspect/index.ts";
import { loadTraceWithProblems } from "./load-trace.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "view <trace file> [<trace file>] [-o <page>]";
const SUMMARY =
  "Makes a page of a recorded run, to be opened in a browser, offline, too: every moment, forwards and backwards; of two runs, where they part.";

/** `escapement view run.trace.json -o page.html`. */
export const view: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: USAGE,
  summary: SUMMARY,
  async run(args) {
    const { values, positionals } = parse(args);
    if (values.help === true) {
      process.stdout.write(`Usage: escapement ${USAGE}\n\n${SUMMARY}\n`);
      return 0;
    }
    const [file, other, extra] = positionals;
    if (file === undefined) throw new UsageError("view what? The trace file is missing.");
    if (extra !== undefined) throw new UsageError(`view takes one file or two, and found "${extra}" after "${other}".`);
    writePage(values.output ?? pageOf(file), file, other);
    return 0;
  },
};

function parse(args: string[]): { values: { output?: string; help?: boolean }; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { output: { type: "string", short: "o" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Beside the trace, and called as it is. */
function pageOf(file: string): string {
  return `${file.replace(/(\.trace)?\.json$/, "")}.html`;
}

function load(name: string): NamedTrace & { readonly problems: readonly string[] } {
  const { trace, problems } = loadTraceWithProblems(name);
  return { name, trace, problems: problems.map((problem) => `${name}: ${problem}`) };
}

/** What could not be read of a trace is said in the page, too: others may open it. */
function writePage(page: string, file: string, other: string | undefined): void {
  const first = load(file);
  const second = other === undefined ? null : load(other);
  const problems = [...first.problems, ...(second?.problems ?? [])];
  const html = toHtml(first.trace, { name: file, problems, ...(second === null ? {} : { beside: second }) });
  try {
    writeFileSync(page, html);
  } catch (error) {
    throw new UsageError(`the page cannot be written: ${(error as Error).message}`, { cause: error });
  }
  process.stderr.write(`Wrote ${page}: open it in a browser.\n`);
}
