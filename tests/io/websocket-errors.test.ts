import { describe, expect, it } from "vitest";
import { type Coroutine, Event, TimeoutError, ValueError, createTask, sleep, using } from "../../src/index.ts";
import { type StreamReader, type StreamWriter, openConnection, startServer } from "../../src/io/net.ts";
import {
  type Connection,
  ConnectionClosedError,
  ConnectionRefusedError,
  ConnectionResetError,
  InvalidHandshake,
  InvalidStatus,
  NetworkError,
  TlsError,
  UnknownHostError,
  connect,
  serve,
} from "../../src/io/websocket.ts";
import { certificate } from "./carriers.ts";
import { platforms } from "./platforms.ts";
import { runAndLook, runClean } from "./run-io.ts";
import { text } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";
import {
  BINARY,
  CLOSE,
  TEXT,
  closing,
  connected,
  echo,
  frame,
  rawClient,
  rawServing,
  serving,
  upgradeRequest,
  urlOf,
} from "./websocket-peers.ts";

/** A server of bytes that reads a request, answers with what it is given, and closes. */
function* answering<T>(answer: string, body: (url: string) => Coroutine<T>): Coroutine<T> {
  function* onConnection(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
    yield* reader.readuntil("\r\n\r\n");
    writer.write(answer);
    writer.close();
  }
  const server = yield* startServer(onConnection, "127.0.0.1", 0);
  return yield* using(server, () => body(urlOf(server)));
}

/** Reads until the peer hangs up: in order; or by a reset, where it had not read all that was sent. */
function* hungUp(reader: StreamReader): Coroutine<number> {
  try {
    return (yield* reader.read()).length;
  } catch (error) {
    if (error instanceof ConnectionResetError) return 0;
    throw error;
  }
}

