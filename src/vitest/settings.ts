/** What vitest was told, as far as it matters to an exploration. @internal */
export interface Settings {
  /** Of `--sequence.seed`, or drawn by vitest where it shuffles. */
  readonly seed: number | undefined;
  /** Of `-t`: the tests that run were chosen by name. */
  readonly testNamePattern: RegExp | undefined;
}

/** The modules that vitest has evaluated, by path. @internal */
export interface Modules {
  getModuleById(path: string): { readonly meta?: { readonly code?: string } } | undefined;
}

interface WorkerState {
  readonly evaluatedModules?: Modules;
  readonly config?: {
    readonly sequence?: { readonly seed?: number };
    readonly testNamePattern?: RegExp;
  };
}

/**
 * The settings of the vitest that runs this test.
 *
 * @internal
 */
export function vitestSettings(): Settings {
  const { sequence, testNamePattern } = workerState().config ?? {};
  return { seed: sequence?.seed, testNamePattern };
}

/** @internal */
export function vitestModules(): Modules | undefined {
  return workerState().evaluatedModules;
}

// vitest has no function that tells a test these things; the state of its worker has them, under this name since 0.31.
function workerState(): WorkerState {
  return (globalThis as { readonly [name: string]: unknown })["__vitest_worker__"] ?? {};
}
