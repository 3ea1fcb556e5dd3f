import { readFileSync, readdirSync } from "node:fs";
import { isNode, lineAt, parseSource, walk } from "../architecture/source.ts";
import type { Node, Source } from "../architecture/source.ts";

/** A call of `ported`, `adapted` or `leftOut` in `test_*.test.ts`, as it is written. */
export interface PortCall {
  readonly kind: "ported" | "adapted" | "left out";
  /** CPython's file, the class of the `describe` around it, and the method. */
  readonly file: string;
  readonly className: string;
  readonly name: string;
  /** How it is adapted, or why it is left out. */
  readonly remark: string;
  readonly where: string;
}

const KINDS: ReadonlyMap<unknown, PortCall["kind"]> = new Map([
  ["ported", "ported"],
  ["adapted", "adapted"],
  ["leftOut", "left out"],
]);

/** The calls in all ported files of `folder`, in order of file and line. */
export function readPortCalls(folder: URL): PortCall[] {
  return readdirSync(folder)
    .filter((name) => /^test_\w+(\.[\w-]+)?\.test\.ts$/.test(name))
    .toSorted()
    .flatMap((name) => portCallsIn(parseSource(name, readFileSync(new URL(name, folder), "utf8"))));
}

/** @throws {SyntaxError} When a name, a class or a remark is computed: what cannot be read cannot be counted. */
export function portCallsIn(source: Source): PortCall[] {
  return new Reader(source).calls;
}

interface Template {
  readonly quasis: readonly { readonly value: { readonly cooked: string } }[];
  readonly expressions: readonly Node[];
}

class Reader {
  readonly calls: PortCall[] = [];
  readonly #source: Source;
  readonly #classes: Node[] = [];
  /** `const how = "…"`, for a remark that several tests share. */
  readonly #constants = new Map<unknown, unknown>();

  constructor(source: Source) {
    this.#source = source;
    walk(source.program, (node) => this.#read(node));
  }

  #read(node: Node): void {
    if (node.type === "VariableDeclarator") this.#constants.set(fieldOf(node, "id", "name"), node["init"]);
    if (node.type !== "CallExpression") return;
    const callee = fieldOf(node, "callee", "name");
    if (callee === "describe") this.#classes.push(node);
    const kind = KINDS.get(callee);
    if (kind !== undefined) this.calls.push(this.#call(kind, node));
  }

  #call(kind: PortCall["kind"], call: Node): PortCall {
    const around = this.#classes.findLast(({ end }) => call.start < end);
    if (around === undefined) throw new SyntaxError(`${this.#placeOf(call)} stands in no describe("…").`);
    return {
      kind,
      file: `${this.#source.path.split(".")[0]}.py`,
      className: this.#string(around, 0),
      name: this.#string(call, 0),
      remark: kind === "ported" ? "" : this.#string(call, 1),
      where: this.#placeOf(call),
    };
  }

  #string(call: Node, index: number): string {
    const text = this.#textOf((call["arguments"] as readonly unknown[])[index]);
    if (text !== undefined) return text;
    throw new SyntaxError(`${this.#placeOf(call)}: argument ${index + 1} is no text that can be read from here.`);
  }

  /** Of a string, of a constant above, or of a template made of those. */
  #textOf(node: unknown): string | undefined {
    if (!isNode(node)) return undefined;
    if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : undefined;
    if (node.type === "Identifier") return this.#textOf(this.#constants.get(node["name"]));
    if (node.type !== "TemplateLiteral") return undefined;
    const { quasis, expressions } = node as Node & Template;
    const holes = expressions.map((hole) => this.#textOf(hole));
    if (holes.includes(undefined)) return undefined;
    return quasis.map(({ value }, index) => value.cooked + (holes[index] ?? "")).join("");
  }

  #placeOf(node: Node): string {
    return `${this.#source.path}:${lineAt(this.#source.text, node.start)}`;
  }
}

function fieldOf(node: Node, child: string, field: string): unknown {
  const found = node[child];
  return isNode(found) ? found[field] : undefined;
}
