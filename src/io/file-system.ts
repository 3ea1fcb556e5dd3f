import { ContextVar } from "../loop/context.ts";

// The seam between escapement/files and what keeps the files. Node's is node-file-system.ts; a simulation binds its own to
// `fileSystem`, in the context in which it starts a program.

/** @internal Called once, later: the host's own error, or null and the value. */
export type Done<T> = (error: Error | null, value: T) => void;

/** What is known of a file. Times are milliseconds since 1970. */
export interface FileStat {
  /** What a symbolic link is only when it was asked for itself, with `lstat`. */
  readonly kind: "file" | "directory" | "symlink" | "other";
  /** In bytes. */
  readonly size: number;
  /** The permissions, as in `0o644`. */
  readonly mode: number;
  /** When its content was changed last. */
  readonly mtime: number;
  /** When it was read last. */
  readonly atime: number;
  /** When it was made, where the file system knows. */
  readonly birthtime: number;
}

/** One of what a directory contains. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileStat["kind"];
}

/** @internal A file that has just been opened. */
export interface OpenedFile {
  readonly descriptor: number;
  /** Whether it has positions: a pipe or a terminal has none. */
  readonly seekable: boolean;
  readonly size: number;
}

/** @internal What keeps files. Every method begins at once, and calls `done` later, never before it returns. */
export interface FileSystem {
  /** Whether it answers in the host's turns, as opposed to the loop's own. */
  readonly needsHost: boolean;
  /** Calls that have it in common wait for each other when there are too many. */
  readonly lane: object;
  /** Where temporary files belong. */
  readonly temporaryFolder: string;

  /** Never a directory. `flags` as in fopen: `r`, `r+`, `w`, `w+`, `a`, `a+`, `wx`, `wx+`. */
  open(path: string, flags: string, done: Done<OpenedFile>): void;
  close(descriptor: number, done: Done<void>): void;
  /** Null is where the file stands. No bytes at all: its end. */
  read(descriptor: number, into: Uint8Array, position: number | null, done: Done<number>): void;
  /** May write fewer bytes than there are. Null is where the file stands. */
  write(descriptor: number, bytes: Uint8Array, position: number | null, done: Done<number>): void;
  sync(descriptor: number, done: Done<void>): void;
  resize(descriptor: number, size: number, done: Done<void>): void;
  sizeOf(descriptor: number, done: Done<number>): void;

  readFile(path: string, done: Done<Uint8Array>): void;
  writeFile(path: string, bytes: Uint8Array, flags: "w" | "a" | "wx", done: Done<void>): void;
  copyFile(from: string, to: string, done: Done<void>): void;

  stat(path: string, followLinks: boolean, done: Done<FileStat>): void;
  list(path: string, done: Done<readonly DirectoryEntry[]>): void;
  makeDirectory(path: string, parents: boolean, done: Done<void>): void;
  /** Its name is `prefix` and a few characters more. */
  makeTemporaryDirectory(prefix: string, done: Done<string>): void;
  removeFile(path: string, done: Done<void>): void;
  removeDirectory(path: string, done: Done<void>): void;
  /** With all that is in it. */
  removeTree(path: string, done: Done<void>): void;
  /** What was done to the names in it is on the disk itself. */
  syncDirectory(path: string, done: Done<void>): void;
  rename(from: string, to: string, done: Done<void>): void;
  makeLink(target: string, path: string, done: Done<void>): void;
  readLink(path: string, done: Done<string>): void;
  realPath(path: string, done: Done<string>): void;
  setMode(path: string, mode: number, done: Done<void>): void;
  /** In milliseconds since 1970. */
  setTimes(path: string, atime: number, mtime: number, done: Done<void>): void;
}

/** @internal What programs of this context reach; where nothing is bound, the host's own. */
export const fileSystem: ContextVar<FileSystem> = new ContextVar<FileSystem>("fileSystem");
