// What a simulated disk loses, and what it refuses: each of it a choice of the oracle.
import { type Coroutine, Future, ValueError, createTask, gather, sleep, using } from "escapement";
import {
  OSError,
  appendFile,
  exists,
  listdir,
  mkdir,
  open,
  readFile,
  rename,
  stat,
  syncDirectory,
  temporaryDirectory,
  writeFile,
} from "escapement/files";
import {
  type DiskOptions,
  type Strategy,
  type World,
  check,
  dpor,
  exhaustive,
  explore,
  fifo,
  random,
  replay,
  simulate,
} from "escapement/sim";
import { describe, expect, it } from "vitest";
import { thrownBy } from "../io/thrown-by.ts";

/** What a machine finds after a crash that came as soon as `before` was done. */
function acrossCrash<T>(before: () => Coroutine<unknown>, after: () => Coroutine<T>) {
  return function* (world: World): Coroutine<T> {
    const done = new Future<void>();
    const found = new Future<T>();
    let boots = 0;
    const host = world.host("db", function* () {
      boots += 1;
      if (boots > 1) {
        found.setResult(yield* after());
        return;
      }
      yield* before();
      done.setResult();
      yield* new Future();
    });
    yield* done;
    host.crash();
    host.restart();
    return yield* found;
  };
}

/** Everything that a program can come to. */
function everyOutcome<T>(
  program: (world: World) => Coroutine<T>,
  disk: DiskOptions = {},
  strategy: Strategy = exhaustive(),
): string[] {
  const values = new Set<string>();
  const exploration = explore(
    function* (world: World) {
      values.add(JSON.stringify(yield* program(world)));
    },
    { strategy, schedules: 20_000, disk },
  );
  expect(exploration.failures).toEqual([]);
  expect(exploration.complete).toBe(true);
  return [...values].toSorted();
}

/** asyncio's own order, and these answers to other questions: to those whose label ends so. */
function deciding(answers: Readonly<Record<string, number>>): Strategy {
  return {
    name: "deciding",
    begin: () => ({
      choose(kind, _count, label) {
        if (kind === "task") return 0;
        return Object.entries(answers).find(([end]) => label.endsWith(end))?.[1] ?? 0;
      },
    }),
  };
}

function simulated<T>(program: (world: World) => Coroutine<T>, disk: DiskOptions = {}, strategy = fifo()): T {
  const outcome = simulate(program, { strategy, disk });
  if (outcome.status !== "returned") throw outcome.error ?? new Error(outcome.status);
  return outcome.value!;
}

const contentOf = (path: string) =>
  function* (): Coroutine<string | null> {
    return (yield* exists(path)) ? yield* readFile(path, "utf8") : null;
  };

/** A file whose name and content are on the disk for good. */
function* settle(path: string, content: string): Coroutine<void> {
  yield* using(yield* open(path, "w"), function* (file) {
    yield* file.write(content);
    yield* file.sync();
  });
  yield* syncDirectory("/");
}

