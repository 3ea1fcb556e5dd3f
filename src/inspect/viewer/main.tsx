import { render } from "preact";
import type { PageData } from "../page-data.ts";
import { App } from "./app.tsx";
import { listenToKeys } from "./keys.ts";
import { followLink } from "./link.ts";
import { Theatre } from "./theatre.ts";

const theatre = new Theatre(await readData(document.getElementById("runs")!.textContent));
followLink(theatre);
listenToKeys(theatre);
render(<App theatre={theatre} />, document.getElementById("theatre")!);

/** What toHtml put there. */
async function readData(packed: string): Promise<PageData> {
  if (packed === "") return { runs: [], problems: [] };
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as PageData;
}
