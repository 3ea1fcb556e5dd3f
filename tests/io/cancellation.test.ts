import { lookup } from "node:dns";
import { describe, expect, it } from "vitest";
import {
  type Coroutine,
  Future,
  type Task,
  createTask,
  currentTask,
  fromCallback,
  gather,
  isCancelled,
  sleep,
  timeout,
  using,
  wait,
} from "../../src/index.ts";
import { type Server, type StreamReader, type StreamWriter, startServer } from "../../src/io/net.ts";
import { type Canceller, cancelEverywhere, moments } from "./canceller.ts";
import { type Carrier, carriers, tcp } from "./carriers.ts";
import { openSockets, runAndLook, runClean } from "./run-io.ts";
import { bytes, text } from "./text.ts";

// A program that uses every operation is run again and again. Each run cancels one task at one of its suspension points;
// afterwards the program must have ended, every socket must be closed, and nothing may have been reported.

const MUCH = 4 * 2 ** 20;

/** Closes whatever happened, and waits for it, as programs should. Errors of the peer's making are no matter here. */
function* closingAfter(writer: StreamWriter, body: () => Coroutine<void>): Coroutine<void> {
  try {
    yield* body();
  } catch (error) {
    if (isCancelled(error)) throw error;
  } finally {
    writer.close();
    yield* closed(writer);
  }
}

function* closed(writer: StreamWriter): Coroutine<void> {
  try {
    yield* writer.waitClosed();
  } catch (error) {
    writer.transport.abort();
    if (isCancelled(error)) throw error;
  }
}

// Each side suspends before the other can have sent what it waits for: so every run suspends at the same points.
function* handler(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  currentTask()!.name = "handler";
  yield* closingAfter(writer, function* () {
    writer.write("welcome\n");
    for (const answer of ["until|", "exactly"]) {
      yield* reader.readline();
      writer.write(answer);
      yield* writer.drain();
    }
    yield* sleep(5);
    yield* reader.readexactly(MUCH);
    yield* reader.readline();
    writer.write("rest");
  });
}

function* client({ connect }: Carrier, server: Server): Coroutine<void> {
  const [reader, writer] = yield* connect(server);
  yield* closingAfter(writer, function* () {
    writer.transport.setWriteBufferLimits({ high: 0 });
    expect(yield* reader.readline()).toEqual(bytes("welcome\n"));
    writer.write("next\n");
    expect(yield* reader.readuntil(["|", "||"])).toEqual(bytes("until|"));
    writer.write("next\n");
    expect(yield* reader.readexactly(7)).toEqual(bytes("exactly"));
    writer.write(new Uint8Array(MUCH));
    yield* writer.drain();
    writer.write("next\n");
    expect(yield* reader.read(2)).toEqual(bytes("re"));
    expect(yield* reader.read()).toEqual(bytes("st"));
  });
}

/** Both sides; when one of them has ended, the other is cancelled. */
function* program(carrier: Carrier): Coroutine<void> {
  const serving = new Future<Server>();
  function* serve(): Coroutine<void> {
    const server = yield* carrier.serve(handler);
    if (!serving.done()) serving.setResult(server);
    yield* server.serveForever();
  }
  function* visit(): Coroutine<void> {
    yield* client(carrier, yield* serving);
  }
  const tasks: Task<void>[] = [createTask(serve(), { name: "server" }), createTask(visit(), { name: "client" })];
  const { pending } = yield* wait(tasks, { returnWhen: "FIRST_COMPLETED" });
  for (const task of pending) task.cancel();
  yield* gather(tasks, { returnExceptions: true });
  for (const task of tasks) if (!task.cancelled()) task.result();
}

async function attempt(carrier: Carrier, canceller: Canceller) {
  const { reports, leaked } = await runAndLook(() => program(carrier), { instruments: [canceller.instrument] });
  return [...reports, ...(leaked > 0 ? [`${leaked} sockets are still open`] : [])];
}

