import { describe, expect, it } from "vitest";
import { type Coroutine, RuntimeError, createTask, gather, sleep, using } from "../../src/index.ts";
import { NetworkError, type Server, type StreamReader, type StreamWriter, TlsError } from "../../src/io/net.ts";
import { certificate, tcp, tls } from "./carriers.ts";
import { runClean } from "./run-io.ts";
import { text } from "./text.ts";

const MUCH = 2 ** 20;

/** Talks in the clear until asked for TLS; then sends back what comes, to its end. */
function* serve(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  try {
    expect(text(yield* reader.readline())).toBe("STARTTLS\n");
    writer.write("go\n");
    yield* writer.startTls(certificate);
    for (;;) {
      const piece = yield* reader.read(2 ** 16);
      if (piece.length === 0) break;
      writer.write(piece);
      yield* writer.drain();
    }
  } catch (error) {
    // The client gave up: as an end or as a reset, that is up to the network.
    if (!(error instanceof NetworkError)) throw error;
  } finally {
    writer.close();
  }
}

/** A connection on which both sides have agreed to go on with TLS. */
function* agreed(server: Server): Coroutine<[StreamReader, StreamWriter]> {
  const [reader, writer] = yield* tcp.connect(server);
  writer.write("STARTTLS\n");
  expect(text(yield* reader.readline())).toBe("go\n");
  return [reader, writer];
}

function* thrownBy(coro: Coroutine<unknown>): Coroutine<Error> {
  const [error] = yield* gather([coro], { returnExceptions: true });
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

describe("StreamWriter.startTls", () => {
  it("makes a connection secure on both sides", () =>
    runClean(function* () {
      yield* using(yield* tcp.serve(serve), function* (server) {
        const [reader, writer] = yield* agreed(server);
        yield* writer.startTls({ ca: certificate.cert, servername: "localhost" });
        expect(writer.getExtraInfo("peercert")).toMatchObject({ subject: { CN: "localhost" } });
        expect(writer.canWriteEof()).toBe(false);
        writer.write(new Uint8Array(MUCH));
        expect((yield* reader.readexactly(MUCH)).length).toBe(MUCH);
        expect(String(yield* thrownBy(writer.startTls()))).toContain("the connection is secure already");
        yield* writer.waitClosed();
      });
    }));

  it("closes the connection when it fails", () =>
    runClean(function* () {
      yield* using(yield* tcp.serve(serve), function* (server) {
        const [, writer] = yield* agreed(server);
        const error = yield* thrownBy(writer.startTls());
        expect(error).toBeInstanceOf(TlsError);
        expect(error.message).toMatch(/^startTls with 127\.0\.0\.1:\d+: .*\(DEPTH_ZERO_SELF_SIGNED_CERT\)\.$/);
        expect(writer.isClosing()).toBe(true);
        expect(yield* thrownBy(writer.waitClosed())).toBe(error);

        const [, other] = yield* agreed(server);
        expect(yield* thrownBy(other.startTls({ ca: certificate.cert, cert: "junk" }))).toBeInstanceOf(TlsError);
        yield* other.waitClosed();
      });
    }));

  it("closes the connection when it is cancelled", () =>
    runClean(function* () {
      function* mute(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        writer.write("go\n");
        yield* reader.read();
        writer.close();
      }
      yield* using(yield* tcp.serve(mute), function* (server) {
        const [reader, writer] = yield* tcp.connect(server);
        yield* reader.readline();
        const securing = createTask(writer.startTls());
        yield* sleep(5);
        expect(() => writer.write("in the clear")).toThrow("the connection is not secure yet");
        securing.cancel();
        yield* gather([securing], { returnExceptions: true });
        expect(securing.cancelled()).toBe(true);
        yield* writer.waitClosed();
      });
    }));

  it("refuses what came in the clear and was not read, and what is secure already", () =>
    runClean(function* () {
      function* hasty(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        writer.write("go\nSECRET\n");
        yield* reader.read();
        writer.close();
      }
      yield* using(yield* tcp.serve(hasty), function* (server) {
        const [reader, writer] = yield* tcp.connect(server);
        yield* reader.readline();
        const error = yield* thrownBy(writer.startTls());
        expect(error).toBeInstanceOf(RuntimeError);
        expect(error.message).toContain("not everything that came in the clear has been read");
        yield* reader.readline();
        writer.close();
        yield* writer.waitClosed();
        expect((yield* thrownBy(writer.startTls())).message).toContain("lost");
      });
      yield* using(yield* tls.serve((_reader, writer) => writer.close()), function* (server) {
        const [reader, writer] = yield* tls.connect(server);
        expect(String(yield* thrownBy(writer.startTls()))).toMatch(/secure already|is closed|is lost/);
        yield* reader.read();
        writer.close();
      });
    }));
});
