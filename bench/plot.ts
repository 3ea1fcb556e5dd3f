// Plots as SVG text: three kinds, made of lines, dots and words.

/** A line or a set of dots, with its name in the legend. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** A plot of lines. */
export interface LinePlot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** A plot with a row for each name, and in it a dot for each series that has one. */
export interface DotPlot {
  readonly title: string;
  readonly rows: readonly string[];
  readonly x: Axis;
  /** Where a line is drawn through all rows. */
  readonly mark: number;
  /** The y of a point is the index of its row. */
  readonly series: readonly Series[];
}

/** What is counted along an axis, from where to where; logarithmic from a number above 0. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly log: boolean;
}

const WIDTH = 760;
const LEFT = 150;
const RIGHT = 44;
const TOP = 64;
const BOTTOM = 48;
const ROW = 26;
const LINES = 240;
// Okabe and Ito's colours, which colour-blind readers can tell apart.
const COLOURS = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"];

/** Lines over two axes. */
export function linePlot({ title, x, y, series }: LinePlot): string {
  const height = TOP + LINES + BOTTOM;
  const [atX, atY] = [scale(x, LEFT, WIDTH - RIGHT), scale(y, height - BOTTOM, TOP)];
  const body = series.flatMap(({ points }, i) => {
    const path = points.map(([px, py]) => `${atX(px)},${atY(py)}`).join(" ");
    return [
      `<polyline points="${path}" fill="none" stroke="${colour(i)}" stroke-width="2"/>`,
      ...(points.length > 30 ? [] : points.map(([px, py]) => dot(atX(px), atY(py), i))),
    ];
  });
  const grid = ticks(y).map((value) => [
    line(LEFT, atY(value), WIDTH - RIGHT, atY(value), "#ddd"),
    words(LEFT - 8, atY(value) + 4, short(value), "end"),
  ]);
  return svg(height, title, [
    ...grid.flat(),
    ...xAxis(x, atX, height),
    `<text x="20" y="${TOP - 10}">${escaped(y.label)}</text>`,
    ...body,
    ...legend(series),
  ]);
}

/** Dots in rows. */
export function dotPlot({ title, rows, x, mark, series }: DotPlot): string {
  const height = TOP + rows.length * ROW + BOTTOM;
  const atX = scale(x, LEFT, WIDTH - RIGHT);
  const atRow = (row: number): number => TOP + (row + 0.5) * ROW;
  return svg(height, title, [
    ...xAxis(x, atX, height),
    ...rows.map((_, i) => line(LEFT, atRow(i), WIDTH - RIGHT, atRow(i), "#eee")),
    ...rows.map((name, i) => words(LEFT - 8, atRow(i) + 4, name, "end")),
    line(atX(mark), TOP, atX(mark), height - BOTTOM, "#333"),
    ...series.flatMap(({ points }, i) => points.map(([px, row]) => dot(atX(px), atRow(row), i))),
    ...legend(series),
  ]);
}

/** The least and most that hold all values, at powers of ten. */
export function decades(values: readonly number[]): { from: number; to: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return { from: 10 ** Math.floor(Math.log10(least)), to: 10 ** Math.ceil(Math.log10(most)) };
}

/** A round number, no less than any of the values. */
export function roundedUp(values: readonly number[]): number {
  const most = Math.max(...values);
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 3, 5, 10].map((step) => step * power).find((step) => step >= most)!;
}

function scale({ from, to, log }: Axis, start: number, end: number): (value: number) => number {
  const place = (value: number): number =>
    log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return (value) => Number((start + place(value) * (end - start)).toFixed(1));
}

function ticks({ from, to, log }: Axis): number[] {
  if (!log) return Array.from({ length: 6 }, (_, i) => from + ((to - from) * i) / 5);
  const powers: number[] = [];
  for (let power = Math.round(Math.log10(from)); power <= Math.round(Math.log10(to)); power += 1)
    powers.push(10 ** power);
  return powers;
}

function xAxis(axis: Axis, at: (value: number) => number, height: number): string[] {
  const bottom = height - BOTTOM;
  return [
    ...ticks(axis).flatMap((value) => [
      line(at(value), TOP, at(value), bottom, "#ddd"),
      words(at(value), bottom + 18, short(value), "middle"),
    ]),
    words((LEFT + WIDTH - RIGHT) / 2, height - 8, axis.label, "middle"),
  ];
}

function legend(series: readonly Series[]): string[] {
  return series.flatMap(({ name }, i) => {
    const x = 28 + i * 91;
    return [dot(x, 38, i), words(x + 9, 42, name, "start")];
  });
}

function short(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString("en", { maximumFractionDigits: 3 });
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

function dot(x: number, y: number, index: number): string {
  return `<circle cx="${x}" cy="${y}" r="4.5" fill="${colour(index)}"/>`;
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}"/>`;
}

function words(x: number, y: number, text: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function svg(height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="20" y="22" font-size="15" font-weight="bold">${escaped(title)}</text>`,
    ...content,
    "</svg>",
    "",
  ].join("\n");
}
