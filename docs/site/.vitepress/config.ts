import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const stage = fileURLToPath(new URL("../stage/", import.meta.url));

const titleOf = (path: string): string => /^# (.*)$/m.exec(readFileSync(`${stage}${path}`, "utf8"))?.[1] ?? path;
const pages = (folder: string): { text: string; link: string }[] =>
  readdirSync(`${stage}${folder}`)
    .filter((file) => file.endsWith(".md") && file !== "index.md")
    .map((file) => ({ text: titleOf(`${folder}${file}`), link: `/${folder}${file.replace(/\.md$/, "")}` }));

const config = {
  title: "escapement",
  description: "asyncio for TypeScript with a time machine",
  srcDir: "stage",
  outDir: "dist",
  // Links into the repository were taken off; what is left must lead somewhere.
  ignoreDeadLinks: [/^\.{1,2}\/.*\.(ts|json)$/, /LICENSE/, /CONTRIBUTING/, /bench\//, /examples\//],
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Playground", link: "/playground/", target: "_self" },
      { text: "From inside", link: "/inside/" },
      { text: "Reference", link: "/reference/escapement" },
    ],
    sidebar: [
      { text: "Guide", items: pages("") },
      { text: "asyncio from inside", collapsed: false, items: pages("inside/") },
      { text: "Reference", collapsed: true, items: pages("reference/") },
    ],
  },
};

// vitepress loads its configuration by the default export.
// oxlint-disable-next-line import/no-default-export
export default config;
