import type { Coroutine } from "../future/awaitable.ts";
import { FUNCTION_NAME, type Frames, framesOf } from "./coroutine.ts";

/** A suspended frame: the function, and where the host can tell, file, line and column (from 1). */
export interface Frame {
  name: string;
  file?: string;
  line?: number;
  column?: number;
}

interface Location {
  scriptId: string;
  lineNumber: number;
  columnNumber?: number;
}
interface Property {
  name: string;
  value?: { value?: unknown; description?: string; objectId?: string };
}
interface Session {
  connect(): void;
  disconnect(): void;
  on(event: string, listener: (message: { params: { scriptId: string; url: string } }) => void): void;
  post(method: string, params: object, done: (error: unknown, result: any) => void): void;
}
interface SourceMapEntry {
  originalSource?: string;
  originalLine?: number;
  originalColumn?: number;
}
/** Finds the map of a file that was transformed as it was loaded; lines and columns from 0. */
type FindSourceMap = (path: string) => { findEntry(line: number, column: number): SourceMapEntry } | undefined;
interface NodeProcess {
  getBuiltinModule?(name: string): any;
}

/**
 * The frames of each, outermost first.
 *
 * @internal
 */
export function stacksOf(tasks: readonly Frames[]): Frame[][] {
  const stacks = openStacks();
  try {
    return stacks.of(tasks);
  } finally {
    stacks.close();
  }
}

/**
 * For who asks often: what costs is the first question.
 *
 * @internal
 */
export function openStacks(): { of(tasks: readonly Frames[]): Frame[][]; close(): void } {
  const inspector = openInspector();
  return {
    of: (tasks) => {
      const stacks = tasks.map(framesOf);
      const generators = stacks.flat();
      const frames = inspector?.locate(generators) ?? generators.map((generator) => ({ name: nameOf(generator) }));
      let start = 0;
      return stacks.map((stack) => frames.slice(start, (start += stack.length)));
    },
    close: () => inspector?.close(),
  };
}

function nameOf(generator: Coroutine<any>): string {
  const name = (generator as { [FUNCTION_NAME]?: string })[FUNCTION_NAME] ?? "";
  return name === "" ? "(coroutine)" : name;
}

// Only V8's inspector knows where a generator is suspended. Node offers it in process; the first question takes 20 ms and
// more, each other about one; until somebody asks it costs nothing.
class Inspector {
  readonly #session: Session;
  readonly #urls = new Map<string, string>();

  constructor(session: Session) {
    this.#session = session;
    session.connect();
    session.on("Debugger.scriptParsed", ({ params }) => this.#urls.set(params.scriptId, params.url));
    ask(session, "Debugger.enable", {});
  }

  locate(generators: readonly Coroutine<any>[]): Frame[] | null {
    const host = globalThis as { escapementFrames?: readonly Coroutine<any>[] };
    host.escapementFrames = generators;
    try {
      return generators.map((generator, i) => {
        const { result } = ask(this.#session, "Runtime.evaluate", { expression: `escapementFrames[${i}]` });
        const objectId = String(result.objectId);
        const frame = frameOf(this.#session, this.#urls, generator, objectId);
        ask(this.#session, "Runtime.releaseObject", { objectId });
        return frame;
      });
    } catch {
      return null;
    } finally {
      delete host.escapementFrames;
    }
  }

  close(): void {
    this.#session.disconnect();
  }
}

function openInspector(): Inspector | null {
  const node = (globalThis as { process?: NodeProcess }).process;
  const inspector = node?.getBuiltinModule?.("node:inspector") as { Session: new () => Session } | undefined;
  if (inspector === undefined) return null;
  try {
    return new Inspector(new inspector.Session());
  } catch {
    // A host that has the inspector but refuses it (a policy, a worker without one) tells names only.
    return null;
  }
}

// The answers of a session in the same thread come before post() returns.
function ask(session: Session, method: string, params: object): any {
  let answer: unknown;
  session.post(method, params, (error, result) => {
    if (error) throw error;
    answer = result;
  });
  return answer;
}

function frameOf(
  session: Session,
  urls: ReadonlyMap<string, string>,
  generator: Coroutine<any>,
  objectId: string,
): Frame {
  const { internalProperties } = ask(session, "Runtime.getProperties", { objectId, ownProperties: true });
  const properties = new Map((internalProperties as Property[]).map((property) => [property.name, property.value]));
  // A marked coroutine knows its name; in the source that runs, a compiler may have renamed it.
  const source = FUNCTION_NAME in generator ? undefined : properties.get("[[GeneratorFunction]]")?.description;
  const name = functionName(source) ?? nameOf(generator);
  const location = properties.get("[[GeneratorLocation]]")?.value as Location | undefined;
  const url = location === undefined ? undefined : urls.get(location.scriptId);
  if (location === undefined || url === undefined || url === "") return { name };
  return { name, ...original(url, location.lineNumber, location.columnNumber ?? 0) };
}

function functionName(source: string | undefined): string | undefined {
  if (source === undefined) return undefined;
  return /^(?:static\s+)?(?:async\s+)?(?:function\s*)?\*?\s*([\w$]+)\s*\(/.exec(source)?.[1] ?? undefined;
}

let findMap: FindSourceMap = (path) => {
  const node = (globalThis as { process?: NodeProcess }).process;
  const modules = node?.getBuiltinModule?.("node:module") as { findSourceMap: FindSourceMap } | undefined;
  return modules?.findSourceMap(path);
};

/**
 * For who loads programs by other means than Node's own, which then knows no map of theirs.
 *
 * @internal
 */
export function setSourceMapFinder(find: FindSourceMap): void {
  const inner = findMap;
  findMap = (path) => find(path) ?? inner(path);
}

function original(url: string, line: number, column: number): { file: string; line: number; column: number } {
  const path = url.startsWith("file://") ? decodeURIComponent(url.slice("file://".length)) : url;
  const entry = (findMap(url) ?? findMap(path))?.findEntry(line, column);
  if (entry?.originalLine === undefined) return { file: path, line: line + 1, column: column + 1 };
  const source = entry.originalSource;
  const file =
    source === undefined ? path : source.startsWith("file://") ? decodeURIComponent(source.slice(7)) : source;
  return { file, line: entry.originalLine + 1, column: (entry.originalColumn ?? 0) + 1 };
}
