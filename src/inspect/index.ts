// The public names of "escapement/inspect", in reading order.

// recording
export { record, type RecordOptions, type Recording } from "./record.ts";
export { recordSimulation, type RecordSimulationOptions, type SimulationRecording } from "./record-simulation.ts";
export { Recorder, type RecorderOptions } from "./recorder.ts";
export { mark } from "./mark.ts";

// the trace
export type { Ending, EventFields, EventKind, EventOf, Place, RecordedEvent, Trace, TraceEvent, Why } from "./trace.ts";
export { formatTrace } from "./format-trace.ts";
export { parseTrace, readTrace, TraceError, type ParsedTrace } from "./parse-trace.ts";
export { traceSchema } from "./schema.ts";

// watching it
export { viewAt, type View } from "./view.ts";
export type { ReadyView, TaskState, TaskView, TimerView } from "./moment.ts";
export { deadlocksIn } from "./wait-graph.ts";
export { narrate } from "./narrate.ts";
export { firstDivergence, type Divergence } from "./diverge.ts";

// what if
export { alternativesAt, whatIf, type Alternative, type WhatIfOptions } from "./what-if.ts";
export type { Decision } from "./rerun.ts";

// stepping through it
export { STEPPER_KEYS, STEPPER_START, played, pressed, type Stepper } from "./stepper.ts";
export { TERMINAL_START, type TerminalStepper, playedInTerminal, pressedInTerminal } from "./terminal-stepper.ts";
export { screenOf, type ScreenSize } from "./terminal.ts";

// taking it elsewhere
export { toChromeTrace } from "./chrome-trace.ts";
export { toCsv } from "./csv.ts";
export { toHtml, type PageOptions } from "./html.ts";
export type { NamedTrace } from "./page-data.ts";
export { toMermaid } from "./mermaid.ts";
export { toSvg } from "./svg.ts";

// in the running program
export { captureCallGraph, formatCallGraph, type CallGraph, type CallGraphOptions } from "./call-graph.ts";
