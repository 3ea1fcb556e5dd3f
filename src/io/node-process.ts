import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { access, constants } from "node:fs";
import type { Socket } from "node:net";
import { delimiter, join, resolve } from "node:path";
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { fileError } from "./file-errors.ts";
import { IoWait } from "./io-wait.ts";
import { NodeTransport } from "./node-transport.ts";
import type { OSError } from "./os-error.ts";
import { PipeProtocol } from "./pipe-protocol.ts";
import { signalNumber } from "./signal-names.ts";
import { PIPE, STDOUT, type SubprocessOptions } from "./spawn-options.ts";
import { StreamWriter } from "./stream-writer.ts";
import type { Transport } from "./transport.ts";
import { type HostProcess, Subprocess } from "./subprocess.ts";

const DEFAULT_GRACE = 5000;

/** @internal What is to be started, and for whom. */
export interface Command {
  /** As errors and reports name it: `createSubprocessExec`. */
  readonly who: string;
  readonly loop: EventLoop;
  /** Or what a shell is to run. */
  readonly program: string;
  readonly args: readonly string[];
  readonly shell: boolean;
  readonly options: SubprocessOptions;
}

/**
 * Starts a process of `node:child_process`, and waits until it runs.
 *
 * @throws {OSError} It names the program; or the working directory, when that is what is wrong.
 * @internal
 */
export const start: (command: Command) => Coroutine<Subprocess> = coroutine(function* start(
  command: Command,
): Coroutine<Subprocess> {
  if (joinsOutput(command) && !command.shell) yield* checkProgram(command);
  const running = new IoWait(command.who, command.loop);
  let subprocess: Subprocess | null = null;
  try {
    subprocess = launch(command, running);
    yield* running;
    return subprocess;
  } catch (error) {
    // Cancelled, perhaps in the very moment in which it was started: nobody will ever end it.
    if (subprocess !== null) yield* subprocess.discard();
    throw isRefusal(error) ? yield* explain(command, error) : error;
  }
});

function launch(command: Command, running: IoWait): Subprocess {
  const { loop, program, options } = command;
  const child = spawnChild(joinsOutput(command) ? joiningOutput(command) : command);
  const { grace = DEFAULT_GRACE } = options;
  const subprocess = new Subprocess({ loop, program, host: hostProcess(child, program), grace });
  child.once("spawn", () => running.succeed());
  child.once("exit", (code, signal) => subprocess.exited(code ?? -signalNumber(signal ?? "")));
  child.on("error", (error) => {
    running.failQuietly(error);
    if (child.pid === undefined) subprocess.exited(-1);
  });
  connectPipes(child, command, subprocess);
  return subprocess;
}

function spawnChild({ program, args, shell, options }: Command): ChildProcess {
  const { stdin = "inherit", stdout = "inherit", cwd, env, startNewSession: detached = false } = options;
  const stderr = options.stderr === STDOUT ? (stdout === "inherit" ? 1 : stdout) : (options.stderr ?? "inherit");
  const stdio: StdioOptions = [stdin, stdout, stderr];
  return spawn(program, args, { stdio, shell, detached, cwd, env });
}

function hostProcess(child: ChildProcess, program: string): HostProcess {
  return {
    pid: child.pid,
    kill: (signal) => {
      let refused: Error | null = null;
      const note = (error: Error): void => void (refused = error);
      child.once("error", note);
      child.kill(signal as NodeJS.Signals);
      child.off("error", note);
      if (refused !== null) throw fileError("Subprocess.sendSignal", program, refused);
    },
  };
}

// ---- pipes

function connectPipes({ stdin, stdout, stderr }: ChildProcess, command: Command, subprocess: Subprocess): void {
  const connect = (pipe: unknown, name: string): PipeProtocol | null => {
    if (pipe === null || pipe === undefined) return null;
    const { loop, program, options } = command;
    const target = `the ${name} of ${program}`;
    const onLost = (lost: Transport): void => subprocess.pipeLost(lost);
    const protocol = new PipeProtocol({ loop, limit: options.limit, target, onLost });
    // Node's pipes are sockets, whatever its types say.
    const socket = pipe as Socket;
    const transport = new NodeTransport({ loop, protocol, socket, secure: false, target, names: {} });
    subprocess.pipeMade(transport);
    transport.establish();
    // When the other end is closed, nothing is left to be done with ours.
    socket.once("close", () => transport.abort());
    return protocol;
  };
  const input = connect(stdin, "stdin");
  subprocess.attach({
    stdin: input === null ? null : new StreamWriter(input.connected.result(), input),
    stdout: connect(stdout, "stdout")?.reader ?? null,
    stderr: connect(stderr, "stderr")?.reader ?? null,
  });
}

// ---- stderr into the pipe of stdout: Node makes a pipe for one stream each; a shell can join two

function joinsOutput({ options }: Command): boolean {
  return options.stderr === STDOUT && options.stdout === PIPE;
}

function joiningOutput(command: Command): Command {
  const { who, program, args, shell } = command;
  if (process.platform === "win32") {
    throw new RuntimeError(`${who}: stderr: "stdout" with stdout: "pipe" needs a Unix shell, which is not here.`);
  }
  if (shell) return { ...command, program: `exec 2>&1\n${program}` };
  return { ...command, program: "/bin/sh", args: ["-c", 'exec "$0" "$@" 2>&1', program, ...args] };
}

/** That shell would only say so in the output. */
function* checkProgram(command: Command): Coroutine<void> {
  const { program, options } = command;
  const folders = ((options.env ?? process.env)["PATH"] ?? "").split(delimiter);
  const paths = program.includes("/")
    ? [resolve(options.cwd ?? ".", program)]
    : folders.map((folder) => join(folder, program));
  let refusal: unknown = null;
  for (const path of paths) {
    refusal = yield* accessing(command, path);
    if (refusal === null) return;
  }
  throw yield* explain(command, refusal);
}

// ---- what went wrong

function isRefusal(error: unknown): boolean {
  return (error as { syscall?: string } | null)?.syscall !== undefined;
}

// Node tells of a working directory that is none as if the program were missing.
function* explain(command: Command, cause: unknown): Coroutine<OSError> {
  const { who, program, options } = command;
  if (options.cwd === undefined) return fileError(who, program, cause);
  const refusal = yield* accessing(command, `${options.cwd}/`);
  return refusal === null ? fileError(who, program, cause) : fileError(who, options.cwd, refusal);
}

function* accessing({ who, loop }: Command, path: string): Coroutine<Error | null> {
  const wait = new IoWait<Error | null>(who, loop);
  access(path, constants.X_OK, (error) => wait.succeed(error));
  return yield* wait;
}
