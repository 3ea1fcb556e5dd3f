import type { DirectoryEntry, FileStat } from "../../io/file-system.ts";
import { DiskError, type DiskErrorCode } from "./disk-error.ts";
import { Journal } from "./disk-journal.ts";
import { DirectoryNode, type DiskNode, FileNode, LinkNode, kindOf } from "./disk-nodes.ts";
import { type Place, findPlace } from "./disk-place.ts";

const READ = 0o400;
const WRITE = 0o200;

/**
 * Directories, files and symbolic links, as POSIX has them, for one user; every method acts at once, and throws a DiskError.
 *
 * @internal
 */
export class DiskTree {
  readonly journal: Journal = new Journal();
  readonly #root: DirectoryNode;
  readonly #now: () => number;
  #temporaries = 0;

  /** @param folders - Are there from the beginning. */
  constructor(now: () => number, folders: readonly string[]) {
    this.#now = now;
    this.#root = new DirectoryNode(now());
    for (const folder of folders) this.makeDirectory(folder, true);
    this.journal.commit(this.journal.length);
  }

  // ---- finding

  #find(path: string, syscall: string, followLast = true): DiskNode {
    return findPlace(this.#root, path, syscall, followLast).node ?? refuse("ENOENT", syscall, path);
  }

  #findDirectory(path: string, syscall: string): DirectoryNode {
    const node = this.#find(path, syscall);
    return node instanceof DirectoryNode ? node : refuse("ENOTDIR", syscall, path);
  }

  /** Every file that has a name, in order. */
  *files(): Generator<[path: string, file: FileNode], void, undefined> {
    yield* filesIn("", this.#root);
  }

  /** Makes `path` stand for something, or for nothing. */
  #link({ entry }: Place, node: DiskNode | null, syscall: string, path: string): void {
    if (entry === null) refuse("EBUSY", syscall, path);
    if ((entry.directory.mode & WRITE) === 0) refuse("EACCES", syscall, path);
    this.journal.record({ ...entry, node });
    entry.directory.mtime = this.#now();
  }

  // ---- files

  /** The file, made or emptied as `flags` say. */
  open(path: string, flags: string): FileNode {
    const creates = !flags.startsWith("r");
    const place = findPlace(this.#root, creates ? withoutSlash(path) : path, "open", !flags.includes("x"));
    if (creates && path.endsWith("/")) refuse("EISDIR", "open", path);
    if (place.node !== undefined && flags.includes("x")) refuse("EEXIST", "open", path);
    if (place.node === undefined) return this.#create(place, flags, path);
    if (!(place.node instanceof FileNode)) refuse("EISDIR", "open", path);
    const file = place.node;
    const wanted = (flags.startsWith("r") || flags.includes("+") ? READ : 0) | (flags === "r" ? 0 : WRITE);
    if ((file.mode & wanted) !== wanted) refuse("EACCES", "open", path);
    if (flags.startsWith("w") && file.size > 0) file.change({ kind: "resize", size: 0 }, this.#now());
    return file;
  }

  #create(place: Place, flags: string, path: string): FileNode {
    if (flags.startsWith("r")) refuse("ENOENT", "open", path);
    const file = new FileNode(this.#now());
    this.#link(place, file, "open", path);
    return file;
  }

  removeFile(path: string): void {
    const place = findPlace(this.#root, path, "unlink", false);
    if (place.node === undefined) refuse("ENOENT", "unlink", path);
    if (place.node instanceof DirectoryNode) refuse("EISDIR", "unlink", path);
    this.#link(place, null, "unlink", path);
  }

  rename(from: string, to: string): void {
    const source = findPlace(this.#root, from, "rename", false);
    const target = findPlace(this.#root, to, "rename", false);
    const { node } = source;
    if (node === undefined) refuse("ENOENT", "rename", from);
    if (source.entry === null || target.entry === null) refuse("EBUSY", "rename", from);
    if (target.node === node) return;
    if (source.realPath.startsWith(`${target.realPath}/`)) refuse("ENOTEMPTY", "rename", from);
    if (node instanceof DirectoryNode) {
      if (target.realPath.startsWith(`${source.realPath}/`)) refuse("EINVAL", "rename", from);
      if (target.node !== undefined && !(target.node instanceof DirectoryNode)) refuse("ENOTDIR", "rename", from);
    } else if (target.node instanceof DirectoryNode) refuse("EISDIR", "rename", from);
    else if (to.endsWith("/")) refuse("ENOTDIR", "rename", from);
    if (target.node instanceof DirectoryNode && target.node.entries.size > 0) refuse("ENOTEMPTY", "rename", from);
    for (const { directory } of [source.entry, target.entry]) {
      if ((directory.mode & WRITE) === 0) refuse("EACCES", "rename", from);
    }
    this.journal.record({ ...source.entry, node: null }, { ...target.entry, node });
  }

  // ---- directories

  makeDirectory(path: string, parents: boolean): void {
    if (parents) this.#makeParents(path);
    const place = findPlace(this.#root, withoutSlash(path), "mkdir", false);
    if (place.node === undefined) this.#link(place, new DirectoryNode(this.#now()), "mkdir", path);
    // A link that leads nowhere is an error of its own.
    else if (!parents || !(this.#find(path, "mkdir") instanceof DirectoryNode)) refuse("EEXIST", "mkdir", path);
  }

  #makeParents(path: string): void {
    const slash = withoutSlash(path).lastIndexOf("/");
    if (slash <= 0) return;
    const parent = path.slice(0, slash);
    this.#makeParents(parent);
    const { node } = findPlace(this.#root, parent, "mkdir", false);
    if (node === undefined) this.makeDirectory(parent, false);
    else if (!(findPlace(this.#root, parent, "mkdir", true).node instanceof DirectoryNode)) {
      refuse("ENOTDIR", "mkdir", path);
    }
  }

  /** @returns Its path. */
  makeTemporaryDirectory(prefix: string): string {
    this.#temporaries += 1;
    const path = `${prefix}${this.#temporaries.toString(36).padStart(6, "0")}`;
    const place = findPlace(this.#root, path, "mkdtemp", false);
    if (place.node !== undefined) return this.makeTemporaryDirectory(prefix);
    this.#link(place, new DirectoryNode(this.#now(), 0o700), "mkdtemp", path);
    return path;
  }

  list(path: string): DirectoryEntry[] {
    const directory = this.#findDirectory(path, "scandir");
    if ((directory.mode & READ) === 0) refuse("EACCES", "scandir", path);
    return Array.from(directory.entries, ([name, node]) => ({ name, kind: kindOf(node) }));
  }

  removeDirectory(path: string): void {
    const place = findPlace(this.#root, path, "rmdir", false);
    const { node } = place;
    if (node === undefined) refuse("ENOENT", "rmdir", path);
    if (!(node instanceof DirectoryNode)) refuse("ENOTDIR", "rmdir", path);
    if (node.entries.size > 0) refuse("ENOTEMPTY", "rmdir", path);
    this.#link(place, null, "rmdir", path);
  }

  /** The innermost first, one by one: a crash may leave a part. */
  removeTree(path: string): void {
    const place = findPlace(this.#root, path, "rm", false);
    if (place.node === undefined) refuse("ENOENT", "rm", path);
    if (place.node instanceof DirectoryNode) {
      for (const name of place.node.entries.keys()) this.removeTree(`${place.realPath}/${name}`);
    }
    this.#link(place, null, "rm", path);
  }

  /** The names in it, and what was done to names before, are on the disk for good. */
  syncDirectory(path: string): void {
    this.journal.commitDirectory(this.#findDirectory(path, "fsync"));
  }

  // ---- links

  makeLink(target: string, path: string): void {
    const place = findPlace(this.#root, path, "symlink", false);
    if (place.node !== undefined) refuse("EEXIST", "symlink", path);
    if (target === "") refuse("ENOENT", "symlink", path);
    this.#link(place, new LinkNode(target, this.#now()), "symlink", path);
  }

  readLink(path: string): string {
    const node = this.#find(path, "readlink", false);
    return node instanceof LinkNode ? node.target : refuse("EINVAL", "readlink", path);
  }

  realPath(path: string): string {
    const place = findPlace(this.#root, withoutDots(path), "realpath", true);
    return place.node === undefined ? refuse("ENOENT", "realpath", path) : place.realPath;
  }

  // ---- attributes

  stat(path: string, followLinks: boolean): FileStat {
    return this.#find(path, followLinks ? "stat" : "lstat", followLinks).stat();
  }

  setMode(path: string, mode: number): void {
    this.#find(path, "chmod").mode = mode & 0o7777;
  }

  setTimes(path: string, atime: number, mtime: number): void {
    Object.assign(this.#find(path, "utime"), { atime, mtime });
  }

  // ---- what a crash leaves

  /** The oldest `kept` changes of names, and none of the others. The files are for their owner to look after. */
  crash(kept: number): void {
    this.journal.commit(kept);
    this.journal.clear();
    crashDirectory(this.#root);
  }
}

/** As Node's realpath, which takes dots away before it follows links. */
function withoutDots(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

function refuse(code: DiskErrorCode, syscall: string, path: string): never {
  throw new DiskError(code, syscall, path);
}

function* filesIn(path: string, directory: DirectoryNode): Generator<[string, FileNode], void, undefined> {
  for (const [name, node] of directory.entries) {
    if (node instanceof FileNode) yield [`${path}/${name}`, node];
    else if (node instanceof DirectoryNode) yield* filesIn(`${path}/${name}`, node);
  }
}

function crashDirectory(directory: DirectoryNode): void {
  directory.crash();
  for (const node of directory.entries.values()) if (node instanceof DirectoryNode) crashDirectory(node);
}
