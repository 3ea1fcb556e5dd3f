import { isNode, type Node, parseSource } from "../architecture/source.ts";

/** What the contract says of one name. A function's overloads are one declaration. */
export interface Declaration {
  readonly name: string;
  readonly kind: "value" | "class" | "type";
  /** Helper types of the contract itself are not. */
  readonly exported: boolean;
  /** The declarations' own text, without `export`; `nameAt` is where the name stands in each. */
  readonly parts: readonly { readonly text: string; readonly nameAt: number }[];
  /** `<T extends X>`, or nothing; and the names alone. */
  readonly typeParameters: string;
  readonly typeNames: readonly string[];
}

/** One `declare module` of the contract. */
export interface ContractModule {
  readonly name: string;
  readonly declarations: readonly Declaration[];
  /** What it takes from other modules of the contract. */
  readonly imports: readonly { readonly names: string; readonly from: string }[];
}

/** The modules that a contract declares, in its order. */
export function readContract(path: string, text: string): ContractModule[] {
  const statements = parseSource(path, text).program["body"] as readonly Node[];
  return statements.filter(({ type }) => type === "TSModuleDeclaration").map((module) => readModule(module, text));
}

function readModule(module: Node, text: string): ContractModule {
  const declarations = new Map<string, Declaration>();
  const imports: { names: string; from: string }[] = [];
  for (const statement of (module["body"] as Node)["body"] as readonly Node[]) {
    if (statement.type === "ImportDeclaration") {
      imports.push(readImport(statement, text));
      continue;
    }
    const found = readDeclaration(statement, text);
    const before = declarations.get(found.name);
    declarations.set(found.name, before ? { ...before, parts: [...before.parts, ...found.parts] } : found);
  }
  return { name: (module["id"] as { value: string } & Node).value, declarations: [...declarations.values()], imports };
}

function readImport(statement: Node, text: string): { names: string; from: string } {
  const specifiers = statement["specifiers"] as readonly Node[];
  return {
    names: specifiers.map(({ start, end }) => text.slice(start, end)).join(", "),
    from: (statement["source"] as { value: string } & Node).value,
  };
}

const KINDS: Readonly<Record<string, Declaration["kind"]>> = {
  TSDeclareFunction: "value",
  VariableDeclaration: "value",
  ClassDeclaration: "class",
  TSInterfaceDeclaration: "type",
  TSTypeAliasDeclaration: "type",
};

function readDeclaration(statement: Node, text: string): Declaration {
  const declared = statement["declaration"];
  const node = isNode(declared) ? declared : statement;
  const kind = KINDS[node.type];
  if (kind === undefined) throw new TypeError(`The contract has a ${node.type}, which its reader does not know.`);
  const declarators = node["declarations"] as readonly Node[] | undefined;
  const id = (declarators?.[0] ?? node)["id"] as { name: string } & Node;
  const parameters = node["typeParameters"];
  return {
    name: id.name,
    kind,
    exported: statement.type === "ExportNamedDeclaration",
    parts: [{ text: text.slice(node.start, node.end), nameAt: id.start - node.start }],
    typeParameters: isNode(parameters) ? text.slice(parameters.start, parameters.end) : "",
    typeNames: isNode(parameters)
      ? (parameters["params"] as readonly Node[]).map(({ name }) => (name as { name: string }).name)
      : [],
  };
}
