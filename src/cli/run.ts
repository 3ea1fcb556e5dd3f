import { parseArgs } from "node:util";
import { CancelledError, type Instrument, run as runOnHost, runSync } from "../index.ts";
import { loadProgram, type Program } from "./load-program.ts";
import { TraceFile } from "./trace-file.ts";
import { reportError } from "./report-error.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "run <file> [--virtual] [--record <trace file>]";
const SUMMARY =
  "Runs the coroutine function that the file exports as default; --virtual jumps over every wait; --record writes down what happens.";

const FAILED = 1;
const INTERRUPTED = 130; // 128 + SIGINT, as shells say it

/** `escapement run file.ts [--virtual] [--record run.trace.json]`. */
export const run: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: USAGE,
  summary: SUMMARY,
  async run(args) {
    const options = readOptions(args);
    if (options === "help") {
      process.stdout.write(`Usage: escapement ${USAGE}\n\n${SUMMARY}\n`);
      return 0;
    }
    // The frames of the library come before the program's own, which are the ones to be shown.
    Error.stackTraceLimit = 50;
    process.setSourceMapsEnabled(true);
    return await execute(options);
  },
};

interface Options {
  readonly file: string;
  readonly virtual: boolean;
  readonly record: string | null;
}

function readOptions(args: string[]): "help" | Options {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [file, extra] = positionals;
  if (file === undefined) throw new UsageError("run what? The file is missing.");
  if (extra !== undefined) throw new UsageError(`run takes one file, and found "${extra}" after "${file}".`);
  return { file, virtual: values.virtual === true, record: values.record ?? null };
}

function parse(args: string[]): {
  values: { virtual?: boolean; record?: string; help?: boolean };
  positionals: string[];
} {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { virtual: { type: "boolean" }, record: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function execute({ file, virtual, record }: Options): Promise<number> {
  let interrupted = false;
  const trace = record === null ? null : new TraceFile(record, { program: file, clock: virtual ? "virtual" : "real" });
  const instruments = trace === null ? [] : [trace.recorder];
  try {
    const main = await loadProgram(file);
    if (virtual) runSync(main, { instruments });
    else await runInterruptibly(main, instruments, () => (interrupted = true));
    trace?.finish("returned", undefined);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    trace?.finish("raised", error);
    if (interrupted && error instanceof CancelledError) {
      process.stderr.write("Interrupted.\n");
      return INTERRUPTED;
    }
    process.stderr.write(`${reportError(error, file)}\n`);
    return FAILED;
  }
}

async function runInterruptibly(
  main: Program,
  instruments: readonly Instrument[],
  onInterrupt: () => void,
): Promise<void> {
  const running = runOnHost(main, { instruments });
  // After run() has its own handler in place, which cancels the main task; before that handler is called.
  process.prependOnceListener("SIGINT", onInterrupt);
  try {
    await running;
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
}
