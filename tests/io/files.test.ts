import { writeFileSync } from "node:fs";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type Coroutine, createTask, gather, getRunningLoop, sleep, using } from "../../src/index.ts";
import { type AsyncFile, appendFile, open, readFile, writeFile } from "../../src/io/files.ts";
import { homes } from "./file-homes.ts";
import { runClean } from "./run-io.ts";
import { openAt, scratch as pathHere, tellsDescriptors } from "./scratch.ts";
import { bytes } from "./text.ts";

const TEXT = "tick\ntöck\n𝒳 without an end";

describe.each(homes)("$name,", ({ run, scratch, put, take }) => {
  /** A file with that content: its path. */
  function fileWith(content: string | Uint8Array): string {
    const path = scratch();
    put(path, content);
    return path;
  }

  /** What `body` gives of a file that is open for it. */
  function withFile<T>(path: string, mode: string, body: (file: AsyncFile) => Coroutine<T>): Promise<T> {
    return run(function* () {
      return yield* using(yield* open(path, mode), body);
    });
  }

  describe("a file of text", () => {
    it("is read as a whole, or by characters, however many bytes they take", () =>
      withFile(fileWith(TEXT), "r", function* (file) {
        expect(yield* file.read(7)).toBe("tick\ntö");
        expect(file.tell()).toBe(8);
        expect(yield* file.read(5)).toBe("ck\n𝒳 ");
        expect(yield* file.read(0)).toBe("");
        expect(yield* file.read()).toBe("without an end");
        expect(yield* file.read()).toBe("");
        expect(yield* file.read(1)).toBe("");
      }));

    it("is read by lines, the last of which may have no end", () =>
      withFile(fileWith(TEXT), "r", function* (file) {
        expect(yield* file.readline()).toBe("tick\n");
        expect(yield* file.readlines()).toEqual(["töck\n", "𝒳 without an end"]);
        expect(yield* file.readline()).toBe("");
        expect(yield* file.readlines()).toEqual([]);
      }));

    it("gives its lines to a function, or a coroutine function, one by one", () =>
      withFile(fileWith("one\n\ntwo\n"), "r", function* (file) {
        const trace: string[] = [];
        yield* file.forEachLine(function* (line) {
          trace.push(`begin ${line}`);
          yield* sleep(1);
          trace.push(`end ${line}`);
        });
        expect(trace).toEqual(["begin one\n", "end one\n", "begin \n", "end \n", "begin two\n", "end two\n"]);
      }));

    it("has lines that are longer than what is read at a time", () => {
      const long = "ü".repeat(100_000);
      return withFile(fileWith(`${long}\nshort`), "r", function* (file) {
        expect(yield* file.readline()).toBe(`${long}\n`);
        expect(yield* file.read(3)).toBe("sho");
        yield* file.seek(0);
        expect(yield* file.read(99_999)).toBe(long.slice(1));
        expect(yield* file.read()).toBe("ü\nshort");
      });
    });

    it("keeps its line ends as they are", () =>
      withFile(fileWith("a\r\nb"), "r", function* (file) {
        expect(yield* file.readlines()).toEqual(["a\r\n", "b"]);
      }));

    it("is written, and says how many characters that were", async () => {
      const path = scratch();
      await withFile(path, "w", function* (file) {
        expect(yield* file.write("tö")).toBe(2);
        expect(yield* file.write("ck\n")).toBe(3);
        expect(yield* file.write("")).toBe(0);
        yield* file.flush();
        yield* file.sync();
        expect(yield* readFile(path, "utf8")).toBe("töck\n");
      });
    });
  });

  describe("a file of bytes", () => {
    it("is read and written as such", async () => {
      const path = scratch();
      await withFile(path, "wb", function* (file) {
        expect(yield* file.write(Uint8Array.of(0, 255, 10, 7))).toBe(4);
      });
      await withFile(path, "rb", function* (file) {
        const some = yield* file.read(2);
        expect(some).toEqual(Uint8Array.of(0, 255));
        expect(some.constructor).toBe(Uint8Array);
        expect(yield* file.read()).toEqual(Uint8Array.of(10, 7));
        expect(yield* file.read()).toEqual(new Uint8Array(0));
      });
    });

    it("has lines of text, too", () =>
      withFile(fileWith(TEXT), "rb", function* (file) {
        expect(yield* file.readline()).toBe("tick\n");
        expect(yield* file.read(3)).toEqual(bytes("tö"));
      }));

    it("may be larger than what is read at a time", () => {
      const content = new Uint8Array(3 * 2 ** 20 + 5).map((_, index) => index % 251);
      return withFile(fileWith(content), "rb", function* (file) {
        // Comparing buffers: the matchers take seconds for as many bytes.
        const [first, rest] = [yield* file.read(2 ** 21), yield* file.read()] as [Uint8Array, Uint8Array];
        expect(Buffer.compare(first, content.subarray(0, 2 ** 21))).toBe(0);
        expect(Buffer.compare(rest, content.subarray(2 ** 21))).toBe(0);
      });
    });
  });

  describe("a mode", () => {
    it("says what may be done, and what becomes of what was there", async () => {
      const result = async (mode: string, there: string | null): Promise<string> => {
        const path = scratch();
        if (there !== null) put(path, there);
        await withFile(path, mode, function* (file) {
          yield* file.write("new");
        });
        return take(path);
      };
      expect(await result("w", "before")).toBe("new");
      expect(await result("w", null)).toBe("new");
      expect(await result("a", "before")).toBe("beforenew");
      expect(await result("a", null)).toBe("new");
      expect(await result("x", null)).toBe("new");
      expect(await result("r+", "before")).toBe("newore");
      expect(await result("+wt", "before")).toBe("new");
    });

    it("with + reads and writes in one place", () =>
      withFile(fileWith("one\ntwo\nthree\n"), "r+", function* (file) {
        expect(yield* file.readline()).toBe("one\n");
        yield* file.write("TWO");
        expect(file.tell()).toBe(7);
        expect(yield* file.read()).toBe("\nthree\n");
        yield* file.seek(0);
        expect(yield* file.read()).toBe("one\nTWO\nthree\n");
        yield* file.truncate(3);
        yield* file.seek(0);
        expect(yield* file.read()).toBe("one");
      }));

    it("a+ reads anywhere, and writes at the end only", () =>
      withFile(fileWith("one"), "a+", function* (file) {
        expect(yield* file.read()).toBe("");
        yield* file.seek(0);
        expect(yield* file.read(2)).toBe("on");
        yield* file.write("two");
        expect(file.tell()).toBe(6);
        expect(yield* file.read()).toBe("");
        yield* file.seek(0);
        expect(yield* file.read()).toBe("onetwo");
      }));

    it("decides the type of what is read", () => {
      function* typed(): Coroutine<void> {
        expectTypeOf(yield* (yield* open("a")).read()).toEqualTypeOf<string>();
        expectTypeOf(yield* (yield* open("a", "r+b")).read()).toEqualTypeOf<Uint8Array>();
        expectTypeOf(yield* (yield* open("a", "r" as string)).read()).toEqualTypeOf<string | Uint8Array>();
        // @ts-expect-error a file of text takes no bytes
        yield* (yield* open("a", "w")).write(new Uint8Array(1));
      }
      expect(typed).toBeInstanceOf(Function);
    });
  });

  describe("using(yield* open(path), …)", () => {
    it("closes the file, whichever way its body ends", () => {
      const path = fileWith(TEXT);
      return run(function* () {
        const ended = yield* open(path);
        yield* using(ended, function* () {});
        expect([ended.closed, String(ended)]).toEqual([true, `<AsyncFile ${path} mode="r" closed>`]);
        const failed = yield* open(path);
        try {
          yield* using(failed, function* () {
            throw new Error("body");
          });
        } catch (error) {
          expect((error as Error).message).toBe("body");
        }
        expect(failed.closed).toBe(true);
        yield* failed.close();
      });
    });
  });

  describe("several operations on one file", () => {
    it("run one after the other, in the order in which they were asked for", async () => {
      const path = scratch();
      await withFile(path, "w+", function* (file) {
        yield* gather(["one ", "two ", "three"].map((word) => file.write(word)));
        yield* file.seek(0);
        expect(yield* gather([file.read(2), file.read(2), file.read()])).toEqual(["on", "e ", "two three"]);
      });
      expect(take(path)).toBe("one two three");
    });
  });

  describe("readFile and writeFile", () => {
    it("read and write all of it", () =>
      run(function* () {
        const path = scratch();
        yield* writeFile(path, TEXT);
        expect(yield* readFile(path, "utf8")).toBe(TEXT);
        yield* appendFile(path, bytes("!"));
        const content = yield* readFile(path);
        expect(content).toEqual(bytes(`${TEXT}!`));
        expect(content.constructor).toBe(Uint8Array);
        yield* writeFile(path, "");
        expect(yield* readFile(path, "utf8")).toBe("");
      }));

    it("do nothing before they are awaited", () =>
      run(function* () {
        const path = scratch();
        const writing = writeFile(path, "late");
        yield* sleep(1);
        expect(yield* gather([readFile(path)], { returnExceptions: true })).toEqual([expect.any(Error)]);
        yield* writing;
        expect(yield* readFile(path, "utf8")).toBe("late");
      }));
  });
});

describe("readFile and writeFile", () => {
  it("may be asked for ten thousand at a time: few are open at once", { timeout: 60_000 }, async () => {
    const path = pathHere();
    writeFileSync(path, "tick");
    let most = 0;
    const main = function* (): Coroutine<void> {
      const loop = getRunningLoop();
      const reads = gather(Array.from({ length: 10_000 }, () => readFile(path, "utf8")));
      function* watch(): Coroutine<void> {
        for (;;) {
          if (tellsDescriptors) most = Math.max(most, openAt(path).length);
          yield* sleep(5);
        }
      }
      const watching = createTask(watch(), { loop });
      expect(new Set(yield* reads)).toEqual(new Set(["tick"]));
      watching.cancel();
    };
    await runClean(main, { debug: false });
    expect(most).toBeLessThanOrEqual(32);
  });
});
