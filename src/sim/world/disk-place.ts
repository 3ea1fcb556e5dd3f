import { DiskError, type DiskErrorCode } from "./disk-error.ts";
import { DirectoryNode, type DiskNode, LinkNode } from "./disk-nodes.ts";

const LONGEST_NAME = 255;
const LONGEST_PATH = 4095;
const MOST_LINKS = 40;
const SEARCH = 0o100;

/** @internal Where a path leads. */
export interface Place {
  /** The directory that it is in, and its name there; null for the root, and what ends in `..`. */
  readonly entry: { readonly directory: DirectoryNode; readonly name: string } | null;
  /** What is there; undefined when nothing is. */
  readonly node: DiskNode | undefined;
  /** The same path without links and dots. */
  readonly realPath: string;
}

/**
 * Follows a path, as POSIX says. Relative ones begin at the root.
 *
 * @param syscall - Who asks, for errors.
 * @param followLast - Whether a link at the very end is followed, too.
 * @throws {DiskError} ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EACCES.
 * @internal
 */
export function findPlace(root: DirectoryNode, path: string, syscall: string, followLast: boolean): Place {
  return new Walk(root, path, syscall, followLast).go();
}

/** A path on its way through the directories. */
class Walk {
  readonly #path: string;
  readonly #syscall: string;
  // A slash at the end says that it is a directory.
  readonly #endsInSlash: boolean;
  readonly #followLast: boolean;
  // Where it stands: the root first.
  readonly #trail: { readonly directory: DirectoryNode; readonly name: string }[];
  // Names to come: the last first.
  readonly #rest: string[];
  #links = 0;

  constructor(root: DirectoryNode, path: string, syscall: string, followLast: boolean) {
    this.#path = path;
    this.#syscall = syscall;
    this.#endsInSlash = /\/\.?$/.test(path);
    this.#followLast = followLast || this.#endsInSlash;
    this.#trail = [{ directory: root, name: "" }];
    this.#rest = namesOf(path);
  }

  #refuse(code: DiskErrorCode): never {
    throw new DiskError(code, this.#syscall, this.#path);
  }

  go(): Place {
    if (this.#path === "") this.#refuse("ENOENT");
    if (this.#path.length > LONGEST_PATH) this.#refuse("ENAMETOOLONG");
    while (this.#rest.length > 0) {
      const found = this.#step(this.#rest.pop()!);
      if (found !== null) return found;
    }
    return { entry: null, node: this.#trail.at(-1)!.directory, realPath: this.#realPath() };
  }

  /** One name on; what is there, when that was the last. */
  #step(name: string): Place | null {
    if (name.length > LONGEST_NAME) this.#refuse("ENAMETOOLONG");
    if (name === "..") {
      if (this.#trail.length > 1) this.#trail.pop();
      return null;
    }
    const { directory } = this.#trail.at(-1)!;
    if ((directory.mode & SEARCH) === 0) this.#refuse("EACCES");
    const node = directory.entries.get(name);
    const isLast = this.#rest.length === 0;
    if (node instanceof LinkNode && (!isLast || this.#followLast)) this.#follow(node);
    else if (isLast) return this.#arrive(directory, name, node);
    else if (node instanceof DirectoryNode) this.#trail.push({ directory: node, name });
    else this.#refuse(node === undefined ? "ENOENT" : "ENOTDIR");
    return null;
  }

  #follow({ target }: LinkNode): void {
    this.#links += 1;
    if (this.#links > MOST_LINKS) this.#refuse("ELOOP");
    if (target.startsWith("/")) this.#trail.length = 1;
    this.#rest.push(...namesOf(target));
  }

  #arrive(directory: DirectoryNode, name: string, node: DiskNode | undefined): Place {
    if (this.#endsInSlash && node !== undefined && !(node instanceof DirectoryNode)) this.#refuse("ENOTDIR");
    return { entry: { directory, name }, node, realPath: this.#realPath(name) };
  }

  #realPath(...last: readonly string[]): string {
    return `/${[...this.#trail.slice(1).map(({ name }) => name), ...last].join("/")}`;
  }
}

function namesOf(path: string): string[] {
  return path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .toReversed();
}
