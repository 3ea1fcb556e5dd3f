import type { Access } from "./footprint.ts";

/** How a run ended. */
export type Status = "returned" | "raised" | "deadlocked" | "out of steps" | "escaped";

/** One run of a program under one schedule. */
export interface Outcome<T> {
  readonly status: Status;
  /** What main returned. */
  readonly value?: T;
  /** What main threw, or what tells why it did not end. */
  readonly error?: unknown;
  readonly seed: number;
  /** The clock's reading at the end, in milliseconds. */
  readonly time: number;
  /** How many times a task ran from one wait to the next. */
  readonly steps: number;
  /** How many questions were asked. */
  readonly choices: number;
  /** One short line of URL-safe characters that `replay()` turns into this very run. */
  readonly repro: string;
  /** Hash over every choice with its label, and the clock: equal exactly when the runs are. */
  readonly digest: string;
}

/** A run that failed, and the shortest one that fails in the same way. */
export interface Failure<T> {
  /** The number of the run, from 0. */
  readonly run: number;
  readonly found: Outcome<T>;
  readonly shrunk: Outcome<T>;
  /** Replays `shrunk`. */
  readonly repro: string;
  /** The two accesses whose order decides, proved by swapping just them. */
  readonly race?: readonly [Access, Access];
}
