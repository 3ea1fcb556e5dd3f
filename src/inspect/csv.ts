import { narrateAll } from "./narrate.ts";
import { type RecordedEvent, type Trace, recorded } from "./trace.ts";

/** The trace as a table for spreadsheets, an event a row (RFC 4180). */
export function toCsv(trace: Trace): string {
  const sentences = narrateAll(trace);
  const rows = recorded(trace).map((event, index) => [
    String(index),
    String(event.iteration),
    String(event.time),
    event.kind,
    String(taskOf(event) ?? ""),
    sentences[index]!,
  ]);
  const lines = [["event", "iteration", "time", "kind", "task", "what"], ...rows];
  return lines.map((row) => `${row.map(quote).join(",")}\r\n`).join("");
}

function taskOf(event: RecordedEvent): number | null {
  return "task" in event ? event.task : "by" in event ? event.by : null;
}

function quote(field: string): string {
  // A spreadsheet takes these for formulas.
  const harmless = /^[=+\-@\t\r]/.test(field) && Number.isNaN(Number(field)) ? `'${field}` : field;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
