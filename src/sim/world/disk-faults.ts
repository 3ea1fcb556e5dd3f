import { activeMachine } from "../active.ts";
import type { Change } from "./disk-content.ts";
import { DiskError } from "./disk-error.ts";
import type { DiskSettings } from "./disk-options.ts";

// Of an exponential distribution, so many equally likely values: a choice that can be replayed and made smaller.
const LATENCIES = 16;

const CHANCES = { read: "readFault", write: "writeFault", sync: "syncFault" } as const;

/**
 * What goes wrong with a disk: each a question, whose answer 0 is that nothing does.
 *
 * @internal
 */
export class DiskFaults {
  readonly #name: string;
  settings: DiskSettings;

  constructor(name: string, settings: DiskSettings) {
    this.#name = name;
    this.settings = settings;
  }

  // Outside of a simulation nothing goes wrong.
  #choose(count: number, what: string, chance?: number): number {
    return activeMachine()?.ask("fault", count, `${this.#name}: ${what}`, chance) ?? 0;
  }

  #happens(what: string, chance: number): boolean {
    return chance > 0 && this.#choose(2, what, chance) === 1;
  }

  /** In milliseconds. */
  latency(): number {
    const { min, mean } = this.settings.latency;
    if (mean === min) return min;
    return min - (mean - min) * Math.log(1 - this.#choose(LATENCIES, "latency") / LATENCIES);
  }

  /** @throws {DiskError} EIO, when this is one of those times. */
  failNow(what: keyof typeof CHANCES, path: string): void {
    const syscall = what === "sync" ? "fsync" : what;
    if (this.#happens(`${what} of ${path} fails`, this.settings[CHANCES[what]])) {
      throw new DiskError("EIO", syscall, path);
    }
  }

  // ---- at a crash

  /** Whether a call that was under way still has its effect. */
  happensYet(): boolean {
    return this.#choose(2, "what was under way is done") === 1;
  }

  /** How many of `count` changes are left: the oldest. */
  kept(what: string, count: number): number {
    return count - this.#choose(count + 1, `${what}: unsynced changes lost`);
  }

  /** What is left of the first change that was lost: whole sectors from its beginning. */
  torn(path: string, lost: Change): Change | null {
    if (lost.kind === "resize") return null;
    const { sector, tornWrites } = this.settings;
    const first = sector - (lost.at % sector);
    const sectors = Math.ceil((lost.bytes.length - first) / sector);
    if (sectors < 1 || !this.#happens(`${path}: torn write`, tornWrites)) return null;
    const left = first + sector * this.#choose(sectors, `${path}: sectors written`);
    return { ...lost, bytes: lost.bytes.subarray(0, left) };
  }
}
