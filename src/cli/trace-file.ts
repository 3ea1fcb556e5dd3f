import { closeSync, openSync, writeFileSync } from "node:fs";
import { Recorder, formatTrace } from "../inspect/index.ts";
import { UsageError } from "./usage-error.ts";

/** A recording on its way to a file. */
export class TraceFile {
  readonly recorder: Recorder;
  readonly #path: string;

  /** @throws {UsageError} When the file cannot be written: before the program has run, not after. */
  constructor(path: string, header: Readonly<Record<string, unknown>>) {
    this.#path = path;
    this.recorder = new Recorder({ header });
    try {
      closeSync(openSync(path, "a"));
    } catch (error) {
      throw new UsageError(`the trace cannot be written: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Writes what was recorded: of a program that failed, up to there. */
  finish(outcome: "returned" | "raised", value: unknown): void {
    this.recorder.end(outcome, value);
    const trace = this.recorder.trace();
    writeFileSync(this.#path, formatTrace(trace));
    process.stderr.write(`Recorded ${trace.events.length} events in ${this.#path}.\n`);
  }
}
