import type { Table } from "../record.ts";
import { type Cell, cellsOf, figure, leftOutLines, ratioBetween } from "../report.ts";
import { median } from "../statistics.ts";
import type { Workload } from "../workloads.ts";
import type { Churn } from "./churn.ts";
import type { IoRecord } from "./io-record.ts";
import { IO_WORKLOADS } from "./workloads.ts";

/** The workloads of a table that anything is known of. */
export function measuredIn(table: Table): Workload[] {
  return IO_WORKLOADS.filter(({ name }) => table.results.some((result) => result.workload === name));
}

/** How many operations a second the wall's clock saw. */
export function perSecond(table: Table, workload: Workload, peer: string): number {
  const result = table.results.find((each) => each.workload === workload.name && each.peer === peer)!;
  return median(result.samples.map(({ wall }) => 1e9 / wall));
}

/** Bytes by which the process grew for each connection, buffers and the host's own included. */
export function resident(table: Table, workload: Workload, peer: string): number {
  const result = table.results.find((each) => each.workload === workload.name && each.peer === peer)!;
  return median(result.samples.map((sample) => sample.resident ?? Number.NaN));
}

/** All that a record has, for the terminal. */
export function ioText({ node, machine, table, churn }: IoRecord): string {
  return [
    `Node ${node}, ${machine.cpu}, ${machine.cores} cores, ${machine.os}`,
    ...(table === undefined ? [] : tableLines(table)),
    ...(churn === undefined ? [] : ["", ...churnLines(churn)]),
  ].join("\n");
}

function tableLines(table: Table): string[] {
  const lines = measuredIn(table).flatMap((workload) => [
    "",
    `${workload.id} ${workload.name}: ${workload.title} (${workload.unit} for ${workload.operation})`,
    ...cellsOf(table, workload).map((cell) => `   ${row(table, workload, cell)}`),
  ]);
  return [...lines, ...leftOutLines(table.leftOut)];
}

function row(table: Table, workload: Workload, cell: Cell): string {
  const { peer, value, ratio, range, size } = cell;
  const other =
    workload.unit === "B"
      ? `${figure(resident(table, workload, peer))} resident`
      : `${figure(perSecond(table, workload, peer))} a second`;
  const isBase = ratio === null || peer === table.base;
  const toBase = isBase
    ? ""
    : `${ratio.toFixed(2)} of ${table.base} (${range!.map((each) => each.toFixed(2)).join(" to ")})`;
  const toAsync = peer === "escapement" ? ratioBetween(table, workload, peer, "async") : null;
  return [
    peer.padEnd(12),
    figure(value).padStart(9),
    `±${figure(cell.deviation)}`.padEnd(9),
    other.padEnd(20),
    toBase.padEnd(34),
    toAsync === null ? "" : `${toAsync.toFixed(2)} of async`,
    size === workload.size ? "" : `at ${figure(size)}`,
  ]
    .join(" ")
    .trimEnd();
}

function churnLines({ seed, seconds, answered, died, processes, faults, before, after }: Churn): string[] {
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);
  return [
    `Churn, ${seconds} s, seed ${seed}: ${figure(answered)} answers, ${figure(died)} clients and ${processes} processes of clients killed`,
    `   tasks ${before.tasks} and ${after.tasks}, open files ${before.files} and ${after.files}, heap ${mebibytes(before.heap)} and ${mebibytes(after.heap)} MiB, before and after`,
    ...(faults.length === 0 ? ["   nothing lost, nothing left"] : faults.map((fault) => `   FAULT ${fault}`)),
  ];
}
