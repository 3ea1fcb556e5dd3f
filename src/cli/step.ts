import { parseArgs } from "node:util";
import {
  type RecordSimulationOptions,
  type Recording,
  type Trace,
  firstDivergence,
  narrate,
  record,
  recordSimulation,
  whatIf,
} from "../inspect/index.ts";
import { ReplayError } from "../sim/index.ts";
import { type Program, loadProgram } from "./load-program.ts";
import { loadTrace } from "./load-trace.ts";
import { quietly } from "./quiet.ts";
import { reportError } from "./report-error.ts";
import { type Stepped, StepperScreen } from "./stepper-screen.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "step <program or trace file> [<another, to compare>] [--seed <n> | --repro <repro>] [--plain]";
const SUMMARY =
  "Steps forwards and backwards through a run: of a program, in virtual time, or one that was recorded; --seed and --repro simulate it; --plain tells it in sentences. Key x: what if?";

/** `escapement step program.ts`. */
export const step: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: USAGE,
  summary: SUMMARY,
  async run(args) {
    const { values, positionals } = parse(args);
    if (values.help === true) {
      process.stdout.write(`Usage: escapement ${USAGE}\n\n${SUMMARY}\n`);
      return 0;
    }
    const [file, second, extra] = positionals;
    if (file === undefined) throw new UsageError("step through what? The file is missing.");
    if (extra !== undefined)
      throw new UsageError(`step takes two files at most, and found "${extra}" after "${second}".`);
    const options = simulationOf(values);
    const shown = await open(file, options);
    const other = second === undefined ? {} : { other: (await open(second, options)).trace };
    if (values.plain !== true && process.stdin.isTTY && process.stdout.isTTY) {
      await new StepperScreen({ ...shown, ...other }).run();
    } else if (other.other === undefined) tell(shown.trace);
    else tellDifference(shown.trace, other.other);
    return 0;
  },
};

interface Values {
  plain?: boolean;
  help?: boolean;
  seed?: string;
  repro?: string;
}

function parse(args: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        plain: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        seed: { type: "string" },
        repro: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** What the run is to be simulated with; null when it is not. */
function simulationOf({ seed, repro }: Values): RecordSimulationOptions | null {
  if (seed !== undefined && repro !== undefined) throw new UsageError("a repro has its own seed: say one of the two.");
  if (repro !== undefined) return { repro };
  if (seed === undefined) return null;
  const number = Number(seed);
  if (seed === "" || !Number.isSafeInteger(number)) throw new UsageError(`--seed is a whole number, not "${seed}".`);
  return { seed: number };
}

async function open(file: string, simulation: RecordSimulationOptions | null): Promise<Stepped> {
  return file.endsWith(".json") ? { trace: loadTrace(file) } : recordProgram(file, simulation);
}

/** A program that fails is worth stepping through: its error is said, and its trace is shown. */
async function recordProgram(file: string, simulation: RecordSimulationOptions | null): Promise<Stepped> {
  process.setSourceMapsEnabled(true);
  const program = await loadProgram(file);
  const header = { program: file };
  const recording = simulation === null ? record(program, { header }) : simulated(program, { ...simulation, header });
  if ("error" in recording) process.stderr.write(`${reportError(recording.error, file)}\n`);
  const { trace } = recording;
  // The screen is full: what the program prints when it runs again goes nowhere.
  return { trace, rerun: (index, decision) => quietly(() => whatIf(program, trace, index, decision).trace) };
}

function simulated(program: Program, options: RecordSimulationOptions): Recording<unknown> {
  try {
    return recordSimulation(program, options);
  } catch (error) {
    if (error instanceof ReplayError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function tell(trace: Trace): void {
  for (const index of trace.events.keys()) process.stdout.write(`${narrate(trace, index)}\n`);
}

function tellDifference(trace: Trace, other: Trace): void {
  const parting = firstDivergence(trace, other);
  if (parting === null) {
    process.stdout.write("The two runs are the same.\n");
    return;
  }
  const { index, left, right } = parting;
  process.stdout.write(`The two runs part at event ${index + 1}.\n`);
  process.stdout.write(`The first:  ${left ?? "It has ended."}\nThe second: ${right ?? "It has ended."}\n`);
}
