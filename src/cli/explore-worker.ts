import type { Program } from "../sim/index.ts";
import { type Batch, type BatchResult, runBatch } from "./batch.ts";
import { loadProgram } from "./load-program.ts";

// A thread is of one exploration, and so of one program.
let program: Promise<Program<unknown>> | undefined;

/** Explores one batch of the file's program, in this thread. */
export async function exploreBatch({ file, batch }: { file: string; batch: Batch }): Promise<BatchResult> {
  program ??= loadProgram(file);
  return runBatch(await program, batch);
}
