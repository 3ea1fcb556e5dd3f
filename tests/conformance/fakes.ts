import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { Program, Statement } from "../cpython/interpreter/language.ts";

/** A program whose main does this. */
export function programOf(body: readonly Statement[], more: Partial<Program> = {}): Program {
  return { driver: "run", mains: ["main"], objs: {}, cos: { main: { kind: "plain", body } }, cbs: {}, ...more };
}

/** A folder for each test of the file. */
export class Folder {
  path = "";

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), "escapement-conformance-"));
    });
    afterEach(() => rmSync(this.path, { recursive: true }));
  }

  put(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  /** A command that says it is this version of Python. As the oracle it is a script of Node's. */
  putPython(name: string, version: string, oracle = ""): string {
    const script = this.put(`${name}.cjs`, oracle);
    const serves = `exec "${process.execPath}" "${script}"`;
    const file = this.put(name, `#!/bin/sh\nif [ "$1" = -c ]; then echo ${version}; else ${serves}; fi\n`);
    chmodSync(file, 0o755);
    return file;
  }
}

/** A script of Node's that serves as one side: what it does with `id` and `program`. */
export function sideScript(handle: string): string {
  return `
    console.log("{}");
    require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
      const { id, program } = JSON.parse(line);
      ${handle}
    });`;
}
