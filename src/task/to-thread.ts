import { RuntimeError } from "../loop/errors.ts";
import { getRunningLoop } from "../loop/event-loop.ts";
import { type Coroutine, describeMistake } from "../future/awaitable.ts";
import { Future } from "../future/future.ts";
import { coroutine } from "./coroutine.ts";

interface Worker {
  on(event: "message", listener: (message: Reply) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(event: "exit", listener: (code: number) => void): void;
  postMessage(message: unknown): void;
  ref(): void;
  unref(): void;
}
interface Reply {
  error?: unknown;
  value?: unknown;
}
interface Threads {
  Worker: new (source: string, options: { eval: true }) => Worker;
}

class ThreadResult<T> extends Future<T> {
  readonly label = "toThread";
}

// As asyncio's default executor on a machine of four cores.
const MOST_THREADS = 8;

const WORKER_SOURCE = `
const { parentPort } = require("node:worker_threads");
const tell = (reply, what) => {
  try {
    parentPort.postMessage(reply);
  } catch (error) {
    const message = "toThread: " + what + " cannot be copied from a thread: " + error.message;
    parentPort.postMessage({ error: new TypeError(message) });
  }
};
parentPort.on("message", ({ source, args }) => {
  let value;
  try {
    value = (0, eval)("(" + source + ")")(...args);
  } catch (error) {
    tell({ error }, "the error");
    return;
  }
  tell({ value }, "the result");
});`;

interface Job {
  readonly future: Future<any>;
  readonly message: { source: string; args: unknown[] };
}

const idle: Worker[] = [];
const waiting: Job[] = [];
let threads = 0;

/**
 * Runs a function on a worker thread, and waits for its result without a Promise.
 *
 * The function is sent as its source text, its arguments and result as copies: it sees nothing of what surrounds it here.
 * Cancelling the waiter does not stop the thread.
 *
 * @throws {TypeError} When `fn` cannot be sent: a native or bound function, a method, a coroutine function.
 * @throws {RuntimeError} Under `runSync`, which leaves the host no turn to deliver the result, and on hosts without threads.
 * @example
 * const sum = yield* toThread((n: number) => { let s = 0; for (let i = 0; i < n; i++) s += i; return s; }, 1e9);
 */
export const toThread: <A extends unknown[], T>(fn: (...args: A) => T, ...args: A) => Coroutine<T> = coroutine(
  function* toThread<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): Coroutine<T> {
    const source = sourceOf(fn);
    const future = new ThreadResult<T>();
    if (!getRunningLoop().hosted) {
      throw (
        getRunningLoop().refusal("toThread") ??
        new RuntimeError("toThread: the result is delivered by the host's loop, which has no turn here. Use run().")
      );
    }
    start({ future, message: { source, args } });
    return yield* future;
  },
);

function sourceOf(fn: unknown): string {
  const kind = Object.prototype.toString.call(fn);
  if (kind !== "[object Function]") {
    throw new TypeError(
      `toThread: expected a plain function that can be sent to a thread, got ${describeMistake(fn)}.`,
    );
  }
  const source = String(fn);
  const what = `toThread: the function ${(fn as { name?: string }).name || "(anonymous)"} cannot be sent to a thread`;
  if (source.includes("[native code]")) throw new TypeError(`${what}: it is native or bound. Wrap it: (...args) => ….`);
  if (!/^(function\b|\(|[\w$]+\s*=>)/.test(source)) {
    throw new TypeError(`${what}: it is a method or a class. Write a function or an arrow function.`);
  }
  return source;
}

function start(job: Job): void {
  const worker = idle.pop() ?? (threads < MOST_THREADS ? makeWorker() : undefined);
  if (worker === undefined) {
    waiting.push(job);
    return;
  }
  const settle = (reply: Reply): void => {
    if (!job.future.done()) {
      if ("error" in reply)
        job.future.setException(reply.error ?? new Error(`The thread threw ${String(reply.error)}.`));
      else job.future.setResult(reply.value);
    }
  };
  jobs.set(worker, settle);
  worker.ref();
  try {
    worker.postMessage(job.message);
  } catch (error) {
    release(worker);
    throw new TypeError(`toThread: an argument cannot be copied to a thread: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

const jobs = new WeakMap<Worker, (reply: Reply) => void>();

function makeWorker(): Worker {
  const node = (globalThis as { process?: { getBuiltinModule?(name: string): Threads } }).process;
  const module = node?.getBuiltinModule?.("node:worker_threads");
  if (module === undefined)
    throw new RuntimeError("toThread: this host has no worker_threads. It needs Node 20.16 or newer.");
  const worker = new module.Worker(WORKER_SOURCE, { eval: true });
  threads += 1;
  worker.on("message", (reply) => {
    const settle = jobs.get(worker);
    jobs.delete(worker);
    release(worker);
    settle?.(reply);
  });
  let failure: Error | undefined;
  worker.on("error", (error) => {
    failure = error;
  });
  worker.on("exit", (code) => {
    threads -= 1;
    const index = idle.indexOf(worker);
    if (index >= 0) idle.splice(index, 1);
    jobs.get(worker)?.({
      error: failure ?? new Error(`toThread: the thread ended by itself, with exit code ${code}.`),
    });
    startNext();
  });
  return worker;
}

/** An idle thread does not keep the process alive. */
function release(worker: Worker): void {
  worker.unref();
  idle.push(worker);
  startNext();
}

function startNext(): void {
  const next = waiting.shift();
  if (next !== undefined) start(next);
}
