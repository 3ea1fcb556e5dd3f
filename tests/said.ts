// What a call that is wrong says: `TypeError: …`.
import { type Coroutine, runSync } from "escapement";

export function told(error: unknown): string {
  if (!(error instanceof Error)) return `not an error: ${String(error)}`;
  return `${error.constructor.name}: ${error.message}`;
}

/** What it throws. */
export function said(wrong: () => unknown): string {
  try {
    wrong();
  } catch (error) {
    return told(error);
  }
  return "no error";
}

/** What a program throws. */
export function saidBy(main: () => Coroutine<unknown>, debug = false): string {
  return said(() => runSync(main, { debug }));
}

/** What a call throws that is made inside a program. */
export function saidInside(wrong: () => unknown): string {
  return saidBy(function* () {
    wrong();
  });
}

/** What JavaScript without types would let through. */
export const untyped = (value: unknown): any => value;
