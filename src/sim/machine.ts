import { Context } from "../loop/context.ts";
import type { ReadyView, Scheduler } from "../loop/scheduler.ts";
import { FINISHED, type Future, PENDING } from "../future/future.ts";
import { TaskList, tasksOf } from "../task/current-task.ts";
import { DeadlockError } from "../task/deadlock.ts";
import { cancelLeftovers, mainTask, refuseInsideALoop } from "../task/runner.ts";
import type { Task } from "../task/task.ts";
import { asOutsider, swapActiveMachine } from "./active.ts";
import { OutOfStepsError } from "./errors.ts";
import { Fence } from "./fence/fence.ts";
import { Guards } from "./guards.ts";
import type { MachineOptions } from "./machine-options.ts";
import { Identities, ROOT } from "./identity.ts";
import type { ChoiceKind, Oracle } from "./oracle.ts";
import type { Status } from "./outcome.ts";
import { Recording } from "./recording.ts";
import { SimClock } from "./sim-clock.ts";
import type { Tally } from "./sometimes.ts";
import { SimTask } from "./sim-task.ts";
import { withStacks } from "./stacks.ts";
import { Tracer } from "./tracer.ts";
import { Turn } from "./turn.ts";
import { type Program, mainOf } from "./world.ts";
import type { DiskSettings } from "./world/disk-options.ts";
import { DEFAULT_LINK } from "./world/options.ts";
import { SimLoop } from "./world/sim-loop.ts";
import { SimWorld } from "./world/sim-world.ts";

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
export class Machine implements Scheduler {
  readonly identities: Identities = new Identities();
  readonly clock: SimClock;
  readonly tally: Tally | undefined;
  readonly tracer: Tracer | null;
  readonly fence: Fence;
  readonly #options: MachineOptions;
  readonly #maxSteps: number;
  readonly world: SimWorld;
  #loop: SimLoop | null = null;
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
  // What a host's program has thrown: it ends the run.
  #ruin: { readonly error: unknown } | null = null;
  /** Whether there are those who are ready and must not run: a host is paused, or has crashed. */
  vigilant = false;
  constructing: number = ROOT;
  /** In order of creation. */
  readonly tasks: SimTask<any>[] = [];
  #oracle: Oracle = { choose: () => 0 };
  asking = false;
  #mainTask: Task<any> | null = null;
  madeByCallbacks = 0;
  /** The clock's reading when main was done, or nothing could go on. */
  endTime = 0;
  readonly #lastNames: string[] = [];

  readonly guards: Guards = new Guards(this, () => this.#runGuard());
  /** Who is ready. */
  readonly turn: Turn = new Turn(this.guards);

  constructor(options: MachineOptions = {}) {
    this.#options = options;
    this.fence = new Fence(this, options.fence);
    this.tally = options.tally;
    this.tracer = options.traced === true ? new Tracer(() => this.clock.trueTime) : null;
    this.#maxSteps = options.maxSteps ?? DEFAULT_MAX_STEPS;
    this.clock = new SimClock(options.start ?? 0);
    this.record = new Recording(this.clock);
    this.world = new SimWorld(this, options.network ?? DEFAULT_LINK);
  }

  // ---- running

  /** Runs `program` to its end, or to where it can go no further. What an oracle throws comes out. */
  run(program: Program<any>, oracle: Oracle, seed: number): void {
    refuseInsideALoop("simulate");
    withStacks(this.#options.explains === true, () => this.fence.around(() => this.#run(program, oracle, seed)));
  }

  #run(program: Program<any>, oracle: Oracle, seed: number): void {
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
    if (this.fence.escape !== null) this.#fail("escaped", this.fence.escape);
  }

  #begin(oracle: Oracle, seed: number): void {
    this.#oracle = asOutsider(oracle);
    this.seed = seed;
    this.record.reset();
    this.steps = 0;
    this.status = "returned";
    this.value = undefined;
    this.error = undefined;
    this.broken = undefined;
    this.abandoned = false;
    this.fence.reset();
    this.constructing = ROOT;
    this.tasks.length = 0;
    this.guards.reset();
    this.turn.reset();
    this.madeByCallbacks = 0;
    this.asking = true;
    this.#lastNames.length = 0;
    this.clock.reset();
    this.#ruin = null;
    this.world.reset();
  }

