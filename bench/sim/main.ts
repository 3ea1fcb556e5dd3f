// `npm run bench:sim`: how fast schedules are run, how soon the fifteen bugs of examples/bugs are found, what dpor spares, and
// whether replays are the very run. `npm run bench:sim -- --help` says what it can be asked.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "../build.ts";
import { writeDocs } from "../docs.ts";
import { writeRecord } from "../record.ts";
import { UsageError } from "../usage-error.ts";
import { loadBugs, lookFor } from "./bugs.ts";
import { simText } from "./docs.ts";
import { type Rate, type Replays, SIM_RECORD, type SimRecord, emptySimRecord, readSimRecord } from "./sim-record.ts";

const PARTS = ["rates", "replays", "bugs"] as const;

const HELP = `npm run bench:sim -- [part …] [options]

  parts        ${PARTS.join(" ")}; default all. What is not measured is taken from the record that is there
  --runs N     rounds of each rate; default 5, after one that warms up
  --seeds N    seeds under which each bug is looked for; default 100
  --replays N  seeds whose runs are replayed, a hundred times each; default 1000
  --node PATH  replays are made by this Node as well; may be given more than once
  --json FILE  the record, for machines; - is standard output
  --record     into bench/results/sim, and docs/performance.md made from that
  --smoke      tiny sizes: does everything run?`;

const REPLAYS_OF_EACH = 100;

interface Options {
  readonly parts: ReadonlySet<string>;
  readonly runs: number;
  readonly seeds: number;
  readonly replayed: number;
  readonly nodes: readonly string[];
  readonly smoke: boolean;
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const smoke = values.smoke ?? false;
  const unknown = positionals.find((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown !== undefined) throw new UsageError(`There is no part "${unknown}": ${PARTS.join(", ")}.`);
  const record = await measure({
    parts: new Set(positionals.length > 0 ? positionals : PARTS),
    runs: wholeNumber("--runs", values.runs ?? (smoke ? "1" : "5")),
    seeds: wholeNumber("--seeds", values.seeds ?? (smoke ? "1" : "100")),
    replayed: wholeNumber("--replays", values.replays ?? (smoke ? "15" : "1000")),
    nodes: values.node ?? [],
    smoke,
  });
  if (values.json !== undefined) writeRecord(values.json, record);
  if (values.record === true) writeRecord(SIM_RECORD, record);
  if (values.json !== "-") console.log(simText(record));
  if (values.record === true && PARTS.every((part) => record[part] !== undefined)) writeDocs();
  return 0;
}

function parse(args: string[]) {
  const [text, flag] = [{ type: "string" }, { type: "boolean" }] as const;
  const texts = { type: "string", multiple: true } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: text,
        seeds: text,
        replays: text,
        node: texts,
        json: text,
        record: flag,
        smoke: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} See npm run bench:sim -- --help.`);
  }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`${option} takes a whole number from 1, not "${text}".`);
}

async function measure({ parts, runs, seeds, replayed, nodes, smoke }: Options): Promise<SimRecord> {
  const record: SimRecord = { ...readSimRecord(), ...emptySimRecord() };
  const say = (what: string): void => console.error(what);
  if (parts.has("rates")) record.rates = measureRates(runs, smoke, say);
  if (parts.has("replays")) {
    const each = smoke ? 2 : REPLAYS_OF_EACH;
    record.replays = measureReplays([process.execPath, process.execPath, ...nodes], { seeds: replayed, each }, say);
  }
  if (parts.has("bugs")) {
    const found = [];
    for (const bug of await loadBugs()) {
      say(`${bug[0]}, ${seeds} seeds`);
      found.push(lookFor(bug, seeds));
    }
    record.bugs = found;
  }
  return record;
}

function measureRates(runs: number, smoke: boolean, say: (what: string) => void): Rate[] {
  const compiled = join(build().bench, "sim", "rates.js");
  const rates: Rate[] = [];
  for (;;) {
    const args = [compiled, String(rates.length), String(runs), smoke ? "0.01" : "1"];
    const rate = run(process.execPath, args) as Rate | null;
    if (rate === null) return rates;
    say(`${rate.what}, ${runs} rounds`);
    rates.push(rate);
  }
}

function measureReplays(
  nodes: readonly string[],
  { seeds, each }: Pick<Replays, "seeds" | "each">,
  say: (what: string) => void,
): Replays {
  const script = fileURLToPath(new URL("replays.ts", import.meta.url));
  let different = 0;
  const processes = nodes.map((node) => {
    const runtime = `Node ${spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim().replace("v", "")}`;
    say(`replays, ${runtime}`);
    const args = ["--import", "tsx", script, String(seeds), String(each)];
    const { different: wrong, hash } = run(node, args) as { different: number; hash: string };
    different += wrong;
    return { runtime, hash };
  });
  return { seeds, each, different, processes };
}

/** What a process prints, as JSON. */
function run(node: string, args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(node, args, { encoding: "utf8", maxBuffer: 2 ** 24 });
  if (status !== 0) throw new Error(`bench: ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${error instanceof UsageError ? error.message : String((error as Error).stack)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
