import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ProgramSyntaxError } from "../../tests/cpython/interpreter/parse.ts";
import { makeCorpus } from "./corpus.ts";
import { table, writeBlock } from "./documents.ts";
import { Fuzzer } from "./fuzzer.ts";
import type { Tally } from "./fuzzer.ts";
import { testMutants } from "./mutants.ts";
import type { Finding } from "./mutants.ts";
import { drawnPrograms, storedPrograms } from "./programs.ts";
import type { Programs } from "./programs.ts";
import { findPython, oracle } from "./python.ts";
import type { Python } from "./python.ts";
import { Side, subjectOf } from "./side.ts";
import type { Usage } from "./usage.ts";

const USAGE = `Usage: npm run conformance -- [corpus | mutants | FILE ...] [options]

Runs random programs under CPython's asyncio and under escapement, and compares their traces event by event.
corpus makes tests/cpython/corpus anew; mutants plants bugs in copies of the runtime and tells how soon each is found;
a FILE has a program or a vector, or one in each line (.jsonl), to be compared in place of random ones.

  --programs N    how many (default 2000; of the corpus 500)
  --seed S        the seed (default: the time of day, for corpus and mutants 1); programs are S:0, S:1, ...
  --from K        the first of them (default 0)
  --python PATH   a Python >= 3.13 (default: python3.13, python3.14, python3 or python)
  --jobs J        how many processes for each side (default 1)
  --stop N        stop after so many differences (default 1)
  --no-shrink     show differences as they were found
  --tree DIR      compare the runtime of another tree
  --write         put the numbers into docs/conformance.md`;

type What = "compare" | "corpus" | "mutants";

interface CommandLine {
  readonly what: What;
  readonly files: readonly string[];
  readonly programs: number;
  readonly seed: string;
  readonly from: number;
  readonly jobs: number;
  readonly stop: number;
  readonly shrinks: boolean;
  readonly writes: boolean;
  readonly python: string | undefined;
  readonly tree: string;
}

function readCommandLine(): CommandLine {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      programs: { type: "string" },
      seed: { type: "string" },
      from: { type: "string", default: "0" },
      python: { type: "string" },
      jobs: { type: "string", default: "1" },
      stop: { type: "string", default: "1" },
      "no-shrink": { type: "boolean", default: false },
      tree: { type: "string", default: fileURLToPath(new URL("../..", import.meta.url)) },
      write: { type: "boolean", default: false },
    },
  });
  const [first] = positionals;
  const what = first === "corpus" || first === "mutants" ? first : "compare";
  if (what !== "compare" && positionals.length > 1)
    throw new TypeError(`${positionals.join(" ")}: expected ${what} alone`);
  return {
    what,
    files: what === "compare" ? positionals : [],
    programs: count(values.programs ?? (what === "corpus" ? "500" : "2000"), "programs"),
    seed: values.seed ?? (what === "compare" ? String(Date.now()) : "1"),
    from: count(values.from, "from"),
    jobs: Math.max(1, count(values.jobs, "jobs")),
    stop: Math.max(1, count(values.stop, "stop")),
    shrinks: !values["no-shrink"],
    writes: values.write,
    python: values.python,
    tree: values.tree,
  };
}

