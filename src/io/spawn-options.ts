import { ValueError } from "../loop/errors.ts";
import { checkMilliseconds } from "../loop/milliseconds.ts";
import { checkLimit } from "./stream-reader.ts";

/** A pipe between this program and the subprocess: `process.stdin`, `process.stdout`, `process.stderr`. */
export const PIPE = "pipe";

/** Nothing is read, and what is written is dropped. Python's `DEVNULL`. */
export const DEVNULL = "ignore";

/** For `stderr`: wherever `stdout` goes. */
export const STDOUT = "stdout";

/** Where a stream of a subprocess leads: to a pipe, to where this program's own leads, or nowhere. */
export type Stdio = "pipe" | "inherit" | "ignore";

/** How a subprocess is started. */
export interface SpawnOptions {
  /** Default: `"inherit"`. */
  stdin?: Stdio;
  /** Default: `"inherit"`. */
  stdout?: Stdio;
  /** Default: `"inherit"`. */
  stderr?: Stdio;
  /** Its working directory. Default: this program's own. */
  cwd?: string;
  /** All of its environment. Default: this program's own. */
  env?: Record<string, string>;
  /** The limit of its readers; see StreamReaderOptions. */
  limit?: number;
  /** How many milliseconds it has, once it is asked to end, before it is killed. Default 5000. */
  grace?: number;
  /** Starts it as the leader of a session of its own: what a terminal sends to this program does not reach it. */
  startNewSession?: boolean;
}

/** SpawnOptions, and `STDOUT` for `stderr`. */
export interface SubprocessOptions extends Omit<SpawnOptions, "stderr"> {
  /** Default: `"inherit"`. */
  stderr?: Stdio | typeof STDOUT;
}

// What Python's `subprocess` and Node's `child_process` have, and asyncio refuses: its streams are bytes.
const TEXT_OPTIONS = ["text", "encoding", "errors", "universalNewlines"];

const STDIO: readonly unknown[] = [undefined, PIPE, DEVNULL, "inherit"];

/** @internal @throws {TypeError} @throws {ValueError} When they cannot be meant. */
export function checkSpawnOptions(who: string, options: SubprocessOptions): void {
  for (const name of ["stdin", "stdout", "stderr"] as const) {
    const value = options[name];
    if (STDIO.includes(value) || (name === "stderr" && value === STDOUT)) continue;
    throw new ValueError(`${who}: ${name} is "pipe", "inherit" or "ignore", not ${JSON.stringify(value)}.`);
  }
  for (const name of TEXT_OPTIONS) {
    if (Object.hasOwn(options, name))
      throw new ValueError(`${who}: there is no option ${name}: its streams are bytes.`);
  }
  const { cwd, limit, grace } = options;
  if (cwd !== undefined) checkText(who, "the working directory", cwd);
  if (limit !== undefined) checkLimit(who, limit);
  if (grace !== undefined) checkMilliseconds(who, "grace", grace);
}

/** @internal @throws {TypeError} @throws {ValueError} When it is not a string that an operating system takes. */
export function checkText(who: string, what: string, value: unknown): asserts value is string {
  if (typeof value !== "string") {
    throw new TypeError(`${who}: ${what} is a string, not ${value === null ? "null" : typeof value}.`);
  }
  if (value.includes("\0")) throw new ValueError(`${who}: ${what} has no null character: ${JSON.stringify(value)}.`);
}
