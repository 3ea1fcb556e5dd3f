import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const tsx = createRequire(import.meta.url).resolve("tsx");
const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

/** What a program prints in a process of its own, where lines are those of the file. */
export function runProgram(name: string, lines: readonly string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-inspect-")));
  try {
    const text = lines
      .join("\n")
      .replaceAll('"escapement"', source("index.ts"))
      .replaceAll('"escapement/inspect"', source("inspect/index.ts"));
    writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
    writeFileSync(join(folder, name), text);
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, join(folder, name)], {
      encoding: "utf8",
      timeout: 15_000,
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
