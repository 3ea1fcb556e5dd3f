import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchRecord, emptyRecord, readRecord } from "../record.ts";
import type { Churn } from "./churn.ts";

/** A run of `bench:io`. */
export interface IoRecord extends BenchRecord {
  table?: NonNullable<BenchRecord["table"]>;
  churn?: Churn;
}

const folder = fileURLToPath(new URL("../results/io", import.meta.url));

/** Where a run on this version of Node is recorded. */
export const IO_RECORD: string = join(folder, `node-${process.versions.node.split(".")[0]}.json`);

/** A record of nothing yet, on this machine. */
export function emptyIoRecord(): IoRecord {
  return emptyRecord();
}

/** The recorded run, that of the oldest version of Node; null when there is none. */
export function readIoRecord(): IoRecord | null {
  const [first] = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .toSorted();
  return first === undefined ? null : readRecord(join(folder, first));
}
