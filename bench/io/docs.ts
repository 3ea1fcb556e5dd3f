// The part of docs/performance.md that is about input and output, from its record.
import { machineOf, markdownTable } from "../markdown.ts";
import type { Table } from "../record.ts";
import { type Cell, cellsOf, figure, ratioBetween } from "../report.ts";
import type { Workload } from "../workloads.ts";
import type { Churn } from "./churn.ts";
import type { IoRecord } from "./io-record.ts";
import { measuredIn, perSecond, resident } from "./report.ts";

/** The parts that the template asks for. @throws {Error} When nothing is recorded, or only a part. */
export function ioParts(record: IoRecord | null): Record<string, string> {
  if (record?.table === undefined || record.churn === undefined) {
    throw new Error("bench: input and output are not recorded. Run npm run bench:io -- --record.");
  }
  const { table, churn } = record;
  return {
    "io-machine": machineOf(record),
    "io-rounds": String(table.runs),
    "io-verdict": verdictOf(table),
    "io-load": loadOf(table),
    "io-idle": idleOf(table),
    "io-churn": churnOf(churn),
  };
}

const label = ({ id, name }: Workload): string => `${id} ${name}`;
const loads = (table: Table): Workload[] => measuredIn(table).filter(({ unit }) => unit === "ns");

function cellOf(table: Table, workload: Workload, peer: string): Cell | undefined {
  return cellsOf(table, workload).find((cell) => cell.peer === peer);
}

function verdictOf(table: Table): string {
  const judged = loads(table).flatMap((workload) => {
    const ratio = cellOf(table, workload, "escapement")?.ratio ?? null;
    const toAsync = ratioBetween(table, workload, "escapement", "async");
    return ratio === null || toAsync === null ? [] : [{ workload, ratio, toAsync }];
  });
  const far = judged.filter(({ workload, ratio }) => ratio > workload.target![20]);
  const behind = judged.filter(({ toAsync }) => toAsync > 1);
  const list = (rows: typeof judged, value: (row: (typeof judged)[number]) => number): string =>
    rows.map((row) => `${label(row.workload)} (${value(row).toFixed(2)})`).join(", ");
  return [
    `The aim is to be within 10 % of the callbacks, and ahead of async/await.`,
    `Within 10 % of the callbacks: ${judged.length - far.length} of ${judged.length}${far.length === 0 ? "." : `; not in ${list(far, ({ ratio }) => ratio)}.`}`,
    `Ahead of async/await: ${judged.length - behind.length} of ${judged.length}${behind.length === 0 ? "." : `; not in ${list(behind, ({ toAsync }) => toAsync)}.`}`,
  ].join(" ");
}

function loadOf(table: Table): string {
  const rows = loads(table).flatMap((workload) =>
    cellsOf(table, workload).map((cell) => [
      cell.peer === table.base ? label(workload) : "",
      cell.peer,
      (cell.value / 1000).toFixed(1),
      (cell.deviation / 1000).toFixed(1),
      figure(perSecond(table, workload, cell.peer)),
      cell.peer === table.base ? "" : cell.ratio!.toFixed(2),
      cell.peer === table.base ? "" : cell.range!.map((ratio) => ratio.toFixed(2)).join(" to "),
      toAsyncOf(table, workload, cell),
    ]),
  );
  const heads = ["", "peer", "µs of CPU", "±", "a second", "to bare", "least to most", "to async"];
  return `${loads(table)
    .map((workload) => `- ${label(workload)}: ${workload.title}`)
    .join("\n")}\n\n${markdownTable(heads, rows)}`;
}

function toAsyncOf(table: Table, workload: Workload, { peer }: Cell): string {
  return peer === "escapement" ? (ratioBetween(table, workload, peer, "async")?.toFixed(2) ?? "") : "";
}

function idleOf(table: Table): string {
  const names = table.peers.map(({ name }) => name);
  const rows = measuredIn(table)
    .filter(({ unit }) => unit === "B")
    .map((workload) => {
      const { size } = cellOf(table, workload, "escapement")!;
      const bytes = (peer: string): string => {
        const cell = cellOf(table, workload, peer);
        return cell === undefined ? "" : `${figure(cell.value)} (${figure(resident(table, workload, peer))})`;
      };
      return [label(workload), figure(size), ...names.map(bytes)];
    });
  return markdownTable(["", "connections", ...names], rows);
}

function churnOf({ seconds, answered, died, processes, faults, before, after, heap }: Churn): string {
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const outcome = faults.length === 0 ? "Nothing was lost, and nothing was left" : `Faults: ${faults.join("; ")}`;
  return [
    `A server of escapement's (HTTP, WebSocket, TCP) under load from other processes for ${figure(seconds)} seconds: ${figure(answered)} answers`,
    `to clients that lived, while ${figure(died)} clients died in the middle of a word, of an answer, or between two, and ${figure(processes)} processes full of`,
    `clients were killed. ${outcome}: before and after there were ${before.tasks} and ${after.tasks} tasks, ${before.handlers} and ${after.handlers} handlers under way, ${before.files} and ${after.files} open files;`,
    `${mebibytes(before.heap)} and ${mebibytes(after.heap)} of heap, and while it went on between ${mebibytes(Math.min(...heap))} and ${mebibytes(Math.max(...heap))}.`,
  ].join("\n");
}
