// What replicas and clients say to each other: a line of JSON there, a line of JSON back.

/** Which of two values is newer: the greater count, and between equals the greater name of the writer. */
export interface Version {
  readonly count: number;
  readonly writer: string;
}

export interface Stored {
  readonly version: Version;
  readonly value: string | null;
}

export type Request =
  | { readonly op: "get"; readonly key: string }
  | { readonly op: "put"; readonly key: string; readonly stored: Stored };

export const NOTHING: Stored = { version: { count: 0, writer: "" }, value: null };

export function isNewer(a: Version, b: Version): boolean {
  return a.count > b.count || (a.count === b.count && a.writer > b.writer);
}
