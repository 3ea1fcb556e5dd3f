import type { DirectoryNode, DiskNode } from "./disk-nodes.ts";

/** @internal A name that begins to stand for something, or for nothing. */
export interface NameEdit {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly node: DiskNode | null;
}

/**
 * What was done to names and is not on the disk for good: in order, each change whole or not at all, as journaling file
 * systems keep it. A rename is one change.
 *
 * @internal
 */
export class Journal {
  #changes: (readonly NameEdit[])[] = [];

  get length(): number {
    return this.#changes.length;
  }

  record(...edits: readonly NameEdit[]): void {
    for (const { directory, name, node } of edits) directory.edit(name, node);
    this.#changes.push(edits);
  }

  /** The oldest `count` changes are on the disk for good. */
  commit(count: number): void {
    for (const edits of this.#changes.slice(0, count)) {
      for (const { directory, name, node } of edits) directory.commit(name, node);
    }
    this.#changes = this.#changes.slice(count);
  }

  /** All that was done to the names in `directory` is; and, since there is one journal, what was done before. */
  commitDirectory(directory: DirectoryNode): void {
    const last = this.#changes.findLastIndex((edits) => edits.some((edit) => edit.directory === directory));
    this.commit(last + 1);
  }

  clear(): void {
    this.#changes = [];
  }
}
