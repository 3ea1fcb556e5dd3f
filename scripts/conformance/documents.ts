import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

// docs/conformance.md has blocks that are not written by hand: numbers, made by the commands that measure them.

const DOCUMENT = fileURLToPath(new URL("../../docs/conformance.md", import.meta.url));

/** The block of this name, between its two markers. */
function blockNamed(name: string): RegExp {
  return new RegExp(`(?<=<!-- made by: ${name} -->\n).*?(?=<!-- end -->)`, "su");
}

/** What stands in a block of the documentation. */
export function readBlock(name: string): string {
  const found = blockNamed(name).exec(readFileSync(DOCUMENT, "utf8"));
  if (found === null) throw new Error(`docs/conformance.md has no block "made by: ${name}"`);
  return found[0].trim();
}

/** Writes a block of the documentation anew. */
export function writeBlock(name: string, text: string): void {
  readBlock(name);
  const document = readFileSync(DOCUMENT, "utf8");
  writeFileSync(
    DOCUMENT,
    document.replace(blockNamed(name), () => `\n${text}\n\n`),
  );
}

/** A Markdown table, its columns aligned: the first to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const isNumber = head.map((_, column) => rows.every((row) => typeof row[column] === "number"));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(" | ")} |`;
  const rule = widths.map((width, column) => (isNumber[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(cells[0]!), line(rule), ...cells.slice(1).map(line)].join("\n");
}
