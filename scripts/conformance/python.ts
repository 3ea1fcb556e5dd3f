import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Command } from "./side.ts";

const CANDIDATES = ["python3.13", "python3.14", "python3", "python"];
const NEEDED = [3, 13] as const;

export interface Python {
  readonly file: string;
  readonly version: string;
}

/** The first Python that runs and is new enough, or what was found instead. */
export function findPython(named: string | undefined): Python | { readonly found: readonly string[] } {
  const found: string[] = [];
  for (const file of named === undefined ? CANDIDATES : [named]) {
    const version = versionOf(file);
    if (version === null) found.push(`${file}: does not run`);
    else if (!isNewEnough(version)) found.push(`${file}: ${version}, too old`);
    else return { file, version };
  }
  return { found };
}

function versionOf(file: string): string | null {
  const { status, stdout } = spawnSync(file, ["-c", "import sys; print(sys.version.split()[0])"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

export function oracle(python: Python): Command {
  return { file: python.file, args: ["-X", "utf8", fileURLToPath(new URL("oracle.py", import.meta.url))] };
}
