import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Coroutine, run, runSync } from "escapement";
import { afterEach, describe, expect, it, vi } from "vitest";
import { mysql, postgres, titled } from "./io/services.ts";
import { python } from "./python.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "examples");
const tsx = createRequire(import.meta.url).resolve("tsx");

const names = readdirSync(folder)
  .filter((file) => /^\d\d-.*\.ts$/.test(file))
  .map((file) => file.replace(/\.ts$/, ""))
  .toSorted();
const twins = names.filter((name) => existsSync(join(folder, `${name}.py`)));
// Those that say so need the host: they run in real time only.
const needsHost = (name: string): boolean => read(`${name}.ts`).includes("export const needsHost = true");
// Those that say so simulate by themselves.
const simulates = (name: string): boolean => read(`${name}.ts`).includes("export const simulates = true");
const read = (file: string): string => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
const linesOf = (text: string): string[] => text.trimEnd().split(/\r?\n/);

/** What a twin says it needs, Python's packages and perhaps a PostgreSQL, and is not here, for its title. */
function lackedBy(name: string): string {
  const needed = /^# Needs: (.+)$/m.exec(read(`${name}.py`))?.[1]?.split(", ") ?? [];
  const lacking = needed.filter((one) => (one === "PostgreSQL" ? postgres.missing !== undefined : !canImport(one)));
  return lacking.length === 0 ? "" : ` (skipped: Python has no ${lacking.join(", ")} here)`;
}

function canImport(name: string): boolean {
  return python !== undefined && spawnSync(python, ["-c", `import ${name}`], { stdio: "ignore" }).status === 0;
}

async function printedBy(name: string): Promise<string[]> {
  const program = (await import(/* @vite-ignore */ join(folder, `${name}.ts`))) as {
    default: () => Coroutine<unknown>;
  };
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void printed.push(values.join(" ")));
  if (simulates(name)) program.default();
  else if (needsHost(name)) await run(program.default);
  else runSync(program.default);
  return printed;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the examples", () => {
  it("are there", () => {
    expect(names).toEqual(
      expect.arrayContaining([
        "01-hello",
        "02-gather",
        "03-cancel",
        "04-timeout",
        "05-crawler",
        "06-database",
        "07-files",
        "08-work-queue",
        "09-websocket",
        "10-chat",
        "11-replicated-store",
      ]),
    );
  });

  it.each(names)("%s opens with what it covers and its scenario", (name) => {
    expect(read(`${name}.ts`)).toMatch(/^\/\/ Covers: .+\n(\/\/ .+\n)*\/\/ Scenario: /);
  });

  // The first that needs the embedded database waits until it has started.
  const PATIENTLY = { timeout: 60_000 };

  it.each(names)("%s prints what is in its .out, in virtual time where it can", PATIENTLY, async (name) => {
    expect(await printedBy(name)).toEqual(linesOf(read(`${name}.out`)));
  });

  it.for([
    [titled("PostgreSQL", postgres), postgres],
    [titled("MariaDB", mysql), mysql],
  ] as const)("06-database prints the same with %s", async ([, service], { skip }) => {
    skip(service.missing !== undefined);
    vi.stubEnv("DATABASE_URL", service.url);
    expect(await printedBy("06-database")).toEqual(linesOf(read("06-database.out")));
  });
});

describe(`their Python twins${python === undefined ? " (skipped: no python3 of version 3.11 or later here)" : ""}`, () => {
  it.for(twins.map((name) => [`${name}.py`, lackedBy(name), name] as const))(
    "%s prints the same%s",
    ([, lacking, name], { skip }) => {
      skip(python === undefined || lacking !== "");
      const { status, stdout, stderr } = spawnSync(python!, [join(folder, `${name}.py`)], {
        encoding: "utf8",
        env: { ...process.env, PYTHONIOENCODING: "utf-8", DATABASE_URL: postgres.url },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(linesOf(stdout)).toEqual(linesOf(read(`${name}.out`)));
    },
  );
});

describe("the tour", () => {
  it("runs every example, in both times where it can, and ends with the table", { timeout: 60_000 }, () => {
    const ended = spawnSync(process.execPath, ["--import", tsx, "examples/tour.ts"], { cwd: root, encoding: "utf8" });
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: "" });
    const lines = linesOf(ended.stdout);

    for (const name of names) {
      const printed = linesOf(read(`${name}.out`));
      if (simulates(name)) {
        expect(section(lines, `${name}, simulated`)).toEqual(printed);
        continue;
      }
      if (needsHost(name)) expect(lines).not.toContain(`${name}, in virtual time`);
      else expect(withoutClock(section(lines, `${name}, in virtual time`))).toEqual(printed);
      expect(withoutClock(section(lines, `${name}, in real time`))).toEqual(printed);
    }
    expect(section(lines, "01-hello, in virtual time")).toEqual(["      0 ms  Hello ...", "   1000 ms  ... World!"]);

    const head = lines.findIndex((line) => line.startsWith("example "));
    expect(lines[head]!.split(/ {2,}/)).toEqual(["example", "simulated time", "real time", "iterations", "tasks"]);
    const rows = lines.slice(head + 2, head + 2 + names.length).map((line) => line.split(/ {2,}/));
    expect(rows.map(([name]) => name)).toEqual(names);
    expect(rows.find(([name]) => name === "07-files")?.[1]).toBe("-");
    expect(rows.find(([name]) => name === "01-hello")).toEqual([
      "01-hello",
      "1000 ms",
      expect.stringMatching(/^~\d+ ms$/),
      "4",
      "1",
    ]);
  });
});

/** The lines below `heading`, up to the next empty one. */
function section(lines: readonly string[], heading: string): string[] {
  const start = lines.indexOf(heading) + 1;
  return lines.slice(start, lines.indexOf("", start));
}

const withoutClock = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/^ *~?\d+ ms {2}/, ""));
