import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with programs, outside of this project, in which commands are typed as a user would. */
export interface Shell {
  readonly folder: string;
  /** Puts a file there; what is put there once more replaces it. */
  write(name: string, text: string): string;
  /** Types a line; `npx escapement` and `npx vitest` are those of this project, on its sources. */
  type(line: string): Promise<Ended>;
  remove(): void;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const tsx = createRequire(import.meta.url).resolve("tsx");

const VITEST_CONFIG = `export default {
  resolve: { alias: [
    { find: /^escapement$/, replacement: ${JSON.stringify(`${root}src/index.ts`)} },
    { find: /^escapement\\/(sim|vitest)$/, replacement: ${JSON.stringify(`${root}src/$1/index.ts`)} },
  ] },
};
`;

/** @param name - Of the folder, as it stands in stories. */
export function openShell(name: string): Shell {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "escapement-shell-")));
  const [folder, bin] = [join(parent, name), join(parent, "bin")];
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  mkdirSync(bin);
  const write = (file: string, text: string): string => {
    writeFileSync(join(folder, file), text);
    return file;
  };
  const command = (file: string, ...words: string[]): void => {
    const line = [process.execPath, ...words].map((word) => `"${word}"`).join(" ");
    writeFileSync(join(bin, file), `#!/bin/sh\nexec ${line} "$@"\n`);
    chmodSync(join(bin, file), 0o755);
  };
  command("escapement", "--import", tsx, join(root, "src/cli/main.ts"));
  command("vitest", join(root, "node_modules/vitest/vitest.mjs"));
  symlinkSync(join(root, "node_modules/vitest"), join(folder, "node_modules/vitest"), "junction");
  write("package.json", `{ "type": "module" }`);
  write("vitest.config.js", VITEST_CONFIG);
  return {
    folder,
    write,
    type: (line) => typeInto(folder, bin, line.replaceAll(/\bnpx (?=escapement|vitest)/g, "")),
    remove: () => rmSync(parent, { recursive: true }),
  };
}

function typeInto(folder: string, bin: string, line: string): Promise<Ended> {
  // Not those of the vitest that runs this.
  const kept = Object.entries(process.env).filter(([name]) => !/^(CI$|VITEST|TEST$|NODE_ENV$|ESCAPEMENT_)/.test(name));
  const path = `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
  const env = { ...Object.fromEntries(kept), PATH: path, NO_COLOR: "1", VITE_CONFIG_NATIVE_IGNORE_WARNING: "true" };
  return new Promise((resolve) => {
    execFile("sh", ["-c", line], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
