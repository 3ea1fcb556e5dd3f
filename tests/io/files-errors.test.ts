import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type Coroutine,
  RuntimeError,
  ValueError,
  createTask,
  gather,
  runSync,
  sleep,
  using,
} from "../../src/index.ts";
import {
  FileExistsError,
  FileNotFoundError,
  IsADirectoryError,
  NotADirectoryError,
  OSError,
  PermissionError,
  UnicodeDecodeError,
  appendFile,
  chmod,
  copyFile,
  listdir,
  mkdir,
  open,
  readFile,
  readlink,
  remove,
  rename,
  rmdir,
  rmtree,
  stat,
  writeFile,
} from "../../src/io/files.ts";
import { runAndLook, runClean } from "./run-io.ts";
import { homes, onThisMachine } from "./file-homes.ts";
import { scratch as pathHere } from "./scratch.ts";
import { thrownBy } from "./thrown-by.ts";

type Case = readonly [name: string, make: (path: string) => Coroutine<unknown>];

describe.each(homes)("$name,", ({ run, scratch, put, makeFolder }) => {
  /** What waiting for it throws in a program of its own, which leaves nothing behind. */
  const errorOf = (make: () => Coroutine<unknown>): Promise<any> => run(() => thrownBy(make()));

  const missing = scratch();
  const folder = scratch();
  const file = scratch();
  makeFolder(folder);
  put(file, "tick");
  put(`${folder}/a`, "");

  describe("what is not there", () => {
    const cases: readonly Case[] = [
      ["open", (path) => open(path)],
      ["readFile", (path) => readFile(path)],
      ["stat", (path) => stat(path)],
      ["listdir", (path) => listdir(path)],
      ["remove", (path) => remove(path)],
      ["rmdir", (path) => rmdir(path)],
      ["rmtree", (path) => rmtree(path)],
      ["rename", (path) => rename(path, `${path}-2`)],
      ["copyFile", (path) => copyFile(path, `${path}-2`)],
      ["readlink", (path) => readlink(path)],
    ];

    it.each(cases)("is a FileNotFoundError of %s, thrown where it is awaited", async (name, make) => {
      const error = await errorOf(() => make(missing));
      expect(error).toBeInstanceOf(FileNotFoundError);
      expect(error).toBeInstanceOf(OSError);
      expect(error.message).toBe(`${name}: ${missing}: no such file or directory (ENOENT).`);
      expect(error).toMatchObject({ target: missing, code: "ENOENT", cause: { code: "ENOENT" } });
      expect(error.stack).toContain("thrown-by.ts");
    });

    it("is one, too, when it is the directory of what is to be written", async () => {
      const path = `${missing}/a`;
      for (const make of [
        () => writeFile(path, "a"),
        () => appendFile(path, "a"),
        () => open(path, "w"),
        () => mkdir(path),
      ]) {
        expect(await errorOf(make)).toMatchObject({ name: "FileNotFoundError", target: path });
      }
    });
  });

  describe("a directory where a file is wanted", () => {
    it.each<Case>([
      ["open", (path) => open(path)],
      ["open", (path) => open(path, "w")],
      ["readFile", (path) => readFile(path)],
      ["writeFile", (path) => writeFile(path, "tick")],
    ])("is an IsADirectoryError of %s", async (name, make) => {
      const error = await errorOf(() => make(folder));
      expect(error).toBeInstanceOf(IsADirectoryError);
      expect(error.message).toBe(`${name}: ${folder}: it is a directory (EISDIR).`);
      expect(error).toMatchObject({ target: folder, cause: { code: "EISDIR" } });
    });
  });

  describe("something else in the way", () => {
    it("is a NotADirectoryError, a FileExistsError, or an OSError that says what", async () => {
      expect(await errorOf(() => listdir(file))).toBeInstanceOf(NotADirectoryError);
      expect(await errorOf(() => readFile(`${file}/a`))).toBeInstanceOf(NotADirectoryError);
      expect(await errorOf(() => open(file, "x"))).toBeInstanceOf(FileExistsError);
      expect(await errorOf(() => rmdir(folder))).toMatchObject({ name: "OSError", code: "ENOTEMPTY" });
      const long = await errorOf(() => readFile("x".repeat(5000)));
      expect(long.message).toContain("the name is too long (ENAMETOOLONG).");
    });
  });

  describe("bytes that are no UTF-8", () => {
    it("are an error of what should be text, and of nothing else", () =>
      run(function* () {
        const path = scratch();
        yield* writeFile(path, Uint8Array.of(0x74, 0xff, 0x0a, 0x74));
        const error = yield* thrownBy(readFile(path, "utf8"));
        expect(error).toBeInstanceOf(UnicodeDecodeError);
        expect(error).toBeInstanceOf(ValueError);
        expect(error.message).toBe(`readFile: ${path}: the bytes are no UTF-8.`);
        expect(error.target).toBe(path);
        yield* using(yield* open(path), function* (text) {
          expect((yield* thrownBy(text.readline())).message).toBe(
            `AsyncFile.readline: ${path}: the bytes are no UTF-8.`,
          );
          expect(yield* text.readline()).toBe("t");
          yield* text.seek(1);
          expect(yield* thrownBy(text.read(1))).toBeInstanceOf(UnicodeDecodeError);
        });
        expect(yield* readFile(path)).toHaveLength(4);
      }));
  });

  describe("what a file is not open for", () => {
    it("is a ValueError that says what it is open for", () =>
      run(function* () {
        yield* using(yield* open(file), function* (reader) {
          expect((yield* thrownBy(reader.write("a"))).message).toBe(
            `AsyncFile.write: ${file} was opened with "r", not for writing.`,
          );
          expect(yield* thrownBy(reader.truncate())).toBeInstanceOf(ValueError);
        });
        yield* using(yield* open(scratch(), "w"), function* (writer) {
          expect(yield* thrownBy(writer.read())).toBeInstanceOf(ValueError);
          expect(yield* thrownBy(writer.readline())).toBeInstanceOf(ValueError);
        });
      }));

    it("is anything at all once it is closed", () =>
      run(function* () {
        const closed = yield* open(file, "r+");
        yield* closed.close();
        for (const call of [
          closed.read(),
          closed.readline(),
          closed.write("a"),
          closed.seek(0),
          closed.flush(),
          closed.sync(),
        ]) {
          const error = yield* thrownBy(call);
          expect(error).toBeInstanceOf(ValueError);
          expect(error.message).toContain(`${file} is closed.`);
        }
        expect(yield* thrownBy(using(closed, function* () {}))).toBeInstanceOf(ValueError);
      }));

    it("is told to whoever waits for a turn when somebody closes it", () =>
      run(function* () {
        const shared = yield* open(file);
        const reads = [createTask(thrownBy(shared.read(1))), createTask(thrownBy(shared.read(1)))];
        yield* sleep(0);
        yield* shared.close();
        const errors = yield* gather(reads, { returnExceptions: true });
        expect(errors[1]).toBeInstanceOf(ValueError);
      }));

    it("is text or bytes, when it is open for the other", () =>
      run(function* () {
        const untyped = (value: unknown): never => value as never;
        yield* using(yield* open(scratch(), "w"), function* (text) {
          expect((yield* thrownBy(text.write(untyped(new Uint8Array(1))))).message).toMatch(
            / takes a string, not bytes\.$/,
          );
          expect(yield* thrownBy(text.write(untyped(7)))).toBeInstanceOf(TypeError);
        });
        yield* using(yield* open(scratch(), "wb"), function* (binary) {
          expect((yield* thrownBy(binary.write(untyped("a")))).message).toMatch(/ takes bytes, not a string\.$/);
        });
      }));
  });

  describe("arguments that cannot be meant", () => {
    it("are refused where they are awaited, and name who refuses", async () => {
      const wrong = async (make: () => Coroutine<unknown>): Promise<string> => String(await errorOf(make));
      const untyped = (value: unknown): never => value as never;
      expect(await wrong(() => open(untyped(null)))).toBe("TypeError: open: a path is a string, not null.");
      expect(await wrong(() => stat(untyped(7)))).toBe("TypeError: stat: a path is a string, not number.");
      expect(await wrong(() => readFile("a\0b"))).toBe(
        'ValueError: readFile: a path has no null character: "a\\u0000b".',
      );
      for (const mode of ["", "z", "rw", "r++", "rbt", "b", "r b"]) {
        expect(await wrong(() => open(file, mode))).toBe(
          `ValueError: open: a mode has one of r, w, a, x, and may have + and one of b, t; not ${JSON.stringify(mode)}.`,
        );
      }
      expect(await wrong(() => open(file, untyped(7)))).toBe("TypeError: open: a mode is a string, not number.");
      expect(await wrong(() => readFile(file, untyped("latin1")))).toBe(
        'ValueError: readFile: the encoding is "utf8", or none for bytes; not latin1.',
      );
      expect(await wrong(() => writeFile(file, untyped(7)))).toBe(
        "TypeError: writeFile: bytes (Uint8Array) or a string were expected, not number.",
      );
      await run(function* () {
        yield* using(yield* open(file), function* (opened) {
          for (const offset of [-1, 1.5, Number.NaN]) {
            expect(yield* thrownBy(opened.seek(offset))).toBeInstanceOf(ValueError);
          }
          expect(yield* thrownBy(opened.read(1.5))).toBeInstanceOf(TypeError);
        });
      });
    });
  });
});

