import type { Frame } from "./stack.ts";

// Where the package lies, as it runs and as its source maps say; unknown when it was bundled into something else.
const PACKAGE = /^(?:file:\/\/)?(.*\/)(?:src|dist)\/task\/place\.[jt]s/.exec(
  decodeURIComponent((import.meta as { url?: string }).url ?? ""),
)?.[1];

/** Whether a file is the library's own, not the program's. */
function isOfLibrary(file: string): boolean {
  return PACKAGE !== undefined && (file.startsWith(`${PACKAGE}src/`) || file.startsWith(`${PACKAGE}dist/`));
}

/**
 * The frame in which a task waits, as its author sees it: a line of the program, not that of `wait` or `using` in here.
 *
 * @internal
 */
export function waitingFrame(stack: readonly Frame[]): Frame | undefined {
  const frames = stack.filter(({ file, line }) => file !== undefined && line !== undefined);
  return frames.findLast(({ file }) => !isOfLibrary(file!)) ?? frames.at(-1);
}

/** @internal `app/main.ts:12`: the last two parts of a path are enough to know the file by. Empty when it is not known. */
export function placeIn(stack: readonly Frame[]): string {
  const frame = waitingFrame(stack);
  return frame === undefined ? "" : `${frame.file!.split(/[/\\]/).slice(-2).join("/")}:${frame.line}`;
}
