import { ValueError } from "./errors.ts";

/** @internal Checks a duration, or a reading of a clock. */
export function checkMilliseconds(who: string, what: string, value: unknown): asserts value is number {
  if (typeof value !== "number") {
    throw new TypeError(`${who}: ${what} is a number of milliseconds, not ${value === null ? "null" : typeof value}.`);
  }
  if (Number.isNaN(value)) throw new ValueError(`${who}: ${what} is NaN (not a number); expected milliseconds.`);
}
