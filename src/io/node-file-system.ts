import {
  type Dirent,
  type Stats,
  chmod,
  close,
  constants,
  copyFile,
  fstat,
  fsync,
  ftruncate,
  lstat,
  mkdir,
  mkdtemp,
  open,
  read,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  unlink,
  utimes,
  write,
  writeFile,
} from "node:fs";
import { tmpdir } from "node:os";
import { plain } from "./bytes.ts";
import type { Done, FileStat, FileSystem, OpenedFile } from "./file-system.ts";

/** @internal The files that Node reaches: `node:fs`, its callbacks alone. */
export const nodeFileSystem: FileSystem = {
  needsHost: true,
  lane: {},
  get temporaryFolder() {
    return tmpdir();
  },

  open: (path, flags, done) =>
    open(path, flags, (error, descriptor) => {
      if (error === null) look(path, descriptor, done);
      else done(error, undefined as never);
    }),
  close: (descriptor, done) => close(descriptor, nothing(done)),
  read: (descriptor, into, position, done) => read(descriptor, into, 0, into.length, position, done),
  write: (descriptor, bytes, position, done) => write(descriptor, bytes, 0, bytes.length, position, done),
  sync: (descriptor, done) => fsync(descriptor, nothing(done)),
  resize: (descriptor, size, done) => ftruncate(descriptor, size, nothing(done)),
  sizeOf: (descriptor, done) => fstat(descriptor, (error, stats) => done(error, stats?.size)),

  readFile: (path, done) => readFile(path, (error, bytes) => done(error, error === null ? plain(bytes) : bytes)),
  writeFile: (path, bytes, flag, done) => writeFile(path, bytes, { flag }, nothing(done)),
  copyFile: (from, to, done) => copyFile(from, to, nothing(done)),

  stat: (path, followLinks, done) =>
    (followLinks ? stat : lstat)(path, (error, stats) =>
      done(error, error === null ? statOf(stats) : (stats as never)),
    ),
  list: (path, done) =>
    readdir(path, { withFileTypes: true }, (error, entries) =>
      done(
        error,
        entries?.map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
      ),
    ),
  makeDirectory: (path, parents, done) => mkdir(path, { recursive: parents }, nothing(done)),
  makeTemporaryDirectory: (prefix, done) => mkdtemp(prefix, done),
  removeFile: (path, done) => unlink(path, nothing(done)),
  removeDirectory: (path, done) => rmdir(path, nothing(done)),
  removeTree: (path, done) => rm(path, { recursive: true }, nothing(done)),
  syncDirectory: (path, done) =>
    open(path, constants.O_RDONLY | constants.O_DIRECTORY, (error, descriptor) => {
      if (error !== null) done(error, undefined);
      else fsync(descriptor, (fault) => close(descriptor, (late) => done(fault ?? late ?? null, undefined)));
    }),
  rename: (from, to, done) => rename(from, to, nothing(done)),
  makeLink: (target, path, done) => symlink(target, path, nothing(done)),
  readLink: (path, done) => readlink(path, done),
  realPath: (path, done) => realpath(path, done),
  setMode: (path, mode, done) => chmod(path, mode, nothing(done)),
  setTimes: (path, atime, mtime, done) => utimes(path, atime / 1000, mtime / 1000, nothing(done)),
};

function nothing(done: Done<void>): (error?: Error | null) => void {
  return (error) => done(error ?? null, undefined);
}

/** What was opened: a directory can be, for reading, and only the first read would tell. */
function look(path: string, descriptor: number, done: Done<OpenedFile>): void {
  const refuse = (error: Error): void => close(descriptor, () => done(error, undefined as never));
  fstat(descriptor, (error, stats) => {
    if (error !== null) refuse(error);
    else if (stats.isDirectory()) refuse(directoryOpened(path));
    else done(null, { descriptor, seekable: stats.isFile() || stats.isBlockDevice(), size: stats.size });
  });
}

// As Node's own.
function directoryOpened(path: string): Error {
  const error = new Error(`EISDIR: illegal operation on a directory, open '${path}'`);
  return Object.assign(error, { code: "EISDIR", syscall: "open", path });
}

function statOf(stats: Stats): FileStat {
  const { size, mtimeMs, atimeMs, birthtimeMs } = stats;
  const mode = stats.mode & 0o7777;
  return { kind: kindOf(stats), size, mode, mtime: mtimeMs, atime: atimeMs, birthtime: birthtimeMs };
}

function kindOf(found: Stats | Dirent): FileStat["kind"] {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "directory";
  return found.isSymbolicLink() ? "symlink" : "other";
}
