import { parse as parsePath } from "node:path";
import { parseArgs } from "node:util";
import { CancelledError, type Instrument, run as runOnHost, runSync } from "../index.ts";
import { dumpOn } from "./dump-on.ts";
import { loadProgram, type Program } from "./load-program.ts";
import { type RecorderOptions, type Trace, formatTrace, toHtml } from "../inspect/index.ts";
import { reportError } from "./report-error.ts";
import { type Output, TraceFile } from "./trace-file.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "run <file> [--virtual] [--record <trace file>] [--view [-o <page>]] [--dump-on <signal>]";
const SUMMARY =
  "Runs the coroutine function that the file exports as default; --virtual jumps over every wait; --record writes down what happens; --view makes a page of it; --dump-on SIGQUIT prints who waits for whom whenever that signal comes.";

const FAILED = 1;
const INTERRUPTED = 130; // 128 + SIGINT, as shells say it

/** `escapement run file.ts [--virtual] [--record run.trace.json] [--view]`. */
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
    const undo = options.dumpOn === undefined ? null : dumpOn(options.dumpOn);
    try {
      return await execute(options);
    } finally {
      undo?.();
    }
  },
};

interface Options {
  readonly file: string;
  readonly virtual: boolean;
  readonly outputs: readonly Output[];
  readonly dumpOn: string | undefined;
}

function readOptions(args: string[]): "help" | Options {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [file, extra] = positionals;
  if (file === undefined) throw new UsageError("run what? The file is missing.");
  if (extra !== undefined) throw new UsageError(`run takes one file, and found "${extra}" after "${file}".`);
  if (values.output !== undefined && values.view !== true) throw new UsageError("-o names the page of --view.");
  const virtual = values.virtual === true;
  if (virtual && values["dump-on"] !== undefined) {
    throw new UsageError("--dump-on: a program in virtual time leaves the host no turn to hear of a signal.");
  }
  return { file, virtual, outputs: outputsOf(file, values), dumpOn: values["dump-on"] };
}

function outputsOf(file: string, { record, view, output }: Values): Output[] {
  const page = output ?? `${parsePath(file).name}.html`;
  return [
    ...(record === undefined ? [] : [{ path: record, format: formatTrace }]),
    ...(view === true ? [{ path: page, format: (trace: Trace) => toHtml(trace) }] : []),
  ];
}

interface Values {
  virtual?: boolean;
  record?: string;
  view?: boolean;
  output?: string;
  "dump-on"?: string;
  help?: boolean;
}

function parse(args: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        virtual: { type: "boolean" },
        record: { type: "string" },
        view: { type: "boolean" },
        output: { type: "string", short: "o" },
        "dump-on": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function execute({ file, virtual, outputs }: Options): Promise<number> {
  let interrupted = false;
  const trace = outputs.length === 0 ? null : new TraceFile(outputs, recorderOptions(file, virtual));
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

// In real time the loop's clock is the host's.
function recorderOptions(program: string, virtual: boolean): RecorderOptions {
  if (!virtual) return { header: { program, clock: "real" } };
  return { header: { program, clock: "virtual" }, hostClock: () => performance.now() };
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
