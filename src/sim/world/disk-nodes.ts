import type { FileStat } from "../../io/file-system.ts";
import { type Change, Content } from "./disk-content.ts";

/** @internal What a name in a directory stands for. */
export type DiskNode = FileNode | DirectoryNode | LinkNode;

// What all of them have. Rights and times are kept as they are set: only names and bytes can be lost in a crash.
class Attributes {
  mode: number;
  atime: number;
  mtime: number;
  readonly birthtime: number;

  constructor(mode: number, now: number) {
    this.mode = mode;
    this.atime = now;
    this.mtime = now;
    this.birthtime = now;
  }

  protected statAs(kind: FileStat["kind"], size: number): FileStat {
    const { mode, mtime, atime, birthtime } = this;
    return { kind, size, mode, mtime, atime, birthtime };
  }
}

/**
 * A file: its bytes as programs see them, those that are on the disk for good, and the changes in between.
 *
 * @internal
 */
export class FileNode extends Attributes {
  #live = new Content();
  readonly #durable = new Content();
  #pending: Change[] = [];

  constructor(now: number) {
    super(0o644, now);
  }

  get size(): number {
    return this.#live.size;
  }

  read(from: number, into: Uint8Array, now: number): number {
    const bytes = this.#live.slice(from, from + into.length);
    into.set(bytes);
    this.atime = now;
    return bytes.length;
  }

  readAll(now: number): Uint8Array {
    this.atime = now;
    return this.#live.slice(0, this.#live.size);
  }

  change(change: Change, now: number): void {
    this.#live.apply(change);
    this.#pending.push(change);
    this.mtime = now;
  }

  // ---- what a crash may lose

  /** Changes that were not synced, the oldest first. */
  get pending(): readonly Change[] {
    return this.#pending;
  }

  sync(): void {
    for (const change of this.#pending) this.#durable.apply(change);
    this.#pending = [];
  }

  /** A sync that failed: the system believes that these were written, and never tries again. */
  forgetPending(): void {
    this.#pending = [];
  }

  /** After a crash: what was synced, the oldest `kept` changes, and what came of the next one. */
  crash(kept: number, torn: Change | null): void {
    for (const change of this.#pending.slice(0, kept)) this.#durable.apply(change);
    if (torn !== null) this.#durable.apply(torn);
    this.#pending = [];
    this.#live = this.#durable.copy();
  }

  stat(): FileStat {
    return this.statAs("file", this.size);
  }
}

/**
 * A directory: its names as programs see them, and those that are on the disk for good.
 *
 * @internal
 */
export class DirectoryNode extends Attributes {
  #entries = new Map<string, DiskNode>();
  readonly #durable = new Map<string, DiskNode>();

  constructor(now: number, mode: number = 0o755) {
    super(mode, now);
  }

  get entries(): ReadonlyMap<string, DiskNode> {
    return this.#entries;
  }

  edit(name: string, node: DiskNode | null): void {
    setOrDelete(this.#entries, name, node);
  }

  commit(name: string, node: DiskNode | null): void {
    setOrDelete(this.#durable, name, node);
  }

  crash(): void {
    this.#entries = new Map(this.#durable);
  }

  stat(): FileStat {
    return this.statAs("directory", 0);
  }
}

/** @internal A symbolic link. */
export class LinkNode extends Attributes {
  readonly target: string;

  constructor(target: string, now: number) {
    super(0o777, now);
    this.target = target;
  }

  stat(): FileStat {
    return this.statAs("symlink", this.target.length);
  }
}

function setOrDelete(names: Map<string, DiskNode>, name: string, node: DiskNode | null): void {
  if (node === null) names.delete(name);
  else names.set(name, node);
}

/** @internal */
export function kindOf(node: DiskNode): FileStat["kind"] {
  if (node instanceof FileNode) return "file";
  return node instanceof DirectoryNode ? "directory" : "symlink";
}
