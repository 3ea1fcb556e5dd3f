import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint, type Linter } from "eslint";
import { escapement } from "escapement/eslint";
import { afterAll, describe, expect, it } from "vitest";

// typescript-eslint needs TypeScript below 6, which cannot stand beside the project's own: it has a folder of its own.
const folder = new URL("typed/", import.meta.url);
const parser = load("@typescript-eslint/parser");
const root = fileURLToPath(new URL("../..", import.meta.url));

function load(name: string): Linter.Parser | undefined {
  try {
    return createRequire(folder)(name) as Linter.Parser;
  } catch (error) {
    // Where services are required, nothing is skipped: the test fails.
    if (process.env["ESCAPEMENT_REQUIRE_SERVICES"] === "1") throw error;
    return undefined;
  }
}

const PROGRAM = `import { createTask, Event, type Coroutine, sleep } from "escapement";
import { elsewhere, type Job } from "./elsewhere.ts";

function* noted() {
  yield* sleep(1);
}

export function* main(jobs: Job[], done: Event | null, either: () => Coroutine<void> | undefined): Coroutine<void> {
  elsewhere(1);
  jobs[0]!.start();
  done?.wait();
  either();
  noted();
  createTask(elsewhere(1));
  jobs[0]!.task();
  jobs.map((job) => job.start());
  jobs[0]!.stop();
  yield* elsewhere(1);
}

export async function native(): Promise<void> {
  await elsewhere(1);
}
`;

const ELSEWHERE = `import { coroutine, type Awaitable, type Coroutine, type Task } from "escapement";
export const elsewhere = coroutine(function* (n: number): Coroutine<number> {
  return n;
});
export interface Job {
  start(): Awaitable<void>;
  stop(): void;
  task(): Task<void>;
}
`;

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "escapement-eslint-")));
afterAll(() => rmSync(temporary, { recursive: true }));

describe("no-floating-coroutine, with types", () => {
  const title = "knows what comes from other files, and tells a coroutine from a task";
  const skipped = " (skipped: not installed: npm ci --prefix tests/eslint/typed)";
  it.skipIf(parser === undefined)(parser === undefined ? title + skipped : title, { timeout: 120_000 }, async () => {
    writeFileSync(join(temporary, "program.ts"), PROGRAM);
    writeFileSync(join(temporary, "elsewhere.ts"), ELSEWHERE);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2023",
      module: "nodenext",
      lib: ["es2023", "esnext.disposable"],
      types: [],
      allowImportingTsExtensions: true,
      paths: { escapement: [join(root, "src/index.ts")] },
    };
    writeFileSync(join(temporary, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
    const eslint = new ESLint({
      cwd: temporary,
      overrideConfigFile: true,
      overrideConfig: [
        escapement.configs.recommended,
        {
          files: ["**/*.ts"],
          languageOptions: { parser: parser!, parserOptions: { project: true, tsconfigRootDir: temporary } },
        },
      ],
    });
    const [result] = await eslint.lintFiles(["program.ts"]);
    const lines = PROGRAM.split("\n");
    expect(result!.messages.map(({ line, messageId }) => `${messageId}: ${lines[line - 1]!.trim()}`)).toEqual([
      "floating: elsewhere(1);",
      "floating: jobs[0]!.start();",
      "floating: done?.wait();",
      "floating: either();",
      "floating: noted();",
      "awaited: await elsewhere(1);",
    ]);
  });
});
