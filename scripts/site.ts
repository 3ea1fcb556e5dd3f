// `npm run site`: the documentation and the API reference as a static site, in docs/site/dist.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { referenceOf } from "./book/reference.ts";
import { writePlayground } from "./viewer/build.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const site = join(root, "docs/site");
const stage = join(site, "stage");
const vitepress = join(site, "node_modules/vitepress/bin/vitepress.js");

function run(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

if (!existsSync(vitepress)) {
  console.error("site: vitepress is not installed: npm install --prefix docs/site");
  process.exit(1);
}

// 1. What is written.
rmSync(stage, { recursive: true, force: true });
mkdirSync(join(stage, "reference"), { recursive: true });
for (const name of readdirSync(join(root, "docs"))) {
  if (name !== "site" && name !== "playground")
    cpSync(join(root, "docs", name), join(stage, name), { recursive: true });
}
cpSync(join(root, "README.md"), join(stage, "index.md"));
cpSync(join(root, "CHANGELOG.md"), join(stage, "changelog.md"));
cpSync(join(stage, "inside/README.md"), join(stage, "inside/index.md"));
rmSync(join(stage, "inside/README.md"));
await writePlayground(join(stage, "public/playground"));

// 2. What is declared.
const types = join(stage, "types");
run("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--emitDeclarationOnly", "--outDir", types);
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, string | { types: string }>;
};
for (const [path, target] of Object.entries(exports)) {
  if (typeof target === "string") continue;
  const entry = path === "." ? "escapement" : `escapement/${path.slice(2)}`;
  const page = referenceOf(types, entry, target.types.replace("./dist/", ""));
  writeFileSync(join(stage, "reference", `${basename(entry)}.md`), page);
}
rmSync(types, { recursive: true });

// 3. The pages. A link to a source leads out of the site.
for (const name of readdirSync(stage, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"))) {
  const path = join(stage, name);
  const text = readFileSync(path, "utf8").replaceAll(
    /\[([^\]]*)\]\((?:\.\.\/)+(?:src|tests|examples|bench)\/[^)]*\)/g,
    "$1",
  );
  writeFileSync(
    path,
    text
      .replaceAll("](docs/", "](./")
      .replaceAll("](CHANGELOG.md)", "](changelog.md)")
      .replaceAll("inside/README.md)", "inside/)"),
  );
}
run(vitepress, "build", "docs/site");
