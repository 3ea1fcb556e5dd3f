import type { Place, TraceEvent } from "./trace.ts";

interface Host {
  process?: { getBuiltinModule?(name: string): unknown };
}
interface Files {
  readFileSync(path: string, encoding: "utf8"): string;
}

// Where the library itself lies: what its own coroutines look like is no part of a program.
const LIBRARY = decodeURIComponent(new URL("..", import.meta.url).href).replace(/^file:\/\//, "");

/** @internal Whether it is a place of the program, in a file. */
export function isOfProgram(place: Place): boolean {
  return place.file !== undefined && place.line !== undefined && !place.file.startsWith(LIBRARY);
}

/** @internal The innermost place of the program. */
export function placeOf(frames: readonly Place[]): Place | null {
  return frames.findLast(isOfProgram) ?? null;
}

/** @internal `folder/file.ts:12`; empty for nowhere. */
export function formatPlace(place: Place | null): string {
  if (place?.file === undefined) return "";
  return `${place.file.split(/[/\\]/).slice(-2).join("/")}:${place.line}`;
}

/** @internal The text of the program's files that events point to, where the host lets them be read. */
export function sourcesOf(events: readonly TraceEvent[]): Record<string, string> {
  const files = new Set<string>();
  for (const { frames } of events) {
    for (const place of (frames ?? []) as readonly Place[]) if (isOfProgram(place)) files.add(place.file!);
  }
  const sources: Record<string, string> = {};
  for (const file of files) {
    const text = readText(file);
    if (text !== null) sources[file] = text;
  }
  return sources;
}

function readText(file: string): string | null {
  const fs = (globalThis as Host).process?.getBuiltinModule?.("node:fs") as Files | undefined;
  try {
    return fs?.readFileSync(file, "utf8") ?? null;
  } catch {
    return null; // made in memory, or gone
  }
}
