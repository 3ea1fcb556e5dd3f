import { typescriptLanguage } from "@codemirror/lang-javascript";
import type { Place } from "../../src/inspect/trace.ts";

/**
 * A program that can be run: the body of a function of `__import`, `__exports`, `__enter`, `__at` and `__done`. The last
 * three tell where tasks wait: `yield* f()` is `__done(__depth, yield* __at(3, __depth, f()))`, in a generator that began
 * with `const __depth = __enter()`.
 */
export interface Translated {
  readonly code: string;
  /** The places of its waits, by the number in `__at`. */
  readonly places: readonly Place[];
  /** The first line that could not be read; null when all could. */
  readonly suspect: number | null;
}

/** What a program is called, in the trace and in what is said of it. */
export const PROGRAM = "program.ts";

const CLOSE = "))";

type Tree = ReturnType<typeof typescriptLanguage.parser.parse>;
type Node = Tree["topNode"];

/** A piece of the text, and what stands there instead. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

// Wherever they stand, they are types and nothing else.
const TYPES: ReadonlySet<string> = new Set([
  "InterfaceDeclaration",
  "TypeAliasDeclaration",
  "AmbientDeclaration",
  "TypeAnnotation",
  "TypePredicate",
  "TypeArgList",
  "TypeParamList",
  "Optional",
  "Privacy",
  "abstract",
  "readonly",
  "override",
]);

/**
 * Makes JavaScript of a program in TypeScript: types become blanks, so that lines and columns stay; imports and exports
 * become calls; and each `yield` says where it is, which no browser tells.
 *
 * It reads with the editor's parser, which checks nothing: a mistake is found by the browser, when it compiles the code.
 */
export function translate(program: string): Translated {
  const tree = typescriptLanguage.parser.parse(program);
  const translation = new Translation(program);
  tree.iterate({ enter: ({ node }) => translation.enter(node) });
  return translation.finished();
}

class Translation {
  readonly #program: string;
  readonly #edits: Edit[] = [];
  readonly #places: Place[] = [];
  #suspect: number | null = null;
  #end = "";

  constructor(program: string) {
    this.#program = program;
  }

  /** Whether what is inside is to be looked at as well. */
  enter(node: Node): boolean {
    if (TYPES.has(node.name) || isOverload(node)) return this.#erase(node.from, node.to);
    switch (node.name) {
      case "⚠":
        this.#suspect ??= lineAt(this.#program, node.from);
        return true;
      case "ImportDeclaration":
        return this.#import(node);
      case "ExportDeclaration":
        return this.#export(node);
      case "as":
      case "satisfies":
      case "implements":
        return this.#eraseClause(node);
      case "LogicOp":
        return this.#isAssertion(node) ? this.#erase(node.from, node.to) : true;
      case "PropertyDeclaration":
        return node.getChild("declare") === null ? true : this.#erase(node.from, node.to);
      case "this":
        return node.parent?.name === "ParamList" ? this.#eraseThis(node) : true;
      case "Block":
        return this.#body(node);
      case "YieldExpression":
        return this.#wait(node);
      case "VariableName":
        return this.#textOf(node) === "yield" ? this.#pass(node) : true;
      default:
        return true;
    }
  }

  finished(): Translated {
    let code = "";
    let end = 0;
    for (const { from, to, text } of this.#edits.toSorted(inOrder)) {
      if (from < end) continue; // of what was taken away already
      code += `${this.#program.slice(end, from)}${text}`;
      end = to;
    }
    return {
      code: `"use strict";${code}${this.#program.slice(end)}\n${this.#end}`,
      places: this.#places,
      suspect: this.#suspect,
    };
  }

  // ---- types

