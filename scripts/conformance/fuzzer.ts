import type { Program } from "../../tests/cpython/interpreter/language.ts";
import { compare } from "./compare.ts";
import type { Sides, Verdict } from "./compare.ts";
import type { Programs } from "./programs.ts";
import { renderProgram, renderSideBySide } from "./render.ts";
import { shrink } from "./shrink.ts";
import { Usage } from "./usage.ts";

/** Programs that each pair of processes is asked ahead. */
const AHEAD = 32;
/** How many programs between two signs of life. */
const MILESTONE = 10_000;

export interface FuzzerOptions {
  /** Stop after so many differences. */
  readonly stop: number;
  readonly shrinks: boolean;
  readonly print: (text: string) => void;
}

/** What came of so many programs. */
export interface Tally {
  readonly agreed: number;
  readonly different: number;
  readonly failed: number;
  /** CPython itself cannot run them. */
  readonly skipped: number;
}

/** Compares programs on pairs of processes, and tells what came of it. */
export class Fuzzer {
  readonly usage = new Usage();
  readonly #tally = { agreed: 0, different: 0, failed: 0, skipped: 0 };
  readonly #programs: Programs;
  readonly #options: FuzzerOptions;
  #next = 0;

  constructor(programs: Programs, options: FuzzerOptions) {
    this.#programs = programs;
    this.#options = options;
  }

  async run(pairs: readonly Sides[]): Promise<Tally> {
    await Promise.all(pairs.flatMap((pair) => Array.from({ length: AHEAD }, () => this.#work(pair))));
    return this.#tally;
  }

  async #work(pair: Sides): Promise<void> {
    while (this.#next < this.#programs.count && this.#tally.different < this.#options.stop) {
      const index = this.#next++;
      const program = this.#programs.at(index);
      await this.#judge(index, program, await compare(program, pair), pair);
      if (this.#next % MILESTONE === 0) this.#options.print(`${this.#next} asked, ${this.#tally.different} differ`);
    }
  }

  async #judge(index: number, program: Program, verdict: Verdict, pair: Sides): Promise<void> {
    switch (verdict.kind) {
      case "same":
        this.#tally.agreed += 1;
        this.usage.add(verdict.run);
        return;
      case "skip":
        this.#tally.skipped += 1;
        return;
      case "failed":
        this.#tally.failed += 1;
        this.#tell("Failed", index, `${verdict.side}: ${verdict.why}`, program);
        return;
      case "different":
        this.#tally.different += 1;
        await this.#show(index, program, pair);
        return;
    }
  }

  async #show(index: number, program: Program, pair: Sides): Promise<void> {
    const differs = async (candidate: Program): Promise<boolean> =>
      (await compare(candidate, pair)).kind === "different";
    const small = this.#options.shrinks ? await shrink(program, differs) : program;
    const verdict = await compare(small, pair);
    const text =
      verdict.kind === "different" ? renderSideBySide(verdict) : "It differed, but does not when it is run again.";
    this.#tell("Different", index, `${renderProgram(small)}\n\n${text}`, small);
  }

  #tell(what: string, index: number, text: string, program: Program): void {
    this.#options.print(`\n${what}: ${this.#programs.nameOf(index)}\n\n${text}\n\n${JSON.stringify(program)}\n`);
  }
}
