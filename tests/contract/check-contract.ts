import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ContractModule } from "./read-contract.ts";
import { type Leniency, type Program, writeProgram } from "./write-program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the compiler has against our types, as `module › name: message`; nothing when they keep the contract. */
export function contractFaults(
  modules: readonly ContractModule[],
  entries: ReadonlyMap<string, string>,
  leniency: Leniency,
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "escapement-contract-"));
  try {
    const programs = modules.map((module) => writeProgram(module, entries, leniency));
    programs.forEach(({ lines }, index) => writeFileSync(join(folder, `${index}.mts`), lines.join("\n")));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project(programs)));
    return readErrors(compile(folder), modules, programs);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function project(programs: readonly Program[]): object {
  return {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      typeRoots: [join(root, "node_modules/@types")],
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: false,
      paths: {},
    },
    files: programs.map((_, index) => `${index}.mts`),
    include: [],
  };
}

function compile(folder: string): string {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout, stderr, error } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  if (stderr !== "") throw new Error(`tsc: ${stderr}`);
  return stdout;
}

// "0.mts(12,7): error TS2322: …", its explanation indented on the lines below.
function readErrors(output: string, modules: readonly ContractModule[], programs: readonly Program[]): string[] {
  const faults: string[] = [];
  for (const line of output.split("\n").filter((text) => text !== "")) {
    const [, file, at, message] = /^(\d+)\.mts\((\d+),\d+\): error (.*)$/.exec(line) ?? [];
    if (message !== undefined) {
      const owner = programs[Number(file)]?.owners[Number(at) - 1] ?? "?";
      faults.push(`${modules[Number(file)]?.name ?? "?"} › ${owner}: ${message}`);
    } else if (line.startsWith(" ") && faults.length > 0) {
      faults[faults.length - 1] += `\n${line}`;
    } else {
      faults.push(line);
    }
  }
  return faults;
}
