import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A page in one file, from sources in several. */
interface Page {
  /** Where its `index.html` is, relative to the project. */
  readonly folder: string;
  /** Folders that hold all that it is made of; they may hold more. */
  readonly sources: readonly string[];
}

const VIEWER: Page = { folder: "src/inspect/viewer", sources: ["src", "scripts/viewer"] };
const PLAYGROUND: Page = {
  folder: "docs/playground",
  sources: ["src", "scripts/viewer", "docs/playground", "examples"],
};

/**
 * Writes `viewer.html` into a folder, which is relative to the project, unless one made of the same sources is there.
 *
 * @returns A sentence on what was done.
 */
export function writeViewer(folder: string): Promise<string> {
  return writePage(VIEWER, resolve(root, folder, "viewer.html"));
}

/** Writes the playground's `index.html` into a folder, as `writeViewer` does. */
export function writePlayground(folder: string): Promise<string> {
  return writePage(PLAYGROUND, resolve(root, folder, "index.html"));
}

async function writePage(page: Page, file: string): Promise<string> {
  const stamp = `<!-- ${hashOfSources(page)} -->\n`;
  if (existsSync(file) && readFileSync(file, "utf8").endsWith(stamp)) return `${file} is up to date.`;
  const text = `${await buildPage(page)}${stamp}`;
  mkdirSync(dirname(file), { recursive: true });
  // Whole or not at all: others may be reading it, or making it too.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
  return `${file}: ${(text.length / 1000).toFixed(1)} kB.`;
}

async function buildPage({ folder }: Page): Promise<string> {
  const built = await build({
    configFile: false,
    root: join(root, folder),
    logLevel: "warn",
    plugins: [viteSingleFile({ removeViteModuleLoader: true })],
    // The same whoever asks for it: a test runner's environment is not for production.
    define: { "process.env.NODE_ENV": '"production"' },
    oxc: { jsx: { runtime: "automatic", importSource: "preact", development: false } },
    build: {
      write: false,
      target: "es2023",
      cssTarget: ["chrome123", "firefox120", "safari17.5"],
      modulePreload: false,
    },
    // Where programs run: what a task waits for is told by the names of functions and classes.
    worker: { rolldownOptions: { output: { keepNames: true } } },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []));
  const page = outputs.find(({ fileName }) => fileName === "index.html");
  if (page?.type !== "asset") throw new Error(`vite was to make index.html, and made ${outputs.length} other files.`);
  return page.source.toString();
}

// Of more than the page is made of, and never of less.
function hashOfSources({ sources }: Page): string {
  const hash = createHash("sha256");
  for (const folder of sources) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).toSorted()) {
      if (/\.(ts|tsx|css|html)$/.test(name) && !name.endsWith("viewer.html") && !name.startsWith("dist")) {
        hash.update(readFileSync(join(root, folder, name)));
      }
    }
  }
  hash.update(readFileSync(join(root, "package-lock.json")));
  return hash.digest("hex");
}
