import type { Place } from "./trace.ts";

/** @internal Whether it is a line of a file. */
export function isInFile({ file, line }: Place): boolean {
  return file !== undefined && line !== undefined;
}

/** @internal The innermost place in a file. */
export function placeOf(frames: readonly Place[]): Place | null {
  return frames.findLast(isInFile) ?? null;
}

/** @internal `folder/file.ts:12`; empty for nowhere. */
export function formatPlace(place: Place | null): string {
  if (place?.file === undefined) return "";
  return `${place.file.split(/[/\\]/).slice(-2).join("/")}:${place.line}`;
}
