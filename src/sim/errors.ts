import type { Failure } from "./outcome.ts";

/** What `check` throws: the story of the shortest failing run, and the line that replays it. */
export class SimulationError extends Error {
  static {
    this.prototype.name = "SimulationError";
  }

  declare readonly failure: Failure<unknown>;

  constructor(message: string, failure: Failure<unknown>) {
    super(message, { cause: failure.shrunk.error });
    // Whoever prints an error with all its fields would print it twice over.
    Object.defineProperty(this, "failure", { value: failure });
  }
}

/** A repro that cannot be replayed: it is mistyped, cut off, of another version or of another program. */
export class ReplayError extends Error {
  static {
    this.prototype.name = "ReplayError";
  }
}

/** Something reached past the simulation, to the host's clock, randomness, timers or promises. */
export class EscapeError extends Error {
  static {
    this.prototype.name = "EscapeError";
  }
}

/**
 * The run was not over after `maxSteps` steps.
 *
 * @internal
 */
export class OutOfStepsError extends Error {
  static {
    this.prototype.name = "OutOfStepsError";
  }
}
