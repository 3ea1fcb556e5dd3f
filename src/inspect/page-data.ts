import type { Trace } from "./trace.ts";

/** @internal What a page is given to show: as JSON, gzipped, in base64. A trace repeats itself, and shrinks to a tenth. */
export interface PageData {
  readonly runs: readonly NamedTrace[];
  /** What could not be read of them, a sentence each. */
  readonly problems: readonly string[];
}

/** A trace, and what it is called. */
export interface NamedTrace {
  readonly name: string;
  readonly trace: Trace;
}

/** @internal The element that holds it, as it is in the page without a run. */
export const EMPTY_PAGE_DATA = '<script type="text/plain" id="runs"></script>';
