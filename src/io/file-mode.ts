import { ValueError } from "../loop/errors.ts";

/** A mode in which a file is text: `"r"`, `"w+"`, `"at"` … */
export type TextMode = `${"r" | "w" | "a" | "x"}${"" | "+" | "t" | "t+" | "+t"}`;

/** A mode in which a file is bytes: `"rb"`, `"wb+"`, `"a+b"` … */
export type ByteMode = `${"r" | "w" | "a" | "x"}${"b" | "b+" | "+b"}`;

/** @internal What a mode says. */
export interface FileMode {
  readonly name: string;
  /** As the host spells it. */
  readonly flags: string;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly appends: boolean;
  readonly binary: boolean;
}

/** @internal @throws {TypeError} @throws {ValueError} When it is none. */
export function parseMode(who: string, mode: unknown): FileMode {
  if (typeof mode !== "string") {
    throw new TypeError(`${who}: a mode is a string, not ${mode === null ? "null" : typeof mode}.`);
  }
  const action = mode.replaceAll(/[^rwax]/g, "");
  const rest = mode.replaceAll(/[rwax]/g, "");
  if (action.length !== 1 || !/^(\+?[bt]?|[bt]\+)$/.test(rest)) {
    throw new ValueError(
      `${who}: a mode has one of r, w, a, x, and may have + and one of b, t; not ${JSON.stringify(mode)}.`,
    );
  }
  const both = rest.includes("+");
  return {
    name: mode,
    flags: (action === "x" ? "wx" : action) + (both ? "+" : ""),
    reads: action === "r" || both,
    writes: action !== "r" || both,
    appends: action === "a",
    binary: rest.includes("b"),
  };
}