describe.each(platforms)("$name,", ({ run }) => {
  describe("connect", () => {
    it("names the target and the cause when nobody listens", () =>
      run(function* () {
        const error = yield* thrownBy(connect("ws://127.0.0.1:1/room"));
        expect(error).toBeInstanceOf(ConnectionRefusedError);
        expect(error.message).toBe("connect to ws://127.0.0.1:1/room: nobody listens there (ECONNREFUSED).");
        expect(error.target).toBe("ws://127.0.0.1:1/room");
        expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
      }));

    it("keeps a password to itself", () =>
      run(function* () {
        const refused = yield* thrownBy(connect("ws://me:secret@127.0.0.1:1/a?b=c@d"));
        expect(refused.message).toBe("connect to ws://127.0.0.1:1/a?b=c@d: nobody listens there (ECONNREFUSED).");
        const wrong = yield* thrownBy(connect("ws://me:secret@host:port"));
        expect(wrong.message).toBe("connect: ws://host:port: Invalid URL: ws://host:port.");
      }));

    it("names a host that is not known", () =>
      run(function* () {
        const error = yield* thrownBy(connect("ws://no-such-host.invalid"));
        expect(error).toBeInstanceOf(UnknownHostError);
        expect(error.target).toBe("ws://no-such-host.invalid");
      }));

    it("says so when no subprotocol is spoken by both", () =>
      run(function* () {
        yield* serving(
          (connection) => connection.waitClosed(),
          function* (url) {
            const error = yield* thrownBy(connect(url, { subprotocols: ["a"] }));
            expect(error).toBeInstanceOf(InvalidHandshake);
            expect(error.message).toBe(`connect to ${url}: Server sent no subprotocol.`);
          },
          { subprotocols: ["b"] },
        );
      }));

    it.each([
      ["not a url", {}, "connect: not a url: Invalid URL: not a url."],
      ["ftp://host", {}, /^connect: ftp:\/\/host: The URL's protocol must be one of/],
      ["ws://host", { subprotocols: ["a b"] }, /^connect: ws:\/\/host: An invalid or duplicated subprotocol/],
      ["ws://host", { maxSize: 0 }, "connect: maxSize is a whole number from 1 on, not 0."],
      ["ws://host", { maxQueue: 1.5 }, "connect: maxQueue is a whole number from 1 on, not 1.5."],
      [
        "ws://host",
        { pingInterval: Number.NaN },
        "connect: pingInterval is NaN (not a number); expected milliseconds.",
      ],
    ])("refuses %s with %j", (url, options, message) =>
      run(function* () {
        const error = yield* thrownBy(connect(url, options));
        expect(error).toBeInstanceOf(ValueError);
        expect(error.message).toMatch(message);
      }),
    );

    it("refuses what is no URL and no time at all", () =>
      run(function* () {
        expect((yield* thrownBy(connect(7 as never))).message).toBe("connect: a URL is a string, not a number (7).");
        const error = yield* thrownBy(connect("ws://host", { closeTimeout: "soon" as never }));
        expect(error.message).toBe("connect: closeTimeout is a number of milliseconds, not string.");
      }));
  });

  describe("serve", () => {
    it("names an address that is in use", () =>
      run(function* () {
        yield* serving(echo, function* (_url, { port }) {
          const error = yield* thrownBy(serve(echo, "127.0.0.1", port));
          expect(error).toBeInstanceOf(NetworkError);
          expect(error.message).toBe(`serve on 127.0.0.1:${port}: the address is in use (EADDRINUSE).`);
        });
      }));

    it.each([
      [[7, "127.0.0.1", 0], "serve: the handler is a function, not a number (7)."],
      [[echo, 7, 0], "serve: a host is a string, not number."],
      [[echo, "127.0.0.1", 70_000], "serve: a port is a whole number from 0 to 65535, not 70000."],
    ])("refuses %j", (given, message) =>
      run(function* () {
        const error = yield* thrownBy(serve(...(given as Parameters<typeof serve>)));
        expect(error.message).toMatch(message);
      }),
    );
  });

  describe("what cannot be sent", () => {
    it("is refused, and the connection can be used on", () =>
      run(function* () {
        yield* connected(echo, function* (connection) {
          for (const [message, found] of [
            [7, "number"],
            [null, "null"],
            [{}, "object"],
          ] as const) {
            const error = yield* thrownBy(connection.send(message as never));
            expect(error.message).toBe(`Connection.send: a string or bytes (Uint8Array) were expected, not ${found}.`);
          }
          for (const code of [999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, "1000"]) {
            const error = yield* thrownBy(connection.close(code as never));
            expect(error).toBeInstanceOf(ValueError);
            expect(error.message).toMatch(/^Connection\.close: a close code is one of RFC 6455's/);
          }
          const long = yield* thrownBy(connection.close(1000, "ü".repeat(62)));
          expect(long.message).toBe("Connection.close: a reason has up to 123 bytes; this one has 124.");
          const odd = yield* thrownBy(connection.close(1000, 7 as never));
          expect(odd.message).toBe("Connection.close: a reason is a string, not number.");
          yield* connection.send("still open");
          expect(yield* connection.recv()).toBe("still open");
        });
      }));
  });
});

describe("a peer that breaks the rules", () => {
  const masked = { masked: true };
  it.each([
    ["a message that is too long", frame(BINARY, new Uint8Array(101), masked), 1009, "Max payload size exceeded"],
    ["a frame that says it is too long", frame(BINARY, "", { ...masked, length: 2 ** 40 }), 1009, "Max payload size"],
    ["text that is no UTF-8", frame(TEXT, new Uint8Array([0xc3, 0x28]), masked), 1007, "invalid UTF-8 sequence"],
    ["a frame without a mask", frame(TEXT, "bare"), 1002, "MASK must be set"],
    ["an opcode that means nothing", frame(3, "", masked), 1002, "invalid opcode 3"],
    ["a continuation of nothing", frame(0, "", masked), 1002, "invalid opcode 0"],
    ["a close code that means nothing", frame(CLOSE, closing(999), masked), 1002, "invalid status code 999"],
    ["a reason that is no UTF-8", frame(CLOSE, Buffer.from([3, 232, 0xff]), masked), 1007, "invalid UTF-8"],
  ])("is told of it, and so is the program: %s", (_what, bytes, code, message) =>
    runClean(function* () {
      const failures: any[] = [];
      function* handler(connection: Connection): Coroutine<void> {
        failures.push(yield* thrownBy(connection.recv()));
      }
      yield* serving(
        handler,
        function* (_url, server) {
          yield* rawClient(server, function* (reader, writer) {
            writer.write(bytes);
            expect([...(yield* reader.readexactly(4))]).toEqual([...frame(CLOSE, closing(code))]);
          });
        },
        { maxSize: 100, closeTimeout: 20 },
      );
      const [error] = failures;
      expect(error).toBeInstanceOf(ConnectionClosedError);
      expect(error.target).toMatch(/^client 127\.0\.0\.1:\d+ of 127\.0\.0\.1:\d+$/);
      expect(error.message).toMatch(
        new RegExp(`^Connection.recv: client .*: sent ${code} .*; no close frame received: `),
      );
      expect(error.message).toContain(message);
      expect(error.sent.code).toBe(code);
      expect(error.cause.message).toContain(message);
    }),
  );

  it("does not take the messages before it away", () =>
    runClean(function* () {
      const got: unknown[] = [];
      function* handler(connection: Connection): Coroutine<void> {
        yield* sleep(10);
        got.push(yield* connection.recv(), (yield* thrownBy(connection.recv())).sent.code);
      }
      yield* serving(
        handler,
        function* (_url, server) {
          yield* rawClient(server, function* (reader, writer) {
            writer.write(frame(TEXT, "fine", masked));
            writer.write(frame(TEXT, "bare"));
            yield* reader.read();
          });
        },
        { closeTimeout: 20 },
      );
      expect(got).toEqual(["fine", 1002]);
    }));

  it("hears 1009 of a client, too", () =>
    runClean(function* () {
      const heard: unknown[] = [];
      yield* connected(
        function* (connection) {
          yield* connection.send("x".repeat(101));
          heard.push((yield* thrownBy(connection.recv())).code);
        },
        function* (connection) {
          expect((yield* thrownBy(connection.recv())).message).toContain("sent 1009 (message too big)");
        },
        { client: { maxSize: 100, closeTimeout: 20 } },
      );
      expect(heard).toEqual([1009]);
    }));
});

describe("a connection that is lost", () => {
  it("by a reset says so, to all who wait", () =>
    runClean(function* () {
      const waiting = new Event();
      yield* rawServing(
        function* (reader, writer) {
          yield* reader.read(1);
          yield* waiting.wait();
          const { resetAndDestroy } = writer.getExtraInfo("socket") as { resetAndDestroy(): void };
          resetAndDestroy.call(writer.getExtraInfo("socket"));
        },
        function* (url) {
          const connection = yield* connect(url);
          const uses = [connection.recv(), connection.ping(), connection.waitClosed()].map((use) =>
            createTask<unknown>(use),
          );
          yield* sleep(1);
          waiting.set();
          for (const use of uses.slice(0, 2)) {
            const error = yield* thrownBy(use);
            expect(error).toBeInstanceOf(ConnectionClosedError);
            expect(error.code).toBe(1006);
            expect(error.message).toMatch(
              /^Connection\.\w+: ws:.*: no close frame received or sent: the connection with ws:.*: reset by the peer \(ECONNRESET\)\.$/,
            );
            expect(error.cause).toBeInstanceOf(ConnectionResetError);
          }
          yield* uses[2]!;
          expect((yield* thrownBy(connection.send("late"))).code).toBe(1006);
        },
      );
    }));

  it("while it sends, tells the sender", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader, writer) {
          yield* reader.readexactly(1000);
          writer.transport.abort();
        },
        function* (url) {
          const connection = yield* connect(url);
          const flood = (function* () {
            for (;;) yield* connection.send(new Uint8Array(2 ** 20));
          })();
          const error = yield* thrownBy(flood);
          expect(error).toBeInstanceOf(ConnectionClosedError);
          expect(error.message).toMatch(/^Connection\.send: ws:/);
        },
      );
    }));

  it("by a peer that hangs up without a word has no close frame", () =>
    runClean(function* () {
      yield* rawServing(
        function* (_reader, writer) {
          writer.write(frame(TEXT, "last"));
          yield* writer.drain();
        },
        function* (url) {
          const connection = yield* connect(url);
          expect(yield* connection.recv()).toBe("last");
          const error = yield* thrownBy(connection.recv());
          expect(error.message).toBe(`Connection.recv: ${url}: no close frame received or sent.`);
        },
      );
    }));

  it("in the middle of a message loses that message alone", () =>
    runClean(function* () {
      yield* rawServing(
        function* (_reader, writer) {
          writer.write(frame(TEXT, "whole"));
          writer.write(frame(TEXT, "half", { length: 100 }));
          yield* writer.drain();
        },
        function* (url) {
          const connection = yield* connect(url);
          expect(yield* connection.recv()).toBe("whole");
          expect((yield* thrownBy(connection.recv())).code).toBe(1006);
        },
      );
    }));

  it("to a peer that half-closes and never reads is dropped after closeTimeout", () =>
    runClean(function* () {
      const over = new Event();
      yield* rawServing(
        function* (_reader, writer) {
          writer.transport.pauseReading();
          yield* sleep(20);
          writer.writeEof();
          yield* over.wait();
        },
        function* (url) {
          const connection = yield* connect(url, { closeTimeout: 30 });
          const flood = (function* () {
            for (;;) yield* connection.send(new Uint8Array(2 ** 20));
          })();
          expect(yield* thrownBy(flood)).toBeInstanceOf(ConnectionClosedError);
          over.set();
        },
      );
    }));
});

