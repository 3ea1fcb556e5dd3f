import { describe, expect, it } from "vitest";
import { type Coroutine, createTask, gather, getRunningLoop, runSync, sleep, using } from "../../src/index.ts";
import { type Done, type FileSystem, fileSystem } from "../../src/io/file-system.ts";
import { FileNotFoundError, open, readFile, writeFile } from "../../src/io/files.ts";
import { bytes, text } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";

// What a simulation will bring: files of its own, in virtual time. Each call takes ten milliseconds.

class MemoryFiles implements Partial<FileSystem> {
  readonly needsHost = false;
  readonly lane = {};
  readonly files = new Map<string, Uint8Array>();
  readonly opened: string[] = [];
  readonly closed: number[] = [];
  underWay = 0;
  most = 0;

  #later<T>(done: Done<T>, work: () => T): void {
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    getRunningLoop().callLater(10, () => {
      this.underWay -= 1;
      try {
        done(null, work());
      } catch (error) {
        done(error as Error, undefined as never);
      }
    });
  }

  #find(path: string): Uint8Array {
    const found = this.files.get(path);
    if (found === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return found;
  }

  open(path: string, _flags: string, done: Parameters<FileSystem["open"]>[2]): void {
    this.#later(done, () => {
      const { length } = this.#find(path);
      return { descriptor: this.opened.push(path) - 1, seekable: true, size: length };
    });
  }

  close(descriptor: number, done: Done<void>): void {
    this.#later(done, () => void this.closed.push(descriptor));
  }

  read(descriptor: number, into: Uint8Array, position: number | null, done: Done<number>): void {
    this.#later(done, () => {
      const piece = this.#find(this.opened[descriptor]!).subarray(position ?? 0, (position ?? 0) + into.length);
      into.set(piece);
      return piece.length;
    });
  }

  readFile(path: string, done: Done<Uint8Array>): void {
    this.#later(done, () => this.#find(path));
  }

  writeFile(path: string, content: Uint8Array, _flags: "w" | "a" | "wx", done: Done<void>): void {
    this.#later(done, () => void this.files.set(path, content));
  }
}

/** Runs it in virtual time, with these files. */
function runWith(files: MemoryFiles, main: () => Coroutine<void>): void {
  runSync(function* () {
    fileSystem.set(files as unknown as FileSystem);
    yield* main();
  });
}

describe("another file system, bound in a program's context", () => {
  it("is what the program's files are in", () => {
    const files = new MemoryFiles();
    const trace: string[] = [];
    const note = (what: string): void => void trace.push(`${getRunningLoop().time()} ${what}`);
    runWith(files, function* () {
      yield* writeFile("a", "tick\ntock");
      note(text(yield* readFile("a")));
      yield* using(yield* open("a"), function* (file) {
        note(yield* file.readline());
        note(yield* file.readline());
      });
      const error = yield* thrownBy(readFile("b"));
      note(`${error.message}`);
      expect(error).toBeInstanceOf(FileNotFoundError);
    });
    expect(trace).toEqual([
      "20 tick\ntock",
      "40 tick\n",
      "50 tock",
      "70 readFile: b: no such file or directory (ENOENT).",
    ]);
    expect(files.closed).toEqual([0]);
  });

  it("is asked for no more than 32 things at a time; whoever is cancelled waiting for that asks for nothing", () => {
    const files = new MemoryFiles();
    files.files.set("a", bytes("tick"));
    runWith(files, function* () {
      const start = getRunningLoop().time();
      const reads = Array.from({ length: 100 }, () => createTask(readFile("a")));
      yield* sleep(5);
      for (const read of reads.slice(64)) read.cancel();
      yield* gather(reads, { returnExceptions: true });
      expect(reads.filter((read) => read.cancelled())).toHaveLength(36);
      expect([getRunningLoop().time() - start, files.most, files.underWay]).toEqual([20, 32, 0]);
    });
  });

  it("gives a file that nobody takes any more back", () => {
    const files = new MemoryFiles();
    files.files.set("a", bytes("tick"));
    runWith(files, function* () {
      const opening = createTask(open("a"));
      yield* sleep(5);
      opening.cancel();
      yield* gather([opening], { returnExceptions: true });
      expect([files.opened, files.closed]).toEqual([[], []]);
      yield* sleep(5);
      expect([files.opened, files.closed]).toEqual([["a"], []]);
      yield* sleep(10);
      expect(files.closed).toEqual([0]);
    });
  });

  it("closes a file once, and not before it is done with what is under way", () => {
    const files = new MemoryFiles();
    files.files.set("a", bytes("tick"));
    runWith(files, function* () {
      const file = yield* open("a");
      const reading = createTask(thrownBy(file.read()));
      yield* sleep(5);
      const closing = [createTask(file.close()), createTask(file.close())];
      yield* sleep(0);
      expect(files.underWay).toBe(1);
      yield* gather(closing);
      expect(files.closed).toEqual([0]);
      expect((yield* reading).message).toBe("AsyncFile.read: a is closed.");
    });
  });
});
