import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeViewer } from "../../scripts/viewer/build.ts";
import { dataIn } from "../inspect/page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = `import { sleep } from "escapement";
interface Erased { a: number; b: string }
export default function* main() {
  console.log("runs");
  yield* sleep(1);
  if (process.env["FAIL"]) throw new Error("fails");
}
`;

// Three tasks add three each, and lose some: with a failure that is rare.
const adding = `import { type Coroutine, gather } from "escapement";
import { sometimes } from "escapement/sim";
export default function* main(): Coroutine<number> {
  let counter = 0;
  function* add(): Coroutine<void> {
    for (let i = 0; i < 3; i += 1) {
      const before: number = counter;
      yield;
      counter = before + 1;
    }
  }
  yield* gather([add(), add(), add()]);
  console.log("never to be seen");
  sometimes(counter === 3, "six are lost");
  if (counter > 7) throw new Error(\`\${counter} are left\`);
  return counter;
}
`;

// The package as it would be installed, and beside it two projects: one has tsx and piscina, the other nothing.
let folder = "";
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-built-")));
  const installed = join(folder, "escapement");
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const build = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", join(installed, "dist")], {
    cwd: root,
    encoding: "utf8",
  });
  expect(build.stdout).toBe("");
  // They import the package by its name, whose types are only there when it is built in place.
  const lessons = ["-p", "tsconfig.lessons.json", "--noCheck", "--outDir", join(installed, "dist/examples")];
  expect(spawnSync(process.execPath, [tsc, ...lessons], { cwd: root, encoding: "utf8" }).stdout).toBe("");
  await writeViewer(join(installed, "dist/inspect"));
  cpSync(join(root, "package.json"), join(installed, "package.json"));
  cpSync(join(root, "src"), join(installed, "src"), { recursive: true });
  for (const project of ["with-tsx", "bare"]) {
    mkdirSync(join(folder, project, "node_modules"), { recursive: true });
    writeFileSync(join(folder, project, "program.ts"), program);
    writeFileSync(join(folder, project, "adding.ts"), adding);
    writeFileSync(join(folder, project, "program.mjs"), program.replace(/^interface.*$/m, ""));
  }
  for (const name of ["tsx", "piscina"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "with-tsx/node_modules", name), "junction");
  }
}, 120_000);
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

  it("teaches its lessons in a project that has nothing", () => {
    const { code, stdout, stderr } = escapement("bare", ["learn", "streams"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("LESSON 15-streams. Streams: what a socket does to a task");
  });

  it("makes a page of a run in a project that has nothing", () => {
    const { code, stderr } = escapement("bare", ["run", "program.mjs", "--virtual", "--view"]);
    const { runs } = dataIn(readFileSync(join(folder, "bare/program.html"), "utf8"));
    expect([code, stderr]).toEqual([0, `Recorded ${runs[0]!.trace.events.length} events in program.html.\n`]);
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

  it("is a plug-in for oxlint", () => {
    const config = {
      jsPlugins: [join(folder, "escapement/dist/eslint/index.js")],
      categories: { correctness: "off" },
      rules: { "escapement/no-floating-coroutine": "error" },
    };
    writeFileSync(join(folder, "oxlint.json"), JSON.stringify(config));
    writeFileSync(join(folder, "bare/floats.ts"), `import { sleep } from "escapement";\nsleep(1 satisfies number);\n`);
    const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
    const args = [oxlint, "--config", "oxlint.json", "--format", "json", "bare/floats.ts"];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; message: string }[] };
    expect(diagnostics.map(({ code, message }) => [code, message.slice(0, 46)])).toEqual([
      ["escapement(no-floating-coroutine)", "`sleep(1 satisfies number)` makes a coroutine "],
    ]);
  });

  it("knows its version", () => {
    expect(escapement("bare", ["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
  });

  it("finds the same in 1, 2 and 4 threads", { timeout: 120_000 }, () => {
    const explore = (jobs: number, stopAfter: string) => {
      const options = ["--jobs", String(jobs), "--stop-after", stopAfter, "--schedules", "2500"];
      const { code, stdout, stderr } = escapement("with-tsx", ["explore", "adding.ts", ...options]);
      return { code, stdout, stderr: stderr.replace(/[\d,]+\/s/, "…/s") };
    };
    for (const stopAfter of ["3", "1000000"]) {
      const alone = explore(1, stopAfter);
      expect(alone.code).toBe(1);
      expect(alone.stderr).toMatch(/^[\d,]+ schedules, …\/s, \d+ failures, \d+ distinct outcomes\n$/);
      expect(alone.stdout).toMatch(
        /are left — found by schedule \d+ of \d+[^]*npx escapement replay adding\.ts [\w-]+\n/,
      );
      expect(explore(2, stopAfter)).toEqual(alone);
      expect(explore(4, stopAfter)).toEqual(alone);
    }
  });

  it("ends in a thread as it does without, when the program cannot be loaded there", { timeout: 120_000 }, () => {
    writeFileSync(
      join(folder, "with-tsx/picky.mjs"),
      `import { isMainThread } from "node:worker_threads";
if (!isMainThread) throw new Error("not in a thread");
export default function* main() {}
`,
    );
    const options = ["--jobs", "2", "--schedules", "2500", "--strategy", "random"];
    const { code, stdout, stderr } = escapement("with-tsx", ["explore", "picky.mjs", ...options]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("Error: not in a thread");
  });

  it("says what to install for --jobs in a project that has nothing", () => {
    const { code, stdout, stderr } = escapement("bare", [
      "explore",
      "program.mjs",
      "--jobs",
      "2",
      "--schedules",
      "2500",
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(
      '--jobs needs the package "piscina", which is not installed: npm install --save-dev piscina',
    );
  });
});