describe("after a crash, a disk has", () => {
  it("what was synced, and of what was written since any part, the oldest first", () => {
    function* before(): Coroutine<void> {
      yield* settle("/log", "0");
      yield* using(yield* open("/log", "a"), function* (file) {
        for (const digit of ["1", "2", "3"]) yield* file.write(digit);
      });
    }
    expect(everyOutcome(acrossCrash(before, contentOf("/log")))).toEqual(['"0"', '"01"', '"012"', '"0123"']);
  });

  it("a new file's name only once its directory was synced; its bytes only once it was", () => {
    function* before(): Coroutine<void> {
      yield* writeFile("/new", "x");
    }
    expect(everyOutcome(acrossCrash(before, contentOf("/new")))).toEqual(['""', '"x"', "null"]);
    function* named(): Coroutine<void> {
      yield* writeFile("/new", "x");
      yield* syncDirectory("/");
    }
    expect(everyOutcome(acrossCrash(named, contentOf("/new")))).toEqual(['""', '"x"']);
    expect(everyOutcome(acrossCrash(() => settle("/new", "x"), contentOf("/new")))).toEqual(['"x"']);
  });

  // The bug that ALICE found in a dozen applications: a new version is renamed into place before its bytes are on the disk.
  it("an empty file in the place of the old one, when a new version was renamed before it was synced", () => {
    const replacing = (careful: boolean) =>
      function* (): Coroutine<void> {
        yield* settle("/settings", "old");
        yield* using(yield* open("/settings.new", "w"), function* (file) {
          yield* file.write("new");
          if (careful) yield* file.sync();
        });
        yield* rename("/settings.new", "/settings");
        if (careful) yield* syncDirectory("/");
      };
    const careless = everyOutcome(acrossCrash(replacing(false), contentOf("/settings")));
    expect(careless).toEqual(['""', '"new"', '"old"']);
    expect(everyOutcome(acrossCrash(replacing(true), contentOf("/settings")))).toEqual(['"new"']);
  });

  it("a name once, whatever it was renamed from", () => {
    function* before(): Coroutine<void> {
      yield* mkdir("/a");
      yield* mkdir("/b");
      yield* settle("/a/x", "1");
      yield* syncDirectory("/a");
      yield* rename("/a/x", "/b/y");
    }
    function* after(): Coroutine<string[]> {
      return [...(yield* listdir("/a")), ...(yield* listdir("/b"))];
    }
    expect(everyOutcome(acrossCrash(before, after))).toEqual(['["x"]', '["y"]']);
  });

  it("the first sectors of a write that was torn", () => {
    function* before(): Coroutine<void> {
      yield* settle("/page", "");
      // From 100 on: its sectors end at 512, 1024 and 1536.
      yield* appendFile("/page", "a".repeat(100));
      yield* using(yield* open("/page", "r+"), function* (file) {
        yield* file.sync();
        yield* file.seek(100);
        yield* file.write("b".repeat(1500));
      });
    }
    function* sizeOf(): Coroutine<number> {
      return (yield* stat("/page")).size;
    }
    const sizes = (disk: DiskOptions) => everyOutcome(acrossCrash(before, sizeOf), disk).map(Number);
    expect(new Set(sizes({}))).toEqual(new Set([100, 512, 1024, 1536, 1600]));
    expect(new Set(sizes({ tornWrites: 0 }))).toEqual(new Set([100, 1600]));
    expect(new Set(sizes({ sector: 4096 }))).toEqual(new Set([100, 1600]));
  });

  it("done, or not done, what was under way", () => {
    function* before(): Coroutine<void> {
      yield* settle("/log", "");
      // Nobody waits for it: it is on its way when the machine crashes.
      createTask(writeFile("/log", "late"));
      yield* sleep(1.5);
    }
    const slow = { latency: { min: 1, mean: 1 } };
    expect(everyOutcome(acrossCrash(before, contentOf("/log")), slow)).toEqual(['""', '"late"']);
  });

  it("no open files, and nobody in line for it", () => {
    const found = simulated(
      acrossCrash(
        function* () {
          yield* settle("/a", "tick");
          // More than may be under way at a time.
          for (let i = 0; i < 100; i += 1) createTask(readFile("/a"));
          yield* sleep(0.5);
        },
        function* () {
          return (yield* gather(Array.from({ length: 40 }, () => readFile("/a", "utf8")))).join("");
        },
      ),
    );
    expect(found).toBe("tick".repeat(40));
  });

  it("everything, where nothing goes wrong", () => {
    function* before(): Coroutine<void> {
      yield* mkdir("/a/b", { parents: true });
      yield* writeFile("/a/b/c", "tick");
    }
    expect(simulated(acrossCrash(before, contentOf("/a/b/c")))).toBe("tick");
  });
});

describe("a disk that fails", () => {
  const failing = (end: string) => deciding({ [end]: 1 });

  it("refuses reads and writes with EIO, and writes nothing", () => {
    const program = function* (): Coroutine<unknown[]> {
      yield* writeFile("/a", "");
      yield* using(yield* open("/a", "r+"), function* (file) {
        const error = yield* thrownBy(file.write("tick"));
        expect(error).toBeInstanceOf(OSError);
        expect(error.message).toBe("AsyncFile.write: /a: the device failed (EIO).");
        expect(error.cause).toMatchObject({ code: "EIO", syscall: "write", path: "/a" });
      });
      return [(yield* stat("/a")).size];
    };
    expect(simulated(program, { writeFault: 0.1 }, failing("write of /a fails"))).toEqual([0]);
    const reading = function* (): Coroutine<string> {
      yield* writeFile("/a", "tick");
      return (yield* thrownBy(readFile("/a"))).message;
    };
    expect(simulated(reading, { readFault: 0.1 }, failing("read of /a fails"))).toBe(
      "readFile: /a: the device failed (EIO).",
    );
  });

  it("takes what it could not sync for written: syncing again does not help (fsyncgate)", () => {
    function* before(): Coroutine<void> {
      yield* settle("/wal", "committed;");
      yield* using(yield* open("/wal", "a"), function* (file) {
        yield* file.write("lost;");
        const error = yield* thrownBy(file.sync());
        expect(error.message).toBe("AsyncFile.sync: /wal: the device failed (EIO).");
        yield* file.sync();
        yield* file.write("later;");
        yield* file.sync();
      });
    }
    let syncs = 0;
    const second: Strategy = {
      name: "the second sync fails",
      begin: () => ({
        choose(_kind, _count, label) {
          if (!label.endsWith("sync of /wal fails")) return 0;
          syncs += 1;
          return syncs === 2 ? 1 : 0;
        },
      }),
    };
    const found = simulated(acrossCrash(before, contentOf("/wal")), { syncFault: 0.1 }, second);
    expect(found).toBe(`committed;${"\0".repeat(5)}later;`);
  });

  it("is full when it has as much as it can hold: what fits is written, and what is removed makes room", () => {
    const program = function* (): Coroutine<void> {
      yield* writeFile("/a", "x".repeat(60));
      yield* using(yield* open("/b", "w+"), function* (file) {
        const error = yield* thrownBy(file.write("y".repeat(60)));
        expect(error.message).toBe("AsyncFile.write: /b: no space is left on the device (ENOSPC).");
        yield* file.seek(0);
        expect(yield* file.read()).toHaveLength(40);
        expect(yield* thrownBy(file.truncate(100))).toMatchObject({ code: "ENOSPC" });
        yield* writeFile("/a", "");
        yield* file.write("y".repeat(60));
      });
      expect(yield* thrownBy(writeFile("/a", "one more"))).toMatchObject({ code: "ENOSPC", target: "/a" });
      expect((yield* stat("/b")).size).toBe(100);
    };
    simulated(program, { capacity: 100 });
  });

  it("does so by choices: they are replayed, and made smaller", () => {
    const program = function* (): Coroutine<void> {
      for (let i = 0; i < 30; i += 1) yield* writeFile(`/${i % 3}`, "tick");
    };
    const options = { disk: { writeFault: 0.2, latency: { min: 1, mean: 3 } }, strategy: random(), schedules: 50 };
    const { failures } = explore(program, options);
    const { shrunk, repro, found } = failures[0]!;
    expect(found.choices).toBeGreaterThanOrEqual(shrunk.choices);
    expect(String(shrunk.error)).toMatch(/^OSError: writeFile: \/\d: the device failed \(EIO\)\.$/);
    // Every call took the least it can.
    expect(Number.isInteger(shrunk.time)).toBe(true);
    const again = replay(program, repro, { disk: options.disk });
    expect([again.digest, String(again.error)]).toEqual([shrunk.digest, String(shrunk.error)]);
  });
});

