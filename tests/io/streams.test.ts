import { randomFillSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Coroutine, Event, createTask, gather, sleep, using } from "../../src/index.ts";
import { IncompleteReadError, type StreamReader, type StreamWriter } from "../../src/io/net.ts";
import { carriers, tcp, tls, unix } from "./carriers.ts";
import { runClean } from "./run-io.ts";
import { text } from "./text.ts";

/** Sends back every line. */
function* echo(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  for (;;) {
    const line = yield* reader.readline();
    if (line.length === 0) break;
    writer.write(line);
    yield* writer.drain();
  }
  writer.close();
}

describe.each(carriers)("streams over $name", ({ serve, connect }) => {
  it("carry lines there and back", () =>
    runClean(function* () {
      const trace: string[] = [];
      yield* using(yield* serve(echo), function* (server) {
        const [reader, writer] = yield* connect(server);
        for (const line of ["one\n", "two\n", "drei ß\n"]) {
          writer.write(line);
          yield* writer.drain();
          trace.push(text(yield* reader.readline()));
        }
        writer.close();
        yield* writer.waitClosed();
      });
      expect(trace).toEqual(["one\n", "two\n", "drei ß\n"]);
    }));

  it("carry many conversations at once, each in order", () =>
    runClean(function* () {
      const server = yield* serve(echo);
      function* talk(id: number): Coroutine<string> {
        const [reader, writer] = yield* connect(server);
        let heard = "";
        for (let i = 0; i < 5; i += 1) {
          writer.writelines([`${id}`, "-", `${i}\n`]);
          heard += text(yield* reader.readline());
        }
        writer.close();
        yield* writer.waitClosed();
        return heard;
      }
      const heard = yield* gather(Array.from({ length: 25 }, (_, id) => talk(id)));
      server.close();
      yield* server.waitClosed();
      expect(heard).toEqual(heard.map((_, id) => [0, 1, 2, 3, 4].map((i) => `${id}-${i}\n`).join("")));
    }));

  it("carry more than all buffers hold, to a reader who comes late, unchanged", () =>
    runClean(function* () {
      const size = 6 * 2 ** 20;
      const sent = randomFillSync(new Uint8Array(size));
      const begin = new Event();
      const got = new Event();
      let received: Uint8Array = new Uint8Array(0);
      function* late(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        yield* begin.wait();
        received = yield* reader.readexactly(size);
        writer.close();
        got.set();
      }
      yield* using(yield* serve(late), function* (server) {
        const [, writer] = yield* connect(server);
        writer.write(sent);
        const drained = createTask(writer.drain());
        yield* sleep(20);
        // The peer reads nothing: what is more than its buffers hold has nowhere to go.
        expect(drained.done()).toBe(false);
        expect(writer.transport.getWriteBufferSize()).toBeGreaterThan(0);
        begin.set();
        yield* drained;
        yield* got.wait();
        writer.close();
        yield* writer.waitClosed();
      });
      expect(received.length).toBe(size);
      expect(Buffer.compare(received, sent)).toBe(0);
    }));

  it("end with what had come, when the peer closes in the middle", () =>
    runClean(function* () {
      function* stingy(_reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        writer.write("half");
        writer.close();
      }
      yield* using(yield* serve(stingy), function* (server) {
        const [reader, writer] = yield* connect(server);
        try {
          yield* reader.readexactly(8);
          expect.unreachable();
        } catch (error) {
          expect(error).toBeInstanceOf(IncompleteReadError);
          expect(text((error as IncompleteReadError).partial)).toBe("half");
          expect((error as IncompleteReadError).expected).toBe(8);
        }
        expect(reader.atEof()).toBe(true);
        expect(yield* reader.read()).toEqual(new Uint8Array(0));
        writer.close();
        yield* writer.waitClosed();
      });
    }));

  it("give plain bytes, whatever class the host uses", () =>
    runClean(function* () {
      yield* using(yield* serve(echo), function* (server) {
        const [reader, writer] = yield* connect(server);
        writer.write("a\nbc\n");
        expect((yield* reader.readexactly(1)).constructor).toBe(Uint8Array);
        expect((yield* reader.readline()).constructor).toBe(Uint8Array);
        expect((yield* reader.read(100)).constructor).toBe(Uint8Array);
        writer.close();
        yield* writer.waitClosed();
      });
    }));

  it("are closed for both sides by a close on one", () =>
    runClean(function* () {
      let atEnd: Uint8Array | null = null;
      function* patient(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        writer.write("?");
        atEnd = yield* reader.read();
        writer.close();
        yield* writer.waitClosed();
      }
      yield* using(yield* serve(patient), function* (server) {
        const [reader, writer] = yield* connect(server);
        yield* reader.readexactly(1);
        writer.write("last words");
        expect(writer.isClosing()).toBe(false);
        writer.close();
        writer.close();
        expect(writer.isClosing()).toBe(true);
        yield* gather([writer.waitClosed(), writer.waitClosed()]);
        yield* writer.waitClosed();
        expect(reader.atEof()).toBe(true);
      });
      expect(text(atEnd!)).toBe("last words");
    }));
});

