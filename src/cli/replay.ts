import { parseArgs } from "node:util";
import { type Program, ReplayError, type SimulateOptions, replay as replayRun } from "../sim/index.ts";
import { tellRun } from "../sim/report.ts";
import { readMaxSteps } from "./explore-options.ts";
import { loadProgram } from "./load-program.ts";
import { quietly } from "./quiet.ts";
import { reportError } from "./report-error.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "replay <file> <repro> [--max-steps <n>]";
const SUMMARY =
  "Runs the coroutine function that the file exports as default once, under the schedule of the repro, and tells it step by step; ends with 1 when it fails.";

const FAILED = 1;

/** `escapement replay file.ts EGSlwCAA_QI`. */
export const replay: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: USAGE,
  summary: SUMMARY,
  async run(args) {
    const request = readOptions(args);
    if (request === "help") {
      process.stdout.write(`Usage: escapement ${USAGE}\n\n${SUMMARY}\n`);
      return 0;
    }
    Error.stackTraceLimit = 50;
    process.setSourceMapsEnabled(true);
    const { file, repro, options } = request;
    try {
      return execute(await loadProgram(file), repro, options);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (error instanceof ReplayError) throw new UsageError(error.message, { cause: error });
      process.stderr.write(`${reportError(error, file)}\n`);
      return FAILED;
    }
  },
};

interface Request {
  readonly file: string;
  readonly repro: string;
  readonly options: SimulateOptions;
}

function readOptions(args: string[]): "help" | Request {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [file, repro, extra] = positionals;
  if (file === undefined) throw new UsageError("replay what? The file is missing.");
  if (repro === undefined) throw new UsageError(`which run of ${file}? The repro is missing.`);
  if (extra !== undefined) throw new UsageError(`replay takes a file and a repro, and found "${extra}" after them.`);
  const maxSteps = readMaxSteps(values["max-steps"]);
  return { file, repro, options: maxSteps === undefined ? {} : { maxSteps } };
}

function parse(args: string[]): { values: { "max-steps"?: string; help?: boolean }; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { "max-steps": { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** What the program prints is printed once, by the first of the runs that the story takes. */
function execute(program: Program<unknown>, repro: string, options: SimulateOptions): number {
  const outcome = replayRun(program, repro, options);
  process.stdout.write(`${quietly(() => tellRun(program, outcome, options))}\n`);
  if (outcome.repro !== repro) {
    process.stdout.write(`\nThe program has been edited since. The repro of this run is now ${outcome.repro}\n`);
  }
  return outcome.status === "returned" ? 0 : FAILED;
}
