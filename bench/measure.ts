import type { LeftOut, Result, Sample, Table } from "./record.ts";
import type { Hello, Measured, Request } from "./protocol.ts";
import { roundSize } from "./statistics.ts";
import { type PeerSpec, type Worker, type WorkerOptions, Workers } from "./worker.ts";
import { type Workload, tasksFor } from "./workloads.ts";

/** What is to be measured. */
export interface Plan {
  readonly workloads: readonly Workload[];
  readonly peers: readonly PeerSpec[];
  /** The peer that the others are compared with. */
  readonly base: string;
  readonly rounds: number;
  /** Milliseconds that a round of a slow peer may take: it does fewer operations, and the tables say so. */
  readonly budget: number;
  /** Milliseconds of warming up. */
  readonly warmUp: number;
  /** For tests: no run is bigger. */
  readonly sizeLimit: number;
  /** A process for each round; or, when no time counts, for each peer. */
  readonly fresh: boolean;
  readonly workers: WorkerOptions;
  /** Told before each round of each peer, and after each workload. */
  readonly progress: {
    round(workload: Workload, peer: string, round: number): void;
    done(workload: Workload, table: Table): void;
  };
}

class Failed extends Error {}

/** Fills `table`, peer after peer, round after round, so that what came until an interruption stands in it. */
export async function measure(plan: Plan, table: Table): Promise<void> {
  const workers = new Workers(plan.workers, plan.fresh);
  try {
    await measureAll(plan, table, workers);
  } finally {
    await workers.end();
  }
}

async function measureAll(plan: Plan, table: Table, workers: Workers): Promise<void> {
  for (const workload of plan.workloads) {
    const sizes = new Map<string, number>();
    for (let round = 0; round < plan.rounds; round += 1) {
      for (const peer of plan.peers) {
        if (plan.workers.signal.aborted) return;
        if (isLeftOut(table, peer.name, workload.name)) continue;
        plan.progress.round(workload, peer.name, round);
        await oneRound(plan, table, workers, workload, peer, sizes);
      }
    }
    if (!plan.workers.signal.aborted) plan.progress.done(workload, table);
  }
}

/** A table with nothing in it yet. */
export function emptyTable({ rounds, base }: Pick<Plan, "rounds" | "base">): Table {
  return { runs: rounds, base, peers: [], results: [], leftOut: [] };
}

function isLeftOut(table: Table, peer: string, workload: string): boolean {
  return table.leftOut.some((out) => out.peer === peer && (out.workload === null || out.workload === workload));
}

/** A process of its own: sized, warmed up, measured once, ended. */
async function oneRound(
  plan: Plan,
  table: Table,
  workers: Workers,
  workload: Workload,
  peer: PeerSpec,
  sizes: Map<string, number>,
): Promise<void> {
  const started = await workers.open(peer);
  const { worker, hello } = started;
  try {
    const problem = greet(table, peer, hello, workload);
    if (problem !== null) {
      table.leftOut.push(problem);
      return;
    }
    const size = sizes.get(peer.name) ?? (await chooseSize(plan, worker, workload, peer));
    sizes.set(peer.name, size);
    await warmUp(plan, worker, workload, size);
    note(table, workload, peer.name, size, sampleOf(await run(worker, workload, size), workload, size));
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    if (!plan.workers.signal.aborted) leaveOut(table, peer.name, workload.name, error.message);
  } finally {
    await workers.release(started);
  }
}

/** Why this peer cannot be measured, if it cannot. */
function greet(table: Table, peer: PeerSpec, hello: Hello, workload: Workload): LeftOut | null {
  const { name } = peer;
  if ("missing" in hello) return { peer: name, workload: null, reason: notInstalled(peer, hello.missing) };
  if ("error" in hello) return { peer: name, workload: null, reason: explain(peer, hello.error) };
  if (table.peers.every((known) => known.name !== name)) table.peers.push({ name, version: hello.version });
  if (hello.implementations.includes(workload.implementation)) return null;
  const { cannot } = hello;
  const reason = cannot[workload.implementation] ?? cannot["*"] ?? "it has no such workload";
  return { peer: name, workload: workload.name, reason };
}

function notInstalled(peer: PeerSpec, what: string): string {
  return peer.file.endsWith(".py") ? `not installed: ${what}` : "not installed: npm ci --prefix bench";
}

function explain(peer: PeerSpec, error: string): string {
  return peer.file.endsWith(".py") && error.includes("ENOENT")
    ? "no Python was found; name one with --python PATH"
    : error;
}

/** A peer that fails in any round is left out of the workload, with what it had done before. */
function leaveOut(table: Table, peer: string, workload: string, reason: string): void {
  const index = table.results.findIndex((result) => result.peer === peer && result.workload === workload);
  if (index >= 0) table.results.splice(index, 1);
  table.leftOut.push({ peer, workload, reason });
}

function note(table: Table, workload: Workload, peer: string, size: number, sample: Sample): void {
  const known = table.results.find((result) => result.peer === peer && result.workload === workload.name);
  if (known !== undefined) known.samples.push(sample);
  else table.results.push({ workload: workload.name, peer, size, samples: [sample] } satisfies Result);
}

/** As many operations as fit into the budget, found by trying ten times more each time. */
async function chooseSize(plan: Plan, worker: Worker, workload: Workload, peer: PeerSpec): Promise<number> {
  const limit = Math.min(workload.size, plan.sizeLimit);
  if (peer.full || limit <= 100) return limit;
  let each = 0;
  for (let size = 100; size <= limit; size *= 10) {
    const milliseconds = (await run(worker, workload, size)).thread / 1e6;
    each = milliseconds / size;
    if (milliseconds > plan.budget / 10) break;
  }
  return roundSize(plan.budget / each, limit);
}

async function warmUp(plan: Plan, worker: Worker, workload: Workload, size: number): Promise<void> {
  const tenth = Math.max(10, size / 10);
  for (let warm = 0; warm < plan.warmUp;) warm += (await run(worker, workload, tenth)).wall / 1e6;
}

/** One run, its checksum compared. */
export async function run(worker: Worker, workload: Workload, size: number, tasks?: number): Promise<Measured> {
  const { implementation, depth } = workload;
  const request: Request = { implementation, size, depth, tasks: tasks ?? tasksFor(workload, size) };
  const answer = await worker.run(request);
  if ("error" in answer) throw new Failed(answer.error);
  const expected = workload.checksum(size);
  if (answer.checksum === expected) return answer;
  throw new Failed(`its checksum is ${answer.checksum}, expected ${expected} (${size} operations)`);
}

function sampleOf(
  { thread, process, wall, heap, resident, lateness }: Measured,
  { unit }: Workload,
  size: number,
): Sample {
  return {
    thread: thread / size,
    process: process / size,
    wall: wall / size,
    ...(unit === "B" && heap !== undefined ? { heap: (heap[1]! - heap[0]!) / size } : {}),
    ...(unit === "B" && resident !== undefined ? { resident: (resident[1]! - resident[0]!) / size } : {}),
    ...(lateness === undefined ? {} : { lateness }),
  };
}
