import type { Awaitable } from "../future/awaitable.ts";
import type { SimulateOptions, World } from "../sim/index.ts";
import { firstDivergence } from "./diverge.ts";
import type { Recording } from "./record.ts";
import { type LinesOption, Recorder } from "./recorder.ts";
import { type Decision, Rerun } from "./rerun.ts";
import { type Trace, recorded } from "./trace.ts";
import { viewAt } from "./view.ts";
import { isDone } from "./wait-graph.ts";

/** How a program is run again. */
export interface WhatIfOptions {
  /** As for `record`. */
  lines?: LinesOption;
  /** Of a simulation: the options that it had. */
  simulation?: SimulateOptions;
}

/** Something that could be decided otherwise. */
export interface Alternative {
  readonly decision: Decision;
  /** `b runs next`, `b is cancelled`. */
  readonly label: string;
}

/**
 * What could be decided otherwise after the first `index` events: who of those that are ready runs next, and whom to cancel.
 *
 * In the middle of a step nothing can be: what counts is the moment when it is over. In a simulation somebody else can run
 * next where the simulation chose.
 */
export function alternativesAt(trace: Trace, index: number): Alternative[] {
  const at = betweenSteps(trace, index);
  const next = nextStep(trace, at);
  if (next === null) return [];
  const others = viewAt(trace, next.index).tasks.filter(({ id, state }) => state === "ready" && id !== next.task);
  const ready = isSimulated(trace) && !next.chosen ? [] : others;
  const alive = viewAt(trace, at).tasks.filter((task) => !isDone(task));
  return [
    ...ready.map(({ id, name }) => ({ decision: { run: id }, label: `${name} runs next` })),
    ...alive.map(({ id, name }) => ({ decision: { cancel: id }, label: `${name} is cancelled` })),
  ];
}

/**
 * Runs the program again: as it was recorded up to the first `index` events, then with one thing decided otherwise, and
 * from there on first in, first out; in a simulation, without faults.
 *
 * @param main - The program of the trace: a function, for it is run once more.
 * @param trace - What `record` made of it, in virtual time, or `recordSimulation`.
 * @throws {RangeError} When there is no such thing to decide there; see `alternativesAt`.
 * @throws {TypeError} When the program is no function.
 * @throws {Error} When the trace was not recorded in virtual time, or the program took another course before the decision.
 * @example
 * const { trace } = record(main);
 * const [first] = alternativesAt(trace, 12);
 * const other = whatIf(main, trace, 12, first!.decision);
 * print(firstDivergence(trace, other.trace));
 */
export function whatIf<T>(
  main: (world: World) => Awaitable<T>,
  trace: Trace,
  index: number,
  decision: Decision,
  options: WhatIfOptions = {},
): Recording<T> {
  if (typeof main !== "function") throw new TypeError("whatIf: the program is a function, for it is run once more.");
  checkVirtual(trace);
  const chosen = alternativesAt(trace, index).find((one) => sameDecision(one.decision, decision));
  if (chosen === undefined) throw new RangeError(`whatIf: ${describeMistake(trace, index, decision)}`);
  const at = betweenSteps(trace, index);
  const header = { ...trace.header, whatIf: `${chosen.label}, at event ${at}` };
  const recorder = new Recorder({ header, ...(options.lines === undefined ? {} : { lines: options.lines }) });
  const rerun = new Rerun(trace, at, decision, recorder);
  const outcome =
    trace.header["simulated"] === true
      ? rerun.simulate(main, options.simulation)
      : rerun.run(main as () => Awaitable<T>);
  const other = recorder.trace();
  const parted = firstDivergence(trace, other);
  if (parted === null || parted.index < at) throw new Error(`whatIf: ${describeDeparture(parted, at)}`);
  return { trace: other, ...outcome };
}

/** The first moment from `index` on at which no step runs; before the choice of the next one, where it is noted. */
function betweenSteps(trace: Trace, index: number): number {
  const events = recorded(trace);
  if (viewAt(trace, index).running === null) return events[index - 1]?.kind === "choice" ? index - 1 : index;
  const end = events.findIndex(({ kind }, i) => i >= index && kind === "step.ended");
  return end < 0 ? events.length : end + 1;
}

function isSimulated({ header }: Trace): boolean {
  return header["simulated"] === true;
}

/** `chosen`: a scheduler or an oracle was asked for it. */
function nextStep(trace: Trace, at: number): { index: number; task: number | null; chosen: boolean } | null {
  const events = recorded(trace);
  for (let index = at; index < events.length; index += 1) {
    const event = events[index]!;
    if (event.kind === "ready.popped") return { index, task: event.task, chosen: events[index - 1]?.kind === "choice" };
  }
  return null;
}

function subjectOf(decision: Decision): number {
  return "run" in decision ? decision.run : decision.cancel;
}

function sameDecision(a: Decision, b: Decision): boolean {
  return "run" in a === "run" in b && subjectOf(a) === subjectOf(b);
}

function checkVirtual({ header }: Trace): void {
  const { clock } = header as { clock?: unknown };
  if (clock === "virtual" || clock === "VirtualClock") return;
  throw new Error(
    `whatIf: only a run in virtual time can be run again as it was; this one's clock was ${JSON.stringify(clock ?? null)}. Record it with record(main) or recordSimulation(main).`,
  );
}

function describeMistake(trace: Trace, index: number, decision: Decision): string {
  const found = alternativesAt(trace, index);
  const what =
    "run" in decision ? `task ${decision.run} cannot run next` : `task ${decision.cancel} cannot be cancelled`;
  if (found.length === 0) return `after event ${index} nothing runs any more: there is nothing to decide.`;
  return `after event ${index} ${what}. Possible are: ${found.map(({ label }) => label).join(", ")}.`;
}

function describeDeparture(parted: ReturnType<typeof firstDivergence>, at: number): string {
  if (parted === null) return `the program ended before event ${at}, where the decision was to be taken.`;
  return (
    `the program took another course at event ${parted.index}, before the decision at event ${at}: ` +
    `recorded was "${parted.left ?? "the end"}", and now it is "${parted.right ?? "the end"}". ` +
    "It is another program, or something gets past virtual time."
  );
}
