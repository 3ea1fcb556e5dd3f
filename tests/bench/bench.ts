import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** How a run of the benchmark ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run bench -- …args`. `watch` sees the process, and what it has said on standard error so far. */
export function bench(args: readonly string[], watch?: (run: ChildProcess, stderr: string) => void): Promise<Ended> {
  return program("bench/main.ts", args, watch);
}

/** `npm run bench:io -- …args`. */
export function benchIo(args: readonly string[]): Promise<Ended> {
  return program("bench/io/main.ts", args);
}

function program(
  file: string,
  args: readonly string[],
  watch?: (run: ChildProcess, stderr: string) => void,
): Promise<Ended> {
  const run = spawn(process.execPath, ["--import", "tsx", file, ...args], { cwd: root });
  let [stdout, stderr] = ["", ""];
  run.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  run.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    watch?.(run, stderr);
  });
  return new Promise((resolve, reject) => {
    run.on("error", reject);
    run.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The path of a peer that misbehaves. */
export function fake(name: string): string {
  return fileURLToPath(new URL(`fakes/${name}.mjs`, import.meta.url));
}
