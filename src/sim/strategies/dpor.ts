import { type Footprint, conflict, mayConflict } from "../footprint.ts";
import { Abandoned, type Machine } from "../machine.ts";
import type { Candidates, Oracle, Strategy } from "../oracle.ts";
import { forEachRace, questionBefore } from "../races.ts";
import type { Step, Tracer } from "../tracer.ts";

/** A question of the run at hand, and what is known of its other answers. */
interface Node {
  readonly count: number;
  /** By answer, the thread that would run; null when the question is not whose turn it is. */
  readonly threads: readonly number[] | null;
  /** By answer: what the condition reads that the thread waits for, if it does. */
  readonly conditions: readonly (ReadonlyMap<number, boolean> | undefined)[];
  /** Threads whose next step has been explored from an earlier state, and conflicts with nothing that ran since. */
  readonly sleep: ReadonlyMap<number, Footprint>;
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
  #sleep = new Map<number, Footprint>();
  #stepOfAnswer = false;

  begin(): Oracle {
    this.#position = 0;
    this.#sleep = new Map();
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
      wanted: new Set(Array.from({ length: count }, (_, i) => i)),
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
      if (answer !== node.answer && footprint !== null) sleep.set(node.threads![answer]!, footprint);
    }
    sleep.delete(node.threads![node.answer]!);
    this.#sleep = sleep;
    this.#stepOfAnswer = true;
    return node.answer;
  }

  #newNode(ready: Candidates, tracer: Tracer): Node {
    const { count } = ready;
    const threads = tracer.threadsOf(ready);
    const answer = threads.findIndex((thread) => !this.#sleep.has(thread));
    if (answer < 0) {
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
      wanted: new Set([answer]),
    };
  }

  // ---- watching

  begun({ thread }: Step): void {
    if (!this.#stepOfAnswer && this.#sleep.has(thread)) throw new Abandoned();
    this.#stepOfAnswer = false;
  }

  ended({ touched }: Step): void {
    for (const [thread, footprint] of this.#sleep) if (mayConflict(footprint, touched)) this.#sleep.delete(thread);
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
      const next = [...node.wanted].find((answer) => !explored.has(answer) && !sleep.has(threads?.[answer] ?? -1));
      if (next !== undefined) {
        node.answer = next;
        return;
      }
      nodes.pop();
    }
    this.complete = true;
  }

  #findRaces(steps: readonly Step[]): void {
    forEachRace(steps, (i, j, before) => {
      const question = questionBefore(steps, i, before);
      if (question >= 0) this.#want(question, steps[j]!.thread);
    });
    for (const step of steps) this.#wantConditions(step);
  }

  /** `thread` is to be the answer: itself, if it could; otherwise anyone, for one of them may lead there. */
  #want(question: number, thread: number): void {
    const node = this.#nodes[question];
    if (node === undefined || node.threads === null) return;
    const answer = node.threads.indexOf(thread);
    if (answer >= 0) node.wanted.add(answer);
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
      if (before !== undefined) this.#want(before.question, thread);
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
