import type { Allocation, BenchRecord, LeftOut, Result, ScalingPoint, Soak, Table } from "./record.ts";
import { deviation, median, ratios } from "./statistics.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

/** What a workload is measured in: bytes for memory, the main thread's nanoseconds for all others. */
export function valuesOf(result: Result, { unit }: Workload): number[] {
  return result.samples.map(({ heap, thread }) => (unit === "B" ? (heap ?? Number.NaN) : thread));
}

/** A result as the tables show it. */
export interface Cell {
  readonly peer: string;
  readonly size: number;
  readonly value: number;
  readonly deviation: number;
  /** To the base, each round's, in the middle; null where the base has none. */
  readonly ratio: number | null;
  readonly range: readonly [least: number, most: number] | null;
}

/** The results of a workload, in the order of the peers. */
export function cellsOf(table: Table, workload: Workload): Cell[] {
  const found = table.results.filter((result) => result.workload === workload.name);
  const base = found.find((result) => result.peer === table.base);
  return found.map((result) => {
    const values = valuesOf(result, workload);
    const all = base === undefined ? [] : ratios(values, valuesOf(base, workload));
    return {
      peer: result.peer,
      size: result.size,
      value: median(values),
      deviation: deviation(values),
      ratio: all.length === 0 ? null : median(all),
      range: all.length === 0 ? null : [Math.min(...all), Math.max(...all)],
    };
  });
}

/** How many times what `base` costs `peer` costs in a workload: each round's ratio, in the middle; null when one did not run. */
export function ratioBetween(table: Table, workload: Workload, peer: string, base: string): number | null {
  const find = (name: string): Result | undefined =>
    table.results.find((result) => result.peer === name && result.workload === workload.name);
  const [one, other] = [find(peer), find(base)];
  if (one === undefined || other === undefined) return null;
  return median(ratios(valuesOf(one, workload), valuesOf(other, workload)));
}

/** The workloads of a table that anything is known of. */
export function workloadsOf(table: Table): Workload[] {
  return WORKLOADS.filter(({ name }) => table.results.some((result) => result.workload === name));
}

/** 12345.6 as 12,346; below 100 with one digit more. */
export function figure(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** The table for the terminal. */
function terminalTable(table: Table): string {
  const lines: string[] = [];
  for (const workload of workloadsOf(table)) {
    lines.push("", `${workload.id} ${workload.name}: ${workload.title} (${workload.unit} for ${workload.operation})`);
    for (const cell of cellsOf(table, workload)) lines.push(`   ${terminalRow(table, workload, cell)}`);
    lines.push(...latenessOf(table, workload).map((line) => `   ${line}`));
  }
  return [...lines, ...leftOutLines(table.leftOut)].join("\n");
}

function terminalRow(table: Table, workload: Workload, cell: Cell): string {
  const spread = `±${figure(cell.deviation)}`;
  const ratio = cell.ratio === null || cell.peer === table.base ? "" : `${cell.ratio.toFixed(2)} of ${table.base}`;
  const range = ratio === "" ? "" : `(${cell.range![0].toFixed(2)} to ${cell.range![1].toFixed(2)})`;
  const size = cell.size === workload.size ? "" : `at ${figure(cell.size)}`;
  return `${cell.peer.padEnd(22)}${figure(cell.value).padStart(9)} ${spread.padEnd(9)}${ratio.padEnd(17)}${range.padEnd(16)}${size}`.trimEnd();
}

/** How late the sleepers of a workload woke, where it says. */
function latenessOf(table: Table, workload: Workload): string[] {
  return table.results
    .filter((result) => result.workload === workload.name && result.samples[0]?.lateness !== undefined)
    .map(({ peer, samples }) => {
      const middle = (which: "p50" | "p99"): string => figure(median(samples.map(({ lateness }) => lateness![which])));
      return `${peer.padEnd(22)} late by ${middle("p50")} ms in the middle, ${middle("p99")} ms for one in a hundred`;
    });
}

/** What is missing from the table, and why: never silently. */
export function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { peer, workload, reason } of leftOut) {
    const key = `${reason}\n${peer}`;
    byReason.set(key, [...(byReason.get(key) ?? []), ...(workload === null ? [] : [workload])]);
  }
  const lines = Array.from(byReason, ([key, workloads]) => {
    const [reason, peer] = key.split("\n");
    return `   ${peer}${workloads.length === 0 ? "" : ` in ${workloads.join(", ")}`}: ${reason}`;
  });
  return lines.length === 0 ? [] : ["", "Left out:", ...lines];
}

/** All that a record has, for the terminal. */
export function recordText({ node, machine, table, host, hooks, scaling, soak, allocations }: BenchRecord): string {
  return [
    `Node ${node}, ${machine.cpu}, ${machine.cores} cores, ${machine.os}`,
    ...(table === undefined ? [] : [terminalTable(table)]),
    ...(host === undefined ? [] : ["", "On the host's loop", terminalTable(host)]),
    ...(hooks === undefined ? [] : ["", `With ${hooks.stripped} hooks that nobody uses`, terminalTable(hooks)]),
    ...(scaling === undefined ? [] : ["", "Scaling (ns)", ...scaling.map(scalingLine)]),
    ...(soak === undefined ? [] : ["", soakLine(soak)]),
    ...(allocations === undefined ? [] : ["", "Allocated", ...allocations.flatMap(allocationLines)]),
  ].join("\n");
}

function scalingLine({ peer, what, count, nanoseconds }: ScalingPoint): string {
  return `   ${peer.padEnd(22)}${figure(count).padStart(9)} ${what.padEnd(8)}${figure(median(nanoseconds)).padStart(9)}`;
}

function soakLine({ switches, nanoseconds, heap }: Soak): string {
  const [least, most] = [Math.min(...heap), Math.max(...heap)].map((bytes) => (bytes / 2 ** 20).toFixed(2));
  return `${figure(switches)} switches, ${figure(nanoseconds)} ns each; heap from ${least} to ${most} MiB`;
}

function allocationLines({ operation, bytes, sites }: Allocation): string[] {
  const sized = sites.map((site) => `   ${site.bytes.toFixed(0).padStart(5)} B  ${site.where}`);
  return [`${operation}: ${bytes.toFixed(0)} B`, ...sized];
}
