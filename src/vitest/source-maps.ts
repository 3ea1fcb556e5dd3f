import { SourceMap } from "node:module";
import { setSourceMapFinder } from "../task/stack.ts";
import { vitestModules } from "./settings.ts";

const INLINE = /^\/\/# sourceMappingURL=data:application\/json[^,]*;base64,(.*)$/gm;

let used = false;

/** Makes the lines in a story those of the sources: vitest evaluates modules by itself, and Node knows no map of them. */
export function useVitestSourceMaps(): void {
  if (used) return;
  used = true;
  const known = new WeakMap<object, SourceMap>();
  setSourceMapFinder((path) => {
    const { meta } = vitestModules()?.getModuleById(path) ?? {};
    if (meta?.code === undefined) return undefined;
    const map = known.get(meta) ?? mapIn(meta.code, path);
    if (map !== undefined) known.set(meta, map);
    return map;
  });
}

function mapIn(code: string, path: string): SourceMap | undefined {
  const inline = [...code.matchAll(INLINE)].at(-1)?.[1];
  if (inline === undefined) return undefined;
  const payload = JSON.parse(Buffer.from(inline, "base64").toString()) as ConstructorParameters<typeof SourceMap>[0];
  // Its only source is named from its own folder; a story names it as vitest does.
  return new SourceMap({ ...payload, sources: [path] });
}