const fullDisk = existsSync("/dev/full");
describe(`a full disk${fullDisk ? "" : " (skipped: no /dev/full here)"}`, () => {
  it.skipIf(!fullDisk)("is an error of the write that found it full", () =>
    runClean(function* () {
      const error = yield* using(yield* open("/dev/full", "w"), (full) => thrownBy(full.write("tick")));
      expect(error).toBeInstanceOf(OSError);
      expect(error.message).toBe("AsyncFile.write: /dev/full: no space is left on the device (ENOSPC).");
      expect(error).toMatchObject({ target: "/dev/full", code: "ENOSPC", cause: { syscall: "write" } });
      expect(yield* thrownBy(writeFile("/dev/full", "tick"))).toMatchObject({ code: "ENOSPC", target: "/dev/full" });
    }),
  );
});

const isRoot = process.getuid?.() === 0;
describe.each(homes)("missing rights, $name", (home) => {
  const mayEverything = home === onThisMachine && (isRoot || process.platform === "win32");
  it.skipIf(mayEverything)(`are a PermissionError${mayEverything ? " (skipped: root may do everything)" : ""}`, () => {
    const closed = home.scratch();
    home.put(closed, "tick");
    return home.run(function* () {
      yield* chmod(closed, 0);
      for (const make of [() => open(closed), () => readFile(closed), () => writeFile(closed, "tick")]) {
        const error = yield* thrownBy(make());
        expect(error).toBeInstanceOf(PermissionError);
        expect(error).toMatchObject({ target: closed, code: "EACCES", cause: { code: "EACCES" } });
      }
    });
  });
});

describe("what has no positions", () => {
  it("cannot be asked for one", () =>
    runClean(function* () {
      yield* using(yield* open("/dev/null", "r+"), function* (nowhere) {
        expect(yield* thrownBy(nowhere.seek(1))).toBeInstanceOf(ValueError);
        expect(() => nowhere.tell()).toThrow("has no positions");
        yield* nowhere.write("tick");
        expect(yield* nowhere.read()).toBe("");
      });
    }));
});

describe("without the host's loop", () => {
  it("files cannot be reached: that is the error", () => {
    expect(() => runSync(() => readFile(pathHere()))).toThrow(RuntimeError);
    expect(() => runSync(() => open(pathHere()))).toThrow("open: files are reached through the host's loop");
  });
});

describe("a file that nobody has closed", () => {
  it("is closed when the loop is, and reported in debug mode", async () => {
    const file = pathHere();
    writeFileSync(file, "tick");
    const { reports } = await runAndLook(function* () {
      yield* open(file);
    });
    expect(reports).toEqual([`Still open when the loop closed: <AsyncFile ${file} mode="r" open>`]);
  });
});
