import { ValueError } from "../loop/errors.ts";
import { describeMistake } from "../future/awaitable.ts";
import { InterfaceError } from "./database-errors.ts";
import { loadPg } from "./postgres-driver.ts";

/** Which table, and which of its columns. */
export interface CopyOptions {
  /** Default: all, in the table's order. */
  columns?: readonly string[];
  /** Default: as the connection's search path says. */
  schema?: string;
  /** Milliseconds it may take; null for any. Default: the connection's `commandTimeout`. */
  timeout?: number | null;
}

/** How the rows are written. */
export interface CopyFormatOptions extends CopyOptions {
  /** Default `text`: columns between tabs, rows between ends of line, `\N` for null. */
  format?: "text" | "csv" | "binary";
  /** Whether the first line has the names of the columns. Default false. */
  header?: boolean;
}

const FORMATS = ["text", "csv", "binary"];

/** @internal `"schema"."table" ("column", …)` */
export function copyTarget(who: string, table: string, { columns, schema }: CopyOptions): string {
  const quoted = (name: unknown): string => {
    if (typeof name === "string") return loadPg().escapeIdentifier(name);
    throw new TypeError(`${who}: the name of a table or a column is a string, not ${describeMistake(name)}.`);
  };
  const qualified = schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
  return columns === undefined ? qualified : `${qualified} (${columns.map(quoted).join(", ")})`;
}

/** @internal `(FORMAT csv, HEADER)` */
export function copyFormat(who: string, { format = "text", header = false }: CopyFormatOptions): string {
  if (!FORMATS.includes(format)) {
    throw new ValueError(`${who}: format is one of ${FORMATS.join(", ")}, not ${format as string}.`);
  }
  return `(FORMAT ${format}${header ? ", HEADER" : ""})`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** @internal Rows in COPY's text format, a line at a time. */
export function* copyLines(who: string, rows: Iterable<readonly unknown[]>): Iterable<string> {
  const { prepareValue } = loadPg().utils;
  for (const row of rows) {
    if (!Array.isArray(row)) throw new TypeError(`${who}: a record is an array, not ${describeMistake(row)}.`);
    yield `${row.map((value) => fieldOf(who, value, prepareValue)).join("\t")}\n`;
  }
}

function fieldOf(who: string, value: unknown, prepareValue: (value: unknown) => unknown): string {
  let prepared: unknown;
  try {
    prepared = prepareValue(value);
  } catch (cause) {
    throw new InterfaceError(`${who}: a value could not be converted: ${(cause as Error).message}`, { cause });
  }
  if (prepared === null || prepared === undefined) return "\\N";
  const text =
    prepared instanceof Uint8Array
      ? `\\x${Buffer.from(prepared).toString("hex")}`
      : (prepared as string | number).toString();
  return text.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}
