import { type Outcome, type Program, type SimulateOptions, replay, simulate } from "../sim/index.ts";
import type { Recording } from "./record.ts";
import { Recorder, type RecorderOptions } from "./recorder.ts";

/** How a program is simulated, and what is noted of it. */
export interface RecordSimulationOptions extends SimulateOptions, RecorderOptions {
  /** The run to be recorded; default: the one that seed and strategy make. */
  repro?: string;
}

/** A simulated run: its trace, and what came of it. */
export interface SimulationRecording<T> extends Recording<T> {
  outcome: Outcome<T>;
}

/**
 * Simulates a program once, as `simulate` does, or `replay` when it is given a repro, and records it with its choices.
 *
 * @throws {ReplayError} As `replay`.
 * @example
 * const { trace, outcome } = recordSimulation(main, { seed: 7 });
 * print(outcome.status, trace.events.filter(({ kind }) => kind === "choice").length);
 */
export function recordSimulation<T>(
  program: Program<T>,
  options: RecordSimulationOptions = {},
): SimulationRecording<T> {
  const { lines, header, hostClock, repro, ...simulation } = options;
  const recorder = new Recorder({
    ...(lines === undefined ? {} : { lines }),
    ...(hostClock === undefined ? {} : { hostClock }),
    header: { clock: "virtual", simulated: true, ...header },
  });
  const watched = { ...simulation, instruments: [...(simulation.instruments ?? []), recorder] };
  // The repro may be of the program before an edit: the one that it has now is found first, and its run is the one recorded.
  const outcome =
    repro === undefined
      ? simulate(program, watched)
      : replay(program, replay(program, repro, simulation).repro, watched);
  const { status, value, error } = outcome;
  if (status === "returned") recorder.end("returned", value);
  else recorder.end("raised", error);
  return { trace: recorder.trace(), outcome, ...(status === "returned" ? { value: value as T } : { error }) };
}
