import { conflict } from "../footprint.ts";
import type { Machine } from "../machine.ts";
import type { Candidates, Oracle, Strategy } from "../oracle.ts";
import type { Step, Tracer } from "../tracer.ts";
import { Sampler } from "./sampler.ts";

/** What a step touches, by names that are the same in every run. */
type Touched = ReadonlyMap<number, boolean>;

const STEPS_APART = 65_536;

/**
 * Every step that is due has a random priority; the highest runs. Then those that conflict with it draw anew, and so does
 * what the task does next. What a step will touch is taken to be what it touched when it last ran; where that is not
 * known, it may be anything.
 */
class PartialOrderSampling extends Sampler {
  #tracer: Tracer | null = null;
  // By task and number of its step.
  #priorities = new Map<number, number>();
  readonly #footprints = new Map<number, Touched>();
  readonly #names = new Map<string, number>();

  attach(tracer: Tracer): void {
    this.#tracer = tracer;
    tracer.listener = this;
  }

  override seed(seed: number): void {
    super.seed(seed);
    this.#priorities = new Map();
  }

  chooseTask(ready: Candidates): number {
    let best = 0;
    let highest = -1;
    for (let i = 0; i < ready.count; i += 1) {
      const event = ready.identity(i) * STEPS_APART + ready.stepsOf(i);
      let priority = this.#priorities.get(event);
      if (priority === undefined) this.#priorities.set(event, (priority = this.turns.float()));
      if (priority <= highest) continue;
      highest = priority;
      best = i;
    }
    return best;
  }

  begun(): void {}

  ended(step: Step): void {
    if (step.identity < 0) return;
    const event = step.identity * STEPS_APART + step.number;
    const touched = this.#named(step);
    this.#footprints.set(event, touched);
    this.#priorities.delete(event);
    for (const pending of this.#priorities.keys()) {
      const expected = this.#footprints.get(pending);
      if (expected === undefined || conflict(expected, touched)) this.#priorities.delete(pending);
    }
  }

  #named({ touched }: Step): Touched {
    const names = this.#tracer!.names;
    const named = new Map<number, boolean>();
    for (const [location, wrote] of touched) {
      const name = names[location]!;
      let number = this.#names.get(name);
      if (number === undefined) this.#names.set(name, (number = this.#names.size));
      named.set(number, wrote || named.get(number) === true);
    }
    return named;
  }
}

/**
 * Partial order sampling: as `random`, but steps that do not touch the same things share their luck, so that orders that
 * make no difference are not tried as if they did. It is sharper where what tasks share is in `state()`.
 *
 * @see Yuan, Yang, Gu: "Partial order aware concurrency sampling", CAV 2018
 */
export function pos(): Strategy {
  const sampling = new PartialOrderSampling();
  return {
    name: "pos",
    begin(_run: number, seed: number): Oracle {
      sampling.seed(seed);
      return sampling;
    },
    attach: (tracer) => sampling.attach(tracer),
    learn(_machine: Machine): void {},
  };
}
