// Whether child processes and their pipes are gone.
import type { Coroutine, HostRunOptions } from "../../src/index.ts";
import { runAndLook } from "./run-io.ts";

/** Why the tests that start processes are skipped, for their names; they use `sh`, `cat`, `sleep`. */
export const noShell = process.platform === "win32" ? " (skipped on Windows: no sh)" : "";

const held = (): number => process.getActiveResourcesInfo().filter((kind) => /^(Process|Pipe)/.test(kind)).length;

/** Runs it in debug mode: what was reported, and whether the host still holds a process, which it has not reaped, or a pipe. */
export async function runAndReap(main: () => Coroutine<unknown>, options?: HostRunOptions): Promise<string[]> {
  const before = held();
  const { reports } = await runAndLook(main, options);
  for (let turn = 0; turn < 5000 && held() > before; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  return [...reports, ...(held() > before ? [`${held() - before} processes or pipes are left`] : [])];
}

/** A program that leaves nothing behind, and about which nothing is reported. */
export async function runAlone(main: () => Coroutine<unknown>, options?: HostRunOptions): Promise<void> {
  const wrong = await runAndReap(main, options);
  if (wrong.length > 0) throw new Error(wrong.join("; "));
}

/** Whether there is no such process any more, not even one that has ended and nobody has asked about. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
