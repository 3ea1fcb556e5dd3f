import type { BenchRecord, Table } from "./record.ts";
import { type Cell, cellsOf, figure, valuesOf } from "./report.ts";
import { deviation, median, ratios } from "./statistics.ts";
import { WORKLOADS, type Workload } from "./workloads.ts";

// What a change must be to count.
const RULE =
  "A change counts when it is more than 5 % and more than three times the two deviations taken together. " +
  "Ratios to the base are compared, where there is a base: a slower machine is not a slower runtime.";

const LEAST_CHANGE = 0.05;
const DEVIATIONS = 3;

/** A peer in a workload that has changed beyond noise. */
export interface Change {
  readonly workload: string;
  readonly peer: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
}

interface Measure {
  readonly unit: string;
  readonly value: number;
  readonly deviation: number;
}

/** What is slower now, or needs more memory, than in the older table; what is faster has `after` below `before`. */
export function changes(older: Table, newer: Table): Change[] {
  return WORKLOADS.flatMap((workload) =>
    cellsOf(newer, workload).flatMap(({ peer }: Cell): Change[] => {
      if (peer === newer.base) return [];
      const inRatios = older.base === newer.base && hasBase(older, workload) && hasBase(newer, workload);
      const [before, after] = [older, newer].map((table) => measureOf(table, workload, peer, inRatios));
      if (before === undefined || after === undefined || !isBeyondNoise(before, after)) return [];
      return [{ workload: workload.name, peer, unit: after.unit, before: before.value, after: after.value }];
    }),
  );
}

function hasBase(table: Table, workload: Workload): boolean {
  return table.results.some((result) => result.peer === table.base && result.workload === workload.name);
}

function measureOf(table: Table, workload: Workload, peer: string, inRatios: boolean): Measure | undefined {
  const find = (name: string) => table.results.find((each) => each.peer === name && each.workload === workload.name);
  const [result, base] = [find(peer), find(table.base)];
  if (result === undefined) return undefined;
  const values = valuesOf(result, workload);
  const measured = inRatios ? ratios(values, valuesOf(base!, workload)) : values;
  const unit = inRatios ? `of ${table.base}` : workload.unit;
  return { unit, value: median(measured), deviation: deviation(measured) };
}

function isBeyondNoise(before: Measure, after: Measure): boolean {
  const change = Math.abs(after.value - before.value);
  return change > LEAST_CHANGE * before.value && change > DEVIATIONS * (before.deviation + after.deviation);
}

/** The comparison in words. */
export function comparison(older: BenchRecord, newer: BenchRecord): string {
  if (older.table === undefined || newer.table === undefined)
    return "There is no table in one of the records to compare.";
  const found = changes(older.table, newer.table);
  const slower = found.filter(({ before, after }) => after > before);
  const faster = found.filter(({ before, after }) => after < before);
  return [
    `Compared with ${older.date}, Node ${older.node}, ${older.machine.cpu}. ${RULE}`,
    "",
    ...section("Slower", slower),
    ...section("Faster", faster),
  ].join("\n");
}

function section(title: string, found: readonly Change[]): string[] {
  if (found.length === 0) return [`${title}: nothing.`];
  const amount = (value: number, unit: string): string => (unit.startsWith("of") ? value.toFixed(2) : figure(value));
  return [
    `${title}:`,
    ...found.map(
      ({ workload, peer, unit, before, after }) =>
        `   ${peer} in ${workload}: ${amount(before, unit)} before, ${amount(after, unit)} now (${unit})`,
    ),
  ];
}