describe("serve", () => {
  it("refuses a certificate that is none", () =>
    runClean(function* () {
      const error = yield* thrownBy(serve(echo, "127.0.0.1", 0, { tls: { key: "none", cert: "none" } }));
      expect(error.message).toMatch(/^serve on 127\.0\.0\.1:0: /);
    }));

  it("drops clients that never ask for anything", () =>
    runClean(function* () {
      yield* serving(
        echo,
        function* (_url, { port }) {
          const [reader, writer] = yield* openConnection("127.0.0.1", port);
          writer.write("GET / HTTP/1.1\r\n");
          expect(yield* hungUp(reader)).toBe(0);
          writer.close();
        },
        { openTimeout: 10 },
      );
    }));

  it.each([
    ["no key", upgradeRequest().replace(/Sec-WebSocket-Key.*\r\n/, ""), 400],
    ["an old version", upgradeRequest().replace("Version: 13", "Version: 7"), 400],
    ["another method", upgradeRequest().replace("GET", "POST"), 405],
    ["malformed HTTP", "nonsense\r\n\r\n", 400],
    ["headers that are too long", upgradeRequest([`X: ${"x".repeat(20_000)}`]), 431],
  ])("refuses a request with %s", (_what, request, status) =>
    runClean(function* () {
      yield* serving(echo, function* (_url, { port }) {
        const [reader, writer] = yield* openConnection("127.0.0.1", port);
        writer.write(request);
        expect(text(yield* reader.readuntil("\r\n\r\n"))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
        writer.close();
      });
    }),
  );

  it("closes while clients are still shaking hands", () =>
    runClean(function* () {
      const server = yield* serve(echo, "127.0.0.1", 0);
      const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
      writer.write("GET /");
      yield* sleep(5);
      yield* server.close();
      expect(yield* hungUp(reader)).toBe(0);
      writer.close();
    }));
});

describe("connect", () => {
  it("follows redirects, but not for ever", () =>
    runClean(function* () {
      yield* serving(echo, function* (url) {
        yield* answering(`HTTP/1.1 302 Found\r\nLocation: ${url}/moved\r\n\r\n`, function* (old) {
          yield* using(yield* connect(old), function* (connection) {
            yield* connection.send("there");
            expect(yield* connection.recv()).toBe("there");
          });
        });
      });
      yield* answering("HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n", function* (url) {
        const error = yield* thrownBy(connect(url));
        expect(error).toBeInstanceOf(InvalidHandshake);
        expect(error.message).toBe(`connect to ${url}: Maximum redirects exceeded.`);
      });
    }));
});

describe("connect", () => {
  it.each([
    ["404 Not Found", 404],
    ["200 OK", 200],
    ["503 Service Unavailable", 503],
  ])("gives the status when the answer is %s", (line, status) =>
    runClean(function* () {
      yield* answering(`HTTP/1.1 ${line}\r\nContent-Length: 4\r\n\r\nbody`, function* (url) {
        const error = yield* thrownBy(connect(url));
        expect(error).toBeInstanceOf(InvalidStatus);
        expect(error.status).toBe(status);
        const [, reason] = /^\d+ (.*)$/.exec(line)!;
        expect(error.message).toBe(`connect to ${url}: the server answered with HTTP status ${status} (${reason}).`);
      });
    }),
  );

  it.each([
    ["is no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", /Parse Error/],
    [
      "has no proof that it is a WebSocket server",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      /Invalid Sec-WebSocket-Accept header\.$/,
    ],
    [
      "upgrades to something else",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
      /Invalid Upgrade header\.$/,
    ],
    [
      "has headers that are too long",
      `HTTP/1.1 101 Switching Protocols\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      /Header overflow/,
    ],
  ])("refuses an answer that %s", (_what, answer, message) =>
    runClean(function* () {
      yield* answering(answer, function* (url) {
        const error = yield* thrownBy(connect(url));
        expect(error).toBeInstanceOf(InvalidHandshake);
        expect(error.message).toMatch(message);
        expect(error.target).toBe(url);
      });
    }),
  );

  it("says so when the server hangs up in the handshake", () =>
    runClean(function* () {
      yield* answering("", function* (url) {
        const error = yield* thrownBy(connect(url));
        expect(error).toBeInstanceOf(ConnectionResetError);
        expect(error.target).toBe(url);
      });
    }));

  it("waits for the handshake until openTimeout", () =>
    runClean(function* () {
      const silent = yield* startServer(
        function* (reader, writer) {
          yield* reader.read();
          writer.close();
        },
        "127.0.0.1",
        0,
      );
      yield* using(silent, function* () {
        const error = yield* thrownBy(connect(urlOf(silent), { openTimeout: 10 }));
        expect(error).toBeInstanceOf(TimeoutError);
        expect(error.message).toBe(`connect to ${urlOf(silent)}: the opening handshake took longer than 10 ms.`);
      });
    }));

  it("wants a certificate that it can trust, and for that name", async () => {
    const { reports, leaked } = await runAndLook(function* () {
      const server = yield* serve(echo, "127.0.0.1", 0, { tls: certificate });
      yield* using(server, function* () {
        const untrusted = yield* thrownBy(connect(`wss://localhost:${server.port}`));
        expect(untrusted).toBeInstanceOf(TlsError);
        expect(untrusted.message).toMatch(/^connect to wss:\/\/localhost:\d+: self-signed certificate/);
        const options = { tls: { ca: certificate.cert, servername: "other.test" } };
        const wrong = yield* thrownBy(connect(`wss://localhost:${server.port}`, options));
        expect(wrong).toBeInstanceOf(TlsError);
        expect(wrong.code).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
        yield* sleep(20);
      });
    });
    expect(reports.filter((report) => !report.startsWith("A TLS handshake failed: "))).toEqual([]);
    expect(leaked).toBe(0);
  });

  it("says so when the server does not speak TLS", () =>
    runClean(function* () {
      yield* serving(echo, function* (url) {
        const error = yield* thrownBy(connect(url.replace("ws:", "wss:")));
        expect(error).toBeInstanceOf(TlsError);
      });
    }));
});
