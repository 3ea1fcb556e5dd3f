import { type EventLoop, getRunningLoop, runningLoopOrNull } from "../../loop/event-loop.ts";
import type { Handle } from "../../loop/handle.ts";
import {
  type DirectoryEntry,
  type Done,
  type FileStat,
  type FileSystem,
  type OpenedFile,
  fileSystem,
} from "../../io/file-system.ts";
import { activeMachine } from "../active.ts";
import type { DeviceKind } from "./devices.ts";
import type { Change } from "./disk-content.ts";
import { DiskError } from "./disk-error.ts";
import { DiskFaults } from "./disk-faults.ts";
import type { FileNode } from "./disk-nodes.ts";
import { DEFAULT_DISK, type DiskSettings } from "./disk-options.ts";
import { DiskTree } from "./disk-tree.ts";

/** Where programs put what is temporary. */
const TEMPORARY = "/tmp";

/** Files, for escapement/files. @internal */
export const disks: DeviceKind = {
  variable: fileSystem,
  plug(site) {
    const disk = new SimDisk(site.name, activeMachine()?.disk);
    return { value: disk, crashed: () => disk.crash() };
  },
};

interface OpenFile {
  readonly file: FileNode;
  readonly path: string;
  readonly appends: boolean;
  /** Where the file stands. */
  position: number;
}

/** A call on its way to its answer. */
interface Call {
  readonly timer: Handle;
  /** Whether it leaves something on the disk: then a crash may come before or after it. */
  readonly changes: boolean;
  readonly work: () => unknown;
}

/**
 * A machine's disk: files in memory that take their time, that fail, and that lose in a crash what was not synced.
 *
 * A call has its effect when it is answered. What was written is on the disk for good once the file is synced, and a name
 * once the directory that it is in is (`syncDirectory`): what a program may count on wherever POSIX is kept, and no more.
 *
 * @internal
 * @see turmoil's `fs`; Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014; PostgreSQL's "fsyncgate"
 */
export class SimDisk implements FileSystem {
  readonly needsHost = false;
  readonly temporaryFolder: string = TEMPORARY;
  lane: object = {};
  readonly #faults: DiskFaults;
  readonly #tree: DiskTree;
  readonly #open = new Map<number, OpenFile>();
  readonly #underWay = new Set<Call>();
  #descriptors = 2;
  // The clock that it had last: files are also closed when no loop runs.
  #loop: EventLoop | null = null;

  /** @param name - Whose it is: for the labels of choices. */
  constructor(name: string, settings: DiskSettings = DEFAULT_DISK) {
    this.#faults = new DiskFaults(`disk of ${name}`, settings);
    this.#tree = new DiskTree(() => this.#now(), [TEMPORARY]);
  }

  get settings(): DiskSettings {
    return this.#faults.settings;
  }

  set settings(settings: DiskSettings) {
    this.#faults.settings = settings;
  }

