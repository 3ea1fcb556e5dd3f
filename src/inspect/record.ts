import { type Main, type RunOptions, runSync } from "../task/runner.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";
import type { Trace } from "./trace.ts";

/** How a program is run, and what is noted of it. */
export interface RecordOptions extends RunOptions, RecorderOptions {}

/** A run: its trace, and what came of it. */
export interface Recording<T> {
  trace: Trace;
  /** What main returned. */
  value?: T;
  /** What main threw: its trace is there all the same. */
  error?: unknown;
}

/**
 * Runs a program as `runSync` does, and records it.
 *
 * @example
 * const { trace, value } = record(main);
 * print(value, trace.events.map((_, index) => narrate(trace, index)).join("\n"));
 */
export function record<T>(main: Main<T>, options: RecordOptions = {}): Recording<T> {
  const { lines, header, hostClock, ...run } = options;
  const recorder = new Recorder({
    ...(lines === undefined ? {} : { lines }),
    ...(hostClock === undefined ? {} : { hostClock }),
    header: { clock: run.clock === undefined ? "virtual" : run.clock.constructor.name, ...header },
  });
  const outcome = attempt<T>(main, {
    ...run,
    ...(run.scheduler === undefined ? {} : { scheduler: recorder.scheduler(run.scheduler) }),
    instruments: [...(run.instruments ?? []), recorder],
  });
  if ("error" in outcome) recorder.end("raised", outcome.error);
  else recorder.end("returned", outcome.value);
  return { trace: recorder.trace(), ...outcome };
}

function attempt<T>(main: Main<T>, options: RunOptions): { value: T } | { error: unknown } {
  try {
    return { value: runSync(main, options) };
  } catch (error) {
    return { error };
  }
}
