import { type Coroutine, gather, using } from "../../src/index.ts";
import * as files from "../../src/io/files.ts";
import { counted, printCounts } from "./promise-counter.ts";

function* onAFile(path: string): Coroutine<void> {
  const file = yield* counted("open", files.open(path, "w+"));
  yield* counted("write", file.write("one\ntwo\nthree\n"));
  yield* counted("seek", file.seek(0));
  yield* counted("readline", file.readline());
  yield* counted("read", file.read(1));
  yield* counted("readlines", file.readlines());
  yield* counted("truncate", file.truncate(3));
  yield* counted("flush", file.flush());
  yield* counted("sync", file.sync());
  yield* counted("close", file.close());
  yield* counted(
    "using(file)",
    using(yield* files.open(path, "a"), (again) => again.write("four") as Coroutine<unknown>),
  );
}

function* onPaths(folder: string): Coroutine<void> {
  const [one, two, below] = [`${folder}/one`, `${folder}/two`, `${folder}/three/four`];
  yield* counted("writeFile", files.writeFile(one, "tick"));
  yield* counted("appendFile", files.appendFile(one, "tock"));
  yield* counted("readFile", files.readFile(one, "utf8"));
  yield* counted(
    "100 readFile",
    gather(Array.from({ length: 100 }, () => files.readFile(one)))[Symbol.iterator]() as never,
  );
  yield* counted("copyFile", files.copyFile(one, two));
  yield* counted("rename", files.rename(two, `${folder}/three`));
  yield* counted("remove", files.remove(`${folder}/three`));
  yield* counted("mkdir", files.mkdir(below, { parents: true, existOk: true }));
  yield* counted("listdir", files.listdir(folder));
  yield* counted("scandir", files.scandir(folder));
  yield* counted("stat", files.stat(one));
  yield* counted("lstat", files.lstat(one));
  yield* counted("exists", files.exists(one));
  yield* counted("isFile", files.isFile(one));
  yield* counted("isDir", files.isDir(one));
  yield* counted("symlink", files.symlink(one, two));
  yield* counted("readlink", files.readlink(two));
  yield* counted("realpath", files.realpath(two));
  yield* counted("chmod", files.chmod(one, 0o600));
  yield* counted("utime", files.utime(one, 0, 0));
  yield* counted("rmdir", files.rmdir(below));
  yield* counted("rmtree", files.rmtree(`${folder}/three`));
  yield* counted("syncDirectory", files.syncDirectory(folder));
  yield* counted("mkdtemp", files.mkdtemp(`${folder}/a`));
}

function* failing(): Coroutine<void> {
  try {
    yield* counted("open of what is not there", files.open("/no/such/file"));
  } catch (error) {
    if (!(error instanceof files.FileNotFoundError)) throw error;
  }
}

await printCounts(function* () {
  yield* using(files.temporaryDirectory(), function* (folder) {
    yield* onAFile(`${folder}/file`);
    yield* onPaths(folder);
    yield* failing();
  });
});
