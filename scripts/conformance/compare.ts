import { isDeepStrictEqual } from "node:util";
import type { CountedRun, Program, Run } from "../../tests/cpython/interpreter/language.ts";
import type { Difference } from "./render.ts";
import type { Answer, Side } from "./side.ts";

/** What comes of asking both sides. */
export type Verdict =
  | { readonly kind: "same"; readonly run: CountedRun }
  | { readonly kind: "skip"; readonly why: string }
  | { readonly kind: "failed"; readonly side: string; readonly why: string }
  | ({ readonly kind: "different" } & Difference);

export interface Sides {
  readonly oracle: Side;
  readonly subject: Side;
}

/** Runs a program on both sides, and compares event by event. */
export async function compare(program: Program, { oracle, subject }: Sides): Promise<Verdict> {
  const [expected, found] = await Promise.all([oracle.ask(program), subject.ask(program)]);
  // What the oracle cannot run is not compared, whatever the subject made of it.
  if (expected.kind !== "run") return noRun(expected, oracle.name);
  if (found.kind !== "run") return noRun(found, subject.name);
  const at = firstDifference(expected.run, found.run);
  if (at === -1) return { kind: "same", run: found.run };
  return { kind: "different", expected: expected.run, found: found.run, at };
}

function noRun(answer: Exclude<Answer, { readonly kind: "run" }>, side: string): Verdict {
  return answer.kind === "skip" ? answer : { ...answer, side };
}

/** The index of the first event that differs; the length of the trace when only the outcome does; -1 when nothing does. */
export function firstDifference(expected: Run, found: Run): number {
  const length = Math.max(expected.trace.length, found.trace.length);
  for (let index = 0; index < length; index++) {
    if (!isDeepStrictEqual(expected.trace[index], found.trace[index])) return index;
  }
  return isDeepStrictEqual(expected.out, found.out) ? -1 : length;
}
