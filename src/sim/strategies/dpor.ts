import { type Footprint, conflict, mayConflict } from "../footprint.ts";
import { Abandoned, type Machine } from "../machine.ts";
import type { Candidates, Oracle, Strategy } from "../oracle.ts";
import { choiceBefore, forEachRace, initialsOf } from "../races.ts";
import type { Step, Tracer } from "../tracer.ts";

/** A thread whose next step has been explored from an earlier state of the run, and has conflicted with nothing since. */
interface Sleeper {
  /** Of that step. */
  readonly footprint: Footprint;
  /** How many steps came before that state. */
  readonly since: number;
  /** It may have conflicted: which of the objects that were new then are the same can only be told when it runs. */
  readonly unsure: boolean;
}

/** A question of the run at hand, and what is known of its other answers. */
interface Node {
  readonly count: number;
  /** By answer, the thread that would run; null when the question is not whose turn it is. */
  readonly threads: readonly number[] | null;
  /** By answer: what the condition reads that the thread waits for, if it does. */
  readonly conditions: readonly (ReadonlyMap<number, boolean> | undefined)[];
  readonly sleep: ReadonlyMap<number, Sleeper>;
  answer: number;
  /** Answers that have been given, with the step that followed. */
  readonly explored: Map<number, Footprint | null>;
  /** Answers that must be given. */
  readonly wanted: Set<number>;
}

/**
 * Dynamic partial-order reduction with sleep sets: after each run, every pair of steps that race (that conflict, with
 * nothing between them that orders them) is to be run the other way round, and nothing else is.
 *
 * @see Flanagan, Godefroid: "Dynamic partial-order reduction for model checking software", POPL 2005; the race detection
 * of Abdulla et al., "Optimal dynamic partial order reduction", POPL 2014; dejafu's `DPOR.hs`
 */
class PartialOrder implements Oracle, Strategy {
  readonly name = "dpor";
  readonly traced = true;
  complete = false;
  #tracer: Tracer | null = null;
  readonly #nodes: Node[] = [];
  #position = 0;
  #sleep = new Map<number, Sleeper>();
  #stepOfAnswer = false;
  // One that sleeps, and is run to see whether it should.
  #dreaming: Sleeper | null = null;

  begin(): Oracle {
    this.#position = 0;
    this.#sleep = new Map();
    this.#dreaming = null;
    return this;
  }

  attach(tracer: Tracer): void {
    this.#tracer = tracer;
    tracer.listener = this;
  }

  // ---- answering

