import * as escapement from "../../src/index.ts";
import type { Awaitable } from "../../src/future/awaitable.ts";
import { mark } from "../../src/inspect/mark.ts";
import type { Place, Trace } from "../../src/inspect/trace.ts";
import { StreamReader } from "../../src/io/stream-reader.ts";
import { recordLesson, rerunLesson } from "../../src/lessons/record-lesson.ts";
import { type Job, MOST_WAITS, type Outcome } from "./job.ts";
import { PROGRAM } from "./translate.ts";

/** Of the package, what needs no host. */
const MODULES: Readonly<Record<string, object>> = {
  escapement,
  "escapement/inspect": { mark },
  "escapement/net": { StreamReader },
};

/** Runs a program in virtual time, and records it; what it prints is in the trace, as marks. */
export function outcomeOf(job: Job): Outcome {
  try {
    return run(job);
  } catch (error) {
    return { problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

function run({ program, text, otherwise }: Job): Outcome {
  const waits = new Waits(program.places);
  const main = mainOf(program.code, waits);
  const lines = (task: object): readonly Place[] => waits.of(task);
  const trace =
    otherwise === null
      ? recordLesson(main, { lines })
      : rerunLesson(main, otherwise.trace, otherwise.index, otherwise.decision, { lines });
  const named: Trace = { ...trace, header: { ...trace.header, program: PROGRAM }, sources: { [PROGRAM]: text } };
  return { trace: named, held: waits.held };
}

/** Where each task is: the program says so itself, for no browser does. See `Translated`. */
class Waits {
  readonly #places: readonly Place[];
  readonly #stacks = new WeakMap<object, Place[]>();
  #count = 0;

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  get held(): boolean {
    return this.#count > MOST_WAITS;
  }

  /** A generator begins: how many wait for it. */
  enter(): number {
    return this.#stack().length;
  }

  /** The generator that `depth` others wait for is about to wait for `what`. */
  at(place: number, depth: number, what: unknown): unknown {
    this.#stack().splice(depth, Infinity, this.#places[place]!);
    this.#count += 1;
    if (this.held && escapement.currentTask() !== null) escapement.getRunningLoop().stop();
    return what;
  }

  /** It waits no more. What it waited for may have thrown, and not come to say so: its successor cleans up. */
  done(depth: number, value: unknown): unknown {
    this.#stack().splice(depth);
    return value;
  }

  of(task: object): readonly Place[] {
    return [...(this.#stacks.get(task) ?? [])];
  }

  #stack(): Place[] {
    const task = escapement.currentTask();
    const stack = (task === null ? undefined : this.#stacks.get(task)) ?? [];
    if (task !== null) this.#stacks.set(task, stack);
    return stack;
  }
}

type Compiled = (
  importing: typeof moduleNamed,
  exported: { default?: unknown },
  enter: Waits["enter"],
  at: Waits["at"],
  done: Waits["done"],
) => void;

/** @throws {Error} When it is no program. */
function mainOf(code: string, waits: Waits): () => Awaitable<unknown> {
  const exported: { default?: unknown } = {};
  // What is given away in a link runs here, in a worker without network: see the page's Content-Security-Policy.
  // oxlint-disable-next-line typescript/no-implied-eval
  const body = new Function("__import", "__exports", "__enter", "__at", "__done", code) as Compiled;
  body(
    moduleNamed,
    exported,
    () => waits.enter(),
    (place, depth, what) => waits.at(place, depth, what),
    (depth, value) => waits.done(depth, value),
  );
  const main = exported.default;
  if (typeof main === "function") return main as () => Awaitable<unknown>;
  throw new Error("The program has no main. Export it: export default function* main() { … }");
}

function moduleNamed(name: string, wanted: readonly string[]): object {
  const found = Object.hasOwn(MODULES, name) ? MODULES[name]! : null;
  if (found === null) {
    throw new Error(`There is no "${name}" in a page. There are: ${Object.keys(MODULES).join(", ")}.`);
  }
  const missing = wanted.find((one) => one !== "*" && !(one in found));
  if (missing !== undefined) throw new Error(`"${name}" has no export ${missing}; in a page, at least.`);
  return found;
}
