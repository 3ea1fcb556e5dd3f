import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare, firstDifference } from "./compare.ts";
import { readCorpus } from "./corpus.ts";
import { generateProgram } from "./generate.ts";
import { oracle } from "./python.ts";
import type { Python } from "./python.ts";
import { Side, subjectOf } from "./side.ts";

// Is the fuzzer any good? Bugs are planted, one at a time, in a copy of the runtime; each has to be found.

const TREE = fileURLToPath(new URL("../..", import.meta.url));

export interface Mutant {
  readonly bug: string;
  readonly file: string;
  /** Text that stands in the file exactly once, and what stands there instead. */
  readonly patch: readonly [from: string, to: string];
}

export const MUTANTS: readonly Mutant[] = [
  {
    bug: "synchronous wake-up: who completes a future runs its waiters",
    file: "src/future/future.ts",
    patch: ["else loop.enqueue(waiters);", "else waiters.run();"],
  },
  {
    bug: "last-in, first-out ready queue",
    file: "src/loop/event-loop.ts",
    patch: ["left -= 1) ready.shift().run();", "left -= 1) ready.take(left - 1).run();"],
  },
  {
    bug: "barging lock: a free lock is taken past those in line",
    file: "src/sync/lock.ts",
    patch: ["this.#held || !this.#waiters.allCancelled()", "this.#held"],
  },
  {
    bug: "uncancel() forgets the cancellation that is still to be delivered",
    file: "src/task/task.ts",
    patch: ["if (this.cancelRequests === 0) this.mustCancel = false;", ""],
  },
  {
    bug: "a timeout swallows a cancellation from outside",
    file: "src/task/timeout.ts",
    patch: ["return this.#task!.uncancel() <= this.#cancelling;", "return this.#task!.uncancel() >= 0;"],
  },
  {
    bug: "lost notification: a cancelled waiter of a condition keeps it",
    file: "src/sync/condition.ts",
    patch: ["this.#waiters.wakeNext(false);\n      throw error;", "throw error;"],
  },
  {
    bug: "a queue wakes two getters for one item",
    file: "src/sync/queue.ts",
    patch: ["+= 1;\n    wakeNext(this.#getters);", "+= 1;\n    wakeNext(this.#getters);\n    wakeNext(this.#getters);"],
  },
  {
    bug: "done callbacks in reverse",
    file: "src/future/future.ts",
    patch: ["for (const waiter of waiters) loop", "for (const waiter of waiters.toReversed()) loop"],
  },
  {
    bug: "the context leaks from one step to the next",
    file: "src/task/task.ts",
    patch: ["swapCurrentTask(this);\n    enterContext(this.context);", "swapCurrentTask(this);"],
  },
  {
    bug: "a cancelled group cancels its children in reverse",
    file: "src/task/task-group.ts",
    patch: ["for (const task of this.#tasks) if", "for (const task of [...this.#tasks].toReversed()) if"],
  },
];

export interface Finding {
  readonly bug: string;
  /** Random programs until one differed; null when none did. */
  readonly needed: number | null;
  /** Programs of the corpus that differ. */
  readonly inCorpus: number;
}

/** Plants each bug, counts the random programs until one differs, and those of the corpus that do. */
export async function* testMutants(python: Python, seed: string, limit: number): AsyncGenerator<Finding, void, void> {
  for (const mutant of MUTANTS) {
    const needed = await withMutant(mutant, (tree) => programsNeeded(python, tree, seed, limit));
    const inCorpus = await withMutant(mutant, differencesInCorpus);
    yield { bug: mutant.bug, needed, inCorpus };
  }
}

async function withMutant<T>(mutant: Mutant, then: (tree: string) => Promise<T>): Promise<T> {
  const tree = mkdtempSync(join(tmpdir(), "escapement-mutant-"));
  try {
    for (const folder of ["src", "scripts/conformance", "tests/cpython/interpreter", "package.json", "tsconfig.json"]) {
      cpSync(join(TREE, folder), join(tree, folder), { recursive: true });
    }
    symlinkSync(join(TREE, "node_modules"), join(tree, "node_modules"));
    writeFileSync(join(tree, mutant.file), plant(mutant, readFileSync(join(tree, mutant.file), "utf8")));
    return await then(tree);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** The file's text with the bug in it. */
export function plant({ bug, file, patch: [from, to] }: Mutant, text: string): string {
  const places = text.split(from).length - 1;
  if (places !== 1)
    throw new Error(`mutant "${bug}": ${file} has ${places} places like ${JSON.stringify(from)}, expected 1`);
  return text.replace(from, () => to);
}

/** How many programs until the two sides differ, or the mutant fails; null when none of `limit` shows it. */
async function programsNeeded(python: Python, tree: string, seed: string, limit: number): Promise<number | null> {
  const sides = { oracle: new Side("oracle", oracle(python)), subject: mutantOf(tree) };
  try {
    for (let first = 0; first < limit; first += 16) {
      const programs = Array.from({ length: 16 }, (_, index) => generateProgram(`${seed}:${first + index}`));
      const verdicts = await Promise.all(programs.map((program) => compare(program, sides)));
      const index = verdicts.findIndex(({ kind }) => kind === "different" || kind === "failed");
      if (index !== -1) return first + index + 1;
    }
    return null;
  } finally {
    sides.oracle.close();
    sides.subject.close();
  }
}

async function differencesInCorpus(tree: string): Promise<number> {
  const mutant = mutantOf(tree);
  const verdicts = await Promise.all(
    readCorpus().map(async (entry) => {
      const answer = await mutant.ask(entry.program);
      return answer.kind !== "run" || firstDifference(entry, answer.run) !== -1;
    }),
  );
  mutant.close();
  return verdicts.filter(Boolean).length;
}

/** A mutant that hangs is given up soon: that, too, is a difference. */
function mutantOf(tree: string): Side {
  return new Side("mutant", subjectOf(tree), 5000);
}
