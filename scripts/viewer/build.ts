import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

const root = fileURLToPath(new URL("../..", import.meta.url));
const viewer = join(root, "src/inspect/viewer");

/**
 * Writes `viewer.html` into a folder, which is relative to the project, unless one made of the same sources is there.
 *
 * @returns A sentence on what was done.
 */
export async function writeViewer(folder: string): Promise<string> {
  const file = resolve(root, folder, "viewer.html");
  const stamp = `<!-- ${hashOfSources()} -->\n`;
  if (existsSync(file) && readFileSync(file, "utf8").endsWith(stamp)) return `${file} is up to date.`;
  const page = `${await buildViewer()}${stamp}`;
  mkdirSync(dirname(file), { recursive: true });
  // Whole or not at all: others may be reading it, or making it too.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, page);
  renameSync(unfinished, file);
  return `${file}: ${(page.length / 1000).toFixed(1)} kB.`;
}

async function buildViewer(): Promise<string> {
  const built = await build({
    configFile: false,
    root: viewer,
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
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []));
  const page = outputs.find(({ fileName }) => fileName === "index.html");
  if (page?.type !== "asset") throw new Error(`vite was to make index.html, and made ${outputs.length} other files.`);
  return page.source.toString();
}

// Of more than the page is made of, and never of less.
function hashOfSources(): string {
  const hash = createHash("sha256");
  for (const folder of ["src", "scripts/viewer"]) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).toSorted()) {
      if (/\.(ts|tsx|css|html)$/.test(name) && !name.endsWith("viewer.html")) {
        hash.update(readFileSync(join(root, folder, name)));
      }
    }
  }
  hash.update(readFileSync(join(root, "package-lock.json")));
  return hash.digest("hex");
}
