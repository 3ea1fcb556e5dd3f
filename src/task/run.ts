import { MonotonicClock } from "../loop/clock.ts";
import { copyContext } from "../loop/context.ts";
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { describeMistake } from "../future/awaitable.ts";
import { FINISHED } from "../future/future.ts";
import { DeadlockError } from "./deadlock.ts";
import {
  type Main,
  type RunOptions,
  cancelLeftovers,
  mainTask,
  makeLoop,
  refuseInsideALoop,
  reportFailed,
} from "./runner.ts";
import type { Task } from "./task.ts";

// This file is the library's edge: here the host's own loop is asked to turn ours.

/** An `AbortSignal`, as far as it is needed here. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

interface NodeProcess {
  readonly pid: number;
  on(event: string, listener: () => void): void;
  removeListener(event: string, listener: () => void): void;
  kill(pid: number, signal: string): void;
}
interface HostGlobals {
  process?: NodeProcess;
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
  setImmediate?(callback: () => void): unknown;
  MessageChannel?: new () => {
    port1: { onmessage: (() => void) | null };
    port2: { postMessage(message: unknown): void };
  };
}

const host = globalThis as unknown as HostGlobals;

// How long iterations go on, in milliseconds, before the host gets its turn; and the longest a host timer can wait.
const SLICE = 8;
const LONGEST_TIMER = 2 ** 31 - 1;

/** How a program is run in real time. */
export interface HostRunOptions extends Omit<RunOptions, "clock"> {
  /** Aborting it cancels the main task. */
  signal?: AbortSignalLike;
}

/**
 * Runs a program in real time, sharing the host's own loop (Node, a browser). The one native Promise of the library.
 *
 * On Node, the first SIGINT cancels the main task, the second ends the process; a program that waits for what can never
 * come ends with a DeadlockError when nothing else keeps the process alive.
 *
 * @param options.signal - Aborting it cancels the main task.
 * @example
 * await run(function* () {
 *   yield* sleep(1000);
 * });
 */
export function run<T>(main: Main<T>, options: HostRunOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    refuseInsideALoop("run");
    checkSignal(options.signal);
    new HostRun(main, options, resolve, reject).begin();
  });
}

function checkSignal(signal: AbortSignalLike | undefined): void {
  if (signal === undefined) return;
  if (typeof signal?.addEventListener === "function" && typeof signal.removeEventListener === "function") return;
  throw new TypeError(`run: the signal is an AbortSignal, not ${describeMistake(signal)}.`);
}

/** One listener of the process's for all programs that run: of more than ten Node would warn. */
class Listeners {
  readonly #event: string;
  readonly #all = new Set<() => void>();

  constructor(event: string) {
    this.#event = event;
  }

