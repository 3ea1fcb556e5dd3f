import type { Decision } from "../../src/inspect/rerun.ts";
import type { Trace } from "../../src/inspect/trace.ts";
import type { Translated } from "./translate.ts";

/** What the worker is asked to run: a program; or one that was run, with one thing decided otherwise. */
export interface Job {
  readonly program: Translated;
  readonly text: string;
  readonly otherwise: { readonly trace: Trace; readonly index: number; readonly decision: Decision } | null;
}

/** What came of it. `held`: it was stopped, for it waited too often. */
export type Outcome = { readonly trace: Trace; readonly held: boolean } | { readonly problem: string };

/** A program that waits more often than this is held: its trace would be too long to read. */
export const MOST_WAITS = 3000;
