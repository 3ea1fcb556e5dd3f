import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Folder, programOf, sideScript } from "./fakes.ts";

const MAIN = fileURLToPath(new URL("../../scripts/conformance/main.ts", import.meta.url));
const SKIP = `console.log(JSON.stringify({ id, skip: "ring" }));`;
const folder = new Folder();

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command with nothing on the PATH but what the test puts there. */
function conformance(...args: readonly string[]): Result {
  return spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), MAIN, ...args], {
    encoding: "utf8",
    env: { ...process.env, PATH: folder.path },
  });
}

describe("npm run conformance", () => {
  it("is not run where there is no Python, and says so", () => {
    const { status, stdout } = conformance();
    const candidates = ["python3.13", "python3.14", "python3", "python"].map((name) => `${name}: does not run`);
    expect(stdout).toBe(`not run: needs Python 3.13 or newer, found ${candidates.join("; ")}\n`);
    expect(status).toBe(0);
  });

  it("says which version it found of a Python that is too old", () => {
    const python = folder.putPython("old", "3.11.4");
    const { status, stdout } = conformance("--python", python);
    expect(stdout).toBe(`not run: needs Python 3.13 or newer, found ${python}: 3.11.4, too old\n`);
    expect(status).toBe(0);
  });

  it("reports an oracle that dies with the program that did it, and goes on with the rest", () => {
    const dies = `if (id === 1) { console.error("I die"); process.exit(3); }`;
    folder.putPython("python3", "3.13.0", sideScript(dies + SKIP));
    const { status, stdout } = conformance("--seed", "1", "--from", "5", "--programs", "3");
    expect(stdout).toContain("Failed: --seed 1 --from 6 --programs 1\n\noracle: it ended (exit code 3)\nI die\n\n{");
    expect(stdout).toContain("programs 5 to 7: 0 agree, 0 differ, 1 failed, 2 that CPython cannot run");
    expect(status).toBe(1);
  });

  it("shows a difference side by side, with the smallest program that has it", () => {
    const answer = `console.log(JSON.stringify({ id, trace: [[1, 0, "n:main", "walk"]], out: [] }));`;
    folder.putPython("python", "3.13.0", sideScript(answer));
    const { status, stdout } = conformance("--seed", "1", "--programs", "1");
    expect(stdout).toContain(
      [
        "Different: --seed 1 --from 0 --programs 1",
        "",
        "driver run",
        "main:",
        "",
        `   ${"CPython".padEnd(20)}    escapement`,
        `>>   1    0 n:main walk >>   1    0 n:main enter "main"`,
        ` | => []                 |   1    0 n:main exit "main" null`,
        ` |                       | => [{"ok":null}]`,
      ].join("\n"),
    );
    expect(status).toBe(1);
  });

  it("compares the programs of a file", () => {
    const trace = [
      [1, 0, "n:main", "enter", "main"],
      [1, 0, "n:main", "exit", "main", null],
    ];
    const answer = JSON.stringify({ trace, out: [{ ok: null }] });
    folder.putPython("python3.14", "3.14.1", sideScript(`console.log(JSON.stringify({ id, ...${answer} }));`));
    const file = folder.put("a.json", JSON.stringify(programOf([])));
    const { status, stdout } = conformance(file);
    expect(stdout).toContain(`${file}: 1 agree, 0 differ, 0 failed, 0 that CPython cannot run`);
    expect(status).toBe(0);
  });

  it("names file, path and field of a program that does not parse", () => {
    folder.putPython("python3", "3.13.0");
    const file = folder.put("a.json", JSON.stringify({ ...programOf([]), driver: "walk" }));
    const { status, stderr } = conformance(file);
    expect(stderr).toBe(`${file}: program.driver: expected one of run runner host forever, found "walk"\n`);
    expect(status).toBe(2);
  });

  it("explains itself when it is not understood", () => {
    const { status, stderr } = conformance("--programs", "many");
    expect(stderr).toContain("--programs many: expected a whole number\n\nUsage: npm run conformance");
    expect(status).toBe(2);
  });
});
