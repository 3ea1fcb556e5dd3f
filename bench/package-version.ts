import { readFileSync } from "node:fs";

/** The version of a package beside the harness. @throws {Error} `ERR_MODULE_NOT_FOUND` when it is not installed. */
export function packageVersion(name: string): string {
  for (let folder = new URL(".", import.meta.resolve(name)); folder.pathname !== "/"; folder = new URL("..", folder)) {
    const found = readPackage(new URL("package.json", folder));
    if (found.name === name && found.version !== undefined) return found.version;
  }
  return "unknown";
}

function readPackage(file: URL): { name?: string; version?: string } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
  } catch {
    return {};
  }
}
