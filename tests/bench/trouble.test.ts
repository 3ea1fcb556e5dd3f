import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BenchRecord, Table } from "../../bench/record.ts";
import { bench, fake } from "./bench.ts";

const folder = mkdtempSync(join(tmpdir(), "escapement-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a peer in trouble", () => {
  let table: Table;
  let text = "";
  beforeAll(async () => {
    const names = ["wrong", "crashing", "throwing", "absent", "broken", "babbling"];
    const files = names.flatMap((name) => ["--peer-file", fake(name)]);
    const json = join(folder, "trouble.json");
    const args = [
      "switch",
      "pingpong",
      "--smoke",
      "--peers",
      "native,cpython",
      "--python",
      "no-such-python",
      ...files,
      "--json",
      "-",
    ];
    const [machine, person] = await Promise.all([bench(args), bench([...args.slice(0, -1), json])]);
    expect([machine.code, person.code]).toEqual([0, 0]);
    table = (JSON.parse(machine.stdout) as BenchRecord).table!;
    text = person.stdout;
  }, 60_000);

  const said = (peer: string): (string | null)[][] =>
    table.leftOut.filter((out) => out.peer === peer).map(({ workload, reason }) => [workload, reason]);
  const measured = (peer: string): string[] =>
    table.results.filter((result) => result.peer === peer).map(({ workload }) => workload);

  it("is left out of the workload whose checksum it fails, and of no other", () => {
    expect(said("wrong")).toEqual([["switch", "its checksum is 101, expected 100 (100 operations)"]]);
    expect(measured("wrong")).toEqual(["pingpong"]);
  });

  it("is left out of the workload in which its process ends", () => {
    expect(said("crashing")).toEqual([["switch", "its process ended: exit code 7"]]);
    expect(measured("crashing")).toEqual(["pingpong"]);
  });

  it("is left out of the workload that throws, and of what it cannot do, with its own reason", () => {
    expect(said("throwing")).toEqual([
      ["switch", "Error: no more turns"],
      ["pingpong", "it has no futures"],
    ]);
  });

  it("is left out altogether when it is not installed, does not load, or does not keep to the protocol", () => {
    expect(said("absent")).toEqual([[null, "not installed: npm ci --prefix bench"]]);
    expect(said("cpython")).toEqual([[null, "no Python was found; name one with --python PATH"]]);
    expect(said("broken")).toEqual([[null, "Error: it does not run here"]]);
    expect(said("babbling")).toEqual([[null, 'it printed "hello, world", which is no answer']]);
  });

  it("does not keep the others from being measured", () => {
    expect(measured("native")).toEqual(["switch", "pingpong"]);
  });

  it("is named in what the terminal shows", () => {
    expect(text).toContain("   absent: not installed: npm ci --prefix bench\n");
    expect(text).toContain("   crashing in switch: its process ended: exit code 7\n");
  });
});

describe("interrupting the benchmark", () => {
  it("prints what was measured until then", async () => {
    let interrupted = false;
    const args = ["switch", "pingpong", "--smoke", "--peers", "native", "--peer-file", fake("endless")];
    const { code, stdout, stderr } = await bench(args, (run, said) => {
      if (interrupted || !said.includes("[1/2] switch")) return;
      interrupted = true;
      run.kill("SIGINT");
    });
    expect(code).toBe(130);
    expect(stdout).toMatch(/^W1 switch: .*\n {3}native .*\n {3}endless .*$/m);
    expect(stderr).toContain("Interrupted: this is what was measured until then.");
  }, 60_000);
});

describe("a command line that asks for what there is not", () => {
  it.each([
    [["swtich"], /^bench: there is no workload "swtich"; there are switch, pingpong, .*real-timers\.\n$/],
    [["--peers", "nativ"], /^bench: there is no peer "nativ"; there are escapement, native, .*\.\n$/],
  ])("%j gets the known ones, and exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await bench(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });

  it("compares with no file that is not a record", async () => {
    const file = join(folder, "no-record.json");
    writeFileSync(file, "{}");
    const { code, stderr } = await bench(["switch", "--compare", file]);
    expect([code, stderr]).toEqual([2, `bench: ${file} is no record of this harness: expected "format": 1.\n`]);
  });
});