describe("World.disk", () => {
  it("says it of one machine, and leaves the others as they are", () => {
    const sizes = simulated(function* (world) {
      const found = new Map<string, number>();
      const program = (name: string) =>
        function* (): Coroutine<void> {
          yield* sleep(1);
          yield* using(yield* open("/a", "w"), function* (file) {
            yield* gather([file.write("x".repeat(20))], { returnExceptions: true });
          });
          found.set(name, (yield* stat("/a")).size);
        };
      const small = world.host("small", program("small"));
      world.host("large", program("large"));
      world.disk(small, { capacity: 10 });
      while (found.size < 2) yield* sleep(1);
      return Object.fromEntries(found);
    });
    expect(sizes).toEqual({ small: 10, large: 20 });
  });

  it.each<[DiskOptions, string]>([
    [{ writeFault: 1.5 }, "writeFault: a probability is a number from 0 to 1, not 1.5."],
    [{ readFault: Number.NaN }, "readFault: a probability is a number from 0 to 1, not NaN."],
    [{ syncFault: -1 }, "syncFault: a probability is a number from 0 to 1, not -1."],
    [{ tornWrites: "1" as never }, "tornWrites: a probability is a number from 0 to 1, not 1."],
    [{ capacity: -1 }, "capacity is a number of bytes, not -1."],
    [{ sector: 0 }, "sector is a whole number of bytes from 1 on, not 0."],
    [{ latency: { min: 2, mean: 1 } }, "latency has 0 <= min <= mean, not min 2 and mean 1."],
  ])("refuses %j, at the call", (options, message) => {
    expect(() => simulate(function* () {}, { disk: options })).toThrow(message);
    const outcome = simulate(function* (world: World) {
      const host = world.host("a", function* () {});
      expect(() => world.disk(host, options)).toThrow(ValueError);
    });
    expect(outcome.status).toBe("returned");
  });
});

describe("every run", () => {
  it("begins with an empty disk, on which temporary directories have names of their own", () => {
    const program = function* (): Coroutine<void> {
      expect(yield* listdir("/")).toEqual(["tmp"]);
      yield* using(temporaryDirectory("a-"), function* (one) {
        yield* using(temporaryDirectory("a-"), function* (other) {
          expect([one, other]).toEqual(["/tmp/a-000001", "/tmp/a-000002"]);
        });
      });
      yield* writeFile("/left", "");
    };
    expect(check(program, { schedules: 20 }).failures).toEqual([]);
  });

  it("tries the orders in which calls that were made at once are answered", () => {
    const program = function* (): Coroutine<string> {
      yield* gather([writeFile("/a", "one"), writeFile("/a", "two")]);
      return yield* readFile("/a", "utf8");
    };
    expect(everyOutcome(program)).toEqual(['"one"', '"two"']);
    expect(everyOutcome(program, {}, dpor())).toEqual(['"one"', '"two"']);
  });

  it("is covered by dpor as it is by exhaustive: what calls have in common is the disk", () => {
    const program = function* (): Coroutine<string> {
      function* bump(): Coroutine<void> {
        const text = (yield* exists("/n")) ? yield* readFile("/n", "utf8") : "";
        yield* writeFile("/n", `${text}+`);
      }
      yield* gather([bump(), bump()]);
      return yield* readFile("/n", "utf8");
    };
    expect(everyOutcome(program, {}, dpor())).toEqual(everyOutcome(program));
    expect(everyOutcome(program)).toContain('"+"');
  });
});
