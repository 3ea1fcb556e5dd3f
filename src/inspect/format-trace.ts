import type { Trace } from "./trace.ts";

/** A trace as the text of its file: one event a line, so that what was cut short can be read up to there. */
export function formatTrace({ version, header, sources, events }: Trace): string {
  const head = `{"version":${version},\n"header":${JSON.stringify(header)},\n"sources":${JSON.stringify(sources)},\n`;
  const lines = events.map((event) => JSON.stringify(event)).join(",\n");
  return `${head}"events":[\n${lines}${lines === "" ? "" : "\n"}]}\n`;
}
