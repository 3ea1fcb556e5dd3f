import type { Status } from "./outcome.ts";

const SHOWN = 80;

/**
 * What two runs have in common that fail in the same way: how they ended, and the kind of error with the beginning of its
 * message, whatever the numbers in it.
 *
 * @internal
 */
export function failureKind(status: Status, error: unknown): string {
  if (status !== "raised" && status !== "escaped") return status;
  if (!(error instanceof Error)) return `${status} ${typeof error} ${shorten(String(error))}`;
  return `${status} ${error.name} ${shorten(error.message)}`;
}

function shorten(message: string): string {
  return message.replaceAll(/\d+/g, "#").slice(0, SHOWN);
}
