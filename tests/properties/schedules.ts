// What a schedule decides, as data, so that fast-check can print it and make it smaller.
import fc from "fast-check";
import {
  type Coroutine,
  type Instrument,
  type Scheduler,
  type Task,
  createTask,
  gather,
  isCancelled,
  runSync,
  sleep,
} from "escapement";
import { alwaysTheLast, randomly } from "../behaviour/dialects.ts";

/** Whose turn it is: the oldest, the youngest, or as a seed says. */
type Order = "first" | "last" | number;

interface Cancellation {
  /** After so many callbacks, of whomever. */
  readonly after: number;
  /** The worker of that number, or the one that was woken last and has perhaps not run yet. */
  readonly which: number | "woken";
}

/** Who runs when, and who is cancelled when. */
export interface Schedule {
  readonly order: Order;
  readonly cancellations: readonly Cancellation[];
}

const orders: fc.Arbitrary<Order> = fc.oneof(fc.constant("first"), fc.constant("last"), fc.nat());
const cancellation = fc.record({
  after: fc.nat(50),
  which: fc.oneof(fc.nat(7), { weight: 2, arbitrary: fc.constant("woken" as const) }),
});

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  order: orders,
  cancellations: fc.oneof(fc.constant([]), fc.array(cancellation, { maxLength: 8 })),
});

export const withoutCancellations: fc.Arbitrary<Schedule> = fc.record({
  order: orders,
  cancellations: fc.constant([]),
});

function schedulerOf(order: Order): { scheduler?: Scheduler } {
  if (order === "first") return {};
  return { scheduler: order === "last" ? alwaysTheLast : randomly(order) };
}

/** A program: what runs, and what must hold when nothing moves any more. */
export interface Play {
  readonly workers: readonly (() => Coroutine<unknown>)[];
  /** Told who cannot go on: their indices. Called before they are cancelled. */
  stalled?(stuck: readonly number[]): void;
  /** Called when all have ended. */
  atRest(): Coroutine<void>;
}

/** Runs the workers as `schedule` says, until nobody moves any more; then ends those who are left. */
export function play({ order, cancellations }: Schedule, make: () => Play): void {
  const tasks: Task<unknown>[] = [];
  let woken: Task<unknown> | undefined;
  let callbacks = 0;
  const watch: Instrument = {
    callbackScheduled(entry) {
      woken = tasks.find((task) => task === entry) ?? woken;
    },
    // Between any two callbacks, so that a cancellation also meets a task that was just woken.
    callbackFinished() {
      callbacks += 1;
      for (const { after, which } of cancellations) {
        if (after === callbacks) (which === "woken" ? woken : tasks[which % tasks.length])?.cancel();
      }
    },
  };
  function* main(): Coroutine<void> {
    const { workers, stalled, atRest } = make();
    for (const worker of workers) tasks.push(createTask(worker()));
    yield* sleep(1000);
    callbacks = Infinity;
    stalled?.([...tasks.keys()].filter((i) => !tasks[i]!.done()));
    for (const task of tasks) task.cancel();
    const outcomes = yield* gather(tasks, { returnExceptions: true });
    for (const outcome of outcomes) if (outcome instanceof Error && !isCancelled(outcome)) throw outcome;
    yield* atRest();
  }
  runSync(main, { ...schedulerOf(order), instruments: [watch] });
}
