// Pieces of the sources, by name: `Ring.push`, `EventLoop.runOnce`, `Task.#waitFor`, `gather`.
import { type Node, type Source, isNode } from "../../tests/architecture/source.ts";

/**
 * The text of each piece, with its doc comment left out and its indentation taken off.
 *
 * @throws {Error} When there is none of that name.
 */
export function extract(source: Source, names: readonly string[]): string {
  return names.map((name) => dedent(source.text, pieceOf(source, name))).join("\n\n");
}

function pieceOf(source: Source, name: string): Node {
  const [outer, member] = name.split(".");
  const found = statementsOf(source.program).find((node) => declares(node, outer!));
  const piece =
    found === undefined || member === undefined ? found : membersOf(found).find((node) => keyOf(node) === member);
  if (piece === undefined) throw new Error(`${source.path} has no ${name}. Correct the chapter that shows it.`);
  return piece;
}

/** What stands at the top of a file, without `export`. */
function statementsOf(program: Node): Node[] {
  return (program["body"] as Node[]).flatMap((node) => {
    const { declaration } = node as { declaration?: unknown };
    return isNode(declaration) ? [{ ...declaration, start: node.start, end: node.end }] : [node];
  });
}

function declares(node: Node, name: string): boolean {
  if (isNode(node["id"])) return node["id"]["name"] === name;
  const declarators = node["declarations"];
  return Array.isArray(declarators) && (declarators as Node[]).some(({ id }) => isNode(id) && id["name"] === name);
}

function membersOf(declaration: Node): Node[] {
  const { body } = declaration;
  return isNode(body) && Array.isArray(body["body"]) ? (body["body"] as Node[]) : [];
}

function keyOf({ key }: Node): string | undefined {
  if (!isNode(key)) return undefined;
  return key.type === "PrivateIdentifier" ? `#${String(key["name"])}` : String(key["name"]);
}

function dedent(text: string, { start, end }: Node): string {
  const lineStart = text.lastIndexOf("\n", start) + 1;
  const indent = /^ */.exec(text.slice(lineStart))![0];
  return text
    .slice(start, end)
    .split("\n")
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n");
}
