/** Where the program called what it should not have. @internal */
export interface CallSite {
  /** As errors name it: `app/main.ts:12`. Null when nothing of the program is on the stack, or the host does not tell. */
  readonly place: string | null;
  /** It was not the program that called, but the host's own code, on the program's behalf or its own. */
  readonly byHost: boolean;
}

type Function = (...args: any[]) => unknown;

// Of `src` or `dist`, whichever this is a part of.
const OWN = pathOf(new URL("../../", import.meta.url).href);
// Whoever has called this has called `simulate`: it is not the program.
const MACHINE = `${OWN}sim/machine.`;
const FRAME = /((?:file:\/\/|node:|https?:\/\/)?[^\s()]*?):(\d+):\d+\)?$/;
const DEEPEST = 50;

/**
 * Who has called `trap`, or whoever of the program is below that on the stack.
 *
 * @internal
 */
export function callSite(trap: Function): CallSite {
  const [caller] = framesBelow(trap, 1);
  if (caller !== undefined && !isHosts(caller) && !isOwn(caller)) return { place: shorten(caller), byHost: false };
  const stack = framesBelow(trap, DEEPEST);
  const machine = stack.findIndex((frame) => frame.startsWith(MACHINE));
  const frames = machine < 0 ? stack : stack.slice(0, machine);
  const byHost = frames[0] !== undefined && isHosts(frames[0]);
  // The host's own code that works for this library does nothing of the program's.
  const client = frames.find((frame) => !isHosts(frame));
  const place = byHost && client !== undefined && isOwn(client) ? undefined : frames.find(isPrograms);
  return { place: place === undefined ? null : shorten(place), byHost };
}

/** Only those frames that are of some file. */
function framesBelow(trap: Function, limit: number): string[] {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = limit;
  const holder: { stack?: string } = {};
  Error.captureStackTrace?.(holder, trap);
  const { stack = "" } = holder;
  Error.stackTraceLimit = before;
  return stack.split("\n").flatMap((line) => {
    const [, file, number] = FRAME.exec(line) ?? [];
    return file === undefined ? [] : [`${pathOf(file)}:${number}`];
  });
}

function pathOf(file: string): string {
  return file.replace(/^file:\/\//, "");
}

function isHosts(frame: string): boolean {
  return frame.startsWith("node:");
}

function isOwn(frame: string): boolean {
  return frame.startsWith(OWN);
}

function isPrograms(frame: string): boolean {
  return !isHosts(frame) && !isOwn(frame);
}

/** The last two parts of a path are enough to know the file by. */
function shorten(frame: string): string {
  return frame.split(/[/\\]/).slice(-2).join("/");
}