  #erase(from: number, to: number): false {
    this.#replace(from, to, "");
    return false;
  }

  /** `as Type`, `implements A, B`: the word, and all that follows it up to the end or the body. */
  #eraseClause(word: Node): false {
    if (word.parent?.name === "ImportGroup" || word.parent?.name === "ExportGroup") return false;
    let last = word;
    for (let next = word.nextSibling; next !== null && next.name !== "ClassBody"; next = next.nextSibling) last = next;
    return this.#erase(word.from, last.to);
  }

  /** `x!`, and `x!: Type` in a declaration. */
  #isAssertion(node: Node): boolean {
    const parents = ["PostfixExpression", "PropertyDeclaration", "⚠"];
    return this.#textOf(node) === "!" && parents.includes(node.parent?.name ?? "");
  }

  #eraseThis(node: Node): false {
    const annotation = node.nextSibling?.name === "TypeAnnotation" ? node.nextSibling : node;
    const end = annotation.nextSibling?.name === "," ? annotation.nextSibling.to : annotation.to;
    return this.#erase(node.from, end);
  }

  // ---- imports and exports

  #import(node: Node): boolean {
    const { from, to } = node;
    const specifier = this.#textOf(node.getChild("String")!);
    const group = node.getChild("ImportGroup");
    if (node.getChild("type") !== null) return this.#erase(from, to);
    if (group !== null) {
      const names = namesIn(this.#textOf(group));
      const wanted = names.map(([name]) => JSON.stringify(name)).join(", ");
      const taken = names.map(([name, own]) => `${name}: ${own}`).join(", ");
      return this.#replace(
        from,
        to,
        names.length === 0 ? "" : `const { ${taken} } = __import(${specifier}, [${wanted}]);`,
      );
    }
    const name = node.getChild("VariableDefinition");
    const what = node.getChild("Star") === null ? "default" : "*";
    if (name === null) return this.#replace(from, to, `__import(${specifier}, []);`);
    return this.#replace(
      from,
      to,
      `const ${this.#textOf(name)} = __import(${specifier}, ["${what}"])${what === "*" ? "" : ".default"};`,
    );
  }

  #export(node: Node): boolean {
    const word = node.getChild("export")!;
    if (node.getChild("ExportGroup") !== null || node.getChild("type") !== null) return this.#erase(node.from, node.to);
    const isDefault = node.getChild("default");
    if (isDefault === null) {
      this.#erase(word.from, word.to);
      return true;
    }
    const declared = (node.getChild("FunctionDeclaration") ?? node.getChild("ClassDeclaration"))?.getChild(
      "VariableDefinition",
    );
    if (declared === null || declared === undefined) {
      this.#replace(word.from, isDefault.to, "__exports.default =");
    } else {
      this.#erase(word.from, isDefault.to);
      this.#end += `__exports.default = ${this.#textOf(declared)};`;
    }
    return true;
  }

  // ---- waits

  #body(block: Node): true {
    const inside = block.from + 1;
    const isGenerator = (block.parent?.getChild("Star") ?? null) !== null;
    if (isGenerator) this.#replace(inside, inside, " const __depth = __enter();");
    return true;
  }

  #wait(node: Node): true {
    const word = node.getChild("Star") ?? node.getChild("yield")!;
    const { to } = operandOf(node);
    this.#replace(node.from, node.from, "__done(__depth, ");
    this.#replace(word.to, word.to, ` __at(${this.#placeOf(node)}, __depth,`);
    this.#replace(to, to, CLOSE);
    return true;
  }

  /** A bare `yield`: to the parser, a name. */
  #pass(node: Node): true {
    this.#replace(node.from, node.from, "__done(__depth, ");
    this.#replace(node.to, node.to, ` __at(${this.#placeOf(node)}, __depth))`);
    return true;
  }

  #placeOf(node: Node): number {
    const before = this.#program.slice(0, node.from);
    const column = node.from - before.lastIndexOf("\n");
    const place = { name: this.#functionOf(node), file: PROGRAM, line: lineAt(this.#program, node.from), column };
    return this.#places.push(place) - 1;
  }

  #functionOf(node: Node): string {
    for (let around = node.parent; around !== null; around = around.parent) {
      if (!/^(Function|Method)|^Property$/.test(around.name)) continue;
      const name = around.getChild("VariableDefinition") ?? around.getChild("PropertyDefinition");
      return name === null ? "(anonymous)" : this.#textOf(name);
    }
    return "(anonymous)";
  }

  // ---- how

  /** Instead of what stands there; lines stay where they are. */
  #replace(from: number, to: number, text: string): false {
    const removed = this.#program.slice(from, to);
    const blank =
      text === "" ? removed.replaceAll(/[^\n]/g, " ") : `${text}${"\n".repeat(removed.split("\n").length - 1)}`;
    this.#edits.push({ from, to, text: blank });
    return false;
  }

  #textOf({ from, to }: Node): string {
    return this.#program.slice(from, to);
  }
}

// What is closed at a place is closed after what stands there, and before what is taken away from there on.
function inOrder(a: Edit, b: Edit): number {
  const rank = ({ from, to, text }: Edit): number => (to > from ? 2 : text === CLOSE ? 1 : 0);
  return a.from - b.from || rank(a) - rank(b);
}

/** To the parser, `yield* x!()` is a call of what is yielded: but all that follows belongs to what is waited for. */
function operandOf(node: Node): Node {
  const { parent } = node;
  const isLeft = parent !== null && parent.from === node.from && parent.name.endsWith("Expression");
  return isLeft && parent.name !== "SequenceExpression" ? operandOf(parent) : node;
}

/** `function f(x: string): void;`, without a body. */
function isOverload(node: Node): boolean {
  return /^(Function|Method)Declaration$/.test(node.name) && node.getChild("Block") === null;
}

/** `{ sleep, type Coroutine, gather as all }`: the names, and what they are called here; types left out. */
function namesIn(group: string): (readonly [name: string, own: string])[] {
  return group
    .slice(1, -1)
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "" && !one.startsWith("type "))
    .map((one) => {
      const [name = "", own = name] = one.split(/\s+as\s+/);
      return [name, own] as const;
    });
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
