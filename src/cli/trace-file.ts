import { closeSync, openSync, writeFileSync } from "node:fs";
import { Recorder, type RecorderOptions, type Trace } from "../inspect/index.ts";
import { UsageError } from "./usage-error.ts";

/** A file that a recording goes to, and as what. */
export interface Output {
  readonly path: string;
  format(trace: Trace): string;
}

/** A recording on its way to its files. */
export class TraceFile {
  readonly recorder: Recorder;
  readonly #outputs: readonly Output[];

  /** @throws {UsageError} When a file cannot be written: before the program has run, not after. */
  constructor(outputs: readonly Output[], options: RecorderOptions) {
    this.#outputs = outputs;
    this.recorder = new Recorder(options);
    try {
      for (const { path } of outputs) closeSync(openSync(path, "a"));
    } catch (error) {
      throw new UsageError(`the trace cannot be written: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Writes what was recorded: of a program that failed, up to there. */
  finish(outcome: "returned" | "raised", value: unknown): void {
    this.recorder.end(outcome, value);
    const trace = this.recorder.trace();
    for (const { path, format } of this.#outputs) {
      writeFileSync(path, format(trace));
      process.stderr.write(`Recorded ${trace.events.length} events in ${path}.\n`);
    }
  }
}
