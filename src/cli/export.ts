import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Trace, narrate, toChromeTrace, toCsv, toHtml, toMermaid, toSvg } from "../inspect/index.ts";
import { loadTrace } from "./load-trace.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "export <trace file> --to <format> [--at <event>] [-o <file>]";
const SUMMARY =
  "Writes a recorded run as chrome (for Perfetto), csv, html or text; or the moment after --at events as mermaid or svg.";

const FORMATS: Readonly<Record<string, (trace: Trace, at: number) => string>> = {
  chrome: toChromeTrace,
  csv: toCsv,
  html: (trace) => toHtml(trace),
  mermaid: toMermaid,
  svg: toSvg,
  text: (trace) => trace.events.map((_, index) => `${narrate(trace, index)}\n`).join(""),
};

/** `escapement export run.trace.json --to svg --at 40 -o moment.svg`. */
export const exportTrace: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: USAGE,
  summary: SUMMARY,
  async run(args) {
    const { values, positionals } = parse(args);
    if (values.help === true) return print(`Usage: escapement ${USAGE}\n\n${SUMMARY}\n`);
    const [file, extra] = positionals;
    if (file === undefined) throw new UsageError("export what? The trace file is missing.");
    if (extra !== undefined) throw new UsageError(`export takes one file, and found "${extra}" after "${file}".`);
    const format = formatNamed(values.to);
    const trace = loadTrace(file);
    return write(format(trace, indexIn(trace, values.at)), values.output);
  },
};

interface Values {
  to?: string;
  at?: string;
  output?: string;
  help?: boolean;
}

function parse(args: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        to: { type: "string" },
        at: { type: "string" },
        output: { type: "string", short: "o" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function formatNamed(name: string | undefined): (trace: Trace, at: number) => string {
  const known = Object.keys(FORMATS).join(", ");
  if (name === undefined) throw new UsageError(`export to what? Say --to with one of ${known}.`);
  if (!Object.hasOwn(FORMATS, name)) throw new UsageError(`there is no format "${name}"; there are ${known}.`);
  return FORMATS[name]!;
}

function indexIn(trace: Trace, at: string | undefined): number {
  const index = at === undefined ? trace.events.length : Number(at);
  if (Number.isInteger(index) && index >= 0 && index <= trace.events.length) return index;
  throw new UsageError(`--at is the number of an event, from 0 to ${trace.events.length}, not "${at}".`);
}

function write(text: string, file: string | undefined): number {
  if (file === undefined) return print(text.endsWith("\n") ? text : `${text}\n`);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`the export cannot be written: ${(error as Error).message}`, { cause: error });
  }
  return 0;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
