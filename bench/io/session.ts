import { join } from "node:path";
import { postgres } from "../../tests/io/services.ts";
import { type Build, build } from "../build.ts";
import { type Plan, emptyTable, measure } from "../measure.ts";
import { Progress } from "../progress.ts";
import { roundSize } from "../statistics.ts";
import type { PeerSpec } from "../worker.ts";
import type { Workload } from "../workloads.ts";
import { churn } from "./churn.ts";
import { mostConnections } from "./file-limit.ts";
import type { IoRecord } from "./io-record.ts";
import type { IoOptions } from "./options.ts";

// Who is compared; the first is what the others are compared with.
const PEERS = ["bare", "async", "escapement"] as const;

// Milliseconds: HTTP's own code takes that long until all of it is compiled.
const WARM_UP = 1000;
const SMOKE_SIZE = 100;

/** One run of the harness: what is measured stands in `record` as soon as it is. */
export class IoSession {
  readonly #options: IoOptions;
  readonly #record: IoRecord;
  readonly #interrupted: AbortSignal;
  readonly #build: Build;
  readonly #progress = new Progress(process.stderr);

  constructor(options: IoOptions, record: IoRecord, interrupted: AbortSignal) {
    this.#options = options;
    this.#record = record;
    this.#interrupted = interrupted;
    this.#build = build();
  }

  /** Measures what was asked for: the table, then the churn. */
  async run(): Promise<void> {
    if (this.#options.workloads.length > 0) await this.#measure();
    if (this.#options.churn !== null && !this.#interrupted.aborted) await this.#churn(this.#options.churn);
  }

  async #measure(): Promise<void> {
    const plan = this.#plan();
    this.#record.table = emptyTable(plan);
    this.#progress.begin(plan);
    await measure(plan, this.#record.table);
  }

  #plan(): Plan {
    const { smoke, runs, workloads } = this.#options;
    return {
      workloads: workloads.map(withinLimits),
      peers: PEERS.map((name) => this.#peer(name)),
      base: "bare",
      rounds: smoke ? 1 : runs,
      // Nobody is slow.
      budget: Infinity,
      warmUp: smoke ? 0 : WARM_UP,
      fresh: !smoke,
      sizeLimit: smoke ? SMOKE_SIZE : Infinity,
      workers: {
        child: join(this.#build.bench, "child.js"),
        python: "",
        patience: 120_000,
        signal: this.#interrupted,
      },
      progress: this.#progress,
    };
  }

  #peer(name: string): PeerSpec {
    const { bench, dist, version } = this.#build;
    return {
      name,
      file: join(bench, "io", "peers", `${name}.js`),
      options: { dist, version, postgres },
      full: true,
    };
  }

  async #churn(duration: number): Promise<void> {
    this.#record.churn = await churn({
      build: this.#build,
      duration,
      seed: this.#options.seed,
      signal: this.#interrupted,
      say: (text) => this.#progress.say(text),
    });
  }

  /** Takes the progress from the screen. */
  end(): void {
    this.#progress.end();
  }
}

/** As many connections as the system lets a process have. */
function withinLimits(workload: Workload): Workload {
  if (workload.unit !== "B" || mostConnections() >= workload.size) return workload;
  return { ...workload, size: roundSize(mostConnections(), workload.size) };
}
