// What the host's limit is, while it is lowered.
let usual: number | null = null;

/**
 * Runs `work`, in which errors have a stack only when `wanted`: to take one down costs more than a short run, and of
 * thousands of runs nobody looks at any.
 *
 * @internal
 */
export function withStacks(wanted: boolean, work: () => void): void {
  if (wanted) {
    work();
    return;
  }
  const outer = usual;
  const limit = Error.stackTraceLimit;
  usual ??= limit;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = limit;
    usual = outer;
  }
}

/** Runs `work`, which is no part of the program: what it throws comes out, and has its stack. @internal */
export function withStacksAgain<T>(work: () => T): T {
  if (usual === null) return work();
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = usual;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
