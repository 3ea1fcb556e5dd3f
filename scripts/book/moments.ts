// A run as a table: a row for each callback that ran, and what the loop held after it.
import type { Main } from "../../src/index.ts";
import { describeTimer } from "../../src/inspect/describe-view.ts";
import { type Trace, type View, record, viewAt } from "../../src/inspect/index.ts";

const HEAD = ["Iteration", "Clock", "Runs", "Ready then", "Timers then", "Waiting then"];

/** Markdown. The program's own output is dropped; an error it ends with is part of the run. */
export function momentsOf(main: Main<unknown>): string {
  const rows = rowsOf(record(main).trace);
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(HEAD), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function rowsOf(trace: Trace): string[][] {
  const rows: string[][] = [];
  let running = "";
  for (const [index, { kind, iteration, time }] of trace.events.entries()) {
    const view = viewAt(trace, index + 1);
    if (kind === "ready.popped") running = view.running ?? "";
    if (kind !== "step.ended") continue;
    rows.push([String(iteration), String(time), running, ...heldIn(view)].map(escape));
  }
  return rows;
}

function heldIn({ ready, timers, tasks }: View): string[] {
  return [
    ready.map(({ task, why }) => `${task} (${why})`).join(", "),
    timers.map(describeTimer).join(", "),
    tasks
      .filter(({ state }) => state === "waiting")
      .map(({ name, waitsFor }) => `${name}: ${waitsFor ?? "nothing"}`)
      .join(", "),
  ];
}

function escape(cell: string): string {
  return cell.replaceAll("|", String.raw`\|`);
}
