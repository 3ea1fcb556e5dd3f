import { printWarning } from "../../loop/print.ts";
import type { Task } from "../../task/task.ts";
import { EscapeError } from "../errors.ts";
import type { Machine } from "../machine.ts";
import { Entropy } from "./entropy.ts";
import { runningTask } from "../sim-task.ts";
import { whileUp } from "./raise.ts";

/** What is done about a program that gets at something which has no deterministic answer. */
export type FenceMode = (typeof FENCE_MODES)[number];

/** @internal */
export const FENCE_MODES = ["throw", "warn", "off"] as const;

// Thousands of runs call the same place: it is warned of once.
const warned = new Set<string>();
const MOST_WARNED = 1000;

/**
 * What stands around the runs of one machine: the host's clock, randomness, timers and promises stay outside.
 *
 * @internal
 */
export class Fence {
  readonly mode: FenceMode;
  /** What the program draws from the host. */
  readonly entropy: Entropy;
  /** The first time that the run got past it. */
  escape: EscapeError | null = null;

  constructor(machine: Machine, mode: FenceMode = "throw") {
    this.mode = mode;
    this.entropy = new Entropy(machine);
  }

  /** A run begins. */
  reset(): void {
    this.escape = null;
    this.entropy.reset();
  }

  /** Does `work` with the fence up. */
  around<T>(work: () => T): T {
    return this.mode === "off" ? work() : whileUp(work);
  }

  /**
   * Notes that the program got at something undetermined: the run counts as escaped, even when it catches the error.
   *
   * @param what - What it did: `setTimeout was called`.
   * @param place - Where, or null when that is not known.
   * @param instead - What to do instead: a sentence.
   * @returns What to throw; null where a warning is all that is wanted.
   */
  tell(what: string, place: string | null, instead: string): EscapeError | null {
    const where = place === null ? `by ${nameOf(runningTask())}` : `at ${place}`;
    const message = `${what} in a simulation, ${where}. ${instead}`;
    if (this.mode === "throw") {
      const error = new EscapeError(message);
      this.escape ??= error;
      return error;
    }
    if (warned.has(message)) return null;
    if (warned.size >= MOST_WARNED) warned.clear();
    warned.add(message);
    printWarning(`EscapeWarning: ${message}`);
    return null;
  }
}

function nameOf(task: Task<any> | null): string {
  return task === null ? "a callback" : `task "${task.name}"`;
}
