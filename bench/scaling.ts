import { run } from "./measure.ts";
import type { ScalingPoint, Soak } from "./record.ts";
import { Worker, type PeerSpec, type WorkerOptions } from "./worker.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

/** Among how many, and at least how many operations lie between the two runs whose difference is measured. */
export interface Extent {
  readonly counts: readonly number[];
  readonly tasks: number;
  readonly timers: number;
}

/** As it is recorded; and as tiny as it can be. */
export const FULL: Extent = {
  counts: [10, 100, 1_000, 10_000, 100_000, 1_000_000],
  tasks: 2_000_000,
  timers: 200_000,
};
export const TINY: Extent = { counts: [10, 100], tasks: 1_000, timers: 1_000 };

const WORKLOAD = { tasks: "switch", timers: "sleepers" };

/** How the scaling is measured. */
export interface ScalingPlan {
  readonly peers: readonly PeerSpec[];
  readonly runs: number;
  readonly extent: Extent;
  readonly workers: WorkerOptions;
  readonly say: (text: string) => void;
}

/** Adds to `points` what an operation costs among ever more tasks and timers. */
export async function measureScaling(points: ScalingPoint[], plan: ScalingPlan): Promise<void> {
  for (const what of ["tasks", "timers"] as const) {
    const workload = WORKLOADS.find(({ name }) => name === WORKLOAD[what])!;
    for (const count of plan.extent.counts) {
      for (const peer of plan.peers) {
        if (plan.workers.signal.aborted) return;
        if (what === "timers" && peer.name === "native") continue;
        plan.say(`${peer.name}: ${count} ${what}`);
        points.push({
          peer: peer.name,
          what,
          count,
          nanoseconds: await slopes(peer, workload, count, plan.extent[what], plan),
        });
      }
    }
  }
}

/** Two runs that differ in nothing but how often each task has its turn: making and joining the tasks cancels out. */
async function slopes(
  peer: PeerSpec,
  workload: Workload,
  count: number,
  least: number,
  { runs, workers }: ScalingPlan,
): Promise<number[]> {
  const { worker } = await Worker.start(peer, workers);
  try {
    const more = Math.max(count, least);
    const found: number[] = [];
    await run(worker, workload, Math.max(count, least / 10), count);
    for (let i = 0; i < runs; i += 1) {
      const short = await run(worker, workload, more, count);
      const long = await run(worker, workload, 2 * more, count);
      found.push((long.thread - short.thread) / more);
    }
    return found;
  } finally {
    await worker.stop();
  }
}

/** A very long run of W1, the heap noted a hundred times. */
export async function measureSoak(peer: PeerSpec, switches: number, workers: WorkerOptions): Promise<Soak> {
  const soak: Workload = { ...WORKLOADS[0]!, implementation: "soak" };
  const { worker } = await Worker.start(peer, workers);
  try {
    const { heap = [], wall } = await run(worker, soak, switches, 1000);
    return { switches, nanoseconds: wall / switches, heap };
  } finally {
    await worker.stop();
  }
}
