import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { generateProgram } from "./generate.ts";
import { oracle } from "./python.ts";
import type { Python } from "./python.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrink.ts";
import { Side } from "./side.ts";
import { outcomeOf, subjectOf } from "./usage.ts";
import { CHOICES } from "../../tests/cpython/interpreter/language.ts";
import type { CoroutineNode, Program, Run, Statement, TraceEvent } from "../../tests/cpython/interpreter/language.ts";
import { linesOf, parseVector } from "../../tests/cpython/interpreter/parse.ts";
import type { Vector } from "../../tests/cpython/interpreter/parse.ts";

// Makes tests/cpython/corpus: small programs that show, between them, every outcome of every statement that random programs
// came upon, and as many meetings of two of them in one iteration as there is room for; and some that are whole, as crowded
// as there are. Needs CPython, not escapement.

const DRAWN = 30_000;
const WHOLE = 100;
const LONGEST_WHOLE = 80;
const LINES_PER_FILE = 100;
const LONGEST = 150;
const FOLDER = fileURLToPath(new URL("../../tests/cpython/corpus/", import.meta.url));

interface Specimen {
  readonly program: Program;
  readonly run: Run;
}

/** A line of the corpus. */
interface Entry extends Specimen {
  readonly name: string;
}

/** The programs that are kept, those of found.jsonl among them. */
export function readCorpus(): Vector[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".jsonl"));
  return files.flatMap((file) =>
    linesOf(readFileSync(FOLDER + file, "utf8"), `tests/cpython/corpus/${file}`).map(([line, name]) =>
      parseVector(line, name),
    ),
  );
}

export async function makeCorpus(python: Python, seed: string, size: number): Promise<string> {
  const side = new Side("oracle", oracle(python));
  const drawn = await draw(side, seed);
  const small = await select(side, drawn, size);
  side.close();
  removeAll();
  for (let first = 0; first < small.length; first += LINES_PER_FILE) {
    const entries = small.slice(first, first + LINES_PER_FILE).map((entry) => dress(entry, seed));
    write(`${String(first / LINES_PER_FILE + 1).padStart(2, "0")}.jsonl`, entries);
  }
  const whole = richest(drawn, WHOLE);
  write("whole.jsonl", whole);
  const events = [...small, ...whole].reduce((sum, { run }) => sum + run.trace.length, 0);
  return `${small.length} small and ${whole.length} whole programs of ${drawn.length}, ${events} events`;
}

async function ask(side: Side, program: Program): Promise<Run | null> {
  const answer = await side.ask(program);
  return answer.kind === "run" && answer.run.trace.length <= LONGEST ? answer.run : null;
}

async function draw(side: Side, seed: string): Promise<Specimen[]> {
  const specimens: Specimen[] = [];
  for (let first = 0; first < DRAWN; first += 100) {
    const programs = Array.from({ length: 100 }, (_, index) => generateProgram(`${seed}:${first + index}`));
    const runs = await Promise.all(programs.map((program) => ask(side, program)));
    for (const [index, run] of runs.entries()) if (run !== null) specimens.push({ program: programs[index]!, run });
  }
  return specimens;
}

// ---- what a program shows

function label(event: TraceEvent): string {
  return `${subjectOf(event)} ${outcomeOf(event)}`;
}

/** Each outcome of each statement; how each driver ended. */
function outcomes({ program, run }: Specimen): string[] {
  const end = run.out.map((one) => Object.keys(one as object)[0]).join(" ");
  const driver = `${program.driver}${program.eager === true ? " eager" : ""} ${end}`;
  return [driver, ...run.trace.map(label)];
}

/** What two tasks did one after the other in one iteration, where at least one of them did not just go on. */
function meetings({ run: { trace } }: Specimen): string[] {
  return trace.slice(1).flatMap((event, index) => {
    const before = trace[index]!;
    const meet = before[0] === event[0] && before[2] !== event[2] && [before, event].some(isTelling);
    return meet ? [`${label(before)} | ${label(event)}`] : [];
  });
}

/** Any three events that follow each other in one iteration, of two tasks at least. */
function crowds({ run: { trace } }: Specimen): string[] {
  return trace.slice(2).flatMap((last, index) => {
    const three = [trace[index]!, trace[index + 1]!, last];
    const isOne = three.every((event) => event[0] === last[0]);
    const tasks = new Set(three.map((event) => event[2]));
    return isOne && tasks.size > 1 ? [three.map(label).join(" | ")] : [];
  });
}

