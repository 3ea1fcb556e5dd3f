import { ValueError } from "../../loop/errors.ts";
import { checkMilliseconds } from "../../loop/milliseconds.ts";
import { checkProbability } from "../random.ts";

/** How well a simulated disk works. Probabilities are from 0 to 1. */
export interface DiskOptions {
  /** How long a call takes, in milliseconds: `min` at least, `mean` on average. Default 1 and 1: every call as long. */
  latency?: { readonly min: number; readonly mean: number };
  /** How many bytes it holds; then writes fail with ENOSPC. Default: any number. */
  capacity?: number;
  /** How likely a read fails with EIO. Default 0. */
  readFault?: number;
  /** How likely a write fails with EIO, and writes nothing. Default 0. */
  writeFault?: number;
  /**
   * How likely a sync fails with EIO. As on Linux, what it should have written is then taken for written: no later sync
   * tries again. Default 0.
   */
  syncFault?: number;
  /** How likely, at a crash, the first write that is lost leaves its first sectors behind. Default 0.5. */
  tornWrites?: number;
  /** In bytes: a write within one is whole or not at all. Default 512. */
  sector?: number;
}

/** All said. @internal */
export interface DiskSettings extends Required<DiskOptions> {}

/** @internal */
export const DEFAULT_DISK: DiskSettings = {
  latency: { min: 1, mean: 1 },
  capacity: Infinity,
  readFault: 0,
  writeFault: 0,
  syncFault: 0,
  tornWrites: 0.5,
  sector: 512,
};

/** @internal @throws {TypeError} @throws {ValueError} When one of them cannot be meant. */
export function diskSettings(who: string, options: DiskOptions, base: DiskSettings): DiskSettings {
  const settings = { ...base, ...options };
  for (const name of ["readFault", "writeFault", "syncFault", "tornWrites"] as const) {
    checkProbability(`${who}: ${name}`, settings[name]);
  }
  const { latency, capacity, sector } = settings;
  checkMilliseconds(who, "latency.min", latency.min);
  checkMilliseconds(who, "latency.mean", latency.mean);
  if (!(latency.min >= 0 && latency.mean >= latency.min && latency.mean < Infinity)) {
    throw new ValueError(`${who}: latency has 0 <= min <= mean, not min ${latency.min} and mean ${latency.mean}.`);
  }
  if (typeof capacity !== "number" || !(capacity >= 0)) {
    throw new ValueError(`${who}: capacity is a number of bytes, not ${String(capacity)}.`);
  }
  if (!Number.isSafeInteger(sector) || sector < 1) {
    throw new ValueError(`${who}: sector is a whole number of bytes from 1 on, not ${String(sector)}.`);
  }
  return settings;
}
