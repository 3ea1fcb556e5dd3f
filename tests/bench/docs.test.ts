import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { makeDocs, readRecords } from "../../bench/docs.ts";
import { WORKLOADS } from "../../bench/workloads.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const records = readRecords();
const made = makeDocs(records);

describe("docs/performance.md", () => {
  it.each([...made.keys()])("and what it shows are made from the record: %s", (path) => {
    expect(readFileSync(root + path, "utf8")).toBe(made.get(path));
  });

  it("names the machine, Node's version, the peers' versions, and the date", () => {
    const page = made.get("docs/performance.md")!;
    const { machine, node, date, table } = records[0]!;
    const peers = table!.peers.map(({ name, version }) => `${name} ${version}`);
    for (const fact of [machine.cpu, node.slice(1), date, ...peers]) expect(page).toContain(fact);
  });

  it("has a figure for escapement in every workload", () => {
    const measured = records[0]!.table!.results.filter(({ peer }) => peer === "escapement");
    expect(measured.map(({ workload }) => workload)).toEqual(WORKLOADS.map(({ name }) => name));
  });

  it("cannot be made when nothing is recorded, or only a part", () => {
    expect(() => makeDocs([])).toThrow("nothing is recorded yet");
    const { soak: _, ...part } = records[0]!;
    expect(() => makeDocs([part])).toThrow("the record is not whole");
  });

  it("changes with the record", () => {
    const [first, ...rest] = records;
    const later = makeDocs([{ ...first!, date: "2999-12-31" }, ...rest]).get("docs/performance.md");
    expect(later).toContain("2999-12-31");
  });
});

describe("the plots", () => {
  it.each([...made.keys()].filter((path) => path.endsWith(".svg")))("%s has no place that is not a number", (path) => {
    const svg = made.get(path)!;
    expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
