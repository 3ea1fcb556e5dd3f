import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "escapement-bare-"));

/** Runs a program beside a copy of the sources, where no package is installed. */
async function run(program: string): Promise<string> {
  const path = join(folder, "program.mts");
  writeFileSync(path, program);
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", path], { cwd: root });
  return stdout;
}

describe("a package that is not installed", () => {
  beforeAll(() => cpSync(join(root, "src"), join(folder, "src"), { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is named at the call, with the command that installs it", async () => {
    const stdout = await run(`
      import { run } from "./src/index.ts";
      import * as postgres from "./src/io/postgres.ts";
      import * as mysql from "./src/io/mysql.ts";
      import * as websocket from "./src/io/websocket.ts";
      const databases = [postgres.connect, postgres.createPool, mysql.connect, mysql.createPool];
      await run(function* () {
        for (const attempt of [
          ...databases.map((connect) => connect({ host: "127.0.0.1", user: "me" })),
          websocket.connect("ws://127.0.0.1:1"),
          websocket.serve(function* () {}, "127.0.0.1", 0),
        ]) {
          try {
            yield* attempt;
          } catch (error) {
            console.log(String(error), error instanceof postgres.MissingPackageError, error.packageName);
          }
        }
      });`);
    const line = (entry: string, name: string): string =>
      `MissingPackageError: ${entry} needs the package "${name}", which is not installed: npm install ${name} true ${name}\n`;
    const [pg, mysql2] = [line("escapement/postgres", "pg"), line("escapement/mysql", "mysql2")];
    const ws = line("escapement/websocket", "ws");
    expect(stdout).toBe(pg + pg + mysql2 + mysql2 + ws + ws);
  });

  it("that is there, and lacks one of its own, is not called missing", async () => {
    const stdout = await run(`
      import { mkdirSync, writeFileSync } from "node:fs";
      mkdirSync(${JSON.stringify(join(folder, "node_modules/broken"))}, { recursive: true });
      writeFileSync(${JSON.stringify(join(folder, "node_modules/broken/index.js"))}, "require('absent')");
      const { loadPeer } = await import("./src/io/peer-package.ts");
      try {
        loadPeer("escapement/broken", "broken");
      } catch (error) {
        console.log(error.name, error.message.split("\\n")[0]);
      }`);
    expect(stdout).toBe("Error Cannot find module 'absent'\n");
  });
});