  add(listener: () => void): void {
    if (this.#all.size === 0) host.process?.on(this.#event, this.#tell);
    this.#all.add(listener);
  }

  remove(listener: () => void): void {
    if (this.#all.delete(listener) && this.#all.size === 0) host.process?.removeListener(this.#event, this.#tell);
  }

  readonly #tell = (): void => {
    for (const listener of this.#all) listener();
  };
}

const interrupts = new Listeners("SIGINT");
const exits = new Listeners("beforeExit");

class HostRun<T> {
  readonly #loop: EventLoop;
  readonly #main: Task<T>;
  readonly #signal: AbortSignalLike | undefined;
  readonly #settle: () => void;
  readonly #post = poster(() => this.#turn());
  #posted = false;
  #timer: unknown = undefined;
  #timerDeadline = Infinity;
  // What the program ended with, if not with main's own outcome.
  #failure: { error: unknown } | null = null;
  #phase: "main" | "main is done" | "clean-up" | "clean-up is done" = "main";
  #leftovers: readonly Task<any>[] = [];
  #interrupted = false;

  constructor(main: Main<T>, options: HostRunOptions, resolve: (value: T) => void, reject: (error: unknown) => void) {
    this.#loop = makeLoop({ ...options, clock: new MonotonicClock() });
    this.#signal = options.signal;
    this.#main = mainTask("run", main, this.#loop, copyContext());
    this.#main.addDoneCallback(() => {
      if (this.#phase === "main") this.#phase = "main is done";
    });
    this.#settle = () => {
      try {
        if (this.#failure !== null) throw this.#failure.error;
        resolve(this.#main.result());
      } catch (error) {
        reject(error);
      }
    };
  }

  begin(): void {
    interrupts.add(this.#onInterrupt);
    exits.add(this.#onHostIdle);
    this.#signal?.addEventListener("abort", this.#onAbort);
    if (this.#signal?.aborted === true) this.#onAbort();
    this.#loop.setHost(() => this.#wake());
    this.#wake();
  }

  readonly #onAbort = (): void => {
    const reason = this.#signal?.reason;
    this.#main.cancel(reason instanceof Error ? reason.message : undefined);
  };

  readonly #onInterrupt = (): void => {
    if (this.#interrupted || this.#main.done()) {
      interrupts.remove(this.#onInterrupt);
      host.process!.kill(host.process!.pid, "SIGINT");
      return;
    }
    this.#interrupted = true;
    this.#main.cancel("SIGINT");
  };

  // Node is about to end the process: nothing is pending anywhere that could ever wake the program.
  readonly #onHostIdle = (): void => {
    if (this.#phase === "clean-up is done") return;
    // Whatever the clean-up meets, the error of a main that has failed is what comes out.
    if (!this.#main.done() || this.#main.state === FINISHED) this.#failure ??= { error: new DeadlockError(this.#loop) };
    if (this.#phase === "main") this.#cleanUp();
    else this.#end();
  };

  /** Something is ready or scheduled, and the loop is idle. */
  #wake(): void {
    if (this.#posted) return;
    if (this.#hasWork()) this.#postTurn();
    else this.#armTimer();
  }

  #postTurn(): void {
    this.#posted = true;
    this.#post();
  }

  // One that is armed for an earlier moment stays, and looks again then: most timeouts are cancelled before they are due,
  // and the host's timer would be set anew for each. (bench:io: "http-client")
  #armTimer(): void {
    const deadline = this.#loop.nextDeadline();
    if (deadline === Infinity) this.#disarm();
    if (deadline >= this.#timerDeadline) return;
    this.#disarm();
    this.#timerDeadline = deadline;
    // A host timer may fire a fraction of a millisecond early; rounded up it does not.
    const delay = Math.min(Math.ceil(deadline - this.#loop.time()), LONGEST_TIMER);
    this.#timer = host.setTimeout(() => {
      this.#timerDeadline = Infinity;
      if (this.#hasWork()) this.#turn();
      else this.#armTimer();
    }, delay);
  }

  #disarm(): void {
    if (this.#timerDeadline === Infinity) return;
    host.clearTimeout(this.#timer);
    this.#timerDeadline = Infinity;
  }

  /** A slice of iterations; then the host's turn. */
  #turn(): void {
    this.#posted = false;
    if (this.#phase === "clean-up is done") return;
    try {
      const slice = new Slice(this.#loop);
      do {
        this.#iterate();
        if (this.#isOver()) return;
      } while (this.#hasWork() && !slice.isOver());
    } catch (error) {
      this.#failure ??= { error };
      if (this.#phase === "main") this.#cleanUp();
      else {
        this.#end();
        return;
      }
    }
    this.#wake();
  }

  #hasWork(): boolean {
    return this.#loop.hasReady || this.#loop.nextDeadline() <= this.#loop.time();
  }

  #iterate(): void {
    this.#loop.runOnce();
    if (this.#loop.takeStop() && this.#phase === "main") {
      throw new RuntimeError("Event loop stopped before the main task completed: somebody called loop.stop().");
    }
  }

  #isOver(): boolean {
    if (this.#phase === "main is done") this.#cleanUp();
    if (this.#phase !== "clean-up is done") return false;
    this.#end();
    return true;
  }

  #cleanUp(): void {
    const left = cancelLeftovers(this.#loop);
    if (left === null) {
      this.#phase = "clean-up is done";
      return;
    }
    this.#phase = "clean-up";
    this.#leftovers = left.tasks;
    left.ended.addDoneCallback(() => {
      this.#phase = "clean-up is done";
    });
    this.#wake();
  }

  #end(): void {
    this.#phase = "clean-up is done";
    this.#disarm();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    interrupts.remove(this.#onInterrupt);
    exits.remove(this.#onHostIdle);
    reportFailed(this.#loop, this.#leftovers);
    this.#loop.setHost(null);
    this.#settle();
    this.#loop.close();
  }
}

/**
 * A piece of the host's time. Reading a clock costs as much as a switch of tasks: it is read after 1, 2 and 4 iterations,
 * and then after every fourth. (bench: "pingpong" with --embedding)
 */
class Slice {
  readonly #loop: EventLoop;
  readonly #end: number;
  #iterations = 0;
  #nextReading = 1;

  constructor(loop: EventLoop) {
    this.#loop = loop;
    this.#end = loop.time() + SLICE;
  }

  isOver(): boolean {
    this.#iterations += 1;
    if (this.#iterations < this.#nextReading) return false;
    this.#nextReading = this.#iterations + Math.min(this.#iterations, 4);
    return this.#loop.time() >= this.#end;
  }
}

/** A way to be called once the host has had its turn: setImmediate on Node; in browsers a message to oneself. */
function poster(callback: () => void): () => void {
  const { setImmediate, MessageChannel } = host;
  if (setImmediate !== undefined) return () => setImmediate(callback);
  if (MessageChannel === undefined) return () => host.setTimeout(callback, 0);
  const channel = new MessageChannel();
  channel.port1.onmessage = callback;
  return () => channel.port2.postMessage(null);
}
