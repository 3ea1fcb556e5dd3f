import { readFileSync } from "node:fs";
import { register } from "node:module";

// Runs on the loader's thread, hence as text: a function could not be sent there.
const HOOKS = `
let table, program;
export function initialize(data) {
  table = new Map(data.entries);
  program = data.program;
}
export async function resolve(specifier, context, next) {
  const found = await next(table.get(specifier) ?? specifier, context);
  const file = found.url.replace(/(\\?|%3F).*/, "");
  const isTypeScript = /\\.tsx?$/.test(file) && !file.includes("/node_modules/");
  return found.format === "commonjs" && (isTypeScript || file === program) ? { url: file, format: "module" } : found;
}
`;

/**
 * Makes `import "escapement"` in a program mean the very copy that runs it, and the program a module whatever its package
 * says of its files: as CommonJS it could not import the library.
 *
 * A second copy (of `npx`, or installed globally) would have a loop of its own, which never runs; and a program that
 * lies outside any project would find none.
 */
export function registerProgramLoader(program: URL): void {
  const data = { entries: entryPoints(), program: program.href };
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data });
}

function entryPoints(): [specifier: string, url: string][] {
  const root = new URL("../../", import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    exports: Record<string, string | { default: string }>;
  };
  const found: [string, string][] = [];
  for (const [path, target] of Object.entries(manifest.exports)) {
    if (typeof target !== "string") found.push([`escapement${path.slice(1)}`, new URL(own(target.default), root).href]);
  }
  return found;
}

// Run from its sources, as in this project's own tests, the copy is src, not dist.
function own(target: string): string {
  if (!import.meta.url.endsWith(".ts")) return target;
  return target.replace("./dist/", "./src/").replace(/\.js$/, ".ts");
}
