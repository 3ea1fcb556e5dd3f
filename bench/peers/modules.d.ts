// As much of the peers' types as the workloads use: the tree compiles whether they are installed or not.

declare module "bluebird" {
  class Bluebird<T> implements PromiseLike<T> {
    // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
    then: PromiseLike<T>["then"];
    constructor(
      run: (
        resolve: (value: T) => void,
        reject: (error: unknown) => void,
        onCancel?: (callback: () => void) => void,
      ) => void,
    );
    timeout(milliseconds: number): Bluebird<T>;
    finally(callback: () => void): Bluebird<T>;
    cancel(): void;
    static config(options: { cancellation?: boolean; longStackTraces?: boolean; warnings?: boolean }): void;
    static resolve<T>(value: T): Bluebird<T>;
    static delay(milliseconds: number): Bluebird<void>;
    static all<T>(promises: readonly PromiseLike<T>[]): Bluebird<T[]>;
    static coroutine<A extends unknown[], R>(
      fn: (...args: A) => Generator<PromiseLike<unknown>, R>,
    ): (...args: A) => Bluebird<R>;
  }
  export = Bluebird;
}

declare module "co" {
  function co<R>(program: (() => Generator<PromiseLike<unknown>, R>) | Generator<PromiseLike<unknown>, R>): Promise<R>;
  export = co;
}

declare module "effection" {
  export interface Operation<T> {
    [Symbol.iterator](): Iterator<any, T>;
  }
  export interface Task<T> extends Operation<T>, Promise<T> {
    halt(): Operation<void> & Promise<void>;
  }
  export function run<T>(operation: () => Operation<T>): Task<T>;
  export function spawn<T>(operation: () => Operation<T>): Operation<Task<T>>;
  export function sleep(milliseconds: number): Operation<void>;
  export function until<T>(promise: PromiseLike<T>): Operation<T>;
  export function race<T>(operations: readonly Operation<T>[]): Operation<T>;
  export function withResolvers<T>(): { readonly operation: Operation<T>; resolve(value: T): void };
}

declare module "effect" {
  export interface Effect<A> {
    [Symbol.iterator](): Iterator<Effect<any>, A>;
  }
  export interface Fiber<A> {
    readonly result: A;
  }
  export interface Deferred<A> {
    readonly value: A;
  }
  export interface Queue<A> {
    readonly item: A;
  }
  export interface Semaphore {
    withPermits(permits: number): <A>(effect: Effect<A>) => Effect<A>;
  }
  type Body<A> = () => Generator<Effect<any>, A>;
  export const Effect: {
    gen<A>(body: Body<A>): Effect<A>;
    readonly yieldNow: Effect<void>;
    sync<A>(run: () => A): Effect<A>;
    succeed<A>(value: A): Effect<A>;
    forkChild<A>(effect: Effect<A>): Effect<Fiber<A>>;
    ensuring<A>(effect: Effect<A>, finalizer: Effect<any>): Effect<A>;
    timeout<A>(effect: Effect<A>, milliseconds: number): Effect<A>;
    sleep(milliseconds: number): Effect<void>;
    provide<A>(effect: Effect<A>, layer: unknown): Effect<A>;
    runPromise<A>(effect: Effect<A>): Promise<A>;
  };
  export const Fiber: {
    join<A>(fiber: Fiber<A>): Effect<A>;
    interruptAll(fibers: readonly Fiber<any>[]): Effect<void>;
  };
  export const Deferred: {
    makeUnsafe<A>(): Deferred<A>;
    await<A>(deferred: Deferred<A>): Effect<A>;
    succeed<A>(deferred: Deferred<A>, value: A): Effect<boolean>;
  };
  export const Queue: {
    bounded<A>(capacity: number): Effect<Queue<A>>;
    offer<A>(queue: Queue<A>, item: A): Effect<boolean>;
    take<A>(queue: Queue<A>): Effect<A>;
  };
  export const Semaphore: { make(permits: number): Effect<Semaphore> };
  export const Clock: { readonly currentTimeMillis: Effect<number> };
}

declare module "effect/testing" {
  import type { Effect } from "effect";
  export const TestClock: {
    layer(options?: object): unknown;
    adjust(milliseconds: number): Effect<void>;
    readonly currentTimeMillis: Effect<number>;
  };
}
