import { dirname } from "node:path";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { ask, checkPath } from "./file-call.ts";
import { FileExistsError } from "./file-errors.ts";
import type { DirectoryEntry, FileStat } from "./file-system.ts";
import { OSError } from "./os-error.ts";

// What a program asks of paths, under the names of Python's `os`, `os.path` and `shutil`. All of them throw an OSError, of a
// kind that says what is the matter, and that names the path.

// ---- asking

/**
 * What is known of a file, or of what a symbolic link leads to.
 *
 * @example
 * yield* using(temporaryDirectory(), function* (folder) {
 *   yield* writeFile(`${folder}/a.txt`, "tick");
 *   const { kind, size } = yield* stat(`${folder}/a.txt`);
 *   print({ kind, size }); //=> {"kind":"file","size":4}
 * });
 */
export function stat(path: string): Coroutine<FileStat> {
  return ask("stat", path, (system, done) => system.stat(path, true, done));
}

/** As stat, but of a symbolic link itself. */
export function lstat(path: string): Coroutine<FileStat> {
  return ask("lstat", path, (system, done) => system.stat(path, false, done));
}

/** Whether there is anything of that name, as far as can be seen from here. */
export function exists(path: string): Coroutine<boolean> {
  return isKind("exists", path);
}

/** Whether it is a file, or a symbolic link to one. */
export function isFile(path: string): Coroutine<boolean> {
  return isKind("isFile", path, "file");
}

/** Whether it is a directory, or a symbolic link to one. */
export function isDir(path: string): Coroutine<boolean> {
  return isKind("isDir", path, "directory");
}

const isKind = coroutine(function* isKind(who: string, path: string, wanted?: FileStat["kind"]): Coroutine<boolean> {
  try {
    const { kind } = yield* ask<FileStat>(who, path, (system, done) => system.stat(path, true, done));
    return wanted === undefined || kind === wanted;
  } catch (error) {
    if (error instanceof OSError) return false;
    throw error;
  }
});

/** The path without symbolic links, `.` and `..`. */
export function realpath(path: string): Coroutine<string> {
  return ask("realpath", path, (system, done) => system.realPath(path, done));
}

// ---- directories

/** The names of what is in a directory, in order. */
export const listdir: (path: string) => Coroutine<string[]> = coroutine(function* listdir(
  path: string,
): Coroutine<string[]> {
  return (yield* entriesOf("listdir", path)).map(({ name }) => name);
});

/** What is in a directory, in the order of names. */
export function scandir(path: string): Coroutine<DirectoryEntry[]> {
  return entriesOf("scandir", path);
}

const entriesOf = coroutine(function* entriesOf(who: string, path: string): Coroutine<DirectoryEntry[]> {
  const entries = yield* ask<readonly DirectoryEntry[]>(who, path, (system, done) => system.list(path, done));
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
});

/** How a directory is made. */
export interface MkdirOptions {
  /** Makes those that it is in, too. */
  parents?: boolean;
  /** Finds it no error that there is a directory already. */
  existOk?: boolean;
}

/**
 * Makes a directory.
 *
 * @throws {FileExistsError} When there is something of that name.
 */
export const mkdir: (path: string, options?: MkdirOptions) => Coroutine<void> = coroutine(function* mkdir(
  path: string,
  { parents = false, existOk = false }: MkdirOptions = {},
): Coroutine<void> {
  checkPath("mkdir", path);
  const make = (one: string, all: boolean): Coroutine<void> =>
    ask<void>("mkdir", one, (system, done) => system.makeDirectory(one, all, done));
  if (parents) yield* make(dirname(path), true);
  try {
    yield* make(path, false);
  } catch (error) {
    if (!existOk || !(error instanceof FileExistsError) || !(yield* isDir(path))) throw error;
  }
});

/** Makes a directory whose name is `prefix` and six characters more. @returns Its name. */
export function mkdtemp(prefix: string): Coroutine<string> {
  return ask(
    "mkdtemp",
    prefix,
    (system, done) => system.makeTemporaryDirectory(prefix, done),
    (system, path) => system.removeDirectory(path, () => {}),
  );
}

/** Removes an empty directory. */
export function rmdir(path: string): Coroutine<void> {
  return ask("rmdir", path, (system, done) => system.removeDirectory(path, done));
}

/** Removes a directory, or a file, with all that is in it. */
export function rmtree(path: string): Coroutine<void> {
  return ask("rmtree", path, (system, done) => system.removeTree(path, done));
}

/**
 * Waits until the names in a directory are on the disk itself: of files that were made, renamed or removed there. Bytes are
 * the file's own matter: `AsyncFile.sync`.
 *
 * @example
 * yield* using(temporaryDirectory(), function* (folder) {
 *   yield* using(yield* open(`${folder}/new`, "w"), function* (file) {
 *     yield* file.write("tick");
 *     yield* file.sync();
 *   });
 *   yield* rename(`${folder}/new`, `${folder}/settings`);
 *   yield* syncDirectory(folder); // from here on, a power cut leaves the new settings
 *   print(yield* listdir(folder)); //=> ["settings"]
 * });
 * @throws {NotADirectoryError} When it is none.
 * @see POSIX `fsync`, of a directory
 */
export function syncDirectory(path: string): Coroutine<void> {
  return ask("syncDirectory", path, (system, done) => system.syncDirectory(path, done));
}

// ---- changing

/** Removes a file, or a symbolic link. */
export function remove(path: string): Coroutine<void> {
  return ask("remove", path, (system, done) => system.removeFile(path, done));
}

/** Renames it, over what may be there. */
export function rename(from: string, to: string): Coroutine<void> {
  checkPath("rename", to);
  return ask("rename", from, (system, done) => system.rename(from, to, done));
}

/** Copies a file, over what may be there. */
export function copyFile(from: string, to: string): Coroutine<void> {
  checkPath("copyFile", to);
  return ask("copyFile", from, (system, done) => system.copyFile(from, to, done));
}

/** Makes `path` a symbolic link to `target`. */
export function symlink(target: string, path: string): Coroutine<void> {
  checkPath("symlink", target);
  return ask("symlink", path, (system, done) => system.makeLink(target, path, done));
}

/** Where a symbolic link leads to. */
export function readlink(path: string): Coroutine<string> {
  return ask("readlink", path, (system, done) => system.readLink(path, done));
}

/** Sets the permissions, as in `0o600`. */
export function chmod(path: string, mode: number): Coroutine<void> {
  return ask("chmod", path, (system, done) => system.setMode(path, mode, done));
}

/** Sets when it was read and changed last, in milliseconds since 1970. */
export function utime(path: string, atime: number, mtime: number): Coroutine<void> {
  return ask("utime", path, (system, done) => system.setTimes(path, atime, mtime, done));
}
