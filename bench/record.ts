import { cpus, release, totalmem, type } from "node:os";
import { readFileSync, writeFileSync } from "node:fs";
import { UsageError } from "./usage-error.ts";

/** One round of one workload on one peer. Times in nanoseconds for each operation. */
export interface Sample {
  readonly thread: number;
  readonly process: number;
  readonly wall: number;
  /** Bytes for each operation. */
  readonly heap?: number;
  /** Bytes for each operation by which the process grew: noisier, but with all that is outside of the heap. */
  readonly resident?: number;
  /** Milliseconds. */
  readonly lateness?: { readonly p50: number; readonly p99: number };
}

/** A workload on a peer. */
export interface Result {
  readonly workload: string;
  readonly peer: string;
  readonly size: number;
  readonly samples: Sample[];
}

/** What was not measured, or not to the end, and why. Without a workload: none of them. */
export interface LeftOut {
  readonly peer: string;
  readonly workload: string | null;
  readonly reason: string;
}

/** What was asked, of whom, and what came of it. */
export interface Table {
  readonly runs: number;
  /** The peer that the others are compared with. */
  readonly base: string;
  readonly peers: { readonly name: string; readonly version: string }[];
  readonly results: Result[];
  readonly leftOut: LeftOut[];
}

/** Cost of one operation among so many tasks, or timers; every run's. */
export interface ScalingPoint {
  readonly peer: string;
  readonly what: "tasks" | "timers";
  readonly count: number;
  readonly nanoseconds: readonly number[];
}

/** A long run; the heap in bytes, at even distances. */
export interface Soak {
  readonly switches: number;
  readonly nanoseconds: number;
  readonly heap: readonly number[];
}

/** What one operation allocates: bytes in all, and by whom. */
export interface Allocation {
  readonly operation: string;
  readonly bytes: number;
  readonly sites: readonly { readonly where: string; readonly bytes: number }[];
}

/** A run of the harness, for machines; and all that docs/performance.md is made of. */
export interface BenchRecord {
  readonly format: 1;
  readonly date: string;
  readonly node: string;
  readonly v8: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly os: string; readonly memory: string };
  readonly table?: Table;
  readonly host?: Table;
  readonly hooks?: Table & { readonly stripped: number };
  readonly scaling?: readonly ScalingPoint[];
  readonly soak?: Soak;
  readonly allocations?: readonly Allocation[];
}

/** A record of nothing yet, on this machine. */
export function emptyRecord(): BenchRecord {
  const cores = cpus();
  return {
    format: 1,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    v8: process.versions.v8,
    machine: {
      cpu: cores[0]?.model.trim() ?? "unknown",
      cores: cores.length,
      os: `${type()} ${release()}`,
      memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    },
  };
}

/** @throws {UsageError} When the file is not there, or no record. */
export function readRecord(file: string): BenchRecord {
  let record: Partial<BenchRecord> | null;
  try {
    record = JSON.parse(readFileSync(file, "utf8")) as Partial<BenchRecord> | null;
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a record: ${(error as Error).message}`);
  }
  if (record?.format !== 1) throw new UsageError(`${file} is no record of this harness: expected "format": 1.`);
  return record as BenchRecord;
}

/** `-` is standard output. */
export function writeRecord(file: string, record: BenchRecord): void {
  const text = `${JSON.stringify(record, compact, 2)}\n`;
  if (file === "-") process.stdout.write(text);
  else writeFileSync(file, text);
}

// Four digits are more than anything here is good for.
function compact(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