describe.each([tcp, unix])("a connection over $name", ({ serve, connect }) => {
  it("may be closed on one side: what comes after is still received", () =>
    runClean(function* () {
      function* answering(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        const question = text(yield* reader.read());
        writer.write(`${question}? `);
        yield* sleep(1);
        writer.write("No.");
        writer.close();
      }
      yield* using(yield* serve(answering), function* (server) {
        const [reader, writer] = yield* connect(server);
        writer.write("Really");
        expect(writer.canWriteEof()).toBe(true);
        writer.writeEof();
        writer.writeEof();
        expect(() => writer.write("more")).toThrow("Cannot write after writeEof()");
        expect(text(yield* reader.read())).toBe("Really? No.");
        // Both halves are closed now. It is open all the same, until it is closed.
        yield* sleep(5);
        expect(writer.isClosing()).toBe(false);
        yield* writer.drain();
        writer.close();
        yield* writer.waitClosed();
      });
    }));
});

describe("StreamWriter.getExtraInfo", () => {
  it("names both ends, and still does when the connection is closed", () =>
    runClean(function* () {
      const peers: unknown[] = [];
      const noted = new Event();
      function* note(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        yield* reader.read();
        writer.close();
        yield* writer.waitClosed();
        peers.push(writer.getExtraInfo("peername"), writer.getExtraInfo("sockname"));
        noted.set();
      }
      yield* using(yield* tcp.serve(note), function* (server) {
        const [, writer] = yield* tcp.connect(server);
        writer.close();
        yield* writer.waitClosed();
        expect(writer.getExtraInfo("peername")).toEqual(["127.0.0.1", server.port]);
        yield* noted.wait();
        expect(peers).toEqual([writer.getExtraInfo("sockname"), writer.getExtraInfo("peername")]);
      });
    }));

  it("names a Unix socket by its path", () =>
    runClean(function* () {
      let sockname: unknown;
      const server = yield* unix.serve((_reader, writer) => {
        sockname = writer.getExtraInfo("sockname");
        writer.close();
      });
      const [path] = server.addresses;
      const [reader, writer] = yield* unix.connect(server);
      yield* reader.read();
      expect([writer.getExtraInfo("peername"), sockname]).toEqual([path, path]);
      expect(writer.transport.toString()).toBe(`<Transport open ${String(path)}>`);
      writer.close();
      yield* server.exit();
    }));

  it("knows the certificate of a server over TLS, and nothing under other names", () =>
    runClean(function* () {
      yield* using(yield* tls.serve(echo), function* (server) {
        const [, writer] = yield* tls.connect(server);
        expect(writer.getExtraInfo("peercert")).toMatchObject({ subject: { CN: "localhost" } });
        expect(writer.getExtraInfo("cipher")).toMatchObject({ version: "TLSv1.3" });
        expect(writer.getExtraInfo("colour")).toBeNull();
        expect(writer.getExtraInfo("colour", "red")).toBe("red");
        expect(writer.canWriteEof()).toBe(false);
        expect(() => writer.writeEof()).toThrow("one side only");
        writer.close();
        yield* writer.waitClosed();
      });
    }));
});
