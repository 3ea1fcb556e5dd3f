import { readFileSync } from "node:fs";
import { type ParsedTrace, type Trace, TraceError, readTrace } from "../inspect/index.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Reads a trace file. What cannot be read of it is said on stderr; what can be comes back.
 *
 * @throws {UsageError} When nothing can be read.
 */
export function loadTrace(file: string): Trace {
  return loadTraceWithProblems(file).trace;
}

/**
 * The same, and what could not be read of it.
 *
 * @throws {UsageError} When nothing can be read.
 */
export function loadTraceWithProblems(file: string): ParsedTrace {
  try {
    const parsed = readTrace(readFileSync(file, "utf8"));
    for (const problem of parsed.problems) process.stderr.write(`escapement: ${file}: ${problem}\n`);
    return parsed;
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(`${file}: ${error.message}`, { cause: error });
    throw new UsageError(`the trace cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
