import { type Decision, type RecorderOptions, type Trace, mark, record, whatIf } from "../inspect/index.ts";
import type { Awaitable } from "../future/awaitable.ts";

/** Where the lines come from: as for `record`. */
type Lines = Pick<RecorderOptions, "lines">;

/**
 * Runs the program of a lesson in virtual time, and records it. What it prints goes into the trace, as marks, and not to
 * the console.
 */
export function recordLesson(main: () => Awaitable<unknown>, options: Lines = {}): Trace {
  return withMarks(() => record(main, options).trace);
}

/** As `recordLesson`, with one thing decided otherwise: see `whatIf`. */
export function rerunLesson(
  main: () => Awaitable<unknown>,
  trace: Trace,
  index: number,
  decision: Decision,
  options: Lines = {},
): Trace {
  return withMarks(() => whatIf(main, trace, index, decision, options).trace);
}

function withMarks(run: () => Trace): Trace {
  const { log } = console;
  console.log = (...values: unknown[]) => mark(values.join(" "));
  try {
    return run();
  } finally {
    console.log = log;
  }
}
