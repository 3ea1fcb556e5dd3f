// A folder for the tests of a file, and what this process has open in it.
import { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-files-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let names = 0;

/** A path at which there is nothing yet. */
export function scratch(name = "scratch"): string {
  names += 1;
  return join(folder, `${names}-${name}`);
}

/** Whether this host tells which descriptors a process has. */
export const tellsDescriptors = existsSync("/proc/self/fd");

/** What is open at `path`, or below it. */
export function openAt(path: string): string[] {
  return readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      return []; // the one with which the folder itself was read
    }
  });
}

/** As openAt, once the host has done what it was still doing: threads are not stopped, and close when they have ended. */
export async function leftOpenAt(path: string): Promise<string[]> {
  for (let turn = 0; turn < 2000 && openAt(path).length > 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return openAt(path);
}
