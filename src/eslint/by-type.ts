import type { Node } from "estree";

// As much of TypeScript and of typescript-eslint's parser as is asked here: neither need be installed.
interface Type {
  readonly symbol?: { readonly name: string };
  readonly aliasSymbol?: { readonly name: string };
  readonly types?: readonly Type[];
}

interface TypedServices {
  readonly program?: unknown;
  getTypeAtLocation?(node: Node): Type;
}

const LAZY = new Set(["Coroutine", "Awaitable", "Generator"]);

/** @internal Whether the types say that `node` is a coroutine; undefined when there are none to ask. */
export function typeSays(node: Node, services: unknown): boolean | undefined {
  const { program, getTypeAtLocation } = services as TypedServices;
  // Without a project, typescript-eslint's parser gives services that have no program.
  if (program === undefined || program === null || getTypeAtLocation === undefined) return undefined;
  return isLazy(getTypeAtLocation(node));
}

/** A Future and a Task can be waited for, too; but they go on by themselves. */
function isLazy({ symbol, aliasSymbol, types }: Type): boolean {
  if (types !== undefined) return types.some(isLazy);
  return LAZY.has(aliasSymbol?.name ?? "") || LAZY.has(symbol?.name ?? "");
}
