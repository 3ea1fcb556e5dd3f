import { type Batch, type BatchProgress, type BatchResult, type Found, type Plan, batchOf } from "./batch.ts";

/** Runs one batch, here or in a thread. */
export interface BatchRunner {
  run(batch: Batch, signal: AbortSignal, onProgress: (progress: BatchProgress) => void): Promise<BatchResult>;
}

/**
 * Runs the batches of a plan, several at a time, and puts together what came of them as if they had run one by one: the
 * findings are the same for any number of jobs, unless the time is limited.
 */
export class Campaign {
  readonly #plan: Plan;
  readonly #runner: BatchRunner;
  readonly #onProgress: (progress: () => BatchProgress) => void;
  #next = 0;
  // Batches from this number on are not needed.
  #end = Infinity;
  readonly #running = new Map<number, AbortController>();
  // Done, but one before them is not.
  readonly #waiting = new Map<number, BatchResult>();
  #merged = 0;
  // The batch in which there is one failure too many; then it is run again, and stops in time.
  #overfull: Batch | null = null;

  // What came of the first `#merged` batches.
  #schedules = 0;
  #complete = false;
  readonly #failures: Found[] = [];
  readonly #sometimes = new Map<string, number>();
  readonly #outcomes = new Set<string>();

  constructor(plan: Plan, runner: BatchRunner, onProgress: (progress: () => BatchProgress) => void) {
    this.#plan = plan;
    this.#runner = runner;
    this.#onProgress = onProgress;
  }

  /** What was found until now. */
  get findings(): BatchResult {
    return {
      schedules: this.#schedules,
      complete: this.#complete,
      failures: this.#failures,
      sometimes: this.#sometimes,
      outcomes: this.#outcomes,
    };
  }

  /** @throws What a batch throws; `findings` has what the batches before it came to. */
  async run(jobs: number): Promise<BatchResult> {
    try {
      await Promise.all(Array.from({ length: jobs }, () => this.#runInTurn()));
    } finally {
      this.#stopAt(0);
    }
    if (this.#overfull !== null) {
      this.#merge(await this.#runner.run(this.#overfull, new AbortController().signal, () => {}));
    }
    return this.findings;
  }

  async #runInTurn(): Promise<void> {
    // However short the time: one batch, and so one schedule, at least.
    while (this.#next < this.#end && (this.#next === 0 || Date.now() < this.#plan.until)) {
      const index = this.#next;
      const batch = batchOf(this.#plan, index);
      if (batch === null) return;
      this.#next += 1;
      await this.#runOne(index, batch);
    }
  }

  async #runOne(index: number, batch: Batch): Promise<void> {
    const controller = new AbortController();
    this.#running.set(index, controller);
    try {
      const result = await this.#runner.run(batch, controller.signal, (progress) => this.#tell(progress));
      this.#waiting.set(index, result);
      if (isLast(result, batch)) this.#stopAt(index + 1);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      this.#running.delete(index);
    }
    this.#mergeThoseInOrder();
    this.#tell();
  }

  #mergeThoseInOrder(): void {
    for (; this.#merged < this.#end; this.#merged += 1) {
      const result = this.#waiting.get(this.#merged);
      if (result === undefined) return;
      this.#waiting.delete(this.#merged);
      const left = this.#plan.stopAfter - this.#failures.length;
      if (result.failures.length > left) {
        this.#overfull = { ...batchOf(this.#plan, this.#merged)!, stopAfter: left, until: Infinity };
        this.#stopAt(this.#merged);
        return;
      }
      this.#merge(result);
      if (result.failures.length === left) this.#stopAt(this.#merged + 1);
    }
  }

  #merge({ schedules, complete, failures, sometimes, outcomes }: BatchResult): void {
    this.#schedules += schedules;
    this.#complete ||= complete;
    this.#failures.push(...failures);
    for (const [name, count] of sometimes) this.#sometimes.set(name, (this.#sometimes.get(name) ?? 0) + count);
    for (const outcome of outcomes) this.#outcomes.add(outcome);
  }

  /** Nothing from the batch of number `index` on is needed. */
  #stopAt(index: number): void {
    this.#end = Math.min(this.#end, index);
    for (const [number, controller] of this.#running) if (number >= index) controller.abort();
  }

  #tell(running?: BatchProgress): void {
    this.#onProgress(() => this.#progress(running));
  }

  /** What is merged, what waits to be, and what the running batch has come to. */
  #progress(running: BatchProgress | undefined): BatchProgress {
    const waiting = [...this.#waiting.values()].map((result) => ({ ...result, failures: result.failures.length }));
    const parts: BatchProgress[] = running === undefined ? waiting : [...waiting, running];
    return {
      schedules: parts.reduce((sum, { schedules }) => sum + schedules, this.#schedules),
      failures: parts.reduce((sum, { failures }) => sum + failures, this.#failures.length),
      outcomes: new Set(
        [this.#outcomes, ...parts.map(({ outcomes }) => outcomes)].flatMap((outcomes) => [...outcomes]),
      ),
    };
  }
}

function isLast({ complete, failures }: BatchResult, { stopAfter }: Batch): boolean {
  return complete || failures.length >= stopAfter;
}
