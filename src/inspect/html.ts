import { EMPTY_PAGE_DATA, type NamedTrace, type PageData } from "./page-data.ts";
import { readText } from "./read-text.ts";
import type { Trace } from "./trace.ts";

/** What a page shows besides the run. */
export interface PageOptions {
  /** What the run is called. Default: the program that its header names. */
  readonly name?: string;
  /** A second run, beside the first. */
  readonly beside?: NamedTrace;
  /** What could not be read of them, a sentence each. */
  readonly problems?: readonly string[];
}

// Beside this very file in the package, and in the source tree once `npm run viewer` has made it.
const VIEWER = "viewer.html";

/**
 * The trace in a page that needs nothing else: every moment of the run, forwards and backwards.
 *
 * @throws {Error} Where no files can be read, as in a browser; in the source tree, before `npm run viewer`.
 */
export function toHtml(trace: Trace, options: PageOptions = {}): string {
  const { name = nameOf(trace), beside, problems = [] } = options;
  const data: PageData = { runs: [{ name, trace }, ...(beside === undefined ? [] : [beside])], problems };
  return viewer().replace(EMPTY_PAGE_DATA, (element) => element.replace("></", `>${packed(data)}</`));
}

/** @internal The program that was run, as its header has it. */
export function nameOf({ header }: Trace): string {
  const { program } = header;
  return typeof program === "string" ? program : "a run";
}

function packed(data: PageData): string {
  // Not imported: a page may load this module, as long as it does not make pages.
  const zlib = process.getBuiltinModule("node:zlib");
  return zlib.gzipSync(JSON.stringify(data)).toString("base64");
}

let viewerText: string | null = null;

function viewer(): string {
  const place = new URL(VIEWER, import.meta.url);
  viewerText ??= readText(place);
  if (viewerText !== null) return viewerText;
  throw new Error(`toHtml: the viewer cannot be read from ${place.href}. In the source tree, make it: npm run viewer`);
}
