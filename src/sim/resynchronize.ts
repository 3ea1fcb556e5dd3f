import type { Machine } from "./machine.ts";
import { markOfCandidate, markOfQuestion } from "./marks.ts";
import type { Candidates, ChoiceKind, Oracle } from "./oracle.ts";
import { type MarkedDeviation, type Repro, failureMark } from "./repro.ts";
import type { Deviation, Schedule } from "./schedule.ts";
import type { Program } from "./world.ts";

// An edit that is told by no name: main makes so many tasks more, or fewer, before those that the repro is about.
const SHIFTS = [0, 1, -1, 2, -2];
const RUNS_OF_A_SHIFT = 200;
// Of the places where a deviation may have gone, those nearest to where it was.
const PLACES = 32;

/** What came of looking for a repro's choices in a program that has been edited. @internal */
export interface Resynchronized {
  /** Under which the program fails as the repro says; null when none was found. */
  readonly schedule: Schedule | null;
  /** How many of its choices were found, the first first, at best. */
  readonly found: number;
}

/**
 * Looks for the choices of a repro in a program that has been edited since: the same task's turn, the same draw, somewhat
 * sooner or later, and in the same order. Places near to where they were are tried first; and what is found must fail in
 * the same way.
 *
 * @internal
 */
export function resynchronize(machine: Machine, program: Program<unknown>, seed: number, repro: Repro): Resynchronized {
  let found = 0;
  for (const shift of SHIFTS) {
    const search = new Search(machine, program, seed, repro, shift);
    const schedule = search.run();
    found = Math.max(found, search.found);
    if (schedule !== null) return { schedule: schedule.filter(({ choice }) => choice > 0), found };
  }
  return { schedule: null, found };
}

/** Best first: what is waiting is kept by how far it has strayed from the nearest places. */
class Search {
  readonly #machine: Machine;
  readonly #program: Program<unknown>;
  readonly #seed: number;
  readonly #repro: Repro;
  readonly #shift: number;
  readonly #waiting: Schedule[][] = [[[]]];
  found = 0;

  constructor(machine: Machine, program: Program<unknown>, seed: number, repro: Repro, shift: number) {
    this.#machine = machine;
    this.#program = program;
    this.#seed = seed;
    this.#repro = repro;
    this.#shift = shift;
  }

  run(): Schedule | null {
    for (let runs = 0; runs < RUNS_OF_A_SHIFT; runs += 1) {
      const strayed = this.#waiting.findIndex((schedules) => schedules.length > 0);
      if (strayed < 0) return null;
      const placed = this.#waiting[strayed]!.shift()!;
      this.found = Math.max(this.found, placed.length);
      if (this.#place(placed, strayed)) return placed;
    }
    return null;
  }

  /** Runs with the first deviations where they are placed. True when they are all, and it fails as it should. */
  #place(placed: Schedule, strayed: number): boolean {
    const { schedule, failure } = this.#repro;
    const machine = this.#machine;
    const next = schedule[placed.length];
    const look = new Lookout(placed, next, this.#shift);
    machine.run(this.#program, look, this.#seed);
    if (next === undefined) return failureMark(machine.status, machine.error) === failure;
    const before = schedule[placed.length - 1]?.at ?? -1;
    const expected = (placed.at(-1)?.at ?? -1) + next.at - before;
    const places = look.places.toSorted((a, b) => Math.abs(a.at - expected) - Math.abs(b.at - expected));
    for (const [rank, place] of places.slice(0, PLACES).entries()) {
      while (this.#waiting.length <= strayed + rank) this.#waiting.push([]);
      this.#waiting[strayed + rank]!.push([...placed, place]);
    }
    return false;
  }
}

/** Answers as it is told, then 0; and notes where behind that the next deviation could be. */
class Lookout implements Oracle {
  readonly places: Deviation[] = [];
  readonly #placed: Schedule;
  readonly #next: MarkedDeviation | undefined;
  readonly #shift: number;
  #done = 0;
  #position = 0;

  constructor(placed: Schedule, next: MarkedDeviation | undefined, shift: number) {
    this.#placed = placed;
    this.#next = next;
    this.#shift = shift;
  }

  choose(kind: ChoiceKind, count: number, label: string): number {
    return this.#answer(count, (at, next) => {
      if (markOfQuestion(kind, label) === next.mark) this.places.push({ at, choice: Math.min(next.choice, count - 1) });
    });
  }

  chooseTask(ready: Candidates): number {
    return this.#answer(ready.count, (at, next) => {
      for (let choice = 0; choice < ready.count; choice += 1) {
        if (markOfCandidate(ready, choice, this.#shift) === next.mark) this.places.push({ at, choice });
      }
    });
  }

  #answer(count: number, look: (at: number, next: MarkedDeviation) => void): number {
    const at = this.#position;
    this.#position = at + 1;
    const placed = this.#placed[this.#done];
    if (placed === undefined) {
      if (this.#next !== undefined) look(at, this.#next);
      return 0;
    }
    if (placed.at !== at) return 0;
    this.#done += 1;
    return Math.min(placed.choice, count - 1);
  }
}
