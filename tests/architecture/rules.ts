import { posix } from "node:path";
import { isNode, lineAt, type Node, type Source, walk } from "./source.ts";

// Who may import whom; `types` means `import type` alone. The same table is in .oxlintrc.json, for the editor.
const CORE = ["loop", "future", "task", "sync"];
const LAYERS: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  loop: { values: [] },
  future: { values: ["loop"] },
  task: { values: ["loop", "future"] },
  sync: { values: ["loop", "future", "task"] },
  index: { values: CORE },
  io: { values: CORE },
  sim: { values: [...CORE, "io"] },
  inspect: { values: ["sim"], types: CORE },
  vitest: { values: [...CORE, "sim"] },
  eslint: { values: [] },
  lessons: { values: ["inspect"], types: CORE },
  cli: { values: [...CORE, "index", "io", "sim", "inspect", "lessons"] },
};

/** Where a simulation takes the host's place: what these files import must not be Node. */
const SEAMS: ReadonlySet<string> = new Set(
  [
    "bytes",
    "file-system",
    "http-upload",
    "http-wire",
    "network",
    "network-errors",
    "transport",
    "websocket-close",
    "websocket-errors",
    "websocket-options",
    "websocket-wire",
  ].map((name) => `src/io/${name}.ts`),
);

/** What inspect calls of the core, besides knowing its types: it runs programs, asks who is running and where. */
const CALLED_BY_INSPECT: ReadonlySet<string> = new Set([
  "src/loop/clock.ts",
  "src/task/runner.ts",
  "src/task/current-task.ts",
  "src/task/stack.ts",
  "src/task/behind.ts",
  "src/task/rings.ts",
]);

const THIRD_PARTY = /^src\/(io|sim|inspect\/viewer|vitest|eslint|cli)\//;
const NODE_BUILTINS = /^src\/(io|sim|inspect|vitest|cli)\//;

/** The files of the core that may touch the host, and why. */
export const EDGES: ReadonlyMap<string, string> = new Map([
  ["src/loop/clock.ts", "MonotonicClock reads the host's clock"],
  ["src/task/run.ts", "run() shares the host's own loop and returns the library's one Promise"],
  ["src/loop/print.ts", "the default exception handler prints to the host's console"],
  ["src/task/stack.ts", "Task.getStack asks the host's inspector, where there is one"],
  ["src/task/attach.ts", "who attaches to the process finds its loops by a global name"],
  ["src/task/abort.ts", "abortSignal hands out the host's AbortSignal"],
  ["src/task/to-thread.ts", "toThread uses the host's worker threads"],
  ["src/task/async-iterable.ts", "`for await` knows native promises alone"],
  ["src/task/promise.ts", "fromPromise and toPromise stand between the two worlds"],
]);

// `index.ts` of a folder, and the entry points of the I/O modules: they name what is public.
/** Those whose hosts ask for one. */
const DEFAULT_EXPORTS: ReadonlySet<string> = new Set(["src/eslint/index.ts"]);

const ENTRY_POINT = /\/index\.ts$|^src\/io\/(net|files|http|websocket|postgres|mysql|process)\.ts$/;

/** The names of the host that the core must not know. */
export const FORBIDDEN_GLOBALS: ReadonlySet<string> = new Set([
  "Date",
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
  "MessageChannel",
  "Promise",
  "process",
  "console",
  "globalThis",
  "fetch",
]);

// I/O waits for callbacks and events; no operation may cost a native promise.
const FORBIDDEN_IN_IO: ReadonlySet<string> = new Set(["Promise"]);

/** Imports that go up, sideways or out of the layers. Type imports count. */
export function layerFaults({ path, imports }: Source): string[] {
  return imports.flatMap((found) => {
    const fault = found.specifier.startsWith(".")
      ? layerFault(path, posix.join(posix.dirname(path), found.specifier), found.typeOnly)
      : packageFault(path, found.specifier);
    return fault === undefined ? [] : [`${path}:${found.line} imports ${found.specifier}: ${fault}`];
  });
}

function layerFault(from: string, to: string, typeOnly: boolean): string | undefined {
  const [own, other] = [layerOf(from), layerOf(to)];
  const rule = LAYERS[own];
  if (rule === undefined) return `"${own}" is no layer; name it in tests/architecture/rules.ts`;
  if (own === other && own !== "index") return undefined;
  if (own === "sim" && other === "io" && !SEAMS.has(to)) return "sim reaches the seams of io alone";
  if (rule.values.includes(other)) return undefined;
  if (own === "inspect" && CALLED_BY_INSPECT.has(to)) return undefined;
  if (rule.types?.includes(other) === true) {
    return typeOnly ? undefined : `${own} may import the types of ${other}, nothing that runs`;
  }
  return `${own} may import ${[...rule.values, ...(rule.types ?? [])].join(", ") || "nothing of the other layers"}`;
}

function packageFault(from: string, specifier: string): string | undefined {
  if (specifier.startsWith("node:")) {
    return NODE_BUILTINS.test(from) ? undefined : "the core knows no host; only io, sim, inspect, vitest and cli do";
  }
  return THIRD_PARTY.test(from)
    ? undefined
    : "packages of others belong in io, sim, inspect/viewer, vitest, eslint and cli";
}

