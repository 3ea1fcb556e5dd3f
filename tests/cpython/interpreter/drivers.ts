import {
  allTasks,
  Barrier,
  BoundedSemaphore,
  Condition,
  ContextVar,
  currentTask,
  DeadlockError,
  eagerTaskFactory,
  Event,
  EventLoop,
  Future,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Runner,
  Semaphore,
  Task,
  VirtualClock,
} from "../../../src/index.ts";
import type { Coroutine, LoopOptions } from "../../../src/index.ts";
import { executeInstant } from "./instant.ts";
import type { CountedRun, ObjectNode, Program } from "./language.ts";
import { Machine } from "./machine.ts";
import { callCoroutine } from "./suspending.ts";
import { show, showError } from "./values.ts";

const WATCHDOG = 500;
const MAXIMUM_RESTARTS = 4;
const interpreter = { call: callCoroutine, instant: executeInstant };

/** What the loop is made with. None of it may be seen in the trace. */
function loopOptions(program: Program, clock: VirtualClock): LoopOptions {
  switch (program.loop ?? "plain") {
    case "plain":
      return { clock };
    case "watched":
      return { clock, instruments: [{ iterationStarted: () => {} }] };
    case "debug":
      return { clock, debug: true };
    case "scheduled":
      return { clock, scheduler: { pick: () => 0 } };
  }
}

/** Runs a program on a virtual clock, as its driver says. */
export function runProgram(program: Program): CountedRun {
  const clock = new VirtualClock({ start: program.start ?? 0 });
  switch (program.driver) {
    case "run":
    case "runner":
      return withRunner(program, clock);
    case "host":
      return withHost(program, clock);
    case "forever":
      return withForever(program, clock);
  }
}

/** A Runner for both, so that the trace can end where DeadlockError comes out: the clean-up after it is not logged. */
function withRunner(program: Program, clock: VirtualClock): CountedRun {
  const runner = new Runner({
    ...loopOptions(program, clock),
    ...(program.eager === true ? { taskFactory: eagerTaskFactory } : {}),
  });
  const machine = new Machine(program, runner.getLoop(), interpreter);
  const out = program.mains.map((name) => outcome(machine, () => runner.run(() => mainOf(machine, name))));
  machine.frozen = "deadlock" in out.at(-1)!;
  const closing = outcome(machine, () => runner.close());
  if (!machine.frozen && !("ok" in closing)) out.push({ closing });
  return left(machine, out);
}

function withHost(program: Program, clock: VirtualClock): CountedRun {
  const loop = new EventLoop(loopOptions(program, clock));
  const machine = new Machine(program, loop, interpreter);
  const task = new Task(mainOf(machine, program.mains[0]!), { loop });
  const host = { over: false };
  task.addDoneCallback(() => {
    host.over = true;
  });
  while (!host.over) {
    const due = loop.nextDeadline();
    if (due === Infinity) return left(machine, [{ deadlock: machine.labels(allTasks(loop)) }]);
    if (due > loop.time()) clock.waitUntil(due);
    loop.runOnce();
  }
  return left(machine, [outcome(machine, () => task.result())]);
}

function withForever(program: Program, clock: VirtualClock): CountedRun {
  const loop = new EventLoop(loopOptions(program, clock));
  const machine = new Machine(program, loop, interpreter);
  const task = new Task(mainOf(machine, program.mains[0]!), { loop });
  task.addDoneCallback(() => loop.stop());
  const watchdog = { barked: false };
  loop.callAt(loop.time() + WATCHDOG, () => {
    watchdog.barked = true;
    loop.stop();
  });
  for (let turn = 0; turn <= MAXIMUM_RESTARTS && !task.done() && !watchdog.barked; turn++) {
    loop.runForever();
    if (!task.done() && !watchdog.barked) machine.logDriver("stopped");
  }
  const out = [task.done() ? outcome(machine, () => task.result()) : { stopped: watchdog.barked }];
  return left(machine, out);
}

function left({ trace, used }: Machine, out: readonly unknown[]): CountedRun {
  return { trace, out, used: Object.fromEntries(used) };
}

function outcome(machine: Machine, work: () => unknown): object {
  try {
    return { ok: show(work()) };
  } catch (error) {
    if (error instanceof DeadlockError) return { deadlock: machine.labels(error.tasks) };
    return { err: showError(error) };
  }
}

function* mainOf(machine: Machine, name: string): Coroutine<unknown> {
  const isFirst = machine.main === null;
  machine.main = currentTask()!;
  machine.main.name = `n:${name}`;
  if (isFirst) for (const [slot, node] of Object.entries(machine.program.objs)) machine.put(slot, make(machine, node));
  return yield* callCoroutine(machine, name, 1);
}

function make(machine: Machine, node: ObjectNode): unknown {
  switch (node.k) {
    case "Lock":
      return new Lock();
    case "Event":
      return new Event();
    case "Condition":
      return node.lock === undefined ? new Condition() : new Condition(machine.get(node.lock) as Lock);
    case "Semaphore":
      return new Semaphore(node.n);
    case "BoundedSemaphore":
      return new BoundedSemaphore(node.n);
    case "Barrier":
      return new Barrier(node.n);
    case "Queue":
      return new Queue(node.max);
    case "LifoQueue":
      return new LifoQueue(node.max);
    case "PriorityQueue":
      return new PriorityQueue(node.max);
    case "Future":
      return new Future();
    case "ContextVar":
      return new ContextVar("v", node.default === undefined ? {} : { default: node.default });
  }
}