describe.each(carriers)("over $name", (carrier) => {
  it.each(moments)("a task may be cancelled at every suspension point, %s", { timeout: 60_000 }, async (moment) => {
    const names = ["client", "server", "handler"];
    const { wrong, waits } = await cancelEverywhere(names, moment, (canceller) => attempt(carrier, canceller));
    expect(wrong).toEqual([]);
    for (const expected of [
      "server on startServer",
      "server on Server.serveForever",
      "client on openConnection",
      "client on StreamReader.readuntil",
      "client on StreamReader.readexactly",
      "client on StreamReader.read",
      "client on StreamWriter.drain",
      "client on StreamWriter.waitClosed",
      "handler on StreamReader.readuntil",
      "handler on StreamReader.readexactly",
      "handler on StreamWriter.waitClosed",
    ]) {
      expect(waits).toContain(expected);
    }
  });
});

describe("after a wait was cancelled", () => {
  it("nothing is lost to the next read, whichever read it was", () =>
    runClean(function* () {
      function* slowly(_reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        for (const letter of "abc\ndef") {
          writer.write(letter);
          yield* sleep(2);
        }
        writer.close();
      }
      const reads: readonly ((reader: StreamReader) => Coroutine<Uint8Array>)[] = [
        (reader) => reader.read(),
        (reader) => reader.readline(),
        (reader) => reader.readuntil("ef"),
        (reader) => reader.readexactly(7),
      ];
      yield* using(yield* tcp.serve(slowly), function* (server) {
        function* interrupted(read: (reader: StreamReader) => Coroutine<Uint8Array>): Coroutine<string> {
          const [reader, writer] = yield* tcp.connect(server);
          const reading = createTask(read(reader));
          yield* sleep(6);
          reading.cancel();
          yield* gather([reading], { returnExceptions: true });
          const taken = reading.cancelled() ? "" : text(reading.result());
          const everything = taken + text(yield* reader.read());
          writer.close();
          yield* writer.waitClosed();
          return everything;
        }
        expect(yield* gather(reads.map(interrupted))).toEqual(reads.map(() => "abc\ndef"));
      });
    }));

  it("what was written goes on its way, though nobody waits for it any more", () =>
    runClean(function* () {
      const counted = new Future<number>();
      yield* using(
        yield* tcp.serve(function* (reader, writer) {
          yield* sleep(20);
          counted.setResult((yield* reader.read()).length);
          writer.close();
        }),
        function* (server) {
          const [, writer] = yield* tcp.connect(server);
          writer.write(new Uint8Array(2 * MUCH));
          try {
            yield* using(timeout(1), () => writer.drain());
          } catch (error) {
            expect((error as Error).name).toBe("TimeoutError");
          }
          yield* writer.drain();
          writer.close();
          yield* writer.waitClosed();
          expect(yield* counted).toBe(2 * MUCH);
        },
      );
    }));

  it("another who waits for the same close is not cancelled with it", () =>
    runClean(function* () {
      yield* using(
        yield* tcp.serve(function* (reader, writer) {
          yield* reader.read();
          writer.close();
        }),
        function* (server) {
          const [, writer] = yield* tcp.connect(server);
          const [one, other] = [createTask(writer.waitClosed()), createTask(writer.waitClosed())];
          const [first, second] = [createTask(server.waitClosed()), createTask(server.waitClosed())];
          yield* sleep(1);
          one.cancel();
          first.cancel();
          writer.close();
          server.close();
          yield* other;
          yield* second;
          expect([one.cancelled(), first.cancelled()]).toEqual([true, true]);
        },
      );
    }));

  it("a server whose host was still being looked up does not listen", () =>
    runClean(function* () {
      const before = openSockets();
      const starting = createTask(startServer(() => {}, "localhost", 0));
      yield* sleep(0);
      starting.cancel();
      yield* gather([starting], { returnExceptions: true });
      expect(starting.cancelled()).toBe(true);
      yield* fromCallback((done) => lookup("localhost", done));
      yield* sleep(2);
      expect(openSockets()).toBeLessThanOrEqual(before);
    }));

  it("closing a server ends serveForever as cancelled", () =>
    runClean(function* () {
      const server = yield* tcp.serve(() => {});
      const forever = createTask(server.serveForever());
      yield* sleep(1);
      server.close();
      yield* gather([forever], { returnExceptions: true });
      expect(forever.cancelled()).toBe(true);
      yield* server.waitClosed();
    }));
});
