// The library without its hooks: what an Instrument or a Scheduler costs when there is none is the difference.
import { parseSync } from "oxc-parser";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Takes out of compiled code each statement that only tells an Instrument, and each test whether there is any. */
export function stripHooks(text: string): { readonly text: string; readonly stripped: number } {
  const { program, errors } = parseSync("hooks.js", text, { sourceType: "module" });
  if (errors.length > 0) throw new SyntaxError(errors[0]!.message);
  const edits: Edit[] = [];
  visit(program as unknown as Node, text, edits);
  let stripped = text;
  for (const { start, end, text: instead } of edits.toReversed()) {
    stripped = stripped.slice(0, start) + instead + stripped.slice(end);
  }
  return { text: stripped, stripped: edits.length };
}

function visit(node: Node, text: string, edits: Edit[]): void {
  const instead = replacement(node, text);
  if (instead !== undefined) {
    edits.push({ start: node.start, end: node.end, text: instead });
    return;
  }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(child)) visit(child, text, edits);
  }
}

/** What stands in the place of a hook; undefined for anything else. */
function replacement(node: Node, text: string): string | undefined {
  const source = text.slice(node.start, node.end);
  // this.instrument?.timerScheduled?.(timer);
  if (node.type === "ExpressionStatement" && /^[\w.]*\binstrument\??\.\w+\?\.\(/.test(source)) return ";";
  if (node.type !== "IfStatement") return undefined;
  const test = node["test"] as Node;
  const asked = text.slice(test.start, test.end);
  // if (this.instrument !== null) …
  if (/^[\w.]*\binstrument !== null$/.test(asked) && node["alternate"] === null) return ";";
  // if (this.#scheduler === null && this.instrument === null && !this.debug) … else …
  if (/\binstrument === null/.test(asked)) {
    const consequent = node["consequent"] as Node;
    return text.slice(consequent.start, consequent.end);
  }
  return undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}
