import { Context } from "../loop/context.ts";
import { EventLoop } from "../loop/event-loop.ts";
import type { Handle, Runnable } from "../loop/handle.ts";
import type { Instrument } from "../loop/instrument.ts";
import type { AnyTask } from "../loop/parties.ts";
import type { ReadyView, Scheduler } from "../loop/scheduler.ts";
import { FINISHED, type Future, PENDING } from "../future/future.ts";
import { tasksOf } from "../task/current-task.ts";
import { DeadlockError } from "../task/deadlock.ts";
import { cancelLeftovers, mainTask, refuseInsideALoop } from "../task/runner.ts";
import type { Task } from "../task/task.ts";
import { swapActiveMachine } from "./active.ts";
import { OutOfStepsError } from "./errors.ts";
import type { Guard } from "./until.ts";
import { Identities, ROOT } from "./identity.ts";
import type { Candidates, ChoiceKind, Oracle } from "./oracle.ts";
import type { Status } from "./outcome.ts";
import { Recording } from "./recording.ts";
import { Prompt } from "./prompt.ts";
import { SimClock } from "./sim-clock.ts";
import type { Tally } from "./sometimes.ts";
import { SimTask } from "./sim-task.ts";
import { Tracer } from "./tracer.ts";
import { type Program, type World, mainOf, makeWorld } from "./world.ts";

/** What stays the same over the runs of one machine. @internal */
export interface MachineOptions {
  readonly maxSteps?: number;
  readonly start?: number;
  readonly instruments?: readonly Instrument[];
  /** Says in errors what would cost too much over thousands of runs: where each task of a deadlock waits. */
  readonly explains?: boolean;
  /** Counts what `sometimes` says. */
  readonly tally?: Tally;
  /** Notes what each step touches. */
  readonly traced?: boolean;
}

const DEFAULT_MAX_STEPS = 100_000;
// A future that failed and was never asked is remembered by its loop until it closes: a loop is not used for ever.
const RUNS_PER_LOOP = 1024;
const LAST_SHOWN = 8;

/** Thrown out of an oracle to end a run that need not be finished. @internal */
export class Abandoned extends Error {}

/**
 * Runs a program under an oracle, again and again, and keeps what it was asked and answered: the schedule.
 *
 * One loop and one set of tables serve all runs, for a run of ten steps is shorter than making them.
 *
 * @internal
 */
export class Machine implements Candidates, Scheduler {
  readonly identities: Identities = new Identities();
  readonly clock: SimClock;
  readonly tally: Tally | undefined;
  readonly tracer: Tracer | null;
  readonly #options: MachineOptions;
  readonly #maxSteps: number;
  readonly #world: World;
  #loop: EventLoop | null = null;
  #runsOfLoop = 0;
  // Something is left in the loop that the next run must not find.
  #worn = false;

  /** What the run was asked and answered. */
  readonly record: Recording;

  // How it goes, and went.
  seed = 0;
  steps = 0;
  status: Status = "returned";
  value: unknown = undefined;
  error: unknown = undefined;
  /** What must come out of the run itself: an oracle's error, an abandoned run. */
  broken: unknown = undefined;
  abandoned = false;
  constructing: number = ROOT;
  /** In order of creation. */
  readonly tasks: SimTask<any>[] = [];
  #oracle: Oracle = { choose: () => 0 };
  asking = false;
  #mainTask: Task<any> | null = null;
  madeByCallbacks = 0;
  /** The clock's reading when main was done, or nothing could go on. */
  endTime = 0;
  lastRun: number = ROOT;
  readonly #lastNames: string[] = [];

  // Who is ready: the first `count` entries. An index of -1 is a guard's, which stands in no queue.
  count = 0;
  readonly entries: (Runnable | Guard)[] = [];
  readonly #indices: number[] = [];
  readonly guards: Guard[] = [];
  readonly #prompt: Prompt = new Prompt(() => this.#runGuard());

  constructor(options: MachineOptions = {}) {
    this.#options = options;
    this.tally = options.tally;
    this.tracer = options.traced === true ? new Tracer(() => this.clock.now()) : null;
    this.#maxSteps = options.maxSteps ?? DEFAULT_MAX_STEPS;
    this.clock = new SimClock(options.start ?? 0);
    this.record = new Recording(this.clock);
    this.#world = makeWorld(this);
  }

  // ---- running

