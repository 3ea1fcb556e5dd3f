import { toChromeTrace } from "../chrome-trace.ts";
import { toCsv } from "../csv.ts";
import { formatTrace } from "../format-trace.ts";
import { toMermaid } from "../mermaid.ts";
import { toSvg } from "../svg.ts";
import type { Trace } from "../trace.ts";
import type { Run } from "./theatre.ts";

interface Format {
  readonly name: string;
  readonly what: string;
  readonly ending: string;
  write(trace: Trace, index: number): string;
}

/** What a run can be taken away as. */
export const EXPORTS: readonly Format[] = [
  { name: "SVG", what: "this moment, for slides", ending: "svg", write: toSvg },
  { name: "Mermaid", what: "this moment’s tasks, for Markdown", ending: "mmd", write: toMermaid },
  { name: "CSV", what: "the run as a table", ending: "csv", write: toCsv },
  { name: "Chrome trace", what: "the run, for Perfetto", ending: "chrome.json", write: toChromeTrace },
  { name: "Trace", what: "the run itself", ending: "trace.json", write: formatTrace },
];

/** Offers the browser a file to keep. */
export function download({ ending, write }: Format, { name, trace }: Run, index: number): void {
  const link = document.createElement("a");
  const stem = (name.split(/[/\\]/).at(-1) ?? "").replace(/(\.trace)?\.[a-z]+$/, "");
  link.download = `${stem === "" ? "run" : stem}.${ending}`;
  link.href = URL.createObjectURL(new Blob([write(trace, index)]));
  link.click();
  URL.revokeObjectURL(link.href);
}
