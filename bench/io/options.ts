import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";
import type { Workload } from "../workloads.ts";
import { IO_WORKLOADS } from "./workloads.ts";

/** What the command line asks for. */
export interface IoOptions {
  readonly workloads: readonly Workload[];
  readonly runs: number;
  /** Milliseconds of churn; null for none. */
  readonly churn: number | null;
  readonly seed: number;
  /** Where the record goes; `-` is standard output. */
  readonly json: string | null;
  readonly record: boolean;
  readonly docs: boolean;
  /** Tiny sizes, one round, no warming up: does everything run, and agree? */
  readonly smoke: boolean;
  readonly help: boolean;
}

const CHURN = "churn";
const SWITCHES = ["record", "docs", "smoke", "help"] as const;

/** What `--help` prints. */
export const IO_HELP = `npm run bench:io -- [what …] [options]

  what          ${[...IO_WORKLOADS.map(({ name }) => name), CHURN].join(" ")}; default all
  --runs N      rounds; default 5
  --for TIME    how long the churn goes on, as in 30s or 10m; default 10m
  --seed N      of the churn's chances; default: a new one, which is printed
  --json FILE   the record, for machines; - is standard output
  --record      into bench/results/io, and docs/performance.md made from that
  --docs        docs/performance.md again, from the record that is there
  --smoke       tiny sizes, a second of churn: do all run, and agree on the checksums?`;

/** @throws {UsageError} When it asks for what there is not. */
export function parseIoOptions(args: readonly string[]): IoOptions {
  const { values, positionals } = parse(args);
  const unknown = positionals.filter((name) => name !== CHURN && !IO_WORKLOADS.some((each) => isNamed(each, name)));
  if (unknown.length > 0) {
    throw new UsageError(
      `there is no workload "${unknown.join(`", "`)}"; there are ${IO_WORKLOADS.map(({ name }) => name).join(", ")}, ${CHURN}.`,
    );
  }
  const wanted = (workload: Workload): boolean => positionals.some((name) => isNamed(workload, name));
  const smoke = values.smoke ?? false;
  const duration = milliseconds(values.for ?? (smoke ? "1s" : "10m"));
  return {
    workloads: positionals.length === 0 ? IO_WORKLOADS : IO_WORKLOADS.filter(wanted),
    runs: wholeNumber("--runs", values.runs ?? "5"),
    churn: positionals.length === 0 || positionals.includes(CHURN) ? duration : null,
    seed: values.seed === undefined ? Date.now() % 2 ** 31 : wholeNumber("--seed", values.seed),
    json: values.json ?? null,
    record: values.record ?? false,
    docs: values.docs ?? false,
    smoke,
    help: values.help ?? false,
  };
}

const isNamed = ({ id, name }: Workload, wanted: string): boolean => name === wanted || id === wanted;

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const flags = Object.fromEntries(SWITCHES.map((name) => [name, flag])) as Record<
    (typeof SWITCHES)[number],
    typeof flag
  >;
  const options = { runs: text, for: text, seed: text, json: text, ...flags };
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} See npm run bench:io -- --help.`);
  }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`${option} takes a whole number from 1, not "${text}".`);
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const found = /^(\d+)(ms|s|m|h)$/.exec(text);
  if (found === null) throw new UsageError(`--for takes a time, as in 30s or 10m, not "${text}".`);
  return Number(found[1]) * UNITS[found[2] as keyof typeof UNITS];
}
