import { describeDeadlocks, describeReady, describeTask, describeTimer } from "./describe-view.ts";
import { formatTime } from "./format-time.ts";
import { treeOf } from "./task-tree.ts";
import type { Trace } from "./trace.ts";
import { viewAt } from "./view.ts";
import { escapeXml } from "./xml.ts";

const ROW = 22;
const COLUMN = 300;
const MARGIN = 16;
// Characters that fit a column.
const FITTING = 38;
// With the shapes that stand for the states.
const FONTS = "system-ui, DejaVu Sans, Segoe UI Symbol, Apple Symbols, sans-serif";

/** The moment after the first `index` events as a picture: the ready queue, the timers, the tasks under their parents. */
export function toSvg(trace: Trace, index: number): string {
  const view = viewAt(trace, index);
  const deadlocks = describeDeadlocks(view.tasks);
  const tree = treeOf(view.tasks).map(({ task, depth }) => `${"  ".repeat(depth)}${describeTask(task)}`);
  const columns: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["Ready, the next one first", view.ready.map(describeReady)],
    ["Timers", view.timers.map(describeTimer)],
    ["Tasks", [...tree, ...deadlocks]],
  ];
  const width = MARGIN * 2 + COLUMN * columns.length;
  const height = MARGIN * 2 + ROW * (2 + Math.max(1, ...columns.map(([, lines]) => lines.length)));
  const title = `Iteration ${view.iteration}, t=${formatTime(view.time)}, event ${index} of ${trace.events.length}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${FONTS}" font-size="14">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(MARGIN, 0, title, ' font-weight="bold"'),
    ...columns.flatMap(([heading, lines], column) => columnOf(MARGIN + column * COLUMN, heading, lines)),
    "</svg>",
    "",
  ].join("\n");
}

function columnOf(x: number, heading: string, lines: readonly string[]): string[] {
  const shown = lines.length > 0 ? lines : ["–"];
  return [text(x, 1, heading, ' fill="#555"'), ...shown.map((line, row) => text(x, row + 2, shorten(line), ""))];
}

function shorten(line: string): string {
  const characters = Array.from(line);
  return characters.length <= FITTING ? line : `${characters.slice(0, FITTING - 1).join("")}…`;
}

function text(x: number, row: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${MARGIN + ROW * row + 15}" xml:space="preserve"${attributes}>${escapeXml(content)}</text>`;
}