function isTelling(event: TraceEvent): boolean {
  return (
    !["ok", "none"].includes(outcomeOf(event)) ||
    /^(cancel|fset|release|putnow|getnow|notify|evset|handle)/u.test(subjectOf(event))
  );
}

// ---- which are kept

async function select(side: Side, drawn: readonly Specimen[], size: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  const shown = new Set<string>();
  for (const features of [outcomes, meetings]) {
    for (const [feature, best] of rarestFirst(drawn, features)) {
      if (entries.length >= size) return entries;
      if (shown.has(feature)) continue;
      const entry = await simplify(side, best, feature, features);
      entries.push({ ...entry, name: feature });
      for (const one of [...outcomes(entry), ...meetings(entry)]) shown.add(one);
    }
  }
  return entries;
}

/** Each feature with the shortest program that shows it. What is seen once or twice in all comes last. */
function rarestFirst(
  drawn: readonly Specimen[],
  features: (of: Specimen) => string[],
): (readonly [string, Specimen])[] {
  const found = new Map<string, { count: number; best: Specimen }>();
  for (const specimen of drawn) {
    for (const feature of new Set(features(specimen))) {
      const known = found.get(feature);
      const isBest = known === undefined || specimen.run.trace.length < known.best.run.trace.length;
      found.set(feature, { count: (known?.count ?? 0) + 1, best: isBest ? specimen : known.best });
    }
  }
  const rank = ({ count }: { count: number }): number => (count < 3 ? Infinity : count);
  const sorted = Array.from(found).toSorted(([, a], [, b]) =>
    rank(a) === rank(b) ? b.count - a.count : rank(a) - rank(b),
  );
  return sorted.map(([feature, { best }]) => [feature, best] as const);
}

async function simplify(
  side: Side,
  specimen: Specimen,
  feature: string,
  features: (of: Specimen) => string[],
): Promise<Specimen> {
  const shows = async (program: Program): Promise<boolean> => {
    const run = await ask(side, program);
    return run !== null && features({ program, run }).includes(feature);
  };
  const program = await shrink(specimen.program, shows, 1500);
  return { program, run: (await ask(side, program)) ?? specimen.run };
}

/** Programs as they were drawn, none too long, each with the most crowds that none before it has. */
function richest(drawn: readonly Specimen[], size: number): Entry[] {
  const entries: Entry[] = [];
  const shown = new Set<string>();
  const candidates = drawn.filter(({ run }) => run.trace.length <= LONGEST_WHOLE);
  const left = new Map(candidates.map((specimen) => [specimen, new Set(crowds(specimen))]));
  while (entries.length < size && left.size > 0) {
    const [best, features] = richestOf(left);
    for (const feature of features) shown.add(feature);
    left.delete(best);
    for (const others of left.values()) for (const feature of features) others.delete(feature);
    entries.push({ ...best, name: `${features.size} crowds, ${shown.size} so far` });
  }
  return entries;
}

function richestOf(features: ReadonlyMap<Specimen, ReadonlySet<string>>): [Specimen, ReadonlySet<string>] {
  return Array.from(features).reduce((best, next) => (next[1].size > best[1].size ? next : best));
}

// ---- how they are written

/** CPython knows one spelling only: which of escapement's stands where is drawn anew, for the shrinker took them all away. */
function dress(entry: Entry, seed: string): Entry {
  const random = new Random(`${seed}/${entry.name}`);
  const { cos, ...program } = entry.program;
  const dressed = Object.entries(cos).map(([name, { body }]): [string, CoroutineNode] => [
    name,
    { kind: random.chance(0.5) ? "wrapped" : "plain", body: body.map((statement) => respell(statement, random)) },
  ]);
  const blocks = random.chance(0.5) ? "wrapped" : "plain";
  const loop = random.chance(0.3) ? { loop: random.pick(CHOICES.loop) } : {};
  return { ...entry, program: { ...program, cos: Object.fromEntries(dressed), blocks, ...loop } };
}

function respell(statement: Statement, random: Random): Statement {
  if (statement.op !== "await" && statement.op !== "asc") return statement;
  const { y: _, ...rest } = statement;
  return random.chance(0.5) ? { ...rest, y: true } : rest;
}

/** All but those of found.jsonl, which are written by hand. */
function removeAll(): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const file of readdirSync(FOLDER)) if (/^(\d+|whole)\.jsonl$/u.test(file)) rmSync(FOLDER + file);
}

function write(file: string, entries: readonly Entry[]): void {
  const lines = entries.map(({ name, program, run }) =>
    JSON.stringify({ name, program, trace: run.trace, out: run.out }),
  );
  writeFileSync(FOLDER + file, `${lines.join("\n")}\n`);
}
