import type { Awaitable } from "../future/awaitable.ts";
import { VirtualClock } from "../loop/clock.ts";
import type { Instrument } from "../loop/instrument.ts";
import type { AnyTask } from "../loop/parties.ts";
import type { ReadyView } from "../loop/scheduler.ts";
import { type Candidates, type Oracle, type SimulateOptions, type World, simulate } from "../sim/index.ts";
import { runSync } from "../task/runner.ts";
import type { Recorder } from "./recorder.ts";
import { type RecordedEvent, type Trace, recorded } from "./trace.ts";

/** What is decided otherwise: which ready task runs next, or which task is cancelled. Both by their number in the trace. */
export type Decision = { readonly run: number } | { readonly cancel: number };

/** What came of a run. */
type Outcome<T> = { value: T } | { error: unknown };

/**
 * A run that follows another up to a decision: the same answers to the same questions. From there on every answer is the
 * first.
 *
 * @internal
 */
export class Rerun {
  readonly #start: number;
  /** Of each step, its place in the ready queue, and whether a scheduler's choice was noted before it. */
  readonly #places: readonly { readonly place: number; readonly noted: boolean }[];
  /** Of each choice of a simulation, the answer. */
  readonly #answers: readonly number[];
  readonly #at: number;
  readonly #decision: Decision;
  /** Of the task that it is about, among all in order of creation: its number is the recorder's own affair. */
  readonly #ordinal: number;
  readonly #recorder: Recorder;
  readonly #tasks: AnyTask[] = [];
  #steps = 0;
  #asked = 0;
  #decided = false;

  /** @param at - The decision is taken as soon as so many events have happened. */
  constructor(trace: Trace, at: number, decision: Decision, recorder: Recorder) {
    const events = recorded(trace);
    const id = "run" in decision ? decision.run : decision.cancel;
    this.#start = trace.events[0]?.time ?? 0;
    this.#places = events.flatMap((event, i) =>
      event.kind === "ready.popped" ? [{ place: event.position, noted: events[i - 1]?.kind === "choice" }] : [],
    );
    this.#answers = events.flatMap((event) => (event.kind === "choice" ? [event.picked] : []));
    this.#at = at;
    this.#decision = decision;
    this.#ordinal = events.filter(({ kind }) => kind === "task.spawned").findIndex((event) => isAbout(event, id));
    this.#recorder = recorder;
  }

  run<T>(main: () => Awaitable<T>): Outcome<T> {
    try {
      const value = runSync(main, {
        clock: new VirtualClock({ start: this.#start }),
        scheduler: { pick: (ready) => this.#pick(ready) },
        instruments: this.#instruments(),
      });
      this.#recorder.end("returned", value);
      return { value };
    } catch (error) {
      this.#recorder.end("raised", error);
      return { error };
    }
  }

  simulate<T>(program: (world: World) => Awaitable<T>, options: SimulateOptions = {}): Outcome<T> {
    const oracle: Oracle = {
      choose: (_kind, count) => this.#answer(count),
      chooseTask: (ready) => this.#answerWhoseTurn(ready),
    };
    const { instruments = [], ...rest } = options;
    const { status, value, error } = simulate(program, {
      ...rest,
      start: this.#start,
      strategy: { name: "what if", begin: () => oracle },
      instruments: [...instruments, ...this.#instruments()],
    });
    this.#recorder.end(status === "returned" ? "returned" : "raised", status === "returned" ? value : error);
    return status === "returned" ? { value: value as T } : { error };
  }

  // ---- where a run is held: before a step is noted, and after

  #instruments(): Instrument[] {
    const before: Instrument = {
      taskCreated: (task) => void this.#tasks.push(task),
      callbackStarted: () => {
        this.#cancelIfDue();
        this.#steps += 1;
      },
    };
    return [before, this.#recorder, { callbackFinished: () => this.#cancelIfDue() }];
  }

  #cancelIfDue(): void {
    if (!("cancel" in this.#decision) || !this.#isDue()) return;
    this.#decided = true;
    this.#task?.cancel();
  }

  get #task(): AnyTask | undefined {
    return this.#tasks[this.#ordinal];
  }

  #isDue(): boolean {
    return !this.#decided && this.#recorder.size >= this.#at;
  }

  // ---- answers

  #pick(ready: ReadyView): number {
    const chosen = this.#decide(ready.size, ready);
    const followed = this.#decided ? undefined : this.#places[this.#steps];
    const place = chosen ?? Math.min(followed?.place ?? 0, ready.size - 1);
    if (chosen === null && followed?.noted !== true) return place;
    return this.#recorder.scheduler({ pick: () => place }).pick(ready);
  }

  #answerWhoseTurn(ready: Candidates): number {
    return this.#decide(ready.count, ready) ?? this.#answer(ready.count);
  }

  /** The place of the task that is to run now; null when that is not the question, or it is not among those who are ready. */
  #decide(count: number, ready: { task(index: number): AnyTask | undefined }): number | null {
    if (!("run" in this.#decision) || !this.#isDue()) return null;
    const place = Array.from({ length: count }, (_, index) => ready.task(index)).indexOf(this.#task);
    if (place < 0) return null;
    this.#decided = true;
    return place;
  }

  #answer(count: number): number {
    const answer = this.#decided ? 0 : (this.#answers[this.#asked] ?? 0);
    this.#asked += 1;
    return Math.min(answer, count - 1);
  }
}

function isAbout(event: RecordedEvent, task: number): boolean {
  return "task" in event && event.task === task;
}
