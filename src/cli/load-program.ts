import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import type { Coroutine } from "../index.ts";
import { registerProgramLoader } from "./program-loader.ts";
import { UsageError } from "./usage-error.ts";

/** A coroutine function without parameters: what `run` runs. */
export type Program = () => Coroutine<unknown>;

/**
 * Imports `file` and returns the coroutine function that it exports as default.
 *
 * @throws {UsageError} When there is no such file, no way to load it, or its default export is something else.
 *   What the file itself throws while it is imported comes out as it is.
 */
export async function loadProgram(file: string): Promise<Program> {
  const path = resolve(file);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`there is no file "${file}".`);
  if (/^\.[cm]?tsx?$/.test(extname(path))) await enableTypeScript(path);
  const url = pathToFileURL(path);
  if (!/\.c[jt]s$/.test(path)) registerProgramLoader(url);
  const module = (await import(url.href)) as { default?: unknown };
  return checkProgram(file, module.default);
}

// tsx when the program's project has it, for it knows all of TypeScript on every Node; else Node's own type stripping.
async function enableTypeScript(path: string): Promise<void> {
  if (import.meta.url.endsWith(".ts")) return; // what runs this very file can run that one
  const folders = [...new Set([dirname(path), process.cwd()])];
  const tsx = folders.map(findTsx).find((found) => found !== undefined);
  if (tsx !== undefined) {
    ((await import(tsx)) as { register(): unknown }).register();
  } else if (!(process.features as { typescript?: unknown }).typescript) {
    throw new UsageError(
      `Node ${process.versions.node} does not load TypeScript, and tsx was not found from ${folders.join(" or ")}. ` +
        "Install it: npm install --save-dev tsx",
    );
  }
}

// Its entry for `import`, read from its package.json: Node resolves for `require` only, from a folder that is not one's own.
function findTsx(folder: string): string | undefined {
  const require = createRequire(join(folder, "_"));
  try {
    const manifest = require.resolve("tsx/package.json");
    const { exports } = require(manifest) as { exports: { "./esm/api": { import: { default: string } } } };
    return new URL(exports["./esm/api"].import.default, pathToFileURL(manifest)).href;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

function checkProgram(file: string, found: unknown): Program {
  if (Object.prototype.toString.call(found) === "[object GeneratorFunction]") return found as Program;
  if (found === undefined) {
    throw new UsageError(`${file} has no default export. Write: export default function* main() { … }`);
  }
  throw new UsageError(
    `the default export of ${file} is ${describe(found)}, not a coroutine function. Write: function* main() { … }`,
  );
}

function describe(found: unknown): string {
  const kind = Object.prototype.toString.call(found).slice("[object ".length, -1);
  if (kind === "AsyncFunction" || kind === "AsyncGeneratorFunction") return "an async function";
  if (kind === "Generator") return "a coroutine that was already called";
  if (typeof found === "function") return "a plain function";
  return inspect(found, { depth: 0, breakLength: Infinity });
}
