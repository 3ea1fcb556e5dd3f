import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Coroutine,
  EventLoop,
  RuntimeError,
  Task,
  VirtualClock,
  createTask,
  gather,
  getRunningLoop,
  runSync,
  sleep,
} from "../../src/index.ts";
import { IncompleteReadError, LimitOverrunError, StreamReader } from "../../src/io/net.ts";
import { bytes, text } from "./text.ts";

/** Notes when it is told to wait. */
class Source {
  readonly told: string[] = [];
  pauseReading(): void {
    this.told.push("pause");
  }
  resumeReading(): void {
    this.told.push("resume");
  }
}

describe("StreamReader", () => {
  it("makes its source wait above twice the limit, until no more than the limit is left", () => {
    const trace = runSync(function* () {
      const [reader, source] = [new StreamReader({ limit: 4 }), new Source()];
      reader.setTransport(source);
      const seen: string[] = [];
      const note = (what: string) => seen.push(`${what}: ${source.told.join(" ")}`);
      reader.feedData(bytes("12345678"));
      note("twice the limit");
      reader.feedData(bytes("9"));
      note("one more");
      reader.feedData(bytes("abc"));
      note("told once");
      yield* reader.readexactly(7);
      note("five left");
      yield* reader.read(1);
      note("four left");
      return seen;
    });
    expect(trace).toEqual([
      "twice the limit: ",
      "one more: pause",
      "told once: pause",
      "five left: pause",
      "four left: pause resume",
    ]);
  });

  it("lets its source go on when more is wanted than it may hold", () => {
    runSync(function* () {
      const [reader, source] = [new StreamReader({ limit: 4 }), new Source()];
      reader.setTransport(source);
      reader.feedData(bytes("123456789"));
      const reading = createTask(reader.readexactly(12));
      yield* sleep(1);
      expect(source.told).toEqual(["pause", "resume"]);
      reader.feedData(bytes("abc"));
      expect(text(yield* reading)).toBe("123456789abc");
    });
  });

  it("has one reader at a time", () => {
    runSync(function* () {
      const reader = new StreamReader();
      const first = createTask(reader.readline());
      yield* sleep(1);
      for (const [read, who] of [
        [() => reader.read(1), "read"],
        [() => reader.read(), "read"],
        [() => reader.readline(), "readuntil"],
        [() => reader.readexactly(1), "readexactly"],
      ] as const) {
        const [error] = yield* gather([read()], { returnExceptions: true });
        expect(error).toBeInstanceOf(RuntimeError);
        expect((error as Error).message).toBe(
          `StreamReader.${who}() called while another coroutine is already waiting for incoming data.`,
        );
      }
      reader.feedData(bytes("mine\n"));
      expect(text(yield* first)).toBe("mine\n");
    });
  });

  it("gives back what a cancelled read to the end had taken, and makes its source wait again", () => {
    runSync(function* () {
      const [reader, source] = [new StreamReader({ limit: 4 }), new Source()];
      reader.setTransport(source);
      reader.feedData(bytes("123456789"));
      const reading = createTask(reader.read());
      yield* sleep(1);
      reader.feedData(bytes("ab"));
      yield* sleep(1);
      expect(source.told).toEqual(["pause", "resume"]);
      reading.cancel();
      yield* gather([reading], { returnExceptions: true });
      expect(source.told).toEqual(["pause", "resume", "pause"]);
      reader.feedEof();
      expect(text(yield* reader.read())).toBe("123456789ab");
    });
  });

  it("throws what the connection broke with, before anything that had come", () => {
    runSync(function* () {
      const reader = new StreamReader();
      reader.feedData(bytes("data\n"));
      const broken = new Error("broken");
      reader.setException(broken);
      const reads = [reader.read(), reader.read(0), reader.readline(), reader.readuntil("\n"), reader.readexactly(0)];
      expect(yield* gather(reads, { returnExceptions: true })).toEqual(reads.map(() => broken));
    });
  });

  it("refuses what cannot be meant", () => {
    runSync(function* () {
      const reader = new StreamReader();
      const refused = function* (read: Coroutine<unknown>): Coroutine<string> {
        const [error] = yield* gather([read], { returnExceptions: true });
        return String(error);
      };
      for (const count of [1.5, Number.NaN, "1" as never, null as never]) {
        expect(yield* refused(reader.read(count))).toBe(
          `TypeError: StreamReader.read: a number of bytes is a whole number, not ${count}.`,
        );
      }
      expect(yield* refused(reader.readexactly(Infinity))).toContain("a whole number, not Infinity");
      expect(yield* refused(reader.readuntil(10 as never))).toContain("StreamReader.readuntil: bytes (Uint8Array) or");
      reader.feedEof();
      expect(() => reader.feedData(bytes("late"))).toThrow("the end of the stream was fed before");
      expect(() => reader.setTransport(new Source()) ?? reader.setTransport(new Source())).toThrow(
        "a transport already",
      );
    });
  });

  it("wakes who waits when it breaks or ends, one iteration later", () => {
    for (const [tell, outcome] of [
      [(reader: StreamReader) => reader.setException(new Error("broken")), "Error: broken"],
      [(reader: StreamReader) => reader.feedEof(), "IncompleteReadError: 0 bytes read on a total of 1 expected bytes"],
    ] as const) {
      runSync(function* () {
        const reader = new StreamReader();
        const reading = createTask(reader.readexactly(1));
        yield* sleep(1);
        const before = getRunningLoop().iteration;
        tell(reader);
        const [error] = yield* gather([reading], { returnExceptions: true });
        expect(String(error)).toBe(outcome);
        // Woken in the next iteration, done in that one; gather's own wake-ups are two more.
        expect(getRunningLoop().iteration - before).toBe(3);
      });
    }
  });
});

