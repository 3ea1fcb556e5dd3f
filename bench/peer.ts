// What a runtime must offer to be measured. One file in bench/peers is one peer; its name is the file's.

/** What a workload may ask of the harness while it runs. */
export interface Tools {
  /** How deep a call chain is to be: for `chain`. */
  readonly depth: number;
  /** In how many tasks it is to be done: for `switch` and `sleepers`. It divides the size. */
  readonly tasks: number;
  /** Notes how much heap is in use, after a collection. */
  readonly noteHeap: () => void;
  /** Notes by how many milliseconds a real-time sleep was late. */
  readonly noteLateness: (milliseconds: number) => void;
}

/** Does `size` operations and returns the checksum that says it did. */
export type Implementation = (size: number, tools: Tools) => number | Promise<number>;

/** A runtime, loaded. */
export interface Peer {
  readonly version: string;
  readonly workloads: Readonly<Record<string, Implementation>>;
  /** Workloads that it cannot do, each with the reason; `*` stands for all that it does not have. */
  readonly cannot?: Readonly<Record<string, string>>;
}

/** How a peer is to be loaded. Most need none of it. */
export interface LoadOptions {
  /** The built escapement that is to be measured. */
  readonly dist?: string;
  /** What that build calls itself. */
  readonly version?: string;
  /** `host`: its programs run on the host's loop. */
  readonly driver?: "sync" | "host";
  /** Where a PostgreSQL is; or why there is none. For bench/io. */
  readonly postgres?: { readonly url: string; readonly missing: string | undefined };
}

/** What the file of a peer exports. */
export interface PeerModule {
  load(options: LoadOptions): Promise<Peer>;
}

/** How many tasks are spawned before they are joined, when there are so many. */
export const BATCH = 1000;
/** Tasks that wait under a call chain; and how often before it is left, and called anew. */
export const CHAINS = 10;
export const WAITS = 250;
/** Producers, and as many consumers; and how many items fit between them. */
export const PRODUCERS = 10;
export const CAPACITY = 100;
/** Permits of the contended semaphore. */
export const PERMITS = 10;
/** Milliseconds within which the sleepers in virtual time wake, and those in real time. */
export const VIRTUAL_RANGE = 1_000_000;
export const REAL_RANGE = 101;
/** Milliseconds that nobody waits out. */
export const LONG = 3_600_000;

/** A delay from 0 to `range` - 1 for the sleeper with that number: pseudo-random, and the same in every language. */
export function delayOf(index: number, range: number): number {
  return (Math.imul(index + 1, 2_654_435_761) >>> 0) % range;
}

/** Counts how often somebody else runs than ran before: the proof that tasks take turns. */
export class Turns {
  count = 0;
  private last = -1;

  /** @param who - The number of the task whose turn it is. */
  take(who: number): void {
    if (this.last !== who) this.count += 1;
    this.last = who;
  }
}

/** Counts what comes no earlier than what came before it: the proof that sleepers wake in order. */
export class InOrder {
  count = 0;
  private last = 0;

  /** @param when - What must not fall. */
  add(when: number): void {
    if (when >= this.last) this.count += 1;
    this.last = when;
  }
}

/** Counts who is inside, and how many were at most: the proof that a semaphore counts. */
export class Inside {
  left = 0;
  most = 0;
  private now = 0;

  enter(): void {
    this.now += 1;
    if (this.now > this.most) this.most = this.now;
  }

  leave(): void {
    this.now -= 1;
    this.left += 1;
  }
}
