import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripHooks } from "./strip-hooks.ts";

const bench = fileURLToPath(new URL(".", import.meta.url));
const root = join(bench, "..");

/** What one run of the harness measures, compiled into a folder of its own, which goes when the harness ends. */
export interface Build {
  /** Where the peers and their process lie. */
  readonly bench: string;
  /** The library of this tree, as a URL. */
  readonly dist: string;
  readonly version: string;
}

let folder = "";

/** Compiles peers and library. @throws {Error} With the compiler's words, when it does not. */
export function build(): Build {
  const out = outFolder("run");
  compile(join(bench, "tsconfig.json"), out);
  return { bench: join(out, "bench"), dist: urlOf(join(out, "src")), version: versionIn(root) };
}

/** Compiles the library of another checkout. */
export function buildTree(tree: string): { readonly dist: string; readonly version: string } {
  const out = outFolder("tree");
  compile(join(resolve(tree), "tsconfig.build.json"), out);
  return { dist: urlOf(out), version: versionIn(tree) };
}

/** The library of this tree, less every line that asks for an Instrument or a Scheduler; and how many those were. */
export function buildWithoutHooks({ dist }: Build): { readonly dist: string; readonly stripped: number } {
  const out = outFolder("without-hooks");
  cpSync(new URL(dist), out, { recursive: true });
  let stripped = 0;
  for (const name of readdirSync(out, { recursive: true, encoding: "utf8" })) {
    // Only the core has hooks.
    if (!/^(loop|future|task|sync)[/\\].*\.js$/.test(name)) continue;
    const result = stripHooks(readFileSync(join(out, name), "utf8"));
    stripped += result.stripped;
    writeFileSync(join(out, name), result.text);
  }
  return { dist: urlOf(out), stripped };
}

/** As a URL without a slash at its end. */
export function urlOf(path: string): string {
  return pathToFileURL(resolve(path)).href;
}

function outFolder(name: string): string {
  if (folder === "") {
    mkdirSync(join(bench, "dist"), { recursive: true });
    folder = mkdtempSync(join(bench, "dist", "run-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  }
  return mkdtempSync(join(folder, `${name}-`));
}

// Types are the business of `npm run check`.
function compile(project: string, out: string): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const without = ["declaration", "declarationMap", "isolatedDeclarations"].flatMap((name) => [`--${name}`, "false"]);
  const args = [tsc, "-p", project, "--outDir", out, "--noCheck", ...without];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`bench: ${project} does not compile:\n${stdout}${stderr}`);
}

function versionIn(tree: string): string {
  try {
    return (JSON.parse(readFileSync(join(tree, "package.json"), "utf8")) as { version: string }).version;
  } catch {
    return "unknown";
  }
}
