import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeViewer } from "../../scripts/viewer/build.ts";
import { dataIn } from "../inspect/page.ts";

const tsx = createRequire(import.meta.url).resolve("tsx");
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let folder = "";
beforeAll(async () => {
  await writeViewer("src/inspect");
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-view-")));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const program = (ms: number, ending: string) => `import { sleep } from "escapement";
export default function* main() {
  yield* sleep(${ms});
  ${ending}
}`;
  writeFileSync(join(folder, "slow.ts"), program(20, ""));
  writeFileSync(join(folder, "fast.ts"), program(10, ""));
  writeFileSync(join(folder, "failing.ts"), program(10, `throw new Error("oh no");`));
  for (const name of ["slow", "fast"]) escapement("run", "--virtual", `${name}.ts`, "--record", `${name}.trace.json`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

function escapement(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, main, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

const pageIn = (name: string) => dataIn(readFileSync(join(folder, name), "utf8"));
const kindsIn = (name: string) => pageIn(name).runs.map(({ trace }) => trace.events.at(-1)?.kind);

describe("escapement view", () => {
  it("makes a page of a trace, beside it", () => {
    const stderr = "Wrote slow.html: open it in a browser.\n";
    expect(escapement("view", "slow.trace.json")).toEqual({ code: 0, stdout: "", stderr });
    const { runs, problems } = pageIn("slow.html");
    expect(problems).toEqual([]);
    expect(runs.map(({ name }) => name)).toEqual(["slow.trace.json"]);
    expect(JSON.stringify(runs[0]!.trace)).toBe(
      JSON.stringify(JSON.parse(readFileSync(join(folder, "slow.trace.json"), "utf8"))),
    );
  });

  it("puts two runs into one page, called as one likes", () => {
    expect(escapement("view", "slow.trace.json", "fast.trace.json", "-o", "both.html").code).toBe(0);
    expect(pageIn("both.html").runs.map(({ name }) => name)).toEqual(["slow.trace.json", "fast.trace.json"]);
  });

  it("shows what it can of a trace that was cut short, and says so there, too", () => {
    const text = readFileSync(join(folder, "slow.trace.json"), "utf8");
    writeFileSync(join(folder, "short.json"), text.slice(0, text.length - 200));
    const { code, stderr } = escapement("view", "short.json");
    const { runs, problems } = pageIn("short.html");
    const problem = `short.json: The trace was cut short after ${runs[0]!.trace.events.length} events.`;
    expect([code, problems]).toEqual([0, [problem]]);
    expect(stderr).toBe(`escapement: ${problem}\nWrote short.html: open it in a browser.\n`);
  });

  it("leaves out events of kinds that it does not know, and says which", () => {
    const text = readFileSync(join(folder, "slow.trace.json"), "utf8");
    const strange = `"events":[\n{"kind":"tea.made","iteration":0,"time":0},`;
    writeFileSync(
      join(folder, "strange.json"),
      text.replace('"events":[', () => strange),
    );
    expect(escapement("view", "strange.json").code).toBe(0);
    expect(pageIn("strange.html").problems).toEqual([
      'strange.json: event 0: the kind "tea.made" is not known; it is left out.',
    ]);
    expect(kindsIn("strange.html")).toEqual(["ended"]);
  });

  it.each([
    [[], "view what? The trace file is missing."],
    [["a", "b", "c"], 'view takes one file or two, and found "c" after "b".'],
    [["gone.json"], "the trace cannot be read: ENOENT"],
    [["slow.ts"], "slow.ts: This is not JSON: "],
    [["package.json"], 'package.json: This is no trace: it has no "version".'],
    [["slow.trace.json", "-o", "gone/page.html"], "the page cannot be written: ENOENT"],
    [["--colour"], "Unknown option '--colour'"],
  ])("refuses %j", (args, message) => {
    const before = readdirSync(folder);
    const { code, stdout, stderr } = escapement("view", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`escapement: ${message}`);
    expect(readdirSync(folder)).toEqual(before);
  });

  it("refuses a trace of another version, and says of which", () => {
    writeFileSync(join(folder, "newer.json"), '{"version":2,"header":{},"sources":{},"events":[]}');
    const { code, stderr } = escapement("view", "newer.json");
    expect(code).toBe(2);
    expect(stderr).toContain("escapement: newer.json: The trace is of version 2; this reads version 1.");
  });
});

describe("escapement run --view", () => {
  it("leaves a page of the run, called after the program", () => {
    const { code, stderr } = escapement("run", "--virtual", "fast.ts", "--view");
    const { runs } = pageIn("fast.html");
    expect([code, stderr]).toEqual([0, `Recorded ${runs[0]!.trace.events.length} events in fast.html.\n`]);
    expect(runs.map(({ name, trace }) => [name, trace.header["clock"]])).toEqual([["fast.ts", "virtual"]]);
  });

  it("leaves it of a program that throws", () => {
    const { code, stderr } = escapement("run", "failing.ts", "--view", "-o", "failed.html");
    expect(code).toBe(1);
    expect(stderr).toContain("Error: oh no");
    expect(kindsIn("failed.html")).toEqual(["ended"]);
  });

  it("refuses a page without --view", () => {
    const { code, stderr } = escapement("run", "fast.ts", "-o", "page.html");
    expect([code, existsSync(join(folder, "page.html"))]).toEqual([2, false]);
    expect(stderr).toContain("escapement: -o names the page of --view.");
  });
});
