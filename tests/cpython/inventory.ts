import { APPLICABLE } from "./applicable.ts";
import type { NamesByFile } from "./applicable.ts";
import { BEYOND } from "./beyond.ts";
import type { PortCall } from "./port-calls.ts";

// What became of each of CPython's tests that apply here: the names of `applicable.ts` beside the calls in `test_*.test.ts`.

/** A test of CPython's suite; `adapt` when its subject has another form here. */
export interface Original {
  readonly file: string;
  readonly className: string;
  readonly name: string;
  readonly adapt: boolean;
}

export interface Entry {
  readonly original: Original;
  readonly state: PortCall["kind"] | "later" | "missing";
  readonly remark: string;
}

/** Tests whose subject is not built yet: a file, or one class of it, and what they wait for. */
export interface Later {
  readonly file: string;
  readonly className?: string;
  readonly reason: string;
}

/** Goes when the module comes: a test here may have no call. */
const LATER: readonly Later[] = [];

/** The 551. */
export const applicable: readonly Original[] = originalsIn(APPLICABLE);

const beyond = originalsIn(BEYOND);

/** Each of the 551, in CPython's order. */
export function takeInventory(calls: readonly PortCall[], later: readonly Later[] = LATER): Entry[] {
  const byKey = new Map(calls.map((call) => [keyOf(call), call]));
  return applicable.map((original) => {
    const call = byKey.get(keyOf(original));
    if (call !== undefined) return { original, state: call.kind, remark: call.remark };
    const reason = later.find((entry) => waits(entry, original))?.reason;
    return { original, state: reason === undefined ? "missing" : "later", remark: reason ?? "" };
  });
}

/** Ported although nothing asks for it: CPython has it, and it is not among the 551. */
export function callsBeyond(calls: readonly PortCall[]): PortCall[] {
  const keys = new Set(beyond.map(keyOf));
  return calls.filter((call) => keys.has(keyOf(call)));
}

/** Calls that name no test of CPython, that give no remark, or name a test that is here already, or cannot be here yet. */
export function callFaults(calls: readonly PortCall[], later: readonly Later[] = LATER): string[] {
  const known = new Set([...applicable, ...beyond].map(keyOf));
  const seen = new Map<string, PortCall>();
  return calls.flatMap((call) => {
    const key = keyOf(call);
    const before = seen.get(key);
    seen.set(key, call);
    return [
      ...(known.has(key) ? [] : [`${call.where}: CPython has no ${key}.`]),
      ...(call.kind !== "ported" && call.remark.trim() === ""
        ? [`${call.where}: ${key} does not say how, or why.`]
        : []),
      ...(before === undefined ? [] : [`${call.where}: ${key} is in ${before.where} already.`]),
      ...later
        .filter((entry) => waits(entry, call))
        .map(({ reason }) => `${call.where}: ${key} is here; "${reason}" says that it cannot be.`),
    ];
  });
}

/** Spelled as unittest and pytest do. */
export function keyOf({ file, className, name }: { file: string; className: string; name: string }): string {
  return `${file}::${className}::${name}`;
}

function waits(later: Later, { file, className }: { file: string; className: string }): boolean {
  return later.file === file && (later.className ?? className) === className;
}

function originalsIn(files: NamesByFile): Original[] {
  return Object.entries(files).flatMap(([file, classes]) =>
    Object.entries(classes).flatMap(([className, names]) =>
      names
        .trim()
        .split(/\s+/)
        .map((name) => ({
          file,
          className,
          name: `test_${name.replace("*", "")}`,
          adapt: name.endsWith("*"),
        })),
    ),
  );
}
