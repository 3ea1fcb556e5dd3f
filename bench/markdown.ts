import type { BenchRecord } from "./record.ts";

/** On what it was measured, and when. */
export function machineOf({ machine, node, v8, date }: BenchRecord): string {
  const { cpu, cores, memory, os } = machine;
  return `${cpu}, ${cores} cores, ${memory}, ${os}; Node ${node.replace("v", "")} (V8 ${v8}); ${date}`;
}

/** A table, padded as the formatter does: the first column to the left, numbers to the right. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const isText = (column: number): boolean => column === 0 || rows.some((row) => /^[a-z]/i.test(row[column] ?? ""));
  const widths = heads.map((head, i) => Math.max(3, head.length, ...rows.map((row) => row[i]!.length)));
  const padded = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (isText(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(" | ")} |`;
  const rule = widths.map((width, i) => (isText(i) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [padded(heads), `| ${rule.join(" | ")} |`, ...rows.map(padded)].join("\n");
}
