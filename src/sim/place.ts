import type { AnyTask } from "../loop/parties.ts";

// The library itself, as it runs: a program waits in its own line, not in the one of `wait` or `using`.
const LIBRARY = decodeURIComponent(new URL("../", import.meta.url).pathname);

/** Where a task waits, in the program: `app/main.ts:12`; empty when that is not known. @internal */
export function placeOf(task: AnyTask): string {
  const frames = task.getStack().filter(({ file, line }) => file !== undefined && line !== undefined);
  const frame = frames.findLast(({ file }) => !file!.startsWith(LIBRARY)) ?? frames.at(-1);
  return frame === undefined ? "" : `${frame.file!.split(/[/\\]/).slice(-2).join("/")}:${frame.line}`;
}
