// What the harness and the process of a peer say to each other: one line of JSON each.

/** The first line: who it is, or why it is nobody. */
export type Hello =
  | {
      readonly version: string;
      readonly implementations: readonly string[];
      readonly cannot: Readonly<Record<string, string>>;
    }
  | { readonly missing: string }
  | { readonly error: string };

/** Run this once. */
export interface Request {
  readonly implementation: string;
  readonly size: number;
  readonly depth: number;
  readonly tasks: number;
}

/** What came of it. Times in nanoseconds. */
export interface Measured {
  readonly checksum: number;
  /** CPU time of the main thread. */
  readonly thread: number;
  /** CPU time of all threads. */
  readonly process: number;
  readonly wall: number;
  /** Bytes of heap in use, as often as the workload noted it. */
  readonly heap?: readonly number[];
  /** Bytes that the process has of the machine's memory, as often. */
  readonly resident?: readonly number[];
  /** Milliseconds. */
  readonly lateness?: { readonly p50: number; readonly p99: number };
}

/** The answer to a request. */
export type Answer = Measured | { readonly error: string };
