import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { type Coroutine, createTask, currentTask, gather, isCancelled, sleep, using } from "../../src/index.ts";
import {
  copyFile,
  exists,
  listdir,
  mkdir,
  open,
  readFile,
  rename,
  rmtree,
  stat,
  temporaryDirectory,
  writeFile,
} from "../../src/io/files.ts";
import { type Canceller, cancelEverywhere, moments } from "./canceller.ts";
import { type Platform, platforms } from "./platforms.ts";
import { runClean } from "./run-io.ts";
import { leftOpenAt, scratch, tellsDescriptors } from "./scratch.ts";

// A program that uses every operation is run again and again; each run cancels its task at one of its suspension points.
// Afterwards nothing is open that it had opened, its temporary directory is gone, and nothing was reported.

const ON_FILES = ["close", "forEachLine", "read", "readline", "sync", "truncate", "write"].map(
  (name) => `AsyncFile.${name}`,
);
const ON_PATHS = [
  ["copyFile", "exists", "listdir", "mkdir", "mkdtemp", "open"],
  ["readFile", "rename", "rmtree", "stat", "writeFile"],
].flat();

const MUCH = "tick\n".repeat(40_000);

function* operations(folder: string): Coroutine<void> {
  const path = `${folder}/a`;
  yield* writeFile(path, MUCH);
  yield* using(yield* open(path, "r+"), function* (file) {
    yield* file.readline();
    yield* file.read(100_000);
    yield* file.read();
    yield* file.write("tock");
    yield* file.truncate(10);
    yield* file.seek(0);
    yield* file.readlines();
    yield* file.sync();
    yield* file.flush();
  });
  yield* using(yield* open(path, "a+"), (file) => file.write("tock") as Coroutine<unknown>);
  yield* readFile(path);
  yield* copyFile(path, `${folder}/b`);
  yield* rename(`${folder}/b`, `${folder}/c`);
  yield* mkdir(`${folder}/d/e`, { parents: true });
  yield* stat(folder);
  yield* exists(folder);
  yield* listdir(folder);
  yield* rmtree(`${folder}/d`);
}

let attempts = 0;

/** As it is on this machine: nothing is open any more, and the folder is gone. */
async function leftOnThisMachine(folder: string, prefix: string): Promise<string[]> {
  const opened = folder === "" ? [] : await leftOpenAt(folder);
  const left = await leftOver(prefix);
  return [...opened.map((path) => `${path} is still open`), ...left.map((name) => `${name} is still there`)];
}

async function attempt({ look, isSimulated }: Platform, canceller: Canceller): Promise<string[]> {
  attempts += 1;
  const prefix = `escapement-walk-${process.pid}-${attempts}-`;
  let folder = "";
  function* program(): Coroutine<void> {
    currentTask()!.name = "worker";
    yield* using(temporaryDirectory(prefix), function* (path) {
      folder = path;
      yield* operations(path);
    });
  }
  function* main(): Coroutine<void> {
    const worker = createTask(program());
    const [outcome] = yield* gather([worker], { returnExceptions: true });
    if (outcome instanceof Error && !isCancelled(outcome)) throw outcome;
    // A call that nobody waits for any more goes on to its end.
    if (isSimulated) {
      yield* sleep(100);
      expect(yield* listdir("/tmp")).toEqual([]);
    }
  }
  const { reports } = await look(main, { instruments: [canceller.instrument] });
  return isSimulated ? [...reports] : [...reports, ...(await leftOnThisMachine(folder, prefix))];
}

/** Temporary directories of that name, once the host has removed what it was still removing. */
async function leftOver(prefix: string): Promise<string[]> {
  const found = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
  for (let turn = 0; turn < 2000 && found().length > 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return found();
}

describe.each(platforms)("$name, a task that works with files", (platform) => {
  it.each(moments)("may be cancelled at every suspension point, %s", { timeout: 60_000 }, async (moment) => {
    const { wrong, waits } = await cancelEverywhere(["worker"], moment, (canceller) => attempt(platform, canceller));
    expect(wrong).toEqual([]);
    expect([...waits].toSorted()).toEqual([...ON_FILES, ...ON_PATHS].map((name) => `worker on ${name}`));
  });
});

describe("after a wait was cancelled", () => {
  it("nothing is lost to the next read, whichever read it was", () =>
    runClean(function* () {
      const path = scratch();
      writeFileSync(path, MUCH);
      for (const size of [1, 7, 70_000, -1]) {
        yield* using(yield* open(path), function* (file) {
          const taken: (string | Uint8Array)[] = [yield* file.read(3)];
          const reading = createTask(file.read(size));
          yield* sleep(0);
          reading.cancel();
          yield* gather([reading], { returnExceptions: true });
          if (!reading.cancelled()) taken.push(reading.result());
          expect([...taken, yield* file.read()].join("") === MUCH).toBe(true);
        });
      }
    }));

  it("what was being written is written once, and what comes next behind it", async () => {
    const path = scratch();
    await runClean(function* () {
      yield* using(yield* open(path, "w"), function* (file) {
        const writing = createTask(file.write(MUCH));
        yield* sleep(0);
        writing.cancel();
        yield* file.write("end");
        expect(writing.cancelled()).toBe(true);
      });
    });
    expect(readFileSync(path, "utf8") === `${MUCH}end`).toBe(true);
  });

  it.skipIf(!tellsDescriptors)("what was being opened is closed (skipped where no /proc/self/fd tells)", async () => {
    const path = scratch();
    writeFileSync(path, "");
    await runClean(function* () {
      const opening = Array.from({ length: 100 }, () => createTask(open(path)));
      yield* sleep(0);
      for (const task of opening) task.cancel();
      yield* gather(opening, { returnExceptions: true });
      expect(opening.every((task) => task.cancelled())).toBe(true);
    });
    expect(await leftOpenAt(path)).toEqual([]);
  });

  it("those who wait behind it for their turn get it", () =>
    runClean(function* () {
      const path = scratch();
      writeFileSync(path, MUCH);
      yield* using(yield* open(path), function* (file) {
        const tasks = Array.from({ length: 6 }, () => createTask(file.read(5)));
        yield* sleep(0);
        for (const index of [0, 1, 4]) tasks[index]!.cancel();
        const read = yield* gather(tasks, { returnExceptions: true });
        expect(read.filter((result) => typeof result === "string")).toEqual(["tick\n", "tick\n", "tick\n"]);
        expect(yield* file.read(5)).toBe("tick\n");
        expect(file.tell()).toBe(20);
      });
    }));
});
