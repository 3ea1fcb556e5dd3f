const LONGEST = 60;

/**
 * A few words for a value. Objects are not looked into: a getter or a proxy of the program would be run by that.
 *
 * @internal
 */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "bigint") return shorten(`${value}n`);
  if (typeof value !== "object" || value === null) return String(value);
  return isArray(value) ? "an array" : "an object";
}

/** @internal An error as its name and message; what else was thrown, as any value. */
export function describeError(error: unknown): string {
  try {
    if (error instanceof Error) return shorten(error.message === "" ? error.name : `${error.name}: ${error.message}`);
  } catch {
    return "an error that cannot be read";
  }
  return describeValue(error);
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function isArray(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false; // a revoked proxy
  }
}
