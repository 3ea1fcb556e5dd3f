import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { using } from "../../src/index.ts";
import {
  chmod,
  copyFile,
  exists,
  isDir,
  isFile,
  listdir,
  lstat,
  mkdir,
  readFile,
  readlink,
  realpath,
  remove,
  rename,
  rmdir,
  rmtree,
  scandir,
  stat,
  symlink,
  syncDirectory,
  temporaryDirectory,
  utime,
  writeFile,
} from "../../src/io/files.ts";
import { homes } from "./file-homes.ts";
import { thrownBy } from "./thrown-by.ts";

describe.each(homes)("$name,", ({ run }) => {
  const inFolder = (body: (folder: string) => ReturnType<typeof writeFile>): Promise<void> =>
    run(() => using(temporaryDirectory(), body));

  describe("directories", () => {
    it("are made, listed and removed", () =>
      inFolder(function* (folder) {
        yield* mkdir(join(folder, "a"));
        yield* mkdir(join(folder, "b/c/d"), { parents: true });
        yield* writeFile(join(folder, "B"), "");
        expect(yield* listdir(folder)).toEqual(["B", "a", "b"]);
        expect(yield* scandir(folder)).toEqual([
          { name: "B", kind: "file" },
          { name: "a", kind: "directory" },
          { name: "b", kind: "directory" },
        ]);
        yield* rmdir(join(folder, "a"));
        yield* rmtree(join(folder, "b"));
        expect(yield* listdir(folder)).toEqual(["B"]);
      }));

    it("may be there already, if that is said", () =>
      inFolder(function* (folder) {
        const path = join(folder, "a/b");
        yield* mkdir(path, { parents: true });
        expect(yield* thrownBy(mkdir(path))).toMatchObject({ name: "FileExistsError", target: path });
        expect(yield* thrownBy(mkdir(path, { parents: true }))).toMatchObject({ name: "FileExistsError" });
        yield* mkdir(path, { parents: true, existOk: true });
        yield* writeFile(join(path, "file"), "");
        expect(yield* thrownBy(mkdir(join(path, "file"), { existOk: true }))).toMatchObject({
          name: "FileExistsError",
        });
      }));

    it("that are temporary are gone afterwards, even when somebody was quicker", () =>
      run(function* () {
        const paths: string[] = [];
        yield* using(temporaryDirectory("tick-"), function* (path) {
          paths.push(path);
          yield* mkdir(join(path, "a"));
        });
        yield* using(temporaryDirectory(), function* (path) {
          paths.push(path);
          yield* rmtree(path);
        });
        expect(paths[0]).toMatch(/tick-\w{6}$/);
        expect([yield* exists(paths[0]!), yield* exists(paths[1]!)]).toEqual([false, false]);
      }));
  });

  describe("the names in a directory", () => {
    it("can be brought to the disk itself", () =>
      inFolder(function* (folder) {
        yield* writeFile(join(folder, "file"), "");
        yield* syncDirectory(folder);
        expect(yield* thrownBy(syncDirectory(join(folder, "missing")))).toMatchObject({ name: "FileNotFoundError" });
        expect(yield* thrownBy(syncDirectory(join(folder, "file")))).toMatchObject({ name: "NotADirectoryError" });
      }));
  });

  describe("what is known of a path", () => {
    it("is told by stat, or by a question of its own", () =>
      inFolder(function* (folder) {
        const [file, missing] = [join(folder, "file"), join(folder, "missing")];
        yield* writeFile(file, "tick");
        yield* chmod(file, 0o640);
        yield* utime(file, 1_000_000_000_000, 1_234_567_890_000);
        expect(yield* stat(file)).toMatchObject({
          kind: "file",
          size: 4,
          mode: 0o640,
          atime: 1_000_000_000_000,
          mtime: 1_234_567_890_000,
        });
        expect((yield* stat(folder)).kind).toBe("directory");
        expect([yield* exists(file), yield* exists(folder), yield* exists(missing)]).toEqual([true, true, false]);
        expect([yield* isFile(file), yield* isFile(folder), yield* isFile(missing)]).toEqual([true, false, false]);
        expect([yield* isDir(file), yield* isDir(folder), yield* isDir(missing)]).toEqual([false, true, false]);
        expect(yield* exists(join(file, "below a file"))).toBe(false);
      }));

    it("follows symbolic links, but in lstat", () =>
      inFolder(function* (folder) {
        const [file, link] = [join(folder, "file"), join(folder, "link")];
        yield* writeFile(file, "tick");
        yield* symlink("file", link);
        expect([(yield* stat(link)).kind, (yield* lstat(link)).kind]).toEqual(["file", "symlink"]);
        expect([yield* readlink(link), yield* realpath(link)]).toEqual(["file", yield* realpath(file)]);
        expect(yield* scandir(folder)).toContainEqual({ name: "link", kind: "symlink" });
        yield* remove(file);
        expect([yield* exists(link), (yield* lstat(link)).kind]).toEqual([false, "symlink"]);
      }));
  });

  describe("files", () => {
    it("are copied, renamed and removed", () =>
      inFolder(function* (folder) {
        const [one, two, three] = ["one", "two", "three"].map((name) => join(folder, name)) as [string, string, string];
        yield* writeFile(one, "1");
        yield* copyFile(one, two);
        yield* rename(two, three);
        expect(yield* listdir(folder)).toEqual(["one", "three"]);
        expect(yield* readFile(three, "utf8")).toBe("1");
        yield* remove(one);
        expect(yield* listdir(folder)).toEqual(["three"]);
      }));
  });
});
