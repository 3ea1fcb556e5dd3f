import { conflict } from "./footprint.ts";
import type { Step } from "./tracer.ts";

/** By thread, its last step that is ordered before: a vector clock. @internal */
export type VectorClock = readonly number[];

/**
 * Calls `found` for each race of a run: two steps that conflict and that nothing between them orders, so that they might
 * have come the other way round.
 *
 * What orders steps: they are of one thread; the first has made the second ready; time has passed in between; or they
 * conflict. (Abdulla et al., "Optimal dynamic partial order reduction", POPL 2014.)
 *
 * @param found - Told the two steps' numbers; what is known to be ordered before the second, the first excepted; and what
 * was before each earlier step, itself included.
 * @internal
 */
export function forEachRace(
  steps: readonly Step[],
  found: (first: number, second: number, before: VectorClock, clocks: readonly VectorClock[]) => void,
): void {
  const clocks: number[][] = [];
  const lastOf: number[] = [];
  let epoch: number[] = [];
  for (const [j, step] of steps.entries()) {
    if (j > 0 && step.time > steps[j - 1]!.time) epoch = clocks.reduce(join, []);
    const clock = join([], epoch);
    const own = lastOf[step.thread];
    if (own !== undefined) join(clock, clocks[own]!);
    if (step.madeReadyBy >= 0) join(clock, clocks[step.madeReadyBy]!);
    for (let i = j - 1; i >= 0; i -= 1) {
      const first = steps[i]!;
      if (isBefore(steps, i, clock) || !conflict(first.touched, step.touched)) continue;
      found(i, j, clock, clocks);
      join(clock, clocks[i]!);
    }
    clock[step.thread] = j;
    clocks.push(clock);
    lastOf[step.thread] = j;
  }
}

/**
 * The step before which another would have had to be chosen, to run before step `i`: -1 when there was no question. A
 * callback that was run without asking belongs to the step that made it ready.
 *
 * @internal
 */
export function choiceBefore(steps: readonly Step[], i: number, before: VectorClock): number {
  let at = i;
  while (steps[at]!.question < 0) {
    at = steps[at]!.madeReadyBy;
    if (at < 0 || isBefore(steps, at, before)) return -1;
  }
  return at;
}

/**
 * Who could begin, if what follows step `at` without depending on it came before it, up to step `j` and that included: the
 * threads whose first step of these depends on none of the others. (Abdulla et al.: the initials of `notdep(at).j`.)
 *
 * @internal
 */
export function initialsOf(
  steps: readonly Step[],
  at: number,
  j: number,
  before: VectorClock,
  clocks: readonly VectorClock[],
): Set<number> {
  const initials = new Set<number>();
  const independent: number[] = [];
  for (let k = at + 1; k <= j; k += 1) {
    const clock = k === j ? before : clocks[k]!;
    if (k < j && isBefore(steps, at, clock)) continue;
    if (!independent.some((earlier) => isBefore(steps, earlier, clock))) initials.add(steps[k]!.thread);
    independent.push(k);
  }
  return initials;
}

function isBefore(steps: readonly Step[], step: number, clock: VectorClock): boolean {
  return (clock[steps[step]!.thread] ?? -1) >= step;
}

/** Takes into `clock` what `other` knows. */
function join(clock: number[], other: readonly number[]): number[] {
  for (const [thread, step] of other.entries()) {
    if (step !== undefined && (clock[thread] ?? -1) < step) clock[thread] = step;
  }
  return clock;
}
