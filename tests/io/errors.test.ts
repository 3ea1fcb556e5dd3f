import { Socket, createServer as createNodeServer } from "node:net";
import { describe, expect, it } from "vitest";
import {
  type Coroutine,
  Event,
  Future,
  RuntimeError,
  ValueError,
  createTask,
  runSync,
  sleep,
  using,
} from "../../src/index.ts";
import {
  BrokenPipeError,
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  IncompleteReadError,
  LimitOverrunError,
  NetworkError,
  type OnConnection,
  type StreamReader,
  type StreamWriter,
  TlsError,
  UnknownHostError,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "../../src/io/net.ts";
import { carriers, certificate, tcp, tls, unixPath } from "./carriers.ts";
import { runAndLook, runClean, until } from "./run-io.ts";
import { bytes } from "./text.ts";

/** What waiting for `coro` throws. */
function* thrownBy(coro: Coroutine<unknown>): Coroutine<any> {
  try {
    yield* coro;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** What waiting for it throws in a program of its own, which leaves nothing behind. */
const errorOf = (make: () => Coroutine<unknown>): Promise<any> => runClean(() => thrownBy(make()));

const silent: OnConnection = () => {};

function* closing(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  yield* reader.read();
  writer.close();
}

/** A port on which nobody listens: it was free a moment ago. */
function* unusedPort(): Coroutine<number> {
  const server = yield* startServer(silent, "127.0.0.1", 0);
  yield* server.exit();
  return server.port;
}

describe("openConnection fails where it is awaited", () => {
  it("when nobody listens there", () =>
    runClean(function* () {
      const port = yield* unusedPort();
      const error = yield* thrownBy(openConnection("127.0.0.1", port));
      expect(error).toBeInstanceOf(ConnectionRefusedError);
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toBeInstanceOf(NetworkError);
      expect(error.message).toBe(`openConnection to 127.0.0.1:${port}: nobody listens there (ECONNREFUSED).`);
      expect(error).toMatchObject({ target: `127.0.0.1:${port}`, code: "ECONNREFUSED", cause: { syscall: "connect" } });
      expect(error.stack).toContain("errors.test.ts");
    }));

  it("when nobody listens at any address of a name", () =>
    runClean(function* () {
      const port = yield* unusedPort();
      const error = yield* thrownBy(openConnection("localhost", port));
      expect(error).toBeInstanceOf(ConnectionRefusedError);
      expect(error.message).toBe(`openConnection to localhost:${port}: nobody listens there (ECONNREFUSED).`);
    }));

  it("when the address it is to come from is not one of this machine, or is none", () =>
    runClean(function* () {
      yield* using(yield* tcp.serve(closing), function* (server) {
        const from = (localAddress: string) => openConnection("127.0.0.1", server.port, { localAddress });
        const foreign = yield* thrownBy(from("192.0.2.1"));
        expect(foreign).toBeInstanceOf(NetworkError);
        expect(foreign).toMatchObject({ target: `127.0.0.1:${server.port}`, code: "EADDRNOTAVAIL" });
        expect(String(yield* thrownBy(from("here")))).toBe(
          "ValueError: openConnection: localAddress is an IP address of this machine, not here.",
        );
        const [, writer] = yield* from("127.0.0.1");
        writer.close();
      });
    }));

  it("when no host has that name", async () => {
    const error = await errorOf(() => openConnection("no-such-host.invalid", 80));
    expect(error).toBeInstanceOf(UnknownHostError);
    expect(error.target).toBe("no-such-host.invalid:80");
    expect(error.cause).toMatchObject({ syscall: "getaddrinfo" });
  });

  it("when there is no such Unix socket, or its path is a directory", async () => {
    const path = unixPath();
    const missing = await errorOf(() => openUnixConnection(path));
    expect(missing).toBeInstanceOf(NetworkError);
    expect(missing).toMatchObject({ target: path, code: "ENOENT", cause: { code: "ENOENT" } });
    expect(await errorOf(() => openUnixConnection("/"))).toMatchObject({ target: "/", code: "ECONNREFUSED" });
  });

  it("when its arguments cannot be meant", async () => {
    const wrong = (make: () => Coroutine<unknown>) => errorOf(make).then((error: Error) => [error.name, error.message]);
    expect(await wrong(() => openConnection(null as never, 80))).toEqual([
      "TypeError",
      "openConnection: a host is a string, not null.",
    ]);
    expect(await wrong(() => openConnection("localhost", "80" as never))).toEqual([
      "TypeError",
      "openConnection: a port is a number, not string.",
    ]);
    for (const port of [-1, 1.5, 65_536, Number.NaN]) {
      expect(await wrong(() => openConnection("localhost", port))).toEqual([
        "ValueError",
        `openConnection: a port is a whole number from 0 to 65535, not ${port}.`,
      ]);
    }
    expect(await wrong(() => openConnection("localhost", 80, { limit: 0 }))).toEqual([
      "ValueError",
      "StreamReader: the limit is a number of bytes, one at least, not 0.",
    ]);
  });

  it("when nobody turns the host's loop", () => {
    expect(() => runSync(() => openConnection("127.0.0.1", 80))).toThrow(RuntimeError);
    expect(() => runSync(() => openConnection("127.0.0.1", 80))).toThrow("Use run()");
    expect(() => runSync(() => startServer(silent, "127.0.0.1", 0))).toThrow("startServer: ");
  });
});

describe("openConnection over TLS fails", () => {
  it.each([
    ["when the certificate is not trusted", {}, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [
      "when the certificate is another's",
      { ca: certificate.cert, servername: "example.org" },
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    [
      "when no version of the protocol is known to both",
      { ca: certificate.cert, maxVersion: "TLSv1.2" },
      "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
    ],
  ] as const)("%s", (_what, options, code) => {
    function* main(): Coroutine<void> {
      const server = yield* tls.serve(silent, { tls: { ...certificate, minVersion: "TLSv1.3" } });
      const error = yield* thrownBy(openConnection("127.0.0.1", server.port, { tls: options }));
      expect(error).toBeInstanceOf(TlsError);
      expect(error).toMatchObject({ target: `127.0.0.1:${server.port}`, code, cause: { code } });
      yield* server.exit();
    }
    // Not in debug mode, in which the server reports its side of it.
    return runClean(main, { debug: false });
  });

  it("when the server says nothing for as long as it may", () =>
    runClean(function* () {
      const server = yield* tcp.serve(function* (reader, writer) {
        yield* reader.read();
        writer.close();
      });
      const options = { tls: true, tlsHandshakeTimeout: 20 };
      const error = yield* thrownBy(openConnection("127.0.0.1", server.port, options));
      expect(error).toBeInstanceOf(TlsError);
      expect(error.message).toBe(
        `openConnection to 127.0.0.1:${server.port}: the TLS handshake was not finished in time (ERR_TLS_HANDSHAKE_TIMEOUT).`,
      );
      yield* server.exit();
    }));

  it("when the server does not speak it", () =>
    runClean(function* () {
      const server = yield* tcp.serve((_reader, writer) => {
        writer.write("220 hello, this is not TLS\r\n");
        writer.close();
      });
      const error = yield* thrownBy(openConnection("127.0.0.1", server.port, { tls: true }));
      expect(error).toBeInstanceOf(TlsError);
      yield* server.exit();
    }));

  it("when the server closes instead of answering", () =>
    runClean(function* () {
      const server = yield* tcp.serve((_reader, writer) => writer.close());
      const error = yield* thrownBy(openConnection("127.0.0.1", server.port, { tls: true }));
      expect(error).toBeInstanceOf(ConnectionResetError);
      yield* server.exit();
    }));

  it("when its options are nonsense", async () => {
    const error = await errorOf(() => openConnection("127.0.0.1", 1, { tls: { ca: certificate.cert, cert: "junk" } }));
    expect(error).toBeInstanceOf(TlsError);
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("a server over TLS", () => {
  it("survives a client who does not speak it, and says so in debug mode", async () => {
    const { reports, leaked } = await runAndLook(function* () {
      const server = yield* tls.serve(silent);
      const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
      writer.write("GET / HTTP/1.0\r\n\r\n");
      yield* untilOver(reader);
      writer.close();
      yield* server.exit();
    });
    expect(reports).toEqual([expect.stringContaining("A TLS handshake failed: TlsError: startServer on 127.0.0.1:")]);
    expect(leaked).toBe(0);
  });

  it("survives a client who resets in the middle of the handshake", async () => {
    const { reports, leaked } = await runAndLook(function* (told) {
      const server = yield* tls.serve(closing);
      const socket = new Socket().connect(server.port, "127.0.0.1").on("error", () => {});
      yield* until(() => !socket.connecting);
      socket.resetAndDestroy();
      yield* until(() => told.length > 0);
      const [, writer] = yield* tls.connect(server);
      writer.close();
      yield* server.exit();
    });
    expect(reports).toEqual([expect.stringContaining("A TLS handshake failed: ConnectionResetError: startServer on")]);
    expect(leaked).toBe(0);
  });

  it("does not wait for a client in the middle of the handshake when it is closed", () =>
    runClean(function* () {
      const server = yield* tls.serve(silent);
      const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
      // Long enough to be accepted, most of the time; it must not matter.
      yield* sleep(5);
      yield* server.exit();
      yield* untilOver(reader);
      writer.close();
    }));

  it("needs a key and a certificate", async () => {
    expect(await errorOf(() => startServer(silent, "127.0.0.1", 0, { tls: true }))).toBeInstanceOf(ValueError);
    const error = await errorOf(() => startServer(silent, "127.0.0.1", 0, { tls: { key: "junk", cert: "junk" } }));
    expect(error).toBeInstanceOf(TlsError);
    expect(error.message).toContain("startServer on 127.0.0.1:0: ");
  });
});

/** Until the peer is gone, whether by an end or a reset: which one comes depends on what it had not read. */
function* untilOver(reader: StreamReader): Coroutine<void> {
  try {
    yield* reader.read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectionResetError);
  }
}

describe("startServer fails where it is awaited", () => {
  it("when the address is in use", () =>
    runClean(function* () {
      const server = yield* startServer(silent, "127.0.0.1", 0);
      const error = yield* thrownBy(startServer(silent, "127.0.0.1", server.port));
      expect(error).toBeInstanceOf(NetworkError);
      expect(error.message).toBe(`startServer on 127.0.0.1:${server.port}: the address is in use (EADDRINUSE).`);
      yield* server.exit();

      const path = unixPath();
      const unixServer = yield* startUnixServer(silent, path);
      expect(yield* thrownBy(startUnixServer(silent, path))).toMatchObject({ target: path, code: "EADDRINUSE" });
      yield* unixServer.exit();
    }));

  it("when the address is not one of this machine, or is none", async () => {
    expect(await errorOf(() => startServer(silent, "192.0.2.1", 0))).toMatchObject({ code: "EADDRNOTAVAIL" });
    expect(await errorOf(() => startServer(silent, "no-such-host.invalid", 0))).toBeInstanceOf(UnknownHostError);
  });

  it("when its arguments cannot be meant", async () => {
    const handler = "handler" as never;
    expect(await errorOf(() => startServer(handler, "127.0.0.1", 0))).toMatchObject({
      message: "startServer: onConnection is a function, not a string (handler).",
    });
    expect(await errorOf(() => startServer(silent, "127.0.0.1", 0, { limit: -1 }))).toBeInstanceOf(ValueError);
    expect(await errorOf(() => startServer(silent, 7 as never, 0))).toBeInstanceOf(TypeError);
  });
});

/** A server of Node's own, which resets its connections when it is told to. */
function* resettingServer(): Coroutine<{ port: number; reset: () => Coroutine<void>; close: () => void }> {
  const sockets: Socket[] = [];
  const server = createNodeServer((socket) => {
    sockets.push(socket.on("error", () => {}));
  });
  const listening = new Future<void>();
  server.listen(0, "127.0.0.1", () => listening.setResult());
  yield* listening;
  return {
    port: (server.address() as { port: number }).port,
    *reset() {
      yield* until(() => sockets.length > 0);
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () => void server.close(),
  };
}

describe("a connection that is reset in the middle", () => {
  it("throws where a coroutine reads, and at every later use", () =>
    runClean(function* () {
      const server = yield* resettingServer();
      const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
      const reading = createTask(thrownBy(reader.readexactly(1)));
      yield* server.reset();
      const error = yield* reading;
      expect(error).toBeInstanceOf(ConnectionResetError);
      expect(error.message).toBe(`The connection with 127.0.0.1:${server.port}: reset by the peer (ECONNRESET).`);
      expect(error).toMatchObject({ code: "ECONNRESET", cause: { code: "ECONNRESET" } });
      expect(reader.exception()).toBe(error);
      expect(yield* thrownBy(reader.read())).toBe(error);
      expect(yield* thrownBy(reader.readline())).toBe(error);
      expect(yield* thrownBy(writer.drain())).toBe(error);
      expect(yield* thrownBy(writer.waitClosed())).toBe(error);
      expect(writer.isClosing()).toBe(true);
      writer.write("in vain");
      writer.close();
      server.close();
    }));

  it("throws where a coroutine waits for its bytes to go", () =>
    runClean(function* () {
      const server = yield* resettingServer();
      const [, writer] = yield* openConnection("127.0.0.1", server.port);
      writer.transport.setWriteBufferLimits({ high: 0 });
      writer.write(new Uint8Array(16 * 2 ** 20));
      const draining = createTask(thrownBy(writer.drain()));
      yield* server.reset();
      const error = yield* draining;
      expect([ConnectionResetError, BrokenPipeError]).toContain(error.constructor);
      expect(yield* thrownBy(writer.waitClosed())).toBe(error);
      server.close();
    }));

  it("is told to a server's handler, whose error is reported and whose server goes on", async () => {
    const { reports, leaked } = await runAndLook(function* (told) {
      const begun = new Event();
      const server = yield* tcp.serve(function* (reader) {
        begun.set();
        yield* reader.read();
      });
      const socket = new Socket().connect(server.port, "127.0.0.1");
      yield* begun.wait();
      socket.resetAndDestroy();
      yield* until(() => told.length > 0);
      const [, writer] = yield* tcp.connect(server);
      writer.close();
      server.close();
      server.abortClients();
      yield* server.waitClosed();
    });
    expect(reports).toEqual([
      expect.stringMatching(
        /^Unhandled exception in onConnection: ConnectionResetError: The connection with 127\.0\.0\.1:/,
      ),
    ]);
    expect(leaked).toBe(0);
  });
});

describe.each(carriers)("over $name", ({ serve, connect }) => {
  it("drain throws on a connection that was closed here", () =>
    runClean(function* () {
      yield* using(yield* serve(closing), function* (server) {
        const [, writer] = yield* connect(server);
        writer.close();
        yield* writer.waitClosed();
        writer.write("data");
        const error = yield* thrownBy(writer.drain());
        expect(error).toBeInstanceOf(ConnectionResetError);
        expect(error.message).toContain("the connection is lost");
      });
    }));

  it("a handler that throws closes its connection, and is reported", async () => {
    const { reports, leaked } = await runAndLook(function* () {
      const server = yield* serve(function* (reader) {
        yield* reader.readline();
        throw new Error("handler failed");
      });
      const [reader, writer] = yield* connect(server);
      writer.write("go\n");
      expect(yield* reader.read()).toEqual(new Uint8Array(0));
      writer.close();
      yield* server.exit();
    });
    expect(reports).toEqual(["Unhandled exception in onConnection: Error: handler failed"]);
    expect(leaked).toBe(0);
  });

  it("a line longer than the limit is an error, and the connection can be used on", () =>
    runClean(function* () {
      const done = new Event();
      const server = yield* serve((_reader, writer) => {
        writer.write("x".repeat(100));
        writer.write("\nshort\n");
        done.set();
        writer.close();
      });
      const [reader, writer] = yield* connect(server, { limit: 16 });
      yield* done.wait();
      const overrun = yield* thrownBy(reader.readuntil("\n"));
      expect(overrun).toBeInstanceOf(LimitOverrunError);
      yield* reader.readexactly(84);
      expect(yield* reader.readline()).toEqual(bytes(`${"x".repeat(16)}\n`));
      expect(yield* reader.readline()).toEqual(bytes("short\n"));
      const incomplete = yield* thrownBy(reader.readuntil("\n"));
      expect(incomplete).toBeInstanceOf(IncompleteReadError);
      writer.close();
      yield* server.exit();
    }));
});

describe("a handler that is no coroutine function", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("at once");
      },
      "Error: at once",
    ],
    [
      "is an async function",
      (async () => {}) as never,
      "onConnection gave a native Promise. Wrap it: fromPromise(promise)",
    ],
    ["gives a number", (() => 7) as never, "onConnection gave a number (7); a coroutine was expected"],
  ] as const)("and %s is reported, and its connection closed", async (_what, onConnection, message) => {
    const { reports, leaked } = await runAndLook(function* () {
      const server = yield* tcp.serve(onConnection);
      const [reader, writer] = yield* tcp.connect(server);
      expect(yield* reader.read()).toEqual(new Uint8Array(0));
      writer.close();
      yield* server.exit();
    });
    expect(reports).toEqual([expect.stringContaining(message)]);
    expect(leaked).toBe(0);
  });
});

describe("what is written", () => {
  it("is bytes or a string", () =>
    runClean(function* () {
      yield* using(yield* tcp.serve(closing), function* (server) {
        const [, writer] = yield* tcp.connect(server);
        expect(() => writer.write(7 as never)).toThrow(
          "StreamWriter.write: bytes (Uint8Array) or a string were expected, not number.",
        );
        expect(() => writer.writelines([null as never])).toThrow("StreamWriter.writelines: ");
        writer.close();
      });
    }));
});
