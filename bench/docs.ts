// docs/performance.md and its plots, from the recorded runs. The prose is in performance.template.md; every figure in
// the page comes from a record.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ioParts } from "./io/docs.ts";
import { type IoRecord, readIoRecord } from "./io/io-record.ts";
import { machineOf, markdownTable } from "./markdown.ts";
import { WAITS } from "./peer.ts";
import { simParts } from "./sim/docs.ts";
import { type SimRecord, readSimRecord } from "./sim/sim-record.ts";
import { type Series, decades, dotPlot, linePlot, roundedUp } from "./plot.ts";
import { type Allocation, type BenchRecord, type ScalingPoint, type Table, readRecord } from "./record.ts";
import { type Cell, cellsOf, figure, leftOutLines, ratioBetween, workloadsOf } from "./report.ts";
import { median } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

const bench = fileURLToPath(new URL(".", import.meta.url));
const root = join(bench, "..");

/** Where a run on this version of Node is recorded. */
export const RECORD: string = join(bench, "results", `node-${process.versions.node.split(".")[0]}.json`);

/** The recorded runs, by version of Node. The page is about the first, and compares the others with native. */
export function readRecords(): BenchRecord[] {
  const files = readdirSync(join(bench, "results")).filter((file) => file.endsWith(".json"));
  return files.toSorted().map((file) => readRecord(join(bench, "results", file)));
}

/** Writes the page and its plots. */
export function writeDocs(): void {
  for (const [path, text] of makeDocs(readRecords())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** The files that the records make: path, and text. */
export function makeDocs(
  [first, ...others]: readonly BenchRecord[],
  io: IoRecord | null = readIoRecord(),
  sim: SimRecord | null = readSimRecord(),
): Map<string, string> {
  if (first === undefined) throw new Error("bench: nothing is recorded yet. Run npm run bench -- --record.");
  const template = readFileSync(join(bench, "performance.template.md"), "utf8");
  const parts = { ...partsOf(first, others), ...ioParts(io), ...simParts(sim) };
  const page = template.replaceAll(/\{\{([\w-]+)\}\}/g, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`bench: performance.template.md asks for "${name}", which nobody makes.`);
    return part;
  });
  return new Map([["docs/performance.md", page], ...plotsOf(first)]);
}

function partsOf(record: BenchRecord, others: readonly BenchRecord[]): Record<string, string> {
  const { table, host, hooks, scaling = [], soak, allocations = [] } = record;
  if (table === undefined || host === undefined || hooks === undefined || soak === undefined) {
    throw new Error("bench: the record is not whole. Run npm run bench -- --record.");
  }
  return {
    machine: machineOf(record),
    rounds: String(table.runs),
    versions: table.peers.map(({ name, version }) => `${name} ${version}`).join(", "),
    figures: figuresOf(table),
    ratios: ratiosOf(record, table),
    verdict: verdictOf(record, table),
    times: timesOf(table),
    claims: claimsOf(table),
    floor: floorOf(table),
    waits: String(WAITS),
    others: others.map(otherVersion).join("\n\n") || "No other version of Node has been recorded yet.",
    lateness: latenessOf(table),
    "left-out": leftOutLines(table.leftOut)
      .slice(2)
      .map((line) => `- ${line.trim()}`)
      .join("\n"),
    scaling: scalingOf(scaling),
    switches: figure(soak.switches),
    "soak-cost": figure(soak.nanoseconds),
    "soak-least": mebibytes(Math.min(...soak.heap)),
    "soak-most": mebibytes(Math.max(...soak.heap)),
    host: pairs(host),
    hooks: pairs(hooks),
    stripped: String(hooks.stripped),
    allocations: allocations.map(accountOf).join("\n\n"),
  };
}

const majorOf = ({ node }: BenchRecord): 20 | 24 => (Number(/\d+/.exec(node)?.[0]) >= 24 ? 24 : 20);
const ofPeer = (cells: readonly Cell[], name: string): Cell | undefined => cells.find(({ peer }) => peer === name);

/** A multiple, in about two digits. */
function times(ratio: number | null): string {
  if (ratio === null) return "";
  return ratio < 1 ? ratio.toFixed(2) : figure(ratio < 10 ? ratio : Math.round(ratio));
}

const label = ({ id, name }: Workload): string => `${id} ${name}`;

function figuresOf(table: Table): string {
  const names = table.peers.map(({ name }) => name);
  const rows = workloadsOf(table).map((workload) => {
    const cells = cellsOf(table, workload);
    const size = (cell: Cell): string => (cell.size === workload.size ? "" : "*");
    return [
      label(workload),
      ...names.map((name) => {
        const cell = ofPeer(cells, name);
        return cell === undefined ? "" : `${figure(cell.value)}${size(cell)}`;
      }),
    ];
  });
  return markdownTable(["", ...names], rows);
}

