import type { Status } from "./outcome.ts";

const SHOWN = 80;
const WORDLESS = "something that cannot be put in words";

/**
 * What two runs have in common that fail in the same way: how they ended, and the kind of error with the beginning of its
 * message, whatever the numbers in it.
 *
 * @internal
 */
export function failureKind(status: Status, error: unknown): string {
  if (status !== "raised" && status !== "escaped") return status;
  try {
    if (!(error instanceof Error)) return `${status} ${typeof error} ${shorten(String(error))}`;
    return `${status} ${error.name} ${shorten(error.message)}`;
  } catch {
    return `${status} ${WORDLESS}`;
  }
}

function shorten(message: string): string {
  return message.replaceAll(/\d+/g, "#").slice(0, SHOWN);
}

/** What was thrown, in words. A program may throw anything, also what cannot be made a string. @internal */
export function inWords(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return WORDLESS;
  }
}
