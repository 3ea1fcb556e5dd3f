import { ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { gather } from "../task/gather.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { waitFor } from "../task/wait.ts";
import { toBytes } from "./bytes.ts";
import { ProcessLookupError } from "./file-errors.ts";
import { IoWait } from "./io-wait.ts";
import { BrokenPipeError, ConnectionResetError } from "./network-errors.ts";
import { OSError } from "./os-error.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";
import { checkSignal } from "./signal-names.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { StreamWriter } from "./stream-writer.ts";
import type { Transport } from "./transport.ts";
import { uninterrupted } from "./uninterrupted.ts";

/** What a program holds of a process that it has started. */
export interface Process {
  readonly pid: number;
  /** What it ended with, or minus the number of the signal that ended it; null as long as it runs. */
  readonly returncode: number | null;
  /** Null unless it is a pipe; so are the others. */
  readonly stdin: StreamWriter | null;
  readonly stdout: StreamReader | null;
  readonly stderr: StreamReader | null;
  wait(): Coroutine<number>;
  communicate(input?: string | Uint8Array): Coroutine<[Uint8Array, Uint8Array]>;
  sendSignal(signal: string): void;
  terminate(): void;
  kill(): void;
}

/** @internal The process itself, in the host's hands. */
export interface HostProcess {
  readonly pid: number | undefined;
  kill(signal: string): void;
}

/** @internal What a Subprocess is made of. */
export interface SubprocessParts {
  readonly loop: EventLoop;
  /** For errors and reports. */
  readonly program: string;
  readonly host: HostProcess;
  readonly grace: number;
}

/** @internal Its ends of the pipes. */
export interface Pipes {
  readonly stdin: StreamWriter | null;
  readonly stdout: StreamReader | null;
  readonly stderr: StreamReader | null;
}

const NO_BYTES = new Uint8Array(0);

/**
 * A process that this program has started.
 *
 * `using(process, body)` leaves none behind: at the end of the body its pipes are closed, and it is waited for; when the
 * body fails or is cancelled it is asked to end, with SIGTERM, and killed when it has not after its `grace`. Without
 * `using`, cancelling who waits for a process does nothing to it; when the loop closes it is killed.
 *
 * @example
 * const cat = yield* createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
 * yield* using(cat, function* () {
 *   const [output] = yield* cat.communicate("tick");
 *   print(new TextDecoder().decode(output)); //=> "tick"
 *   print(cat.returncode); //=> 0
 * });
 * @see CPython 3.13 `asyncio.subprocess.Process`, `base_subprocess.BaseSubprocessTransport`
 */
export class Subprocess implements Process, ContextManager<Subprocess>, OpenResource {
  readonly #loop: EventLoop;
  readonly #program: string;
  readonly #host: HostProcess;
  readonly #grace: number;
  #pipes: Pipes = { stdin: null, stdout: null, stderr: null };
  readonly #open = new Set<Transport>();
  #returncode: number | null = null;
  // When it has ended; and when its pipes are closed, too.
  readonly #exited: IoWait<number>;
  readonly #over: IoWait<number>;

  static {
    for (const method of ["wait", "communicate", "stop", "exit", "discard"] as const) coroutine(this.prototype[method]);
  }

  /** @internal Made by createSubprocessExec and createSubprocessShell. */
  constructor({ loop, program, host, grace }: SubprocessParts) {
    this.#loop = loop;
    this.#program = program;
    this.#host = host;
    this.#grace = grace;
    this.#exited = new IoWait<number>("Subprocess.stop", loop);
    this.#over = new IoWait<number>("Subprocess.wait", loop);
    remember(loop, this);
  }

  // ---- what a host tells

  /** @internal */
  pipeMade(transport: Transport): void {
    this.#open.add(transport);
  }

  /** @internal */
  attach(pipes: Pipes): void {
    this.#pipes = pipes;
  }

  /** @internal */
  pipeLost(transport: Transport): void {
    this.#open.delete(transport);
    this.#endIfOver();
  }

  /** @internal The first time counts. */
  exited(returncode: number): void {
    this.#returncode ??= returncode;
    this.#exited.succeed(this.#returncode);
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#returncode === null || this.#open.size > 0) return;
    forget(this.#loop, this);
    this.#over.succeed(this.#returncode);
  }

  // ---- asking

  get pid(): number {
    return this.#host.pid ?? -1;
  }

  get returncode(): number | null {
    return this.#returncode;
  }

  get stdin(): StreamWriter | null {
    return this.#pipes.stdin;
  }

  get stdout(): StreamReader | null {
    return this.#pipes.stdout;
  }

  get stderr(): StreamReader | null {
    return this.#pipes.stderr;
  }

  // ---- waiting

  /**
   * Waits until it has ended, and what it wrote has arrived: read it meanwhile, or use `communicate`, when it writes much.
   * Several may wait.
   *
   * @returns The return code.
   */
  *wait(): Coroutine<number> {
    if (this.#returncode !== null) return this.#returncode;
    return yield* this.#over.join();
  }

  /**
   * Writes `input` and closes its stdin, reads all that it writes, and waits until it has ended.
   *
   * It is no error when it does not read its input to the end. What of stdout and stderr is no pipe is empty.
   *
   * @throws {ValueError} When there is input, and stdin is no pipe.
   */
  *communicate(input?: string | Uint8Array): Coroutine<[Uint8Array, Uint8Array]> {
    const bytes = input === undefined ? NO_BYTES : toBytes("Subprocess.communicate", input);
    const { stdin, stdout, stderr } = this.#pipes;
    if (input !== undefined && stdin === null) {
      throw new ValueError(
        `Subprocess.communicate: ${this.#program} has no pipe for input. Start it with stdin: "pipe".`,
      );
    }
    const [, output, errors] = yield* gather([feed(stdin, bytes), readAll(stdout), readAll(stderr)]);
    yield* this.wait();
    return [output, errors];
  }

  // ---- ending it

  /**
   * Sends it a signal: `"SIGHUP"`.
   *
   * @throws {ProcessLookupError} When it has ended.
   * @throws {ValueError} When there is no such signal.
   */
  sendSignal(signal: string): void {
    checkSignal("Subprocess.sendSignal", signal);
    if (this.#returncode !== null) {
      const message = `Subprocess.sendSignal: ${this.#program}: it has ended with ${this.#returncode}.`;
      throw new ProcessLookupError(message, { target: this.#program, code: "ESRCH" });
    }
    this.#host.kill(signal);
  }

  /** Asks it to end: SIGTERM. @throws {ProcessLookupError} When it has. */
  terminate(): void {
    this.sendSignal("SIGTERM");
  }

  /** Ends it: SIGKILL. @throws {ProcessLookupError} When it has ended. */
  kill(): void {
    this.sendSignal("SIGKILL");
  }

  /**
   * Ends it and closes its pipes: SIGTERM, and SIGKILL when it has not ended after `grace` milliseconds, or at once when
   * this is cancelled. No error when it has ended.
   *
   * @param grace - Default: that of its options.
   */
  *stop(grace: number = this.#grace): Coroutine<number> {
    try {
      this.#signalIfRunning("SIGTERM");
      return yield* waitFor(this.#exited.join(), grace);
    } catch (error) {
      this.#signalIfRunning("SIGKILL");
      const cancellation = yield* uninterrupted(this.#exited);
      if (cancellation !== null) throw cancellation;
      if (error instanceof TimeoutError) return this.#exited.result();
      throw error;
    } finally {
      this.#abortPipes();
    }
  }

  #signalIfRunning(signal: string): void {
    try {
      if (this.#returncode === null) this.#host.kill(signal);
    } catch (error) {
      // It runs as somebody else by now. Nothing that could be done here would end it.
      if (!(error instanceof OSError)) throw error;
    }
  }

  /** What was written to it still goes there; what it writes is wanted no more. */
  #closePipes(): void {
    const input = this.stdin?.transport;
    for (const transport of this.#open) if (transport !== input) transport.abort();
    input?.close();
  }

  #abortPipes(): void {
    for (const transport of this.#open) transport.abort();
  }

  enter(): Awaitable<this> {
    return new Instantly("Subprocess.enter", () => this);
  }

  /** Closes its pipes and waits for it; after an error, `stop()`. */
  *exit(...left: [error?: unknown]): Coroutine<void> {
    if (left.length > 0) {
      yield* this.stop();
      return;
    }
    try {
      this.#closePipes();
      yield* this.#exited.join();
    } catch (error) {
      yield* this.stop();
      throw error;
    } finally {
      this.#abortPipes();
    }
  }

  /** @internal Ends it at once: nobody wants it. */
  *discard(): Coroutine<void> {
    this.abandon();
    yield* uninterrupted(this.#exited);
  }

  /** @internal Nobody is there to be told. */
  abandon(): boolean {
    const running = this.#returncode === null;
    this.#signalIfRunning("SIGKILL");
    this.#abortPipes();
    return running;
  }

  toString(): string {
    const { pid } = this.#host;
    if (pid === undefined) return "<Subprocess not started>";
    return `<Subprocess pid=${pid} ${this.#returncode === null ? "running" : `returncode=${this.#returncode}`}>`;
  }
}

function* feed(stdin: StreamWriter | null, bytes: Uint8Array): Coroutine<void> {
  if (stdin === null) return;
  try {
    stdin.write(bytes);
    yield* stdin.drain();
  } catch (error) {
    // It does not want to read it all.
    if (!(error instanceof BrokenPipeError || error instanceof ConnectionResetError)) throw error;
  }
  stdin.close();
}

function* readAll(reader: StreamReader | null): Coroutine<Uint8Array> {
  return reader === null ? NO_BYTES : yield* reader.read();
}
