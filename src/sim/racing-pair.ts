import type { Access } from "./footprint.ts";
import { Machine } from "./machine.ts";
import type { Candidates, Oracle } from "./oracle.ts";
import { choiceBefore, forEachRace } from "./races.ts";
import { failureKind } from "./same-failure.ts";
import { type Schedule, ScheduleOracle } from "./schedule.ts";
import { type SimulateOptions, machineOptions } from "./simulate.ts";
import type { Step, Tracer } from "./tracer.ts";
import type { Program } from "./world.ts";

// Those nearest to the failure are tried first; what is farther away than this is not told.
const MOST_TRIED = 100;

/** Two steps that race, and where the second might have been chosen instead of the first. */
interface Pair {
  readonly question: number;
  readonly first: Step;
  readonly second: Step;
}

/**
 * The two accesses whose order decides whether a schedule fails: where the second comes first, and all before is the same,
 * the run does not fail in that way. Undefined when no single pair does, or nothing is tracked.
 *
 * @internal
 */
export function racingPair(
  program: Program<unknown>,
  schedule: Schedule,
  seed: number,
  kind: string,
  options: SimulateOptions,
): readonly [Access, Access] | undefined {
  const machine = new Machine({ ...machineOptions({ ...options, instruments: [] }, false), traced: true });
  const tracer = machine.tracer!;
  const fails = (oracle: Oracle): boolean => {
    machine.run(program, oracle, seed);
    return machine.status !== "returned" && failureKind(machine.status, machine.error) === kind;
  };
  let race: readonly [Access, Access] | undefined;
  tracer.during(() => {
    if (!fails(new ScheduleOracle(schedule)) || tracer.blind) return;
    const picks = machine.record.picks.slice(0, machine.record.choices);
    const pairs = pairsOf(tracer);
    const tell = pairs.map((pair) => accessesOf(pair, tracer));
    const at = pairs.findIndex((pair, i) => {
      if (tell[i] === undefined) return false;
      const swap = new Swap(picks, pair, tracer);
      return !fails(swap) && swap.done;
    });
    race = tell[at];
  });
  return race;
}

function pairsOf({ steps }: Tracer): Pair[] {
  const pairs: Pair[] = [];
  forEachRace(steps, (i, j, before) => {
    const choice = choiceBefore(steps, i, before);
    if (choice >= 0) pairs.push({ question: steps[choice]!.question, first: steps[i]!, second: steps[j]! });
  });
  return pairs.toReversed().slice(0, MOST_TRIED);
}

function accessesOf({ first, second }: Pair, tracer: Tracer): readonly [Access, Access] | undefined {
  for (const [location, wrote] of first.touched) {
    const other = second.touched.get(location);
    if (other === undefined || !(wrote || other) || !tracer.tracks(location)) continue;
    return [tracer.accessOf(first, location), tracer.accessOf(second, location)];
  }
  return undefined;
}

/** The same run up to where the first of the pair was chosen; there the second, then the first; then first in, first out. */
class Swap implements Oracle {
  readonly #picks: readonly number[];
  readonly #pair: Pair;
  readonly #tracer: Tracer;
  #position = 0;
  done = false;

  constructor(picks: readonly number[], pair: Pair, tracer: Tracer) {
    this.#picks = picks;
    this.#pair = pair;
    this.#tracer = tracer;
  }

  choose(): number {
    const at = this.#position;
    this.#position = at + 1;
    return at < this.#pair.question ? this.#picks[at]! : 0;
  }

  chooseTask(ready: Candidates): number {
    const at = this.#position;
    if (at < this.#pair.question) return this.choose();
    this.#position = at + 1;
    const turn = at - this.#pair.question;
    if (turn > 1) return 0;
    const answer = this.#tracer.indexOf(ready, turn === 0 ? this.#pair.second.thread : this.#pair.first.thread);
    if (turn === 0) this.done = answer >= 0;
    return Math.max(answer, 0);
  }
}