function count(text: string, name: string): number {
  if (!/^\d+$/u.test(text)) throw new TypeError(`--${name} ${text}: expected a whole number`);
  return Number(text);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @returns Whether all is as it should be. */
async function execute(options: CommandLine, python: Python): Promise<boolean> {
  switch (options.what) {
    case "compare":
      return comparePrograms(options, python);
    case "corpus":
      print(await makeCorpus(python, options.seed, options.programs));
      return true;
    case "mutants":
      return findMutants(options, python);
  }
}

async function comparePrograms(options: CommandLine, python: Python): Promise<boolean> {
  const { files, seed, from, programs } = options;
  const chosen = files.length > 0 ? storedPrograms(files) : drawnPrograms(seed, from, programs);
  const pairs = Array.from({ length: options.jobs }, () => ({
    oracle: new Side("oracle", oracle(python)),
    subject: new Side("escapement", subjectOf(options.tree)),
  }));
  const fuzzer = new Fuzzer(chosen, { ...options, print });
  const began = performance.now();
  const tally = await fuzzer.run(pairs);
  const agreed = tally.different === 0 && tally.failed === 0;
  const seconds = (performance.now() - began) / 1000;
  for (const side of pairs.flatMap(({ oracle: one, subject }) => [one, subject])) side.close();
  report(chosen, fuzzer.usage, tally, seconds);
  if (options.writes && agreed) writeBlock("npm run conformance", asMarkdown(options, python, fuzzer.usage, tally));
  return agreed;
}

function compared({ agreed, different, failed, skipped }: Tally): number {
  return agreed + different + failed + skipped;
}

function report({ title }: Programs, usage: Usage, tally: Tally, seconds: number): void {
  const { agreed, different, failed, skipped } = tally;
  const all = compared(tally);
  for (const [name, total, outcomes] of usage.events())
    print(`${name.padEnd(24)} ${String(total).padStart(9)}  ${outcomes}`);
  print(
    `\nexecuted: ${usage
      .executed()
      .map((entry) => entry.join(" "))
      .join(", ")}`,
  );
  print(`\n${usage.summary()}`);
  print(
    `\n${title}: ${agreed} agree, ${different} differ, ${failed} failed, ${skipped} that CPython cannot run ` +
      `(${all} in ${seconds.toFixed(1)} s, ${Math.round(all / seconds)} a second)`,
  );
}

function asMarkdown({ seed, from }: CommandLine, python: Python, usage: Usage, tally: Tally): string {
  return [
    `CPython ${python.version}, Node ${process.versions.node}, seed \`${seed}\`, programs ${from} to ${from + compared(tally) - 1}: ` +
      `${tally.agreed} agree, none differs, none failed; ${tally.skipped} CPython cannot run (item 6 below).`,
    `${capitalized(usage.summary().replace("\nnever", ". Never"))}.`,
    table(["statement or awaitable", "executed"], usage.executed()),
    table(["event", "seen", "of which"], usage.events()),
  ].join("\n\n");
}

async function findMutants({ seed, programs, writes }: CommandLine, python: Python): Promise<boolean> {
  const findings: Finding[] = [];
  for await (const finding of testMutants(python, seed, programs)) {
    const { bug, needed, inCorpus } = finding;
    print(`${bug}: ${needed ?? `not in ${programs}`}, ${inCorpus} of the corpus`);
    findings.push(finding);
  }
  const foundAll = findings.every(({ needed }) => needed !== null);
  if (writes && foundAll) writeBlock("npm run conformance -- mutants", mutantsAsMarkdown(seed, findings));
  return foundAll;
}

function mutantsAsMarkdown(seed: string, findings: readonly Finding[]): string {
  const rows = findings.map(({ bug, needed, inCorpus }) => [bug, needed ?? "none", inCorpus]);
  return `Seed \`${seed}\`.\n\n${table(["planted bug", "programs needed", "differ in the corpus"], rows)}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function main(): Promise<number> {
  if (process.argv.includes("--help")) {
    print(USAGE);
    return 0;
  }
  const options = readCommandLine();
  const python = findPython(options.python);
  if ("found" in python) {
    print(`not run: needs Python 3.13 or newer, found ${python.found.join("; ")}`);
    return 0;
  }
  print(`CPython ${python.version} (${python.file})`);
  return (await execute(options, python)) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isOfCommandLine = error instanceof TypeError && !(error instanceof ProgramSyntaxError);
  process.stderr.write(isOfCommandLine ? `${message}\n\n${USAGE}\n` : `${message}\n`);
  process.exit(2);
}
