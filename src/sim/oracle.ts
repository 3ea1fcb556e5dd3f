import type { AnyTask } from "../loop/parties.ts";
import type { Machine } from "./machine.ts";
import type { Tracer } from "./tracer.ts";
import type { Outcome } from "./outcome.ts";

/** What a question is about: whose turn it is, the world's misfortunes, the program's own draws. */
export type ChoiceKind = "task" | "fault" | "user";

/**
 * Answers every question whose answer is not determined: the next task, a message's fate, a failpoint, a user's draw.
 *
 * It is never asked when `count` is 1. Answer 0 is what happens where nothing is undetermined: asyncio's own order, no
 * fault.
 *
 * @example
 * const lastFirst: Oracle = { choose: (kind, count) => (kind === "task" ? count - 1 : 0) };
 */
export interface Oracle {
  /**
   * @param label - What is asked, the same for the same question in every run.
   * @param chance - For a question of two answers that are not equally likely: how likely the second is.
   * @returns From 0 to `count - 1`.
   */
  choose(kind: ChoiceKind, count: number, label: string, chance?: number): number;
  /** Answers instead of `choose` whose turn it is, and sees who is ready. */
  chooseTask?(ready: Candidates): number;
}

/** Who is ready, in asyncio's order. */
export interface Candidates {
  readonly count: number;
  /** A number for the task at `index`, the same in every run of an exploration. */
  identity(index: number): number;
  /** What is ready itself; of those, the first `count`. @internal */
  readonly entries: readonly object[];
  /** How many steps the task at `index` has taken. */
  stepsOf(index: number): number;
  /** How many tasks the task at `index` has made. */
  madeBy(index: number): number;
  /** Who ran last, by its identity. */
  readonly lastRun: number;
  /** Undefined for a callback that is no task's. */
  task(index: number): AnyTask | undefined;
}

/** A way to explore: an oracle for each run, told how the run before it ended. */
export interface Strategy {
  readonly name: string;
  /**
   * @param run - The number of the run, from 0.
   * @param seed - Of this run.
   */
  begin(run: number, seed: number): Oracle;
  end?(outcome: Outcome<unknown>): void;
  /** As `end`, for the library's own strategies: they read the run itself. @internal */
  learn?(machine: Machine): void;
  /** Nothing is left to explore: every schedule was covered. */
  readonly complete?: boolean;
  /** It wants to know what each step touches, and is given the tracer. @internal */
  attach?(tracer: Tracer): void;
  /** Nothing is left that it would explore, though it has not covered everything. @internal */
  readonly exhausted?: boolean;
}
