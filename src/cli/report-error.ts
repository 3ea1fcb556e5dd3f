import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { DeadlockError } from "../index.ts";
import { waitingFrame } from "../task/place.ts";

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

// The library itself, whose frames are not the program's: as it runs, and as its source maps say.
const LIBRARY = ["../../dist/", "../../src/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/**
 * Tells an error that ended a program: the error with its causes, the line of the program that threw it, and, at the
 * very end, where that is: `at file:line:column`.
 */
export function reportError(error: unknown, program: string): string {
  const place = findPlace(error, resolve(program));
  if (place === undefined) return `${describe(error)}\n\nat ${program}`;
  const where = `at ${relative(process.cwd(), place.file)}:${place.line}:${place.column}`;
  return [describe(error), "", ...excerpt(place), where].join("\n");
}

function describe(error: unknown, told: Set<unknown> = new Set()): string {
  if (!(error instanceof Error)) return `Thrown, and not an Error: ${inspect(error)}`;
  if (told.has(error)) return `${error.name}: as above`;
  told.add(error);
  const parts = [error.stack ?? String(error)];
  if (error instanceof AggregateError) {
    error.errors.forEach((inner, index) => parts.push(indent(`${index + 1}. ${describe(inner, told)}`)));
  }
  if (error.cause !== undefined) parts.push(`Caused by: ${describe(error.cause, told)}`);
  return parts.join("\n");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function excerpt({ file, line, column }: Place): string[] {
  let text: string | undefined;
  try {
    text = readFileSync(file, "utf8").split("\n")[line - 1];
  } catch {
    // The file is gone, or never was one: the place alone must do.
  }
  if (text === undefined) return [];
  const margin = `  ${line} | `;
  return [margin + text, `${" ".repeat(margin.length - 2)}| ${" ".repeat(column - 1)}^`];
}

// The innermost frame that is neither Node's, nor the library's, nor a package's. Some errors have no such frame: a group
// was thrown where its children failed, a deadlock where its main task waits, a syntax error where its message says.
function findPlace(error: unknown, program: string): Place | undefined {
  if (!(error instanceof Error)) return undefined;
  const stack = error.stack ?? "";
  return (
    framesOf(stack).find(({ file }) => isProgram(file, program)) ??
    (error instanceof AggregateError ? firstOf(error.errors, program) : undefined) ??
    (error instanceof DeadlockError ? waitingPlace(error) : undefined) ??
    placeInText(stack, program) ??
    (error.cause === undefined ? undefined : findPlace(error.cause, program))
  );
}

function firstOf(errors: readonly unknown[], program: string): Place | undefined {
  for (const error of errors) {
    const place = findPlace(error, program);
    if (place !== undefined) return place;
  }
  return undefined;
}

function framesOf(stack: string): Place[] {
  const frames = stack.matchAll(/^ +at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?)(?:\?[^:]*)?:(\d+):(\d+)\)?$/gm);
  return [...frames].map(([, file = "", line, column]) => ({
    file: file.startsWith("file:") ? fileURLToPath(file) : file,
    line: Number(line),
    column: Number(column),
  }));
}

function isProgram(file: string, program: string): boolean {
  return (
    file === program ||
    !(LIBRARY.some((folder) => file.startsWith(folder)) || file.includes(`${sep}node_modules${sep}`))
  );
}

function waitingPlace({ stacks: [main] }: DeadlockError): Place | undefined {
  const { file, line, column } = waitingFrame(main ?? []) ?? {};
  if (file === undefined || line === undefined) return undefined;
  return { file: file.startsWith("file:") ? fileURLToPath(file) : file, line, column: column ?? 1 };
}

function placeInText(text: string, program: string): Place | undefined {
  const after = text.split(`${program}:`)[1];
  const [, line, column] = /^(\d+):(\d+)/.exec(after ?? "") ?? [];
  return line === undefined ? undefined : { file: program, line: Number(line), column: Number(column) };
}
