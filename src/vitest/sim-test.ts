import { relative } from "node:path";
import { type RunnerTestCase, type TestAPI, type TestContext, test } from "vitest";
import { type ExploreOptions, type Program, ReplayError, SimulationError, explore, replay } from "../sim/index.ts";
import { tell, tellRun } from "../sim/report.ts";
import { programMark, readRepro } from "../sim/repro.ts";
import { warnOfNever } from "../sim/sometimes.ts";
import { type Settings, vitestSettings } from "./settings.ts";
import { useVitestSourceMaps } from "./source-maps.ts";

/** How the program of a test is explored. The seed is vitest's (`--sequence.seed`) unless it is given here, or else 0. */
export type SimTestOptions = Omit<ExploreOptions, "stopAfter" | "onProgress" | "onRun">;

/** Declares a test whose body is a program, run under many schedules. */
export interface SimTest {
  (name: string, program: Program<unknown>, options?: SimTestOptions): void;
}

/** The test as vitest knows it, in a simulation. */
interface Sim {
  readonly test: SimTest & { readonly only: SimTest; readonly skip: SimTest };
}

/** The variable of the environment that makes every `sim.test` replay one schedule instead of exploring many. */
const REPRO = "ESCAPEMENT_REPRO";

/**
 * Tests that are explored: `sim.test` fails when any schedule of its program does, with the story of the shortest one.
 *
 * The message has the line that replays that schedule: with `ESCAPEMENT_REPRO` set, a test replays it and nothing else. A
 * `sim.test` with another program is skipped then, unless `-t` chose it; tests of other kinds run as ever.
 *
 * @example
 * import { gather } from "escapement";
 * import { sim } from "escapement/vitest";
 *
 * sim.test("no addition is lost", function* (world) {
 *   const counter = { value: 0 };
 *   yield* gather([add(counter), add(counter)]);
 *   expect(counter.value).toBe(2);
 * }, { schedules: 1000 });
 */
export const sim: Sim = {
  test: Object.assign(declareWith(test), { only: declareWith(test.only), skip: declareWith(test.skip) }),
};

function declareWith(declare: TestAPI | TestAPI["only"]): SimTest {
  return function declared(name, program, options = {}) {
    checkProgram(name, program);
    useVitestSourceMaps();
    const place = { stack: "" };
    Error.captureStackTrace(place, declared);
    // The exploration ends by itself, and ends in the same way again: no time limit of vitest's, no second try.
    declare(name, { timeout: 0, retry: 0 }, ({ task, skip }) => {
      const repro = process.env[REPRO] ?? "";
      try {
        if (repro === "") exploreAll(task, program, options);
        else replayOne(task, program, repro, options, skip);
      } catch (error) {
        if (error instanceof SimulationError) pointTo(place, error);
        throw error;
      }
    });
  };
}

/** The line that vitest shows beside the story is where the test stands; that which failed is its cause's. */
function pointTo(place: { readonly stack: string }, error: Error): void {
  error.stack = `${error.name}: ${error.message}\n${place.stack.replace(/^.*\n/, "")}`;
}

function checkProgram(name: string, program: unknown): void {
  const kind = Object.prototype.toString.call(program).slice("[object ".length, -1);
  if (kind === "Function" || kind === "GeneratorFunction") return;
  const found = typeof program === "function" ? "an async function" : kind === "Object" ? "an object" : String(program);
  throw new TypeError(
    `sim.test "${name}": the program is ${found}, not a coroutine function. ` +
      "Write: sim.test(name, function* (world) { … }, options).",
  );
}

function exploreAll(task: RunnerTestCase, program: Program<unknown>, options: SimTestOptions): void {
  const { seed } = vitestSettings();
  const all = { seed: seed ?? 0, ...options };
  const exploration = explore(program, { ...all, stopAfter: 1 });
  const failure = exploration.failures[0];
  if (failure === undefined) {
    warnOfNever(`sim.test "${task.name}"`, exploration.schedules, exploration.sometimes);
    return;
  }
  const story = tell(program, failure, exploration, all, commandFor(task, failure.repro));
  throw new SimulationError(`${story}\n${seedLine(all.seed)}`, failure);
}

function seedLine(seed: number): string {
  return `Explored from seed ${seed}. Other schedules: npx vitest run --sequence.seed=${seed + 1}`;
}

function replayOne(
  task: RunnerTestCase,
  program: Program<unknown>,
  repro: string,
  options: SimTestOptions,
  skip: TestContext["skip"],
): void {
  const { program: mark } = readRepro(repro);
  try {
    const outcome = replay(program, repro, options);
    if (outcome.status === "returned") return;
    const edited = outcome.repro === repro ? "" : `; edited since, it is now ${outcome.repro}`;
    const story = `${tellRun(program, outcome, options)}\n\nReplayed: ${REPRO}=${repro}${edited}`;
    throw new SimulationError(story, { run: 0, found: outcome, shrunk: outcome, repro });
  } catch (error) {
    if (!(error instanceof ReplayError) || mark === programMark(program) || wasChosen(vitestSettings())) throw error;
    const note = `${REPRO}=${repro} is of another program, or of this one before an edit`;
    console.warn(
      `sim.test "${task.name}" is skipped: ${note}. To replay it here all the same, choose this test with -t.`,
    );
    skip(note);
  }
}

function wasChosen({ testNamePattern }: Settings): boolean {
  return testNamePattern !== undefined;
}

/** What to type to see this failure, and nothing else, once more. */
function commandFor(task: RunnerTestCase, repro: string): string {
  const file = relative(process.cwd(), task.file.filepath);
  return `${REPRO}=${repro} npx vitest run ${file} -t ${quoted(fullName(task))}`;
}

/** As `-t` matches it: the names of its suites before its own. */
function fullName(task: RunnerTestCase): string {
  const names = [task.name];
  for (let { suite } = task; suite !== undefined; suite = suite.suite) names.unshift(suite.name);
  return names.join(" ");
}

/** For a shell; and `-t` takes a regular expression. */
function quoted(name: string): string {
  const pattern = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return /["$\\`!]/.test(pattern) ? `'${pattern.replaceAll("'", String.raw`'\''`)}'` : `"${pattern}"`;
}
