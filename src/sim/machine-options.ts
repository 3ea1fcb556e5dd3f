import type { Instrument } from "../loop/instrument.ts";
import type { FenceMode } from "./fence/fence.ts";
import type { Tally } from "./sometimes.ts";
import type { DiskSettings } from "./world/disk-options.ts";
import type { LinkOptions } from "./world/options.ts";

/** What stays the same over the runs of one machine. @internal */
export interface MachineOptions {
  readonly maxSteps?: number;
  readonly start?: number;
  readonly fence?: FenceMode;
  readonly instruments?: readonly Instrument[];
  /** Says in errors what would cost too much over thousands of runs: where each task of a deadlock waits. */
  readonly explains?: boolean;
  /** Counts what `sometimes` says. */
  readonly tally?: Tally;
  /** Notes what each step touches. */
  readonly traced?: boolean;
  /** What links between hosts do unless they are told otherwise. */
  readonly network?: LinkOptions;
  /** How well the hosts' disks work unless they are told otherwise. */
  readonly disk?: DiskSettings;
}
