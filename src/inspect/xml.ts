const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** @internal Text for a page or a picture. What XML cannot hold, control characters and half a pair, is shown as �. */
export function escapeXml(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t\n\r]|\p{Cs}/gu, "\ufffd").replaceAll(/[&<>"']/g, (one) => ENTITIES[one]!);
}
