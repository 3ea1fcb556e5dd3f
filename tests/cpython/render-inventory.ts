import { callsBeyond, takeInventory } from "./inventory.ts";
import type { Entry } from "./inventory.ts";
import type { PortCall } from "./port-calls.ts";

const OUTCOMES = ["ported", "adapted", "left out", "later", "missing"] as const;

const HEAD = `# CPython's tests, ported

What became of the tests of \`test_asyncio\` in CPython 3.13.0 that mean something for this runtime. _Ported_: all that the
original asserts is asserted here. _Adapted_: so, where the original speaks of something that has another form here; behind
it stands how. _Left out_: there is no such thing here. _Later_: what it tests is not built yet. _Expected_ counts the adapted
ones that were foreseen.

Made by \`npm run inventory\` from the calls in \`test_*.test.ts\`; a test fails when this page is not what it would write.`;

/** The text of `INVENTORY.md`. */
export function renderInventory(calls: readonly PortCall[]): string {
  const entries = takeInventory(calls);
  const files = [...groupBy(entries, ({ original }) => original.file)];
  const sections = [
    HEAD,
    renderTotals([...files, ["total", entries]]),
    ...files.flatMap(([file, inFile]) => [`## ${file}`, ...renderClasses(inFile)]),
    ...renderBeyond(callsBeyond(calls)),
  ];
  return `${sections.join("\n\n")}\n`;
}

function renderTotals(files: readonly (readonly [file: string, entries: readonly Entry[]])[]): string {
  const rows = files.map(([file, entries]) => [
    file,
    String(entries.length),
    String(entries.filter(({ original }) => original.adapt).length),
    ...OUTCOMES.map((outcome) => String(entries.filter(({ state }) => state === outcome).length)),
  ]);
  return renderTable([["file", "applicable", "expected", ...OUTCOMES], ...rows]);
}

/** The first column to the left, the others, which are numbers, to the right; aligned as oxfmt does. */
function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const [head, ...body] = rows.map((cells) =>
    line(cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))),
  );
  const rule = line(widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)));
  return [head, rule, ...body].join("\n");
}

function renderClasses(entries: readonly Entry[]): string[] {
  return [...groupBy(entries, ({ original }) => original.className)].flatMap(([className, inClass]) => [
    `### ${className}`,
    inClass.map(({ original, state, remark }) => renderLine(original.name, state, remark)).join("\n"),
  ]);
}

function renderBeyond(calls: readonly PortCall[]): string[] {
  if (calls.length === 0) return [];
  const lines = calls.map(({ file, className, name, kind, remark }) =>
    renderLine(`${file}::${className}::${name}`, kind, remark),
  );
  return ["## Beyond the 551", lines.join("\n")];
}

function renderLine(name: string, state: string, remark: string): string {
  return [`- \`${name}\``, state, ...(remark === "" ? [] : [withCode(remark)])].join(": ");
}

/** `Map.groupBy`, which Node 20 does not have. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Words that Markdown would read otherwise (`__context__`, `yield*`) become code. */
function withCode(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll(/[\w.$]*[_*<[\]][\w.$*<>[\]]*/g, "`$&`")))
    .join("");
}
