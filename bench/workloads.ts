import { BATCH, CHAINS, PERMITS, PRODUCERS, WAITS } from "./peer.ts";

/** One kind of work, the same for every peer. */
export interface Workload {
  /** As in the tables: W1 … W12. */
  readonly id: string;
  /** As on the command line. */
  readonly name: string;
  readonly title: string;
  /** What one operation is. */
  readonly operation: string;
  /** Under which name a peer implements it. */
  readonly implementation: string;
  readonly depth: number;
  /** How many operations a run has; a slow peer does fewer. A power of ten, times 1, 2 or 5. */
  readonly size: number;
  readonly unit: "ns" | "B";
  /** The checksum of a run that did it all. */
  checksum(size: number): number;
  /** The ratio to native async/await that escapement is to reach, by Node's major version. */
  readonly target: Readonly<Record<20 | 24, number>> | null;
}

const all = (size: number): number => size;
const half = (size: number): number => size / 2;

function chain(id: string, depth: number, node20: number, node24: number): Workload {
  return {
    id,
    name: `chain-${depth}`,
    title: `${CHAINS} tasks wait, each under a call chain ${depth} deep, called anew after ${WAITS} waits`,
    operation: "a wait",
    implementation: "chain",
    depth,
    size: 1_000_000,
    unit: "ns",
    checksum: all,
    target: { 20: node20, 24: node24 },
  };
}

/** The table. Where the order has a reason: what takes longest comes late, for those who interrupt. */
export const WORKLOADS: readonly Workload[] = [
  {
    id: "W1",
    name: "switch",
    title: "1,000 tasks take turns",
    operation: "a turn",
    implementation: "switch",
    depth: 1,
    size: 1_000_000,
    unit: "ns",
    checksum: all,
    target: { 20: 0.55, 24: 0.8 },
  },
  {
    id: "W2",
    name: "pingpong",
    title: "two tasks hand a value to and fro, each time over a fresh future",
    operation: "there and back",
    implementation: "pingpong",
    depth: 1,
    size: 1_000_000,
    unit: "ns",
    checksum: (size) => 2 * size,
    target: { 20: 0.75, 24: 0.9 },
  },
  {
    id: "W3",
    name: "spawn",
    title: `trivial tasks are spawned and joined, ${BATCH.toLocaleString("en")} at a time`,
    operation: "a task",
    implementation: "spawn",
    depth: 1,
    size: 1_000_000,
    unit: "ns",
    checksum: half,
    target: { 20: 1, 24: 1.2 },
  },
  chain("W4a", 1, 1, 1.2),
  chain("W4b", 10, 0.9, 1.1),
  chain("W4c", 50, 0.75, 1),
  chain("W4d", 500, 0.55, 0.8),
  {
    id: "W5",
    name: "call",
    title: "calls of a coroutine that does not wait",
    operation: "a call",
    implementation: "call",
    depth: 1,
    size: 5_000_000,
    unit: "ns",
    checksum: half,
    target: { 20: 0.8, 24: 0.9 },
  },
  {
    id: "W6",
    name: "sleepers",
    title: "sleepers with pseudo-random deadlines, in virtual time",
    operation: "a sleep",
    implementation: "sleepers",
    depth: 1,
    size: 1_000_000,
    unit: "ns",
    checksum: all,
    target: null,
  },
  {
    id: "W7",
    name: "cancelled-timers",
    title: "timeouts set round an operation that is ready, and cancelled",
    operation: "a timeout",
    implementation: "cancelled-timers",
    depth: 1,
    size: 1_000_000,
    unit: "ns",
    checksum: half,
    target: { 20: 0.3, 24: 0.35 },
  },
  {
    id: "W8",
    name: "queue",
    title: `a queue of 100 between ${PRODUCERS} producers and ${PRODUCERS} consumers`,
    operation: "an item",
    implementation: "queue",
    depth: 1,
    size: 1_000_000,
    unit: "ns",
    checksum: (size) => PRODUCERS * triangle(size / PRODUCERS),
    target: { 20: 0.45, 24: 0.55 },
  },
  {
    id: "W9",
    name: "semaphore",
    title: `100,000 tasks, ${PERMITS} permits`,
    operation: "a task",
    implementation: "semaphore",
    depth: 1,
    size: 100_000,
    unit: "ns",
    checksum: (size) => size * 100 + Math.min(size, PERMITS),
    target: { 20: 0.7, 24: 0.8 },
  },
  {
    id: "W10",
    name: "mass-cancel",
    title: "sleepers are cancelled, each runs a finally",
    operation: "a task",
    implementation: "mass-cancel",
    depth: 1,
    size: 100_000,
    unit: "ns",
    checksum: all,
    target: { 20: 0.12, 24: 0.15 },
  },
  {
    id: "W11",
    name: "memory",
    title: "heap in use for each task that is suspended on a future of its own",
    operation: "a task",
    implementation: "memory",
    depth: 1,
    size: 1_000_000,
    unit: "B",
    checksum: all,
    target: { 20: 0.6, 24: 0.6 },
  },
  {
    id: "W12",
    name: "real-timers",
    title: "sleeps of 0 to 100 ms in real time",
    operation: "a sleep",
    implementation: "real-timers",
    depth: 1,
    size: 100_000,
    unit: "ns",
    checksum: all,
    target: { 20: 0.5, 24: 0.5 },
  },
];

function triangle(count: number): number {
  return (count * (count - 1)) / 2;
}

/** How many tasks share a run of that size, where nobody says otherwise. */
export function tasksFor(workload: Workload, size: number): number {
  if (workload.implementation === "sleepers") return size;
  return Math.max(2, Math.min(1000, size / 10));
}
