import type { Runnable } from "../loop/handle.ts";

/**
 * Stands in the ready queue while guards wait, so that the loop asks whose turn it is though it sees but one, or nobody.
 *
 * @internal
 */
export class Prompt implements Runnable {
  queued = false;
  readonly stepOf = undefined;
  readonly #run: () => void;

  constructor(run: () => void) {
    this.#run = run;
  }

  run(): void {
    this.queued = false;
    this.#run();
  }
}
