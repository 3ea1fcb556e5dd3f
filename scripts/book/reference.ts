// The API reference, from the declarations that the package ships: one page for each entry point.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { type Node, type Source, isNode, parseSource } from "../../tests/architecture/source.ts";

/** A page of Markdown. @param types - The folder of the declarations; `file` is relative to it. */
export function referenceOf(types: string, entry: string, file: string): string {
  const read = (path: string): Source => parseSource(path, readFileSync(join(types, path), "utf8"));
  const sections = exportsOf(read, file).map(({ name, parts }) => `## ${name}\n\n${parts.join("\n\n")}`);
  return `# ${entry}\n\n${sections.join("\n\n")}\n`;
}

interface Exported {
  readonly name: string;
  readonly parts: readonly string[];
}

/** In the order in which the entry point names them. */
function exportsOf(read: (path: string) => Source, file: string): Exported[] {
  const source = read(file);
  const found = new Map<string, string[]>();
  const add = (name: string, parts: readonly string[]): void => {
    found.set(name, [...(found.get(name) ?? []), ...parts]);
  };
  for (const node of source.program["body"] as Node[]) {
    if (node.type !== "ExportNamedDeclaration") continue;
    if (isNode(node["declaration"])) {
      for (const name of namesOf(node["declaration"])) add(name, [describe(source, node)]);
      continue;
    }
    const from = isNode(node["source"]) ? posix.join(posix.dirname(file), String(node["source"]["value"])) : file;
    for (const { local, exported } of node["specifiers"] as { local: Node; exported: Node }[]) {
      add(String(exported["name"]), declarationsOf(read, from.replace(/\.(js|ts)$/, ".d.ts"), String(local["name"])));
    }
  }
  return [...found].map(([name, parts]) => ({ name, parts }));
}

function declarationsOf(read: (path: string) => Source, file: string, name: string): string[] {
  const source = read(file);
  const parts: string[] = [];
  for (const node of source.program["body"] as Node[]) {
    const { declaration, specifiers } = node;
    if (isNode(declaration) && namesOf(declaration).includes(name)) parts.push(describe(source, node));
    else if (isNode(node["source"]) && Array.isArray(specifiers)) {
      const again = (specifiers as { local: Node; exported?: Node }[]).find(
        ({ exported }) => exported?.["name"] === name,
      );
      const from = posix.join(posix.dirname(file), String(node["source"]["value"]));
      if (again !== undefined)
        parts.push(...declarationsOf(read, from.replace(/\.(js|ts)$/, ".d.ts"), String(again.local["name"])));
    }
  }
  return parts;
}

function namesOf(declaration: Node): string[] {
  if (isNode(declaration["id"])) return [String(declaration["id"]["name"])];
  const declarators = declaration["declarations"];
  if (!Array.isArray(declarators)) return [];
  return (declarators as Node[]).flatMap(({ id }) => (isNode(id) ? [String(id["name"])] : []));
}

function describe(source: Source, node: Node): string {
  const comment = source.docComments.findLast(({ end }) => end <= node.start);
  const isIts = comment !== undefined && source.text.slice(comment.end, node.start).trim() === "";
  const doc = isIts ? proseOf(source.text.slice(comment.start, comment.end)) : "";
  const code = withoutInternals(source.text.slice(node.start, node.end)).replace(/^export declare |^export /, "");
  return `${doc}\n\n\`\`\`ts\n${code}\n\`\`\``.trim();
}

/** A doc comment as Markdown. */
function proseOf(comment: string): string {
  const text = comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .trim();
  const [main = "", ...tags] = text.split(/^(?=@\w)/m);
  return [escapeHtml(main.trim()), ...tags.map(tagOf)].filter((part) => part !== "").join("\n\n");
}

function tagOf(tag: string): string {
  const [, name = "", rest = ""] = /^@(\w+)\s*(.*)$/s.exec(tag.trim()) ?? [];
  if (name === "example") return `\`\`\`ts\n${rest.trim()}\n\`\`\``;
  const text = escapeHtml(rest.trim().replaceAll(/\s*\n\s*/g, " "));
  if (name === "param") return `- ${text.replace(/^(\S+)\s+-\s+/, "**`$1`**: ")}`;
  if (name === "throws") return `- **Throws** ${text.replace(/^\{(\w+)\}/, "`$1`.")}`;
  if (name === "returns") return `- **Returns** ${text}`;
  return name === "see" ? `_See ${text}_` : "";
}

/** Outside of code: what looks like a tag is none. */
function escapeHtml(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : part.replaceAll("<", "&lt;").replaceAll("{{", "&#123;&#123;")))
    .join("");
}

/** Members that are nobody's business: marked so, or private. */
function withoutInternals(code: string): string {
  return code
    .replaceAll(/^ *\/\*\*(?:(?!\*\/)[^])*?@internal(?:(?!\*\/)[^])*\*\/\s*[^;]*?;\n/gm, "")
    .replaceAll(/^ *(?:private |#)[^;]*;\n/gm, "")
    .trim();
}
