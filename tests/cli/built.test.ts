import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = `import { sleep } from "escapement";
interface Erased { a: number; b: string }
export default function* main() {
  console.log("runs");
  yield* sleep(1);
  if (process.env["FAIL"]) throw new Error("fails");
}
`;

// The package as it would be installed, and beside it two projects: one has tsx, the other nothing.
let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-built-")));
  const installed = join(folder, "escapement");
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const build = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", join(installed, "dist")], {
    cwd: root,
    encoding: "utf8",
  });
  expect(build.stdout).toBe("");
  cpSync(join(root, "package.json"), join(installed, "package.json"));
  cpSync(join(root, "src"), join(installed, "src"), { recursive: true });
  for (const project of ["with-tsx", "bare"]) {
    mkdirSync(join(folder, project, "node_modules"), { recursive: true });
    writeFileSync(join(folder, project, "program.ts"), program);
    writeFileSync(join(folder, project, "program.mjs"), program.replace(/^interface.*$/m, ""));
  }
  symlinkSync(join(root, "node_modules/tsx"), join(folder, "with-tsx/node_modules/tsx"), "junction");
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function escapement(project: string, args: string[], env: Record<string, string> = {}) {
  const main = join(folder, "escapement/dist/cli/main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: join(folder, project),
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { code: status, stdout, stderr };
}

describe("the built escapement", () => {
  it.each(["program.ts", "program.mjs"])("runs %s in a project that has tsx", (file) => {
    for (const options of [[], ["--virtual"]]) {
      expect(escapement("with-tsx", ["run", file, ...options])).toEqual({ code: 0, stdout: "runs\n", stderr: "" });
    }
  });

  it("runs JavaScript in a project that has nothing", () => {
    expect(escapement("bare", ["run", "program.mjs"])).toEqual({ code: 0, stdout: "runs\n", stderr: "" });
  });

  it("ends an error with the program's own line", () => {
    const { code, stderr } = escapement("with-tsx", ["run", "program.ts"], { FAIL: "1" });
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^at program\.ts:6:\d+$/);
  });

  // Newer Nodes strip the types themselves.
  const strips = Boolean((process.features as { typescript?: unknown }).typescript);
  it.skipIf(strips)("says what to install for TypeScript in a project that has nothing", () => {
    const { code, stdout, stderr } = escapement("bare", ["run", "program.ts"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`tsx was not found from ${join(folder, "bare")}. Install it: npm install --save-dev tsx`);
  });

  it("knows its version", () => {
    expect(escapement("bare", ["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
  });
});
