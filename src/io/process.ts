// The entry point escapement/process: subprocesses and signals.
import { ValueError } from "../loop/errors.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { hostedLoop } from "./hosted-loop.ts";
import { start } from "./node-process.ts";
import { type SubprocessOptions, checkSpawnOptions, checkText } from "./spawn-options.ts";
import type { Subprocess } from "./subprocess.ts";

export { DEVNULL, PIPE, STDOUT, type SpawnOptions, type Stdio, type SubprocessOptions } from "./spawn-options.ts";
export { type Process, Subprocess } from "./subprocess.ts";
export { type SignalReceiver, signals, waitSignal } from "./signals.ts";
export { OSError } from "./os-error.ts";
export { FileNotFoundError, NotADirectoryError, PermissionError, ProcessLookupError } from "./file-errors.ts";

/**
 * Starts a program. Its streams are this program's own, unless they are told to be pipes.
 *
 * @param program - Its path, or a name that is looked for in PATH.
 * @throws {FileNotFoundError} When there is no such program, or no such working directory: it names which.
 * @throws {OSError} When it cannot be started otherwise; it names the program, and has Node's error as its cause.
 * @example
 * const tr = yield* createSubprocessExec("tr", ["a-z", "A-Z"], { stdin: PIPE, stdout: PIPE });
 * const [output] = yield* tr.communicate("tick");
 * print(new TextDecoder().decode(output)); //=> "TICK"
 * @see CPython 3.13 `asyncio.create_subprocess_exec`
 */
export const createSubprocessExec: (
  program: string,
  args?: readonly string[],
  options?: SubprocessOptions,
) => Coroutine<Subprocess> = coroutine(function* createSubprocessExec(
  program: string,
  args: readonly string[] = [],
  options: SubprocessOptions = {},
): Coroutine<Subprocess> {
  const who = "createSubprocessExec";
  checkText(who, "a program", program);
  if (program === "") throw new ValueError(`${who}: the program has no name.`);
  if (!Array.isArray(args)) throw new TypeError(`${who}: the arguments are an array of strings.`);
  for (const argument of args) checkText(who, "an argument", argument);
  checkSpawnOptions(who, options);
  const loop = hostedLoop(who, "processes are started");
  return yield* start({ who, loop, program, args, shell: false, options });
});

/**
 * Has a shell run a command: `/bin/sh`, or on Windows `cmd.exe`. Whatever is put into the command must be quoted for it.
 *
 * @throws {OSError} When the shell cannot be started. What it does not find itself, it says on stderr.
 * @example
 * const shell = yield* createSubprocessShell("echo tick; echo tock >&2; exit 3", { stdout: PIPE, stderr: PIPE });
 * const [output, errors] = yield* shell.communicate();
 * print([output.length, errors.length, shell.returncode]); //=> [5,5,3]
 * @see CPython 3.13 `asyncio.create_subprocess_shell`
 */
export const createSubprocessShell: (command: string, options?: SubprocessOptions) => Coroutine<Subprocess> = coroutine(
  function* createSubprocessShell(command: string, options: SubprocessOptions = {}): Coroutine<Subprocess> {
    const who = "createSubprocessShell";
    checkText(who, "a command", command);
    checkSpawnOptions(who, options);
    const loop = hostedLoop(who, "processes are started");
    return yield* start({ who, loop, program: command, args: [], shell: true, options });
  },
);
