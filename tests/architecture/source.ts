import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";

/** A node of the syntax tree (ESTree, with TypeScript's additions). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One `import`, `export … from`, `import(…)` or `import("…")` type. */
export interface Import {
  readonly specifier: string;
  /** Erased when compiled: nothing is loaded at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** A parsed file; `path` is relative to the project, with `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly docComments: readonly { readonly start: number; readonly end: number }[];
  readonly imports: readonly Import[];
}

/** Every `.ts` and `.tsx` file below `folder`, in order of name; not what is installed or built there. */
export function readSources(root: string, folder: string): Source[] {
  return pathsBelow(root, folder).map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
}

/** The paths of the `.ts` and `.tsx` files below `folder`, in order; those of installed packages apart. */
export function pathsBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => /\.tsx?$/.test(path) && !path.includes("/node_modules/"))
    .toSorted();
}

/** @throws {SyntaxError} When the text does not parse: a file nobody could read must not pass as one without faults. */
export function parseSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text, {
    lang: path.endsWith(".d.ts") ? "dts" : path.endsWith(".tsx") ? "tsx" : "ts",
    sourceType: "module",
  });
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]?.message ?? "does not parse"}`);
  const root = program as unknown as Node;
  const docComments = comments.filter((comment) => comment.type === "Block" && comment.value.startsWith("*"));
  return { path, text, program: root, docComments, imports: findImports(root, text) };
}

/** Calls `visit` for every node, parents first. */
export function walk(node: Node, visit: (node: Node, parent: Node | null, field: string) => void): void {
  const step = (current: Node, parent: Node | null, field: string): void => {
    visit(current, parent, field);
    for (const [name, value] of Object.entries(current)) {
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
        if (isNode(child)) step(child, current, name);
      }
    }
  };
  step(node, null, "");
}

/** Counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** Whether a value found in the tree is a node of it. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

function findImports(program: Node, text: string): Import[] {
  const imports: Import[] = [];
  walk(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    imports.push({ specifier, typeOnly: isTypeOnly(node), line: lineAt(text, node.start) });
  });
  return imports;
}

function specifierOf(node: Node): string | undefined {
  if (!/^(Import(Declaration|Expression)|Export(Named|All)Declaration|TSImportType)$/.test(node.type)) return undefined;
  const source = node["source"];
  return isNode(source) && typeof source["value"] === "string" ? source["value"] : undefined;
}

function isTypeOnly(node: Node): boolean {
  if (node.type === "TSImportType") return true;
  if (node["importKind"] === "type" || node["exportKind"] === "type") return true;
  const specifiers = node["specifiers"];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every(
    (specifier) => isNode(specifier) && (specifier["importKind"] ?? specifier["exportKind"]) === "type",
  );
}
