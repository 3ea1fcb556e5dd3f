// Where the same programs have their files: on this machine, and on a simulated disk.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Coroutine } from "../../src/index.ts";
import { fileSystem } from "../../src/io/file-system.ts";
import { mkdir, readFile, writeFile } from "../../src/io/files.ts";
import { SimDisk } from "../../src/sim/world/disk.ts";
import { runSimulated } from "./platforms.ts";
import { runClean } from "./run-io.ts";
import { scratch } from "./scratch.ts";

export interface FileHome {
  readonly name: string;
  /** Runs a program that leaves nothing behind, and about which nothing is reported: its result. */
  run<T>(main: () => Coroutine<T>): Promise<T>;
  /** A path at which there is nothing yet. */
  scratch(): string;
  /** Puts a file there, past the program. */
  put(path: string, content: string | Uint8Array): void;
  /** Makes a directory, past the program. */
  makeFolder(path: string): void;
  /** What a file has, past the program. */
  take(path: string): string;
}

/** Runs it in virtual time with that disk; what it throws comes out. */
export function runOn<T>(disk: SimDisk, main: () => Coroutine<T>): T {
  return runSimulated(function* () {
    fileSystem.set(disk);
    return yield* main();
  });
}

export const onThisMachine: FileHome = {
  name: "on this machine",
  run: runClean,
  scratch,
  put: writeFileSync,
  makeFolder: mkdirSync,
  take: (path) => readFileSync(path, "utf8"),
};

/** A home on a disk of its own. */
function simulatedHome(): FileHome {
  const disk = new SimDisk("home");
  let names = 0;
  return {
    name: "on a simulated disk",
    run: (main) => Promise.resolve().then(() => runOn(disk, main)),
    scratch() {
      names += 1;
      return `/tmp/${names}`;
    },
    put: (path, content) => runOn(disk, () => writeFile(path, content)),
    makeFolder: (path) => runOn(disk, () => mkdir(path)),
    take: (path) => runOn(disk, () => readFile(path, "utf8")),
  };
}

export const homes: readonly FileHome[] = [onThisMachine, simulatedHome()];