  #main(program: Program<any>): Task<any> {
    const loop = this.#loop === null || this.#worn || this.#runsOfLoop >= RUNS_PER_LOOP ? this.#newLoop() : this.#loop;
    this.#runsOfLoop += 1;
    loop.reset();
    loop.debug = false;
    loop.setExceptionHandler(ignore);
    tasksOf(loop).created = 0;
    const context = new Context();
    context.bindings = this.world.programBindings;
    return mainTask("simulate", mainOf(program, this.world), loop, context);
  }

  #newLoop(): SimLoop {
    const { instruments = [] } = this.#options;
    const loop = new SimLoop({
      clock: this.clock,
      scheduler: this,
      instruments: this.tracer === null ? instruments : [this.tracer, ...instruments],
    });
    // Not `tasksOf`, which publishes it to those who look from outside: a weak reference would keep every loop of an
    // exploration until its end.
    const tasks = new TaskList();
    tasks.factory = (_loop, coro, options) => new SimTask(this, coro, { ...options, loop });
    loop.annex = tasks;
    this.#loop = loop;
    this.#worn = false;
    this.#runsOfLoop = 0;
    return loop;
  }

  /** Until `future` is done. False when nothing is left that could ever do it. */
  #drive(future: Future<any>): boolean {
    const loop = this.#loop!;
    let iterations = 0;
    while (future.state === PENDING && this.#ruin === null) {
      if (!loop.hasReady && !this.#passTime(loop)) return false;
      iterations += 1;
      if (iterations > this.#maxSteps) throw this.#outOfSteps();
      loop.runOnce();
    }
    return future.state !== PENDING;
  }

  #passTime(loop: SimLoop): boolean {
    const deadline = loop.nextDeadline();
    if (deadline === Infinity) return false;
    this.clock.waitUntil(deadline);
    return true;
  }

  /** Main has ended, or nothing can: as runSync, one iteration more, and those who are left are cancelled. */
  #conclude(main: Task<any>, ended: boolean): void {
    const loop = this.#loop!;
    this.settle();
    if (this.#ruin !== null) this.#fail("raised", this.#ruin.error);
    else if (!ended) this.#fail("deadlocked", this.#options.explains === true ? new DeadlockError(loop) : undefined);
    else if (main.state === FINISHED) this.value = main.result();
    else this.#fail("raised", main.takeError(""));
    if (this.status !== "returned" || this.world.used) this.#worn = true;
    this.endTime = this.clock.trueTime;
    this.#ruin = null;
    this.world.powerOff();
    if (ended && loop.hasReady) loop.runOnce();
    this.#endLeftovers(loop);
    this.record.end(this.endTime, this.steps);
  }

  #endLeftovers(loop: SimLoop): void {
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

  /** The program of a host has failed, and the run with it. */
  ruin(error: unknown): void {
    this.#ruin ??= { error };
    this.settle();
  }

  get disk(): DiskSettings | undefined {
    return this.#options.disk;
  }

  get loop(): SimLoop {
    return this.#loop!;
  }

  // ---- tasks

  /** A task's step begins. */
  stepping(task: SimTask<any>): void {
    this.steps += 1;
    this.turn.lastRun = task.identity;
    if (this.guards.some) this.guards.prompt();
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
    if (this.vigilant) {
      this.turn.forget();
      const barred = this.world.sift(ready);
      if (barred >= 0) return barred;
    }
    if (!this.asking) return 0;
    if (this.#mainTask!.state !== PENDING) {
      this.settle();
      return 0;
    }
    const { turn } = this;
    const settled = turn.list(ready);
    if (settled >= 0) return settled;
    return turn.take(turn.count > 1 ? this.#askWhoseTurn() : 0, ready);
  }

  #askWhoseTurn(): number {
    const { turn, record } = this;
    const oracle = this.#oracle;
    const choice =
      oracle.chooseTask === undefined
        ? oracle.choose("task", turn.count, this.#labelOfTurn())
        : oracle.chooseTask(turn);
    const identity = turn.identity(choice);
    record.addTurn(turn.count, choice, identity, identity === ROOT ? 0 : this.identities.hash(identity));
    this.tracer?.chosenBy(record.choices - 1);
    this.#tellChoice("task", turn.count, choice);
    return choice;
  }

  #tellChoice(about: string, count: number, choice: number): void {
    const loop = this.#loop!;
    if (loop.instrument !== null) loop.instrument.chosen?.(loop, about, count, choice);
  }

  #labelOfTurn(): string {
    const { turn } = this;
    return Array.from({ length: turn.count }, (_, i) => turn.task(i)?.name ?? "callback").join(" ");
  }

  /** Asks anything else. The answer is 0 without asking when there is but one, and when the program has ended. */
  ask(kind: ChoiceKind, count: number, label: string, chance?: number): number {
    if (count <= 1 || !this.asking) return 0;
    try {
      const choice = this.#oracle.choose(kind, count, label, chance);
      this.record.add(kind, count, choice, label);
      this.#tellChoice(label === "" ? kind : label, count, choice);
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

  /** Nobody else is ready: one of those whose condition holds. */
  #runGuard(): void {
    const { turn } = this;
    turn.listGuards();
    if (turn.count === 0) return;
    // Its step, which is alone in the queue now, is for the others to be asked about.
    turn.open(turn.count > 1 && this.asking ? this.#askWhoseTurn() : 0);
  }
}

function ignore(): void {}
