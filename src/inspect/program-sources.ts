import { isInFile } from "./places.ts";
import { readText } from "./read-text.ts";
import type { Place, TraceEvent } from "./trace.ts";

// Where the library itself lies.
const LIBRARY = decodeURIComponent(new URL("..", import.meta.url).href).replace(/^file:\/\//, "");

/** @internal The frames of the program: what the library's own coroutines look like is no part of it. */
export function framesOfProgram(frames: readonly Place[]): readonly Place[] {
  return frames.filter(({ file }) => file === undefined || !file.startsWith(LIBRARY));
}

/** @internal The text of the files that events point to, where the host lets them be read. */
export function sourcesOf(events: readonly TraceEvent[]): Record<string, string> {
  const files = new Set<string>();
  for (const { frames } of events) {
    for (const place of (frames ?? []) as readonly Place[]) if (isInFile(place)) files.add(place.file!);
  }
  const sources: Record<string, string> = {};
  for (const file of files) {
    const text = readText(file);
    if (text !== null) sources[file] = text;
  }
  return sources;
}
