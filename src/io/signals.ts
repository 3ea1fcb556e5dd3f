import type { Awaitable, Coroutine } from "../future/awaitable.ts";
import { Queue } from "../sync/queue.ts";
import { coroutine } from "../task/coroutine.ts";
import { Instantly } from "../task/instantly.ts";
import { type ContextManager, using } from "../task/using.ts";
import { ValueError } from "../loop/errors.ts";
import { hostedLoop } from "./hosted-loop.ts";
import { type SignalName, checkCatchable } from "./signal-names.ts";

// Node's listeners keep no process alive. Somebody who waits for a signal should: the longest timer there is does.
const LONGEST_TIMER = 2 ** 31 - 1;

type Listener = (signal: NodeJS.Signals) => void;

/**
 * Waits until this process gets a signal. Meanwhile the signal does nothing else: SIGTERM does not end the process, and
 * SIGINT does not cancel the main task.
 *
 * @param signal - `"SIGTERM"`, `"SIGINT"`, `"SIGHUP"` …
 * @throws {ValueError} When there is no such signal.
 * @throws {RuntimeError} When it cannot be caught: SIGKILL, SIGSTOP.
 * @example
 * getRunningLoop().callLater(10, () => process.kill(process.pid, "SIGUSR2"));
 * yield* waitSignal("SIGUSR2");
 * print("reload"); //=> "reload"
 * @see CPython 3.13 `asyncio.loop.add_signal_handler`
 */
export const waitSignal: (signal: string) => Coroutine<void> = coroutine(function* waitSignal(
  signal: string,
): Coroutine<void> {
  const received = new Signals("waitSignal", [signal]);
  yield* using(received, () => received.next());
});

/**
 * Catches signals as long as its body runs, so that none is missed between two that are waited for.
 *
 * @example
 * yield* using(signals("SIGUSR1", "SIGUSR2"), function* (received) {
 *   process.kill(process.pid, "SIGUSR2");
 *   print(yield* received.next()); //=> "SIGUSR2"
 * });
 */
export function signals(...names: string[]): ContextManager<SignalReceiver> {
  return new Signals("signals", names);
}

/** The signals that have come, one after the other. */
export interface SignalReceiver {
  /** The name of the next one. */
  next(): Coroutine<string>;
}

class Signals implements ContextManager<SignalReceiver>, SignalReceiver {
  readonly #who: string;
  readonly #names: readonly string[];
  readonly #queue = new Queue<string>();
  #removers: (() => void)[] = [];

  static {
    coroutine(this.prototype.next);
  }

  constructor(who: string, names: readonly string[]) {
    this.#who = who;
    this.#names = names;
  }

  enter(): Awaitable<SignalReceiver> {
    return new Instantly(`${this.#who}.enter`, () => {
      if (this.#names.length === 0) throw new ValueError(`${this.#who}: no signal is named.`);
      for (const name of this.#names) checkCatchable(this.#who, name);
      hostedLoop(this.#who, "signals come");
      this.#listen();
      return this;
    });
  }

  #listen(): void {
    const timer = setInterval(() => {}, LONGEST_TIMER);
    this.#removers = this.#names.map((name) =>
      listenAlone(name as SignalName, (signal) => this.#queue.putNowait(signal)),
    );
    this.#removers.push(() => clearInterval(timer));
  }

  *next(): Coroutine<string> {
    return yield* this.#queue.get();
  }

  exit(_error?: unknown): Awaitable<void> {
    return new Instantly(`${this.#who}.exit`, () => {
      for (const remove of this.#removers) remove();
    });
  }
}

interface Caught {
  readonly listeners: Set<Listener>;
  readonly listener: Listener;
  /** Who listened before, and steps aside: on SIGINT, `run`, which would cancel the main task. */
  readonly aside: readonly Listener[];
}

const caught = new Map<SignalName, Caught>();

/** Node calls everybody who listens. As in Python, who catches a signal takes the place of who did before. */
function listenAlone(name: SignalName, listener: Listener): () => void {
  const entry = caught.get(name) ?? takeOver(name);
  entry.listeners.add(listener);
  return () => {
    entry.listeners.delete(listener);
    if (entry.listeners.size === 0) giveBack(name, entry);
  };
}

function takeOver(name: SignalName): Caught {
  const listeners = new Set<Listener>();
  const aside = name === "SIGINT" ? (process.listeners(name) as Listener[]) : [];
  const listener: Listener = (signal) => {
    for (const one of listeners) one(signal);
  };
  process.on(name, listener);
  for (const one of aside) process.removeListener(name, one);
  const entry: Caught = { listeners, listener, aside };
  caught.set(name, entry);
  return entry;
}

function giveBack(name: SignalName, { listener, aside }: Caught): void {
  for (const one of aside) process.on(name, one);
  process.removeListener(name, listener);
  caught.delete(name);
}
