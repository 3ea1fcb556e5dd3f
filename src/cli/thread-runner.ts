import { createRequire } from "node:module";
import { join } from "node:path";
import type * as PiscinaPackage from "piscina";
import type { Batch, BatchResult } from "./batch.ts";
import type { BatchRunner } from "./campaign.ts";
import { UsageError } from "./usage-error.ts";

/** Runs batches in threads, each of which loads the program for itself. */
export class ThreadRunner implements BatchRunner {
  readonly #file: string;
  readonly #pool: PiscinaPackage.Piscina;

  /** @throws {UsageError} Without piscina, a peer package that nothing else needs. */
  constructor(file: string, threads: number) {
    const { Piscina } = loadPiscina();
    this.#file = file;
    this.#pool = new Piscina({
      filename: new URL("explore-worker.js", import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
    });
  }

  async run(batch: Batch, signal: AbortSignal): Promise<BatchResult> {
    const task = { file: this.#file, batch };
    return (await this.#pool.run(task, { name: "exploreBatch", signal })) as BatchResult;
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** From where this is installed, or else from where it is called: npx installs elsewhere. */
function loadPiscina(): typeof PiscinaPackage {
  for (const place of [import.meta.url, join(process.cwd(), "_")]) {
    try {
      return createRequire(place)("piscina") as typeof PiscinaPackage;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new UsageError('--jobs needs the package "piscina", which is not installed: npm install --save-dev piscina');
}
