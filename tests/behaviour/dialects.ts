// The four ways to write a program, and some ways to schedule it: a behaviour that is promised is promised in all.
import { type Awaitable, type Coroutine, type Scheduler, coroutine } from "escapement";

/** How a program is spelled: what its functions are, and what waits in them. */
export interface Dialect {
  readonly name: string;
  /** Marks a function, or does not. Give it a function of its own: `coroutine()` changes the one it is given. */
  co<F extends (...args: any[]) => Coroutine<any>>(fn: F): F;
  wait<T>(aw: Awaitable<T>): Coroutine<T>;
}

const plain = <F>(fn: F): F => fn;

function* byYield<T>(aw: Awaitable<T>): Coroutine<T> {
  return (yield aw) as T;
}

function* byYieldStar<T>(aw: Awaitable<T>): Coroutine<T> {
  return yield* aw;
}

const markedYield = coroutine(function* <T>(aw: Awaitable<T>): Coroutine<T> {
  return (yield aw) as T;
});

const markedYieldStar = coroutine(function* <T>(aw: Awaitable<T>): Coroutine<T> {
  return yield* aw;
});

export const dialects: readonly Dialect[] = [
  { name: "yield, plain functions", wait: byYield, co: plain },
  { name: "yield*, plain functions", wait: byYieldStar, co: plain },
  { name: "yield, coroutine() functions", wait: markedYield, co: coroutine },
  { name: "yield*, coroutine() functions", wait: markedYieldStar, co: coroutine },
];

/** A scheduler whose choices are decided by `seed`. */
export function randomly(seed: number): Scheduler {
  let state = seed | 0;
  return {
    pick(ready) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >>> 8) % ready.size;
    },
  };
}

export const alwaysTheLast: Scheduler = { pick: (ready) => ready.size - 1 };