function layerOf(path: string): string {
  return /^src\/([^/]+?)(?:\.ts)?(?:\/|$)/.exec(path)?.[1] ?? path;
}

/** Modules that import each other in a ring, when loaded. Types are erased, and so may name each other. */
export function cycles(sources: readonly Source[]): string[] {
  const edges = new Map(sources.map((source) => [source.path, runtimeImports(source)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

function runtimeImports({ path, imports }: Source): string[] {
  return imports
    .filter(({ typeOnly, specifier }) => !typeOnly && specifier.startsWith("."))
    .map(({ specifier }) => posix.join(posix.dirname(path), specifier));
}

/**
 * Host globals, `Math.random`, async functions and `await` in the core, its named edges excepted; in I/O, of the globals,
 * `Promise` alone.
 */
export function hostFaults(source: Source): string[] {
  const layer = layerOf(source.path);
  const forbidden = layer === "io" ? FORBIDDEN_IN_IO : FORBIDDEN_GLOBALS;
  if (!(layer === "io" || CORE.includes(layer)) || EDGES.has(source.path)) return [];
  const faults: string[] = [];
  walk(source.program, (node, parent, field) => {
    const fault = hostFault(node, parent, field, forbidden);
    if (fault !== undefined) faults.push(`${source.path}:${lineAt(source.text, node.start)} ${fault}`);
  });
  return faults;
}

function hostFault(node: Node, parent: Node | null, field: string, forbidden: ReadonlySet<string>): string | undefined {
  if (node["async"] === true) return "has an async function";
  if (node.type === "AwaitExpression" || node["await"] === true) return "awaits natively";
  if (node.type === "MemberExpression" && isNamed(node["object"], "Math") && isNamed(node["property"], "random")) {
    return "uses Math.random";
  }
  if (node.type !== "Identifier" || !forbidden.has(String(node["name"])) || isMemberName(parent, field)) {
    return undefined;
  }
  return `uses ${String(node["name"])}`;
}

function isNamed(value: unknown, name: string): boolean {
  return isNode(value) && (value["name"] === name || value["value"] === name);
}

// `handle.process`, `{ process: 1 }`, `process() {}` in a class: names of members, not the host's.
function isMemberName(parent: Node | null, field: string): boolean {
  if (parent === null || parent["computed"] === true) return false;
  return field === "key" || (field === "property" && parent.type === "MemberExpression");
}

/** Default exports, enums, namespaces; re-exports outside an entry point; exports without a doc comment; long files. */
export function houseFaults(source: Source): string[] {
  const lines = source.text.split("\n").length - 1;
  const faults = lines >= 400 ? [`${source.path} has ${lines} lines: one idea per file, under 400`] : [];
  walk(source.program, (node) => {
    const fault = houseFault(node, source);
    if (fault !== undefined) faults.push(`${source.path}:${lineAt(source.text, node.start)} ${fault}`);
  });
  return [...faults, ...undocumented(source)];
}

function houseFault(node: Node, { path }: Source): string | undefined {
  switch (node.type) {
    case "ExportDefaultDeclaration":
      return DEFAULT_EXPORTS.has(path) ? undefined : "has a default export";
    case "TSEnumDeclaration":
      return "declares an enum";
    case "TSModuleDeclaration":
      return isNode(node["id"]) && node["id"].type === "Literal" ? undefined : "declares a namespace";
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      return isNode(node["source"]) && !ENTRY_POINT.test(path) ? "re-exports outside an entry point" : undefined;
    default:
      return undefined;
  }
}

function undocumented({ path, text, program, docComments }: Source): string[] {
  const documented = new Map<string, boolean>();
  for (const node of program["body"] as readonly Node[]) {
    if (node.type !== "ExportNamedDeclaration" || !isNode(node["declaration"])) continue;
    const has = docComments.some(({ end }) => end <= node.start && text.slice(end, node.start).trim() === "");
    for (const name of declaredNames(node["declaration"])) documented.set(name, has || documented.get(name) === true);
  }
  return [...documented].filter(([, has]) => !has).map(([name]) => `${path} exports ${name} without a doc comment`);
}

function declaredNames(declaration: Node): string[] {
  const declarators = declaration["declarations"];
  const named = Array.isArray(declarators) ? (declarators as readonly Node[]) : [declaration];
  return named.map(({ id }) => (isNode(id) ? String(id["name"] ?? id["value"]) : "?"));
}

// Tests ported from CPython keep the names of its files.
const PORTED = /^tests\/cpython\/test_[a-z0-9_]+(\.[a-z0-9-]+)?\.test\.ts$/;

/** A file's name is kebab-case, and says of a test that it is one. */
export function nameFault(path: string): string | undefined {
  const name = posix.basename(path);
  const good = PORTED.test(path) || /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config|\.d)?\.tsx?$/.test(name);
  return good ? undefined : `${path} is not kebab-case`;
}