// ---- laws, against a model that has all the bytes at once

interface Read {
  readonly start: (reader: StreamReader) => Coroutine<Uint8Array>;
  readonly name: string;
}

const separator = fc.stringMatching(/^[ab\n]{1,3}$/);
const anyRead: fc.Arbitrary<Read> = fc.oneof(
  fc.integer({ min: -1, max: 9 }).map((n) => ({ name: `read(${n})`, start: (reader: StreamReader) => reader.read(n) })),
  fc
    .nat({ max: 9 })
    .map((n) => ({ name: `readexactly(${n})`, start: (reader: StreamReader) => reader.readexactly(n) })),
  fc.constant({ name: "readline", start: (reader: StreamReader) => reader.readline() }),
  fc.array(separator, { minLength: 1, maxLength: 3 }).map((all) => ({
    name: `readuntil(${JSON.stringify(all)})`,
    start: (reader: StreamReader) => reader.readuntil(all),
  })),
);
const chunks = fc.array(fc.stringMatching(/^[abc\n]{0,6}$/), { maxLength: 8 });

/** Feeds the chunks one by one, reads to the end, cancelling each read before the iteration that `cancelAt` says, if any. */
function readAll(fed: readonly string[], reads: readonly Read[], limit: number, cancelAt: number | null): string {
  const clock = new VirtualClock();
  const loop = new EventLoop({ clock });
  const reader = new StreamReader({ loop, limit });
  fed.forEach((chunk, i) => loop.callLater(i + 1, () => reader.feedData(bytes(chunk))));
  loop.callLater(fed.length + 1, () => reader.feedEof());
  let taken = "";
  const take = (read: Read): void => {
    const task = new Task(read.start(reader), { loop });
    for (let iteration = 0; !task.done(); iteration += 1) {
      if (iteration === cancelAt) task.cancel();
      const deadline = loop.nextDeadline();
      if (deadline > clock.now() && deadline !== Infinity) clock.waitUntil(deadline);
      loop.runOnce();
    }
    if (task.cancelled()) return;
    const error = task.exception();
    if (error instanceof IncompleteReadError) taken += text(error.partial);
    else if (error instanceof LimitOverrunError) return;
    else taken += text(task.result());
  };
  // readline drops what is too long: it is left out here, where nothing may be lost.
  for (const read of reads) take(read);
  cancelAt = null;
  take({ name: "read", start: (rest) => rest.read() });
  loop.close();
  return taken;
}

describe("what is read", () => {
  it("is what was fed, whichever way it is cut, read, and cancelled", () => {
    fc.assert(
      fc.property(
        chunks,
        fc.array(anyRead, { maxLength: 6 }),
        fc.integer({ min: 50, max: 100 }),
        fc.option(fc.nat({ max: 6 })),
        (fed, reads, limit, cancelAt) => {
          expect(readAll(fed, reads, limit, cancelAt)).toBe(fed.join(""));
        },
      ),
    );
  });

  it("ends at the first separator that ends, as a search in all the bytes finds it", () => {
    fc.assert(
      fc.property(chunks, fc.array(separator, { minLength: 1, maxLength: 3 }), (fed, separators) => {
        const all = fed.join("");
        const ends = separators.filter((one) => all.includes(one)).map((one) => all.indexOf(one) + one.length);
        const wanted = ends.length === 0 ? all : all.slice(0, Math.min(...ends));
        const found = runSync(function* () {
          const reader = new StreamReader();
          const loop = getRunningLoop();
          fed.forEach((chunk, i) => loop.callLater(i, () => reader.feedData(bytes(chunk))));
          loop.callLater(fed.length, () => reader.feedEof());
          try {
            return text(yield* reader.readuntil(separators));
          } catch (error) {
            return text((error as IncompleteReadError).partial);
          }
        });
        expect(found).toBe(wanted);
      }),
    );
  });
});