  /** Runs `program` to its end, or to where it can go no further. What an oracle throws comes out. */
  run(program: Program<any>, oracle: Oracle, seed: number): void {
    refuseInsideALoop("simulate");
    this.#begin(oracle, seed);
    const outer = swapActiveMachine(this);
    this.tracer?.begin();
    try {
      const main = this.#main(program);
      this.#mainTask = main;
      this.#conclude(main, this.#drive(main));
    } catch (error) {
      this.#worn = true;
      if (error instanceof OutOfStepsError) this.#fail("out of steps", error);
      else if (error instanceof Abandoned) this.abandoned = true;
      else throw error;
    } finally {
      swapActiveMachine(outer);
    }
    if (this.broken !== undefined) throw this.broken;
  }

  #begin(oracle: Oracle, seed: number): void {
    this.#oracle = oracle;
    this.seed = seed;
    this.record.reset();
    this.steps = 0;
    this.status = "returned";
    this.value = undefined;
    this.error = undefined;
    this.broken = undefined;
    this.abandoned = false;
    this.constructing = ROOT;
    this.guards.length = 0;
    this.tasks.length = 0;
    this.#prompt.queued = false;
    this.madeByCallbacks = 0;
    this.asking = true;
    this.lastRun = ROOT;
    this.#lastNames.length = 0;
    this.clock.reset();
  }

  #main(program: Program<any>): Task<any> {
    const loop = this.#loop === null || this.#worn || this.#runsOfLoop >= RUNS_PER_LOOP ? this.#newLoop() : this.#loop;
    this.#runsOfLoop += 1;
    loop.reset();
    loop.debug = false;
    loop.setExceptionHandler(ignore);
    tasksOf(loop).created = 0;
    return mainTask("simulate", mainOf(program, this.#world), loop, new Context());
  }

  #newLoop(): EventLoop {
    const { instruments = [] } = this.#options;
    const loop = new EventLoop({
      clock: this.clock,
      scheduler: this,
      instruments: this.tracer === null ? instruments : [this.tracer, ...instruments],
    });
    tasksOf(loop).factory = (_loop, coro, options) => new SimTask(this, coro, { ...options, loop });
    this.#loop = loop;
    this.#worn = false;
    this.#runsOfLoop = 0;
    return loop;
  }

  /** Until `future` is done. False when nothing is left that could ever do it. */
  #drive(future: Future<any>): boolean {
    const loop = this.#loop!;
    let iterations = 0;
    while (future.state === PENDING) {
      if (!loop.hasReady && !this.#passTime(loop)) return false;
      iterations += 1;
      if (iterations > this.#maxSteps) throw this.#outOfSteps();
      loop.runOnce();
    }
    return true;
  }

  #passTime(loop: EventLoop): boolean {
    const deadline = loop.nextDeadline();
    if (deadline === Infinity) return false;
    this.clock.waitUntil(deadline);
    return true;
  }

  /** Main has ended, or nothing can: as runSync, one iteration more, and those who are left are cancelled. */
  #conclude(main: Task<any>, ended: boolean): void {
    const loop = this.#loop!;
    this.settle();
    if (!ended) this.#fail("deadlocked", this.#options.explains === true ? new DeadlockError(loop) : undefined);
    else if (main.state === FINISHED) this.value = main.result();
    else this.#fail("raised", main.takeError(""));
    if (this.status !== "returned") this.#worn = true;
    this.endTime = this.clock.now();
    if (ended && loop.hasReady) loop.runOnce();
    this.#endLeftovers(loop);
    this.record.end(this.endTime, this.steps);
  }

  #endLeftovers(loop: EventLoop): void {
    const left = cancelLeftovers(loop);
    if (left === null) {
      if (loop.hasReady || loop.nextDeadline() < Infinity) this.#worn = true;
      return;
    }
    const steps = this.steps;
    // Those that cannot be ended are left where they are, and their loop with them.
    const ended = this.#drive(left.ended);
    this.steps = steps;
    if (!ended && this.status === "returned") this.#fail("deadlocked", new DeadlockError(loop));
    this.#worn = true;
  }

  #fail(status: Status, error: unknown): void {
    this.status = status;
    this.error = error;
  }

  // ---- tasks

  /** A task's step begins. */
  stepping(task: SimTask<any>): void {
    this.steps += 1;
    this.lastRun = task.identity;
    if (this.guards.length > 0) this.promptGuards();
    if (this.steps <= this.#maxSteps - LAST_SHOWN) return;
    if (this.steps > this.#maxSteps) throw this.#outOfSteps();
    this.#lastNames.push(task.name);
  }

  #outOfSteps(): OutOfStepsError {
    const last = this.#lastNames.length > 0 ? this.#lastNames.map((name) => `"${name}"`).join(", ") : "callbacks only";
    return new OutOfStepsError(`The run was not over after ${this.#maxSteps} steps (maxSteps). The last: ${last}.`);
  }

  // ---- choosing

  /** As the loop's Scheduler. Asks the oracle, unless there is but one answer. */
  pick(ready: ReadyView): number {
    if (!this.asking) return 0;
    if (this.#mainTask!.state !== PENDING) {
      this.settle();
      return 0;
    }
    const settled = this.#collect(ready);
    if (settled >= 0) return settled;
    const choice = this.count > 1 ? this.#askWhoseTurn() : 0;
    const index = this.#indices[choice]!;
    if (index >= 0) return index;
    (this.entries[choice] as Guard).open();
    return ready.size - 1;
  }

  /** Lists who is ready. What need not be asked about comes out: a callback that only counts, a timer that wakes a sleeper. */
  #collect(ready: ReadyView): number {
    const { entries } = this;
    const indices = this.#indices;
    const { size } = ready;
    let count = 0;
    for (let i = 0; i < size; i += 1) {
      const entry = ready.entry!(i)!;
      if (!(entry instanceof SimTask)) {
        if (entry === (this.#prompt as Runnable)) continue;
        if ((entry as Handle).idle || (i === 0 && "future" in entry)) return i;
      }
      entries[count] = entry;
      indices[count] = i;
      count += 1;
    }
    if (this.guards.length > 0) count = this.#addGuards(count);
    this.count = count;
    return count === 0 ? 0 : -1;
  }

  #addGuards(count: number): number {
    const { guards } = this;
    let kept = 0;
    for (const guard of guards) {
      if (guard.state !== PENDING) continue;
      guards[kept] = guard;
      kept += 1;
      const holds = this.tracer === null ? guard.holds() : this.tracer.observe(guard.waiter, guard.holds);
      if (!holds) continue;
      this.entries[count] = guard;
      this.#indices[count] = -1;
      count += 1;
    }
    guards.length = kept;
    return count;
  }

  #askWhoseTurn(): number {
    const oracle = this.#oracle;
    const choice =
      oracle.chooseTask === undefined
        ? oracle.choose("task", this.count, this.#labelOfTurn())
        : oracle.chooseTask(this);
    this.record.add("task", this.count, choice, "");
    this.tracer?.chosenBy(this.record.choices - 1);
    const task = this.task(choice);
    this.record.addIdentity(task instanceof SimTask ? this.identities.hash(task.identity) : 0);
    return choice;
  }

  #labelOfTurn(): string {
    return Array.from({ length: this.count }, (_, i) => this.task(i)?.name ?? "callback").join(" ");
  }

  /** Asks anything else. The answer is 0 without asking when there is but one, and when the program has ended. */
  ask(kind: ChoiceKind, count: number, label: string, chance?: number): number {
    if (count <= 1 || !this.asking) return 0;
    try {
      const choice = this.#oracle.choose(kind, count, label, chance);
      this.record.add(kind, count, choice, label);
      return choice;
    } catch (error) {
      // It must not be taken for an error of the program, which may even catch it.
      this.broken ??= error;
      throw error;
    }
  }

  /** The rest of the run decides nothing: it takes its usual course, and is not asked about. */
  settle(): void {
    this.asking = false;
    this.tracer?.stop();
  }

  // ---- who is ready, as a strategy sees it

  identity(index: number): number {
    const task = this.task(index);
    return task instanceof SimTask ? task.identity : ROOT;
  }

  stepsOf(index: number): number {
    const task = this.task(index);
    return task instanceof SimTask ? task.steps : 0;
  }

  madeBy(index: number): number {
    const task = this.task(index);
    return task instanceof SimTask ? task.created : 0;
  }

  task(index: number): AnyTask | undefined {
    const entry = this.entries[index];
    return entry === undefined ? undefined : ((entry as Guard).waiter ?? entry.stepOf);
  }

  // ---- guards: tasks that are ready when a condition holds

  addGuard(guard: Guard): void {
    this.guards.push(guard);
    this.promptGuards();
  }

  /** Sees to it that the loop asks before every step, even when it has but one callback, or none. */
  promptGuards(): void {
    if (this.#prompt.queued || this.#loop === null) return;
    this.#prompt.queued = true;
    this.#loop.enqueue(this.#prompt);
  }

  /** Nobody else is ready: one of those whose condition holds. */
  #runGuard(): void {
    this.count = this.#addGuards(0);
    if (this.count === 0) return;
    const choice = this.count > 1 && this.asking ? this.#askWhoseTurn() : 0;
    // Its step, which is alone in the queue now, is for the others to be asked about.
    (this.entries[choice] as Guard).open();
  }
}

function ignore(): void {}