function ratiosOf(record: BenchRecord, table: Table): string {
  const rows = judged(record, table).map(({ workload, cell, target }) => [
    label(workload),
    workload.title,
    cell.ratio!.toFixed(2),
    `${cell.range![0].toFixed(2)} to ${cell.range![1].toFixed(2)}`,
    target.toFixed(2),
    cell.ratio! <= target ? "yes" : "no",
  ]);
  return markdownTable(["", "what", "ratio", "least to most", "target", "reached"], rows);
}

interface Judged {
  readonly workload: Workload;
  readonly cell: Cell;
  readonly target: number;
}

function judged(record: BenchRecord, table: Table): Judged[] {
  return workloadsOf(table).flatMap((workload) => {
    const cell = ofPeer(cellsOf(table, workload), "escapement");
    if (workload.target === null || cell === undefined || cell.ratio === null) return [];
    return [{ workload, cell, target: workload.target[majorOf(record)] }];
  });
}

function verdictOf(record: BenchRecord, table: Table): string {
  const all = judged(record, table);
  const missed = all.filter(({ cell, target }) => cell.ratio! > target);
  const behind = all.filter(({ cell }) => cell.ratio! > 1);
  const list = (rows: readonly Judged[]): string =>
    rows.map(({ workload, cell }) => `${label(workload)} (${cell.ratio!.toFixed(2)})`).join(", ");
  return [
    `Of ${all.length} targets ${all.length - missed.length} are reached.`,
    missed.length === 0 ? "" : `Not reached: ${list(missed)}.`,
    behind.length === 0 ? "It is ahead of native async/await in every row." : `Native is ahead in ${list(behind)}.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

// What is claimed of time; memory apart.
const CLAIMS = [
  { peer: "effect", workload: null, least: 5 },
  { peer: "cpython", workload: null, least: 15 },
  { peer: "cpython", workload: "sleepers", least: 10 },
  { peer: "simpy", workload: "sleepers", least: 6 },
] as const;

/** How many times as much each other peer costs. */
function timesOf(table: Table): string {
  const names = table.peers.map(({ name }) => name).filter((name) => name !== "escapement");
  const rows = workloadsOf(table).map((workload) => [
    label(workload),
    ...names.map((name) => times(ratioBetween(table, workload, name, "escapement"))),
  ]);
  return markdownTable(["times escapement", ...names], rows);
}

function claimsOf(table: Table): string {
  const lines = CLAIMS.flatMap(({ peer, workload: only, least }) => {
    const found = workloadsOf(table)
      .filter(({ name, unit }) => (only === null ? unit === "ns" && !hasItsOwnClaim(peer, name) : name === only))
      .map((workload) => ({ workload, ratio: ratioBetween(table, workload, peer, "escapement") }))
      .filter((each): each is { workload: Workload; ratio: number } => each.ratio !== null);
    if (found.length === 0) return [];
    const missed = found.filter(({ ratio }) => ratio < least);
    const where = only === null ? "in each workload that takes time" : `in ${only}`;
    const but = missed.map(({ workload, ratio }) => `${label(workload)} (${times(ratio)})`).join(", ");
    return [`- At least ${least} times as fast as ${peer} ${where}: ${but === "" ? "yes" : `but for ${but}`}.`];
  });
  return [...lines, ...heapClaim(table)].join("\n");
}

/** What the language charges, beside what escapement does: the least that any runtime of generators could cost. */
function floorOf(table: Table): string {
  const rows = workloadsOf(table).flatMap((workload) => {
    const cells = cellsOf(table, workload);
    const bare = ofPeer(cells, "bare");
    if (bare === undefined || bare.ratio === null) return [];
    const cost = (peer: string): string => figure(ofPeer(cells, peer)?.value ?? Number.NaN);
    return [[label(workload), cost("bare"), cost("escapement"), cost("native"), bare.ratio.toFixed(2)]];
  });
  return markdownTable(["", "bare", "escapement", "native", "bare to native"], rows);
}

function hasItsOwnClaim(peer: string, name: string): boolean {
  return CLAIMS.some((claim) => claim.peer === peer && claim.workload === name);
}

function heapClaim(table: Table): string[] {
  const workload = workloadsOf(table).find(({ name }) => name === "sleepers");
  const ratio = workload === undefined ? null : ratioBetween(table, workload, "escapement", "heap");
  return ratio === null
    ? []
    : [
        `- A sleep in virtual time costs ${times(ratio)} times a bare push and pop on the same heap; at most 3 is the aim.`,
      ];
}

function otherVersion(record: BenchRecord): string {
  if (record.table === undefined) return "";
  const { table } = record;
  return `### Node ${record.node.replace("v", "")}\n\n${verdictOf(record, table)}\n\n${ratiosOf(record, table)}`;
}

function latenessOf(table: Table): string {
  const rows = table.results
    .filter(({ samples }) => samples[0]?.lateness !== undefined)
    .map(({ peer, size, samples }) => {
      const middle = (of: (sample: (typeof samples)[number]) => number): string => figure(median(samples.map(of)));
      return [
        peer,
        figure(size),
        middle(({ lateness }) => lateness!.p50),
        middle(({ lateness }) => lateness!.p99),
        middle(({ thread }) => thread),
      ];
    });
  return markdownTable(
    ["", "sleepers", "half are later than (ms)", "one in a hundred is later than (ms)", "CPU for each (ns)"],
    rows,
  );
}

function scalingOf(points: readonly ScalingPoint[]): string {
  const counts = [...new Set(points.map(({ count }) => count))];
  const rows = linesOf(points).map(({ name, of }) => [
    name,
    ...counts.map((count) => {
      const point = of.find((each) => each.count === count);
      return point === undefined ? "" : figure(median(point.nanoseconds));
    }),
  ]);
  return markdownTable(["ns", ...counts.map(figure)], rows);
}

function linesOf(points: readonly ScalingPoint[]): { name: string; what: string; of: ScalingPoint[] }[] {
  const names = [...new Set(points.map(({ what, peer }) => `${what}, ${peer}`))];
  return names.map((name) => {
    const of = points.filter(({ what, peer }) => `${what}, ${peer}` === name);
    return { name, what: of[0]!.what, of };
  });
}

function pairs(table: Table): string {
  const rows = workloadsOf(table).map((workload) => {
    const [base, other] = cellsOf(table, workload);
    return [
      label(workload),
      ...[base, other].map((cell) => (cell === undefined ? "" : figure(cell.value))),
      other?.ratio?.toFixed(2) ?? "",
      other?.range?.map((ratio) => ratio.toFixed(2)).join(" to ") ?? "",
    ];
  });
  return markdownTable(["ns", ...table.peers.map(({ name }) => name), "ratio", "least to most"], rows);
}

function accountOf({ operation, bytes, sites }: Allocation): string {
  const title = `**${operation}** allocates ${Math.round(bytes)} bytes`;
  if (sites.length === 0) return `${title}.`;
  return `${title}:\n\n${sites.map((site) => `- ${Math.round(site.bytes)} in ${site.where}`).join("\n")}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`;
}

function plotsOf({ table, scaling = [], soak }: BenchRecord): [path: string, text: string][] {
  const folder = "docs/performance";
  const line = (what: "tasks" | "timers", title: string): string => {
    const series: Series[] = linesOf(scaling)
      .filter((each) => each.what === what)
      .map(({ of }) => ({
        name: of[0]!.peer,
        points: of.map(({ count, nanoseconds }) => [count, median(nanoseconds)]),
      }));
    const points = series.flatMap((each) => each.points);
    const x = { label: what, ...decades(points.map(([count]) => count)), log: true };
    const y = { label: "ns", from: 0, to: roundedUp(points.map(([, value]) => value)), log: false };
    return linePlot({ title, x, y, series });
  };
  return [
    [`${folder}/ratios.svg`, ratioPlot(table!)],
    [`${folder}/tasks.svg`, line("tasks", "One turn, among so many tasks")],
    [`${folder}/timers.svg`, line("timers", "One sleep, among so many timers")],
    [`${folder}/soak.svg`, soakPlot(soak!)],
  ];
}

function ratioPlot(table: Table): string {
  const workloads = workloadsOf(table).filter((workload) => ofPeer(cellsOf(table, workload), table.base) !== undefined);
  const series: Series[] = table.peers.map(({ name }) => ({
    name,
    points: workloads.flatMap((workload, row): [number, number][] => {
      const ratio = ofPeer(cellsOf(table, workload), name)?.ratio;
      return ratio === null || ratio === undefined ? [] : [[ratio, row]];
    }),
  }));
  const shown = series.filter(({ points }) => points.length > 0);
  const range = decades(shown.flatMap(({ points }) => points.map(([ratio]) => ratio)));
  return dotPlot({
    title: `Cost of an operation, as a multiple of ${table.base} async/await`,
    rows: workloads.map(label),
    x: { label: "less is better", ...range, log: true },
    mark: 1,
    series: shown,
  });
}

function soakPlot({ switches, heap }: NonNullable<BenchRecord["soak"]>): string {
  const points = heap.map((bytes, i): [number, number] => [(i * switches) / heap.length / 1e6, bytes / 2 ** 20]);
  return linePlot({
    title: `The heap during ${figure(switches)} switches`,
    x: { label: "million switches", from: 0, to: switches / 1e6, log: false },
    y: { label: "MiB", from: 0, to: roundedUp(points.map(([, value]) => value)), log: false },
    series: [{ name: "escapement", points }],
  });
}
