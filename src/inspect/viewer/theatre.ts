import { type ReadonlySignal, type Signal, batch, computed, effect, signal } from "@preact/signals";
import { nextStop, parseBreakpoint } from "../breakpoint.ts";
import { type Divergence, firstDivergence } from "../diverge.ts";
import { type Flag, flagsOf } from "../flags.ts";
import { withKeyframes } from "../keyframes.ts";
import { type Timeline, timelineOf } from "../lanes.ts";
import type { NamedTrace, PageData } from "../page-data.ts";
import { STEPPER_START, type Stepper, played, pressed } from "../stepper.ts";
import { type Trace, recorded } from "../trace.ts";

/** A run, and what is computed from it once. */
export interface Run extends NamedTrace {
  readonly timeline: Timeline;
  readonly flags: readonly Flag[];
  /** The numbers of the events with which iterations begin. */
  readonly turns: readonly number[];
  /** The place of a task in order of creation, by its number: it gives the task its colour. */
  readonly order: ReadonlyMap<number, number>;
}

/** A dialog that may be open. */
export type DialogName = "keys" | "go" | "break" | "compare" | "export";

/** A key that means something to the page around the theatre. */
export interface OwnKey {
  readonly key: string;
  /** In the words of the help. */
  readonly does: string;
  press(): void;
}

/**
 * What is on stage, where in it the watcher stands, and what can be done about that. All else is computed from it: what a
 * lesson asks, or a second run with another choice, is done through `go`, `select` and `showBeside`.
 */
export class Theatre {
  readonly runs: Signal<readonly Run[]>;
  readonly stepper: Signal<Stepper> = signal(STEPPER_START);
  readonly problems: Signal<readonly string[]>;
  readonly dialog: Signal<DialogName | null> = signal(null);
  /** What the left panel and the timers' panel show. */
  readonly left: Signal<"source" | "story"> = signal("source");
  readonly timers: Signal<"list" | "heap"> = signal("list");
  /** Tasks whose name does not have it are left out. */
  readonly filter: Signal<string> = signal("");
  /** How many events the timeline shows. */
  readonly span: Signal<number>;
  /** As it was typed; empty for none. */
  readonly breakpoint: Signal<string> = signal("");
  /** A word on what could not be done; gone with the next key. */
  readonly notice: Signal<string> = signal("");

  /** The longest run, in whose events the scrubber counts. */
  readonly lead: ReadonlySignal<Trace> = computed(() => {
    const traces = this.runs.value.map(({ trace }) => trace);
    return traces.reduce((a, b) => (b.events.length > a.events.length ? b : a), NO_TRACE);
  });
  /** Where two runs part; null for one run, or for two that are the same. */
  readonly divergence: ReadonlySignal<Divergence | null> = computed(() => {
    const [left, right] = this.runs.value;
    return left === undefined || right === undefined ? null : firstDivergence(left.trace, right.trace);
  });
  readonly ownKeys: readonly OwnKey[];
  readonly #speed = computed(() => this.stepper.value.speed);

  constructor({ runs, problems }: PageData, ownKeys: readonly OwnKey[] = []) {
    this.ownKeys = ownKeys;
    this.runs = signal(runs.map(prepared));
    this.problems = signal(problems);
    this.span = signal(0);
    this.#showWhole();
    effect(() => {
      const speed = this.#speed.value;
      if (speed === 0) return undefined;
      const timer = setInterval(() => this.#play(), 1000 / speed);
      return () => clearInterval(timer);
    });
  }

  /** Does what a key means to the stepper. */
  press(key: string): void {
    this.notice.value = "";
    this.stepper.value = pressed(this.lead.value, this.stepper.value, key);
  }

  /** To the moment after the first `index` events. */
  go(index: number): void {
    const whole = Math.max(0, Math.min(Math.round(index), this.lead.value.events.length));
    this.notice.value = "";
    this.stepper.value = { ...this.stepper.value, index: whole, speed: 0 };
  }

  /** The task that `n` and `N` follow; the same once more: none. */
  select(task: number): void {
    const { selected } = this.stepper.value;
    this.stepper.value = { ...this.stepper.value, selected: selected === task ? null : task };
  }

  /** One run, instead of what is on stage, from its beginning. */
  open(run: NamedTrace): void {
    batch(() => {
      this.runs.value = [prepared(run)];
      this.problems.value = [];
      this.notice.value = "";
      this.stepper.value = STEPPER_START;
      this.#showWhole();
    });
  }

  /** Opens a second run beside the first, where they part. */
  showBeside(run: NamedTrace): void {
    batch(() => {
      this.runs.value = [...this.runs.value.slice(0, 1), prepared(run)];
      this.goToDivergence();
    });
  }

  goToDivergence(): void {
    const { divergence } = this;
    if (divergence.value !== null) this.go(divergence.value.index + 1);
    else this.notice.value = this.runs.value.length < 2 ? "There is one run only." : "The two runs are the same.";
  }

  /** To where the breakpoint is met next; without one, asks for it. */
  runToBreakpoint(): void {
    if (this.breakpoint.value === "") {
      this.dialog.value = "break";
      return;
    }
    const stop = this.#nextStop(this.lead.value.events.length);
    if (stop === null) this.notice.value = `“${this.breakpoint.value}” is not met after this.`;
    else this.go(stop);
  }

  #showWhole(): void {
    this.span.value = Math.min(this.lead.value.events.length, 240);
  }

  #play(): void {
    const next = played(this.lead.value, this.stepper.value);
    this.stepper.value = this.#nextStop(next.index) !== null ? { ...next, speed: 0 } : next;
  }

  #nextStop(to: number): number | null {
    const breakpoint = parseBreakpoint(this.breakpoint.value);
    return breakpoint === null ? null : nextStop(this.lead.value, this.stepper.value.index, breakpoint, to);
  }
}

const NO_TRACE: Trace = { version: 1, header: {}, sources: {}, events: [] };

function prepared({ name, trace }: NamedTrace): Run {
  const timeline = timelineOf(withKeyframes(trace));
  return {
    name,
    trace,
    timeline,
    flags: flagsOf(trace),
    turns: recorded(trace).flatMap(({ kind }, index) => (kind === "iteration" ? [index] : [])),
    order: new Map(timeline.lanes.map(({ id }, place) => [id, place])),
  };
}
