import { AWAITABLES, INSTANT, SUSPENDING } from "../../tests/cpython/interpreter/language.ts";
import type { CountedRun, Run, TraceEvent } from "../../tests/cpython/interpreter/language.ts";

/** How an event ended: with a value, or with which error. */
export function outcomeOf(event: TraceEvent): string {
  const value = event[5];
  if (typeof value === "object" && value !== null && "e" in value) return String(value.e);
  return value === "none" ? "none" : "ok";
}

/** What an event is of: the statement, or for `await` the kind of awaitable. */
export function subjectOf(event: TraceEvent): string {
  return event[3];
}

/** All that a program can be made of: statements, and awaitables as `await:k`. */
const KINDS: readonly string[] = [
  ...Object.keys(INSTANT),
  ...Object.keys(SUSPENDING),
  ...Object.keys(AWAITABLES).map((kind) => `await:${kind}`),
];

type Row = readonly [name: string, total: number, outcomes: string];

/** Counts what was executed, and how it ended: what never ran is not covered. */
export class Usage {
  #programs = 0;
  #events = 0;
  #iterations = 0;
  #deadlocks = 0;
  #cancelled = 0;
  #shutdowns = 0;
  readonly #executed = new Map<string, number>();
  readonly #outcomes = new Map<string, Map<string, number>>();

  add({ trace, out, used }: CountedRun): void {
    this.#programs += 1;
    this.#events += trace.length;
    this.#iterations += trace.at(-1)?.[0] ?? 0;
    if (JSON.stringify(out).includes('"deadlock"')) this.#deadlocks += 1;
    if (trace.some(isCancellation)) this.#cancelled += 1;
    if (endsInShutdown(trace)) this.#shutdowns += 1;
    for (const [kind, times] of Object.entries(used)) count(this.#executed, kind, times);
    for (const event of trace) this.#countOutcome(subjectOf(event), outcomeOf(event));
  }

  #countOutcome(subject: string, outcome: string): void {
    const outcomes = this.#outcomes.get(subject) ?? new Map<string, number>();
    this.#outcomes.set(subject, outcomes);
    count(outcomes, outcome, 1);
  }

  /** How often each statement was executed, and each awaitable built. */
  executed(): readonly (readonly [kind: string, times: number])[] {
    return KINDS.map((kind) => [kind, this.#executed.get(kind) ?? 0]);
  }

  /** Each event of the traces, with how often it ended how. */
  events(): readonly Row[] {
    return Array.from(this.#outcomes)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([subject, outcomes]) => row(subject, outcomes));
  }

  summary(): string {
    const share = (part: number): string => `${((100 * part) / Math.max(1, this.#programs)).toFixed(1)} %`;
    const average = (sum: number): string => (sum / Math.max(1, this.#programs)).toFixed(1);
    const never = this.executed().flatMap(([kind, times]) => (times === 0 ? [kind] : []));
    return (
      `on average ${average(this.#events)} events in ${average(this.#iterations)} iterations; ` +
      `${share(this.#cancelled)} deliver a cancellation, ${share(this.#deadlocks)} deadlock, ` +
      `${share(this.#shutdowns)} end with tasks that are left\nnever executed: ${never.join(" ") || "nothing"}`
    );
  }
}

function count(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

function isCancellation(event: TraceEvent): boolean {
  return outcomeOf(event) === "CancelledError" && /^(await|with|timeout|group|asc|custom)\b/u.test(subjectOf(event));
}

function endsInShutdown(trace: Run["trace"]): boolean {
  const exit = trace.findLastIndex((event) => event[3] === "exit" && String(event[2]).startsWith("n:main"));
  return exit !== -1 && trace.slice(exit + 1).some((event) => outcomeOf(event) === "CancelledError");
}

function row(subject: string, outcomes: ReadonlyMap<string, number>): Row {
  const total = [...outcomes.values()].reduce((sum, times) => sum + times, 0);
  const parts = Array.from(outcomes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([outcome, times]) => `${outcome} ${times}`);
  return [subject, total, parts.join(", ")];
}
