import { join } from "node:path";
import { measureAllocations } from "./allocations.ts";
import { type Build, build, buildWithoutHooks } from "./build.ts";
import { type Plan, emptyTable, measure } from "./measure.ts";
import type { Options } from "./options.ts";
import { choosePeers, escapementAt, peerNamed } from "./peers.ts";
import { Progress } from "./progress.ts";
import { findPython } from "./python.ts";
import { type BenchRecord, type ScalingPoint, type Table, emptyRecord } from "./record.ts";
import { figure } from "./report.ts";
import { FULL, TINY, measureScaling, measureSoak } from "./scaling.ts";
import type { PeerSpec } from "./worker.ts";

// Milliseconds: what a round of a slow peer may take, and how long each warms up.
const BUDGET = 250;
const WARM_UP = 200;
const SMOKE_SIZE = 100;
const SOAK = 100_000_000;
const SMOKE_SOAK = 100_000;
const SCALING_RUNS = 3;
const ALLOCATIONS = 20_000;
const SMOKE_ALLOCATIONS = 500;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One run of the harness: what is measured stands in `record` as soon as it is. */
export class Session {
  readonly record: Mutable<BenchRecord> = emptyRecord();
  readonly #options: Options;
  readonly #build: Build;
  readonly #progress: Progress;
  readonly #plan: Plan;
  readonly #interrupted: AbortSignal;

  constructor(options: Options, interrupted: AbortSignal) {
    this.#options = options;
    this.#interrupted = interrupted;
    this.#build = build();
    this.#progress = new Progress(process.stderr);
    const peers = choosePeers(options, this.#build);
    this.#plan = {
      workloads: options.workloads,
      peers,
      base: peers.some(({ name }) => name === "native") ? "native" : (peers[0]?.name ?? ""),
      rounds: options.smoke ? 1 : options.runs,
      budget: BUDGET,
      warmUp: options.smoke ? 0 : WARM_UP,
      fresh: !options.smoke,
      sizeLimit: options.smoke ? SMOKE_SIZE : Infinity,
      workers: {
        child: join(this.#build.bench, "child.js"),
        python: findPython(options.python),
        patience: 120_000,
        signal: interrupted,
      },
      progress: this.#progress,
    };
  }

  /** Measures what was asked for, the table first. */
  async run(): Promise<void> {
    const { scaling, soak, embedding, allocations, record } = this.#options;
    if (record || !(scaling || soak || embedding || allocations)) {
      await this.#measure(this.#plan, (table) => (this.record.table = table));
    }
    if (embedding || record) await this.#embedding();
    if (scaling || record) await this.#scaling();
    if (soak || record) await this.#soak();
    if (allocations || record) await this.#allocations();
  }

  async #measure(plan: Plan, keep: (table: Table) => void): Promise<void> {
    const table = emptyTable(plan);
    keep(table);
    this.#progress.begin(plan);
    await measure(plan, table);
  }

  // W1 to W5, each beside the same without what is asked about.
  async #embedding(): Promise<void> {
    const workloads = this.#options.workloads.filter(({ id }) => /^W[1-5][a-d]?$/.test(id));
    const own = peerNamed("escapement", this.#build);
    const host: PeerSpec = { ...own, name: "run()", options: { ...own.options, driver: "host" } };
    const { dist, stripped } = buildWithoutHooks(this.#build);
    const bare = { ...escapementAt("", { dist, version: own.options.version ?? "" }, this.#build), name: "without" };
    const plan = { ...this.#plan, workloads };
    await this.#measure({ ...plan, peers: [{ ...own, name: "runSync()" }, host], base: "runSync()" }, (table) => {
      this.record.host = table;
    });
    await this.#measure({ ...plan, peers: [bare, { ...own, name: "with hooks" }], base: "without" }, (table) => {
      this.record.hooks = { ...table, stripped };
    });
  }

  async #scaling(): Promise<void> {
    const peers = ["escapement", "native"].map((name) => peerNamed(name, this.#build));
    const points: ScalingPoint[] = [];
    this.record.scaling = points;
    const say = (text: string): void => this.#progress.say(`scaling  ${text}`);
    const extent = this.#options.smoke ? TINY : FULL;
    await measureScaling(points, { peers, runs: SCALING_RUNS, extent, workers: this.#plan.workers, say });
  }

  async #soak(): Promise<void> {
    const switches = this.#options.smoke ? SMOKE_SOAK : SOAK;
    this.#progress.say(`soak  ${figure(switches)} switches`);
    this.record.soak = await measureSoak(peerNamed("escapement", this.#build), switches, this.#plan.workers);
  }

  async #allocations(): Promise<void> {
    this.#progress.say("allocations");
    const times = this.#options.smoke ? SMOKE_ALLOCATIONS : ALLOCATIONS;
    this.record.allocations = await measureAllocations(this.#build, times, this.#interrupted);
  }

  /** Takes the progress from the screen. */
  end(): void {
    this.#progress.end();
  }
}
