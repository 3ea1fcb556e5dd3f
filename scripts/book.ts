// `npm run book`: writes into the chapters of docs/inside what comes from the sources and from runs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fill } from "./book/fill.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "docs/inside");

for (const name of readdirSync(folder).filter((file) => file.endsWith(".md"))) {
  const path = join(folder, name);
  const before = readFileSync(path, "utf8");
  const after = await fill(root, before);
  if (after === before) continue;
  writeFileSync(path, after);
  console.log(`docs/inside/${name}`);
}
