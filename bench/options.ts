import { parseArgs } from "node:util";
import { type PeerChoice, checkPeers, chooseWorkloads, knownPeers } from "./peers.ts";
import { UsageError } from "./usage-error.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

/** What the command line asks for. */
export interface Options extends PeerChoice {
  readonly workloads: readonly Workload[];
  readonly runs: number;
  readonly python: string;
  /** Where the record goes; `-` is standard output. */
  readonly json: string | null;
  readonly compare: string | null;
  readonly scaling: boolean;
  readonly soak: boolean;
  readonly embedding: boolean;
  readonly allocations: boolean;
  readonly record: boolean;
  readonly docs: boolean;
  /** Tiny sizes, one round, no warming up: does everything run, and agree? */
  readonly smoke: boolean;
  readonly help: boolean;
}

const SWITCHES = ["scaling", "soak", "embedding", "allocations", "record", "docs", "smoke", "help"] as const;

/** What `--help` prints. */
export const HELP = `npm run bench -- [workload …] [options]

  workloads   ${WORKLOADS.map(({ name }) => name).join(" ")}
  --peers A,B     only these: ${knownPeers().join(" ")}
  --peer-file F   another peer, a module that exports load() or a Python program; see bench/README.md
  --tree DIR      another checkout of escapement beside this one; --dist DIR: one that is built.
                  With --peers escapement, each is compared with this one instead of native
  --runs N        rounds; default 5
  --python PATH   for cpython and simpy; default python3.13, or else python3
  --json FILE     the record, for machines; - is standard output
  --compare FILE  what is slower than in that record, beyond noise
  --scaling       cost per operation from 10 to 1,000,000 tasks and timers
  --soak          100,000,000 switches, the heap sampled
  --embedding     run() against runSync(); with the hooks against a build without
  --allocations   what one operation allocates, and where
  --record        all of it, into bench/results, and docs/performance.md made from that
  --docs          docs/performance.md again, from the record that is there
  --smoke         tiny sizes: do all run, and agree on the checksums?`;

/** @throws {UsageError} When it asks for what there is not. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const list = (text: string | undefined): string[] | null => text?.split(",").filter((name) => name !== "") ?? null;
  const options: Options = {
    workloads: chooseWorkloads(positionals),
    names: list(values.peers),
    files: values["peer-file"] ?? [],
    trees: values.tree ?? [],
    dists: values.dist ?? [],
    runs: positiveInteger("--runs", values.runs ?? "5"),
    python: values.python ?? "",
    json: values.json ?? null,
    compare: values.compare ?? null,
    scaling: values.scaling ?? false,
    soak: values.soak ?? false,
    embedding: values.embedding ?? false,
    allocations: values.allocations ?? false,
    record: values.record ?? false,
    docs: values.docs ?? false,
    smoke: values.smoke ?? false,
    help: values.help ?? false,
  };
  checkPeers(options);
  return options;
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true } as const;
  const flag = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        peers: text,
        "peer-file": texts,
        tree: texts,
        dist: texts,
        runs: text,
        python: text,
        json: text,
        compare: text,
        ...(Object.fromEntries(SWITCHES.map((name) => [name, flag])) as Record<(typeof SWITCHES)[number], typeof flag>),
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} See npm run bench -- --help.`);
  }
}

function positiveInteger(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`${option} takes a whole number from 1, not "${text}".`);
}