  #now(): number {
    this.#loop = runningLoopOrNull() ?? this.#loop;
    return this.#loop?.time() ?? 0;
  }

  // ---- calls

  #call<T>(done: Done<T>, changes: boolean, work: () => T): void {
    const timer = getRunningLoop().callLater(this.#faults.latency(), () => {
      this.#underWay.delete(call);
      activeMachine()?.tracer?.touch(this, "", changes);
      let value: T;
      try {
        value = work();
      } catch (error) {
        done(error as Error, undefined as never);
        return;
      }
      done(null, value);
    });
    const call: Call = { timer, changes, work };
    this.#underWay.add(call);
  }

  #asks<T>(done: Done<T>, work: () => T): void {
    this.#call(done, false, work);
  }

  #changes<T>(done: Done<T>, work: () => T): void {
    this.#call(done, true, work);
  }

  // ---- open files

  open(path: string, flags: string, done: Done<OpenedFile>): void {
    this.#changes(done, () => {
      const file = this.#tree.open(path, flags);
      this.#descriptors += 1;
      this.#open.set(this.#descriptors, { file, path, appends: flags.startsWith("a"), position: 0 });
      return { descriptor: this.#descriptors, seekable: true, size: file.size };
    });
  }

  #opened(descriptor: number, syscall: string): OpenFile {
    const opened = this.#open.get(descriptor);
    if (opened === undefined) throw new DiskError("EBADF", syscall);
    return opened;
  }

  close(descriptor: number, done: Done<void>): void {
    if (runningLoopOrNull() === null) this.#open.delete(descriptor);
    else {
      this.#asks(done, () => {
        if (!this.#open.delete(descriptor)) throw new DiskError("EBADF", "close");
      });
    }
  }

  read(descriptor: number, into: Uint8Array, position: number | null, done: Done<number>): void {
    this.#asks(done, () => {
      const opened = this.#opened(descriptor, "read");
      this.#faults.failNow("read", opened.path);
      const count = opened.file.read(position ?? opened.position, into, this.#now());
      if (position === null) opened.position += count;
      return count;
    });
  }

  write(descriptor: number, bytes: Uint8Array, position: number | null, done: Done<number>): void {
    this.#changes(done, () => {
      const opened = this.#opened(descriptor, "write");
      const at = opened.appends ? opened.file.size : (position ?? opened.position);
      const count = this.#write(opened.file, opened.path, at, bytes);
      if (position === null) opened.position = at + count;
      return count;
    });
  }

  /** As much as there is room for. */
  #write(file: FileNode, path: string, at: number, bytes: Uint8Array): number {
    this.#faults.failNow("write", path);
    const fits = Math.min(bytes.length, Math.max(0, file.size + this.#free() - at));
    if (fits === 0 && bytes.length > 0) throw new DiskError("ENOSPC", "write", path);
    if (fits > 0) this.#change(file, { kind: "write", at, bytes: bytes.slice(0, fits) });
    return fits;
  }

  #change(file: FileNode, change: Change): void {
    file.change(change, this.#now());
  }

  #free(): number {
    const { capacity } = this.settings;
    if (capacity === Infinity) return Infinity;
    const files = new Set(Array.from(this.#open.values(), ({ file }) => file));
    for (const [, file] of this.#tree.files()) files.add(file);
    return capacity - Array.from(files).reduce((size, file) => size + file.size, 0);
  }

  sync(descriptor: number, done: Done<void>): void {
    this.#changes(done, () => {
      const { file, path } = this.#opened(descriptor, "fsync");
      try {
        this.#faults.failNow("sync", path);
      } catch (error) {
        file.forgetPending();
        throw error;
      }
      file.sync();
    });
  }

  resize(descriptor: number, size: number, done: Done<void>): void {
    this.#changes(done, () => {
      const { file, path } = this.#opened(descriptor, "ftruncate");
      if (size - file.size > this.#free()) throw new DiskError("ENOSPC", "ftruncate", path);
      this.#change(file, { kind: "resize", size });
    });
  }

  sizeOf(descriptor: number, done: Done<number>): void {
    this.#asks(done, () => this.#opened(descriptor, "fstat").file.size);
  }

  // ---- whole files: several calls, and others, or a crash, may come in between

  readFile(path: string, done: Done<Uint8Array>): void {
    this.#openThen(path, "r", false, done, (file) => {
      this.#faults.failNow("read", path);
      return file.readAll(this.#now());
    });
  }

  writeFile(path: string, bytes: Uint8Array, flags: "w" | "a" | "wx", done: Done<void>): void {
    this.#openThen(path, flags, true, done, (file) => this.#writeAll(file, path, flags === "a" ? file.size : 0, bytes));
  }

  copyFile(from: string, to: string, done: Done<void>): void {
    const source: Done<FileNode> = (error, file) => {
      if (error !== null) done(error, undefined);
      else {
        this.#openThen(to, "a", true, done, (target) => {
          this.#faults.failNow("read", from);
          if (target === file) return;
          if (target.size > 0) this.#change(target, { kind: "resize", size: 0 });
          target.mode = file.mode;
          this.#writeAll(target, to, 0, file.readAll(this.#now()));
        });
      }
    };
    this.#asks(source, () => this.#tree.open(from, "r"));
  }

  #openThen<T>(path: string, flags: string, changes: boolean, done: Done<T>, work: (file: FileNode) => T): void {
    const opened: Done<FileNode> = (error, file) => {
      if (error === null) this.#call(done, changes, () => work(file));
      else done(error, undefined as never);
    };
    this.#call(opened, changes, () => this.#tree.open(path, flags));
  }

  #writeAll(file: FileNode, path: string, at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const written = this.#write(file, path, at, bytes);
    if (written < bytes.length) throw new DiskError("ENOSPC", "write", path);
  }

  // ---- names

  stat(path: string, followLinks: boolean, done: Done<FileStat>): void {
    this.#asks(done, () => this.#tree.stat(path, followLinks));
  }

  list(path: string, done: Done<readonly DirectoryEntry[]>): void {
    this.#asks(done, () => this.#tree.list(path));
  }

  makeDirectory(path: string, parents: boolean, done: Done<void>): void {
    this.#changes(done, () => this.#tree.makeDirectory(path, parents));
  }

  makeTemporaryDirectory(prefix: string, done: Done<string>): void {
    this.#changes(done, () => this.#tree.makeTemporaryDirectory(prefix));
  }

  removeFile(path: string, done: Done<void>): void {
    this.#changes(done, () => this.#tree.removeFile(path));
  }

  removeDirectory(path: string, done: Done<void>): void {
    this.#changes(done, () => this.#tree.removeDirectory(path));
  }

  removeTree(path: string, done: Done<void>): void {
    this.#changes(done, () => this.#tree.removeTree(path));
  }

  syncDirectory(path: string, done: Done<void>): void {
    this.#changes(done, () => this.#tree.syncDirectory(path));
  }

  rename(from: string, to: string, done: Done<void>): void {
    this.#changes(done, () => this.#tree.rename(from, to));
  }

  makeLink(target: string, path: string, done: Done<void>): void {
    this.#changes(done, () => this.#tree.makeLink(target, path));
  }

  readLink(path: string, done: Done<string>): void {
    this.#asks(done, () => this.#tree.readLink(path));
  }

  realPath(path: string, done: Done<string>): void {
    this.#asks(done, () => this.#tree.realPath(path));
  }

  setMode(path: string, mode: number, done: Done<void>): void {
    this.#changes(done, () => this.#tree.setMode(path, mode));
  }

  setTimes(path: string, atime: number, mtime: number, done: Done<void>): void {
    this.#changes(done, () => this.#tree.setTimes(path, atime, mtime));
  }

  // ---- crashing

  /**
   * The machine stops: open files are no more, and of what was not synced the oldest part is left, as the oracle decides,
   * for names and for each file on its own; the first write that is lost may be torn. Calls under way happen or do not; nobody
   * is there to be told.
   */
  crash(): void {
    this.#stopCalls();
    this.#open.clear();
    this.lane = {};
    const tree = this.#tree;
    tree.crash(this.#faults.kept("names", tree.journal.length));
    for (const [path, file] of tree.files()) {
      const { pending } = file;
      const kept = this.#faults.kept(path, pending.length);
      const lost = pending[kept];
      file.crash(kept, lost === undefined ? null : this.#faults.torn(path, lost));
    }
  }

  #stopCalls(): void {
    for (const { timer, changes, work } of this.#underWay) {
      timer.cancel();
      if (changes && this.#faults.happensYet()) attempt(work);
    }
    this.#underWay.clear();
  }
}

/** Nobody is there any more to be told of an error. */
function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
  }
}
