import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";
import { Target } from "./target.ts";

/** A subcommand that looks at another process. */
export interface AttachCommand {
  readonly usage: string;
  readonly summary: string;
  run(args: string[]): Promise<number>;
}

const HELP =
  "Opens the inspector of the process, on 127.0.0.1, for as long as it looks: whoever is on this machine could run code in the process meanwhile. Node says on the process's stderr that it does so.";

/** A command `name PID`: attaches, looks as `look` does, and leaves the process as it was. */
export function attachCommand(name: string, summary: string, look: (target: Target) => Promise<void>): AttachCommand {
  const usage = `${name} <PID> [--port <port of its inspector>]`;
  return {
    usage,
    summary,
    async run(args) {
      const options = readOptions(name, args);
      if (options === "help") {
        process.stdout.write(`Usage: escapement ${usage}\n\n${summary} ${HELP}\n`);
        return 0;
      }
      const target = await Target.attach(options.pid, options.port);
      try {
        await look(target);
      } finally {
        await target.close();
      }
      return 0;
    },
  };
}

function readOptions(name: string, args: string[]): "help" | { pid: number; port: number | undefined } {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [text, extra] = positionals;
  if (text === undefined) throw new UsageError(`${name} of what? The PID is missing.`);
  if (extra !== undefined) throw new UsageError(`${name} takes one PID, and found "${extra}" after "${text}".`);
  return {
    pid: wholeNumber("a PID", text),
    port: values.port === undefined ? undefined : wholeNumber("a port", values.port),
  };
}

function parse(args: string[]): { values: { port?: string; help?: boolean }; positionals: string[] } {
  try {
    const options = { port: { type: "string" }, help: { type: "boolean", short: "h" } } as const;
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function wholeNumber(what: string, text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`${what} is a whole number, not "${text}".`);
  return Number(text);
}
