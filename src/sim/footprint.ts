/** One task read or wrote something that is shared. */
export interface Access {
  readonly task: string;
  readonly operation: "read" | "write";
  readonly location: string;
  /** The source line, where it is known. */
  readonly at?: string;
}

/**
 * What a step has touched: by the number of the location, whether it wrote.
 *
 * Locations are numbered in the order in which a run first touches them, and so alike in two runs for as long as they are
 * the same run. `known` is how many were numbered before the step: of those, two footprints can be compared; a later one
 * may be any that is new to both.
 *
 * @internal
 */
export interface Footprint {
  readonly touched: ReadonlyMap<number, boolean>;
  readonly known: number;
}

/** Whether the order of two steps of one run matters. @internal */
export function conflict(a: ReadonlyMap<number, boolean>, b: ReadonlyMap<number, boolean>): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const [location, wrote] of few) {
    const other = many.get(location);
    if (other !== undefined && (wrote || other)) return true;
  }
  return false;
}

/** @internal */
export type Likelihood = "no" | "maybe" | "yes";

/**
 * As `conflict`, with a step of another run that has parted from this one at the state before `then`: "maybe" when both
 * have touched something that was new then.
 *
 * @internal
 */
export function mayConflict(then: Footprint, now: ReadonlyMap<number, boolean>): Likelihood {
  let touchesNew = false;
  for (const [location, wrote] of then.touched) {
    if (location >= then.known) {
      touchesNew = true;
      continue;
    }
    const other = now.get(location);
    if (other !== undefined && (wrote || other)) return "yes";
  }
  return touchesNew && [...now.keys()].some((location) => location >= then.known) ? "maybe" : "no";
}
