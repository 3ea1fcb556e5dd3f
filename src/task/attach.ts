// For those who look from outside, with a debugger's protocol: `escapement ps`. What a process keeps for them is one object
// under a name that they know, with a weak reference for each loop that has tasks. It costs nothing until it is asked.
import type { EventLoop } from "../loop/event-loop.ts";
import { PENDING } from "../future/future.ts";
import { tasksBehind } from "./behind.ts";
import type { TaskList } from "./current-task.ts";
import { type Frame, stacksOf } from "./stack.ts";
import type { Task } from "./task.ts";
import { waitLabel } from "./wait-label.ts";

/** What is told of a loop. */
export interface LoopReport {
  /** How many iterations have begun. */
  readonly iteration: number;
  /** The clock's reading, in milliseconds. */
  readonly time: number;
  /** Whether the host takes turns with it. */
  readonly hosted: boolean;
  /** Those not done, in order of creation. */
  readonly tasks: readonly TaskReport[];
  /** Where the thread is, when it was asked in the middle of a step: JavaScript's stack, innermost first. */
  readonly running?: string;
}

/** What is told of a task. */
export interface TaskReport {
  readonly name: string;
  readonly state: "running" | "ready" | "waiting";
  /** `Queue.get`, `Task "b"`; null unless it waits. */
  readonly waitsFor: string | null;
  /** The tasks that it waits for, by their places in the list: itself, or through a gather, a group, a shield. */
  readonly awaits: readonly number[];
  /** Its frames, outermost first. */
  readonly stack: readonly Frame[];
}

/** @internal The name, in the registry of symbols, of what a process tells of its loops. */
export const PUBLISHED = "escapement.loops";

interface Published {
  readonly version: 1;
  readonly loops: Set<WeakRef<Entry>>;
  /** JSON of LoopReports, as text: it crosses to another process. @param located - Of how many tasks the stack is told. */
  report(located: number): string;
}

// A weak reference keeps what it refers to until the host has its turn again, and many loops may come and go before: so it
// is to this, which is all that stays of a loop that was closed.
interface Entry {
  loop: EventLoop | null;
}

// Loops that nobody closes are forgotten when so many have been published.
let forgetAt = 64;

/** @internal */
export function publishLoop(loop: EventLoop): void {
  const { loops } = published();
  const entry: Entry = { loop };
  const reference = new WeakRef(entry);
  loops.add(reference);
  loop.onClose(() => {
    entry.loop = null;
    loops.delete(reference);
  });
  if (loops.size < forgetAt) return;
  for (const each of loops) if (each.deref() === undefined) loops.delete(each);
  forgetAt = Math.max(64, loops.size * 2);
}

function published(): Published {
  const host = globalThis as { [key: symbol]: Published | undefined };
  const key = Symbol.for(PUBLISHED);
  return (host[key] ??= { version: 1, loops: new Set(), report: (located) => JSON.stringify(reportLoops(located)) });
}

/** @internal Every loop that has tasks. */
export function reportLoops(located: number): LoopReport[] {
  const loops = [...published().loops].map((reference) => reference.deref()?.loop ?? null);
  return loops
    .filter((loop) => loop !== null)
    .map((loop) => reportOf(loop, located))
    .filter(({ tasks }) => tasks.length > 0);
}

function reportOf(loop: EventLoop, located: number): LoopReport {
  const list = loop.annex as TaskList;
  const tasks = list.all();
  const running = list.running(loop);
  const stacks = stacksOf(tasks.slice(0, located));
  const places = new Map(tasks.map((task, i) => [task, i]));
  return {
    iteration: loop.iteration,
    time: loop.time(),
    hosted: loop.hosted,
    tasks: tasks.map((task, i) => reportTask(task, stacks[i] ?? [], places, running)),
    ...(loop.isRunning() ? { running: new Error("here").stack ?? "" } : {}),
  };
}

function reportTask(
  task: Task<any>,
  stack: readonly Frame[],
  places: ReadonlyMap<Task<any>, number>,
  running: Task<any> | null,
): TaskReport {
  const { name, waitingFor } = task;
  const waits = waitingFor !== null && waitingFor.state === PENDING;
  return {
    name,
    state: task === running ? "running" : waits ? "waiting" : "ready",
    waitsFor: waits ? waitLabel(waitingFor) : null,
    awaits: tasksBehind(waitingFor)
      .map((other) => places.get(other))
      .filter((place) => place !== undefined),
    stack,
  };
}
