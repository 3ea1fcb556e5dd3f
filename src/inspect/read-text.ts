interface Host {
  process?: { getBuiltinModule?(name: string): unknown };
}
interface Files {
  readFileSync(path: string | URL, encoding: "utf8"): string;
}

/** @internal The text of a file, where the host lets it be read; null where it does not, or where there is none. */
export function readText(path: string | URL): string | null {
  const fs = (globalThis as Host).process?.getBuiltinModule?.("node:fs") as Files | undefined;
  try {
    return fs?.readFileSync(path, "utf8") ?? null;
  } catch {
    return null; // made in memory, or gone
  }
}
