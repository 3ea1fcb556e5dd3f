// A simulated disk says and does what this machine's does, whatever is asked of it: random programs run on both.
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Coroutine, run, using } from "../../src/index.ts";
import {
  type AsyncFile,
  OSError,
  appendFile,
  copyFile,
  isDir,
  listdir,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  remove,
  rename,
  rmdir,
  rmtree,
  scandir,
  stat,
  symlink,
  syncDirectory,
  writeFile,
} from "../../src/io/files.ts";
import { SimDisk } from "../../src/sim/world/disk.ts";
import { runOn } from "./file-homes.ts";

const ENTRIES = ["a", "b", "a/c", "a/d", "b/c", "a/c/e", "a/./c", "b/../a/d"];
const NAMES = [...ENTRIES, ".", "a/..", "a/"];
// On macOS and elsewhere some of these have other codes: POSIX leaves them open.
const isLinux = process.platform === "linux";

type Step = (folder: string) => Coroutine<unknown>;
type Named = readonly [text: string, step: Step];

const path = fc.constantFrom(...NAMES);
// What is made or removed: with dots or a slash at its end, that is each kernel's own affair.
const entry = fc.constantFrom(...ENTRIES);
const plain = fc.constantFrom(...ENTRIES.filter((name) => !name.includes(".")));
const content = fc.constantFrom("", "tick", "x".repeat(700));
const targets = fc.constantFrom("a", "b", "c", "../b", "d/..", "missing");

/** What is known of it that does not depend on the machine. */
function* shape(looking: Coroutine<{ readonly kind: string; readonly size: number }>): Coroutine<unknown> {
  const { kind, size } = yield* looking;
  return [kind, kind === "file" ? size : 0];
}

function* edit(file: AsyncFile, text: string): Coroutine<unknown> {
  const before = file.mode.startsWith("r") || file.mode.includes("+") ? yield* file.read(3) : "";
  if (file.mode === "r") return before;
  yield* file.write(text);
  yield* file.seek(2);
  yield* file.truncate(5);
  yield* file.sync();
  return [before, file.tell()];
}

const one = (name: string, act: (at: string) => Coroutine<unknown>, paths = path): fc.Arbitrary<Named> =>
  paths.map((at) => [`${name} ${at}`, (folder) => act(`${folder}/${at}`)]);

const two = (name: string, act: (from: string, to: string) => Coroutine<unknown>): fc.Arbitrary<Named> =>
  fc
    .tuple(entry, entry)
    .map(([from, to]) => [`${name} ${from} ${to}`, (folder) => act(`${folder}/${from}`, `${folder}/${to}`)]);

const writing = (name: string, act: (at: string, text: string) => Coroutine<unknown>): fc.Arbitrary<Named> =>
  fc
    .tuple(entry, content)
    .map(([at, text]) => [`${name} ${at} ${text.length}`, (folder) => act(`${folder}/${at}`, text)]);

const opening: fc.Arbitrary<Named> = fc
  .tuple(entry, content, fc.constantFrom("r", "r+", "w", "w+", "a", "a+", "x"))
  .map(([at, text, mode]) => [
    `open ${at} ${mode} ${text.length}`,
    function* (folder) {
      return yield* using(yield* open(`${folder}/${at}`, mode), (file) => edit(file, text));
    },
  ]);

/** Where it would go through a link that leads nowhere, the host library's error is its own. */
function* makeAll(at: string): Coroutine<unknown> {
  for (const part of [dirname(at), at]) {
    try {
      if ((yield* lstat(part)).kind === "symlink") return "a link";
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
    }
  }
  return yield* mkdir(at, { parents: true, existOk: true });
}

const step: fc.Arbitrary<Named> = fc.oneof(
  { weight: 4, arbitrary: writing("writeFile", writeFile) },
  { weight: 4, arbitrary: one("mkdir", (at) => mkdir(at), entry) },
  { weight: 4, arbitrary: opening },
  writing("appendFile", appendFile),
  one("mkdir -p", makeAll, plain),
  one("readFile", (at) => readFile(at, "utf8")),
  one("listdir", listdir),
  one("scandir", scandir),
  one("stat", (at) => shape(stat(at))),
  one("lstat", (at) => shape(lstat(at))),
  one("remove", remove, entry),
  one("rmdir", rmdir, entry),
  one("rmtree", rmtree, entry),
  one("readlink", readlink),
  one("syncDirectory", syncDirectory),
  one("realpath", realpath, entry),
  two("rename", rename),
  two("copyFile", function* (from, to) {
    // Which error comes first is the host library's affair.
    return (yield* isDir(from)) ? "a directory" : yield* copyFile(from, to);
  }),
  fc
    .tuple(targets, entry)
    .map(([to, at]): Named => [`symlink ${to} ${at}`, (folder) => symlink(to, `${folder}/${at}`)]),
);

/** What each step gave, or how it failed. */
function* results(folder: string, steps: readonly Named[]): Coroutine<unknown[]> {
  const found: unknown[] = [];
  for (const [text, act] of steps) {
    try {
      const value = yield* act(folder);
      found.push([
        text,
        typeof value === "string" ? value.replace(folder, "").replace(dirname(folder), "..") : (value ?? null),
      ]);
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      found.push([text, error.name, error.code, error.target.replace(folder, "")]);
    }
  }
  return found;
}

/** All that is there. */
function treeAt(folder: string): unknown[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => {
      const at = join(folder, name);
      const found = lstatSync(at);
      if (found.isSymbolicLink()) return [name, "->", readlinkSync(at)];
      return [name, found.isDirectory() ? treeAt(at) : readFileSync(at, "utf8")];
    });
}

function* treeOn(folder: string): Coroutine<unknown[]> {
  const tree: unknown[] = [];
  for (const { name, kind } of yield* scandir(folder)) {
    const at = `${folder}/${name}`;
    if (kind === "symlink") tree.push([name, "->", yield* readlink(at)]);
    else tree.push([name, kind === "directory" ? yield* treeOn(at) : yield* readFile(at, "utf8")]);
  }
  return tree;
}

describe(`a simulated disk${isLinux ? "" : " (skipped: other systems have other codes)"}`, () => {
  it.skipIf(!isLinux)("gives the same results, errors and files as this machine's", { timeout: 220_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        // Links lead out of the folder in which the program works, and not further than this.
        const outer = mkdtempSync(join(tmpdir(), "escapement-differential-"));
        const folder = join(outer, "x");
        mkdirSync(folder);
        try {
          const real = await run(() => results(folder, steps));
          const there = treeAt(outer);
          const [simulated, tree] = runOn(new SimDisk("home"), function* (): Coroutine<[unknown[], unknown[]]> {
            yield* mkdir("/home/x", { parents: true });
            return [yield* results("/home/x", steps), yield* treeOn("/home")];
          });
          expect(simulated).toEqual(real);
          expect(tree).toEqual(there);
        } finally {
          rmSync(outer, { recursive: true, force: true });
        }
      }),
      // The same programs each time: what POSIX leaves open must not fail somebody else's change. ESCAPEMENT_SEED asks for others.
      { numRuns: 80, seed: Number(process.env["ESCAPEMENT_SEED"] ?? 6) },
    );
  });
});
