// What a page holds.
import { gunzipSync } from "node:zlib";
import type { PageData } from "../../src/inspect/page-data.ts";

/** What toHtml put into a page. */
export function dataIn(page: string): PageData {
  const [, packed] = /<script type="text\/plain" id="runs">(.*?)<\/script>/.exec(page) ?? [];
  if (packed === undefined) throw new Error("the page has no data");
  return JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString()) as PageData;
}