  choose(_kind: string, count: number): number {
    const at = this.#position;
    this.#position = at + 1;
    this.#nodes[at] ??= {
      count,
      threads: null,
      conditions: [],
      sleep: this.#sleep,
      answer: 0,
      explored: new Map(),
      wanted: new Set([0]),
    };
    return this.#nodes[at].answer;
  }

  chooseTask(ready: Candidates): number {
    const tracer = this.#tracer!;
    const at = this.#position;
    this.#position = at + 1;
    const node = (this.#nodes[at] ??= this.#newNode(ready, tracer));
    // Asleep from here on: those whose turn it was when this question was asked before.
    const sleep = new Map(node.sleep);
    for (const [answer, footprint] of node.explored) {
      if (answer === node.answer || footprint === null) continue;
      sleep.set(node.threads![answer]!, { footprint, since: tracer.steps.length, unsure: false });
    }
    const thread = node.threads![node.answer]!;
    this.#dreaming = sleep.get(thread) ?? null;
    sleep.delete(thread);
    this.#sleep = sleep;
    this.#stepOfAnswer = true;
    return node.answer;
  }

  #newNode(ready: Candidates, tracer: Tracer): Node {
    const { count } = ready;
    const threads = tracer.threadsOf(ready);
    const awake = threads.findIndex((thread) => !this.#sleep.has(thread));
    const wanted = awake >= 0 ? [awake] : threads.flatMap((thread, i) => (this.#sleep.get(thread)!.unsure ? [i] : []));
    const [answer] = wanted;
    if (answer === undefined) {
      this.#position -= 1;
      throw new Abandoned();
    }
    const conditions = threads.map((thread) => tracer.conditions.get(thread));
    return {
      count,
      threads,
      conditions,
      sleep: this.#sleep,
      answer,
      explored: new Map(),
      wanted: new Set(wanted),
    };
  }

  // ---- watching

  begun({ thread }: Step): void {
    const asleep = this.#stepOfAnswer ? undefined : this.#sleep.get(thread);
    this.#stepOfAnswer = false;
    if (asleep === undefined) return;
    if (!asleep.unsure) throw new Abandoned();
    this.#dreaming = asleep;
    this.#sleep.delete(thread);
  }

  ended({ touched }: Step): void {
    const { steps } = this.#tracer!;
    const dreaming = this.#dreaming;
    if (dreaming !== null) {
      this.#dreaming = null;
      // Nothing since then has mattered to it: what comes of this was explored when it ran first.
      if (!steps.slice(dreaming.since, -1).some((step) => conflict(step.touched, touched))) throw new Abandoned();
    }
    for (const [thread, sleeper] of this.#sleep) {
      const conflicts = mayConflict(sleeper.footprint, touched);
      if (conflicts === "yes") this.#sleep.delete(thread);
      else if (conflicts === "maybe") this.#sleep.set(thread, { ...sleeper, unsure: true });
    }
  }

  // ---- learning

  learn(_machine: Machine): void {
    const tracer = this.#tracer!;
    this.#nodes.length = this.#position;
    for (const { question, ...step } of tracer.steps) {
      const node = this.#nodes[question];
      node?.explored.set(node.answer, step);
    }
    for (const node of this.#nodes) if (!node.explored.has(node.answer)) node.explored.set(node.answer, null);
    this.#findRaces(tracer.steps);
    this.#wantUnfinished(tracer);
    this.#advance();
  }

  #advance(): void {
    const nodes = this.#nodes;
    for (let node = nodes.at(-1); node !== undefined; node = nodes.at(-1)) {
      const { threads, sleep, explored } = node;
      // Where the question is not whose turn it is, every answer is to be given; there may be billions.
      if (threads === null && node.answer + 1 < node.count) {
        node.answer += 1;
        return;
      }
      const mayBeAwake = (answer: number): boolean => sleep.get(threads?.[answer] ?? -1)?.unsure !== false;
      const next = [...node.wanted].find((answer) => !explored.has(answer) && mayBeAwake(answer));
      if (next !== undefined) {
        node.answer = next;
        return;
      }
      nodes.pop();
    }
    this.complete = true;
  }

  #findRaces(steps: readonly Step[]): void {
    forEachRace(steps, (i, j, before, clocks) => {
      const choice = choiceBefore(steps, i, before);
      if (choice >= 0) this.#want(steps[choice]!.question, initialsOf(steps, choice, j, before, clocks));
    });
    for (const step of steps) this.#wantConditions(step);
  }

  /** One of `threads` is to be the answer, if one could; otherwise anyone, for one of them may lead there. */
  #want(question: number, threads: ReadonlySet<number>): void {
    const node = this.#nodes[question];
    if (node === undefined || node.threads === null) return;
    const answers = node.threads.flatMap((thread, answer) => (threads.has(thread) ? [answer] : []));
    if (answers.some((answer) => node.wanted.has(answer))) return;
    if (answers.length > 0) node.wanted.add(answers[0]!);
    else for (let other = 0; other < node.count; other += 1) node.wanted.add(other);
  }

  /** Whoever waits for a condition that held before this step, and that it may have changed, was about to run. */
  #wantConditions({ question, touched }: Step): void {
    const node = this.#nodes[question];
    if (node === undefined) return;
    for (const [answer, condition] of node.conditions.entries()) {
      if (condition !== undefined && conflict(condition, touched)) node.wanted.add(answer);
    }
  }

  /** Main has ended before they ran: what they would have done is not known, and might have mattered. */
  #wantUnfinished({ ready, steps }: Tracer): void {
    for (const thread of ready.keys()) {
      const before = steps.findLast(({ question }) => this.#nodes[question]?.threads?.includes(thread) === true);
      if (before !== undefined) this.#want(before.question, new Set([thread]));
    }
  }
}

/**
 * One schedule, and not many more, of each class whose schedules differ only in the order of steps that do not touch the
 * same things. When it has come to its end without a failure, there is none: that is a proof.
 *
 * What tasks share and change must be in `state()`, the library's own locks, queues and futures excepted: what is changed
 * elsewhere is not seen. A program without `state()` is explored as `exhaustive` does.
 */
export function dpor(): Strategy {
  return new PartialOrder();
}
