import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type Coroutine, Future, TimeoutError, sleep, using } from "../../src/index.ts";
import {
  type BodyWriter,
  ClientError,
  ClientSession,
  ConnectError,
  ConnectionRefusedError,
  PayloadError,
  ProtocolError,
  RequestTimeoutError,
  ServerDisconnectedError,
  TlsError,
  UnknownHostError,
  serve,
} from "../../src/io/http.ts";
import { certificate } from "./carriers.ts";
import { saying, withRawServer, withServer } from "./http-peers.ts";
import { platforms } from "./platforms.ts";
import { runClean } from "./run-io.ts";
import { thrownBy } from "./thrown-by.ts";

/** What a GET throws, in whatever it does, when the server says that. */
function errorOf(...answers: readonly (string | ((socket: Socket) => void))[]): Promise<any> {
  const said = answers.map((answer) =>
    typeof answer === "string" ? (socket: Socket) => void socket.end(answer) : answer,
  );
  return runClean(() =>
    withRawServer(saying(...said), (session) =>
      thrownBy(
        (function* (): Coroutine<void> {
          yield* (yield* session.get("/tick")).text();
        })(),
      ),
    ),
  );
}

const withoutPort = (error: Error): string =>
  `${error.name}: ${error.message.replaceAll(/(?<=127\.0\.0\.1|localhost):\d+/g, "")}`;

describe.each(platforms)("$name,", ({ run }) => {
  describe("a request that reaches nobody throws a ConnectError", () => {
    it("when nobody listens there", () =>
      run(function* () {
        const server = yield* serve(function* () {
          return {};
        });
        yield* server.close();
        yield* using(new ClientSession(), function* (session) {
          for (const host of ["127.0.0.1", "localhost"]) {
            const error = yield* thrownBy(session.get(`http://${host}:${server.port}/a`));
            expect(error).toBeInstanceOf(ConnectError);
            expect(error).toBeInstanceOf(ClientError);
            expect(error).toMatchObject({ target: `GET http://${host}:${server.port}/a`, code: "ECONNREFUSED" });
            expect(error.cause).toBeInstanceOf(ConnectionRefusedError);
            expect(withoutPort(error)).toBe(
              `ConnectError: GET http://${host}/a: connecting to ${host}: nobody listens there (ECONNREFUSED).`,
            );
            expect(error.stack).toContain("http-errors.test.ts");
          }
        });
      }));

    it("when no host has that name", () =>
      run(() =>
        using(new ClientSession(), function* (session) {
          const error = yield* thrownBy(session.get("http://no-such-host.invalid/"));
          expect(error).toBeInstanceOf(ConnectError);
          expect(error.cause).toBeInstanceOf(UnknownHostError);
          expect(error.target).toBe("GET http://no-such-host.invalid/");
        }),
      ));
  });

  describe("a request that cannot be meant throws an InvalidUrlError", () => {
    it.each([
      ["/tick", "GET /tick: it is no URL, and there is no baseUrl."],
      ["http://", "GET http://: it is no URL, and there is no baseUrl."],
      ["ftp://a/", "GET ftp://a/: a URL of http: or https: was expected, not of ftp:"],
    ])("%s", (url, message) =>
      run(() =>
        using(new ClientSession(), function* (session) {
          const error = yield* thrownBy(session.get(url));
          expect([error.name, error.message]).toEqual(["InvalidUrlError", message]);
          expect(error).toBeInstanceOf(ClientError);
        }),
      ),
    );
  });

  describe("a body that its coroutine fails to write", () => {
    it("fails the request with that very error", () =>
      run(() =>
        withServer(
          function* (request) {
            return { json: (yield* request.bytes()).length };
          },
          function* (session) {
            const broken = new RangeError("no more");
            const error = yield* thrownBy(
              session.post("/", {
                *stream(writer) {
                  yield* writer.write("tick");
                  throw broken;
                },
              }),
            );
            expect(error).toBe(broken);
            expect(yield* (yield* session.post("/", { body: "tick" })).json()).toBe(4);
          },
        ),
      ));
  });

  describe("a timeout", () => {
    it("of a whole request ends it while the body arrives, redirections included", () =>
      run(() =>
        withServer(
          function* ({ path }) {
            if (path === "/") return { status: 302, headers: { location: "/drip" } };
            return {
              *stream(writer) {
                for (;;) {
                  yield* writer.write("tick");
                  yield* sleep(5);
                }
              },
            };
          },
          function* (session) {
            const response = yield* session.get("/");
            yield* expired(response.text(), "total", /\/drip: the whole request took longer than 300 ms\.$/);
          },
          { session: { timeout: { total: 300 } } },
        ),
      ));

    it("of reading ends it when nothing comes for that long, and not while something does", () =>
      run(() =>
        withServer(
          function* ({ path }) {
            if (path === "/silent") yield* new Future();
            return {
              *stream(writer) {
                for (let i = 0; i < 4; i += 1) {
                  yield* writer.write("tick");
                  yield* sleep(50);
                }
                if (path === "/stuck") yield* new Future();
              },
            };
          },
          function* (session) {
            expect(yield* (yield* session.get("/")).text()).toBe("tick".repeat(4));
            yield* expired(session.get("/silent"), "read", /: nothing came for 300 ms\.$/);
            yield* expired((yield* session.get("/stuck")).text(), "read", /: nothing came for 300 ms\.$/);
          },
          { session: { timeout: { read: 300 } } },
        ),
      ));

    it("of reading does not count while it is the reader who takes nothing", () =>
      run(() =>
        withServer(
          function* () {
            return { body: new Uint8Array(2 ** 23) };
          },
          function* (session) {
            const response = yield* session.get("/");
            yield* response.chunk();
            yield* sleep(700);
            expect((yield* response.bytes()).length).toBeGreaterThan(2 ** 22);
          },
          { session: { timeout: { read: 500 } } },
        ),
      ));

    it.each([
      ["connect", "connect", { connect: 20 }, /: no connection could be had within 20 ms\.$/],
      ["total", "total", { total: 20, connect: 30 }, /: the whole request took longer than 20 ms\.$/],
    ] as const)("of %s counts while others have all the connections", (_name, phase, timeout, message) =>
      run(function* () {
        const go = new Future<void>();
        yield* withServer(
          function* ({ path }) {
            if (path === "/") return {};
            return { stream: (writer) => waitingFor(go, writer) };
          },
          function* (session) {
            const busy = yield* session.get("/held");
            yield* expired(session.get("/", { timeout }), phase, message);
            go.setResult();
            yield* busy.text();
            expect((yield* session.get("/")).status).toBe(200);
          },
          { session: { limit: 1 } },
        );
      }),
    );
  });
});

describe("a timeout", () => {
  it.each(["connect", "socketConnect"] as const)("of %s ends it while no connection is made", (phase) =>
    runClean(() =>
      // It takes the connection, and never says a word of TLS.
      withRawServer(silent, function* (session, port) {
        yield* expired(
          session.get(`https://127.0.0.1:${port}/`, { timeout: { [phase]: 20 } }),
          phase,
          /: no connection (could be had|was made) within 20 ms\.$/,
        );
      }),
    ),
  );
});

describe("a request that reaches nobody throws a ConnectError", () => {
  it("when its certificate is not trusted, or it speaks no TLS", () =>
    runClean(() =>
      withServer(
        function* () {
          return {};
        },
        function* (session, { port }) {
          const untrusted = yield* thrownBy(session.get(`https://localhost:${port}/`));
          expect(untrusted).toBeInstanceOf(ConnectError);
          expect(untrusted.cause).toBeInstanceOf(TlsError);
          expect(untrusted.code).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
          const insecure = yield* serve(function* () {
            return {};
          });
          const garbage = yield* thrownBy(session.get(`https://127.0.0.1:${insecure.port}/`));
          expect(garbage.cause).toBeInstanceOf(TlsError);
          yield* insecure.close();
        },
        { server: { tls: certificate } },
      ),
    ));
});

describe("an answer that is none throws where it is awaited", () => {
  it.each([
    [
      "no HTTP",
      "tick\r\n\r\n",
      /^ProtocolError: GET http:\/\/127\.0\.0\.1\/tick: the answer is no HTTP: Expected HTTP\/.*\.$/,
    ],
    [
      "headers that are none",
      "HTTP/1.1 200 OK\r\na b\u0000: c\r\n\r\n",
      /^ProtocolError: GET http:\/\/127\.0\.0\.1\/tick: the answer is no HTTP: Invalid header token\.$/,
    ],
    [
      "headers without end",
      `HTTP/1.1 200 OK\r\nX: ${"y".repeat(20_000)}\r\n\r\n`,
      /^ProtocolError: .*: the answer's headers are too large \(UND_ERR_HEADERS_OVERFLOW\)\.$/,
    ],
    [
      "pieces that are none",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      /^ProtocolError: .*: the answer is no HTTP: Invalid character in chunk size\.$/,
    ],
    ["nothing", "", /^ServerDisconnectedError: .*: the connection ended before it answered: other side closed/],
    ["half a status line", "HTTP/1.1 20", /^ServerDisconnectedError: .*: the connection ended before it answered/],
    [
      "half a body",
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ntick",
      /^ServerDisconnectedError: .*: the connection ended in the middle of its answer/,
    ],
    [
      "half its pieces",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntick\r\n",
      /^ServerDisconnectedError: .*: the connection ended in the middle of its answer/,
    ],
    [
      "no gzip, as it says",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\ntick",
      /^PayloadError: .*: the body is not gzip, as it says it is: incorrect header check\.$/,
    ],
    [
      "half a gzip",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\b\u0000",
      /^PayloadError: .*: the body is not gzip, as it says it is: unexpected end of file\.$/,
    ],
  ])("%s", async (_name, answer, message) => {
    const error = await errorOf((socket) => socket.end(answer, "latin1"));
    expect(withoutPort(error)).toMatch(message);
    expect([ProtocolError, ServerDisconnectedError, PayloadError].some((type) => error instanceof type)).toBe(true);
    expect(error).toBeInstanceOf(ClientError);
    expect(error.target).toMatch(/^GET http:.*\/tick$/);
  });

  it("a reset in the middle", async () => {
    const error = await errorOf((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ntick");
      // When that has arrived.
      setTimeout(() => socket.resetAndDestroy(), 20);
    });
    expect(error).toBeInstanceOf(ServerDisconnectedError);
    expect(error.code).toBe("ECONNRESET");
  });

  it("what has come before the end can be read", () =>
    runClean(() =>
      withRawServer(
        saying((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ntick")),
        function* (session) {
          const response = yield* session.get("/");
          yield* sleep(20);
          expect(String.fromCharCode(...(yield* response.chunk())!)).toBe("tick");
          expect(yield* thrownBy(response.chunk())).toBeInstanceOf(ServerDisconnectedError);
          expect(yield* thrownBy(response.chunk())).toBeInstanceOf(ServerDisconnectedError);
        },
      ),
    ));

  it("but a body without a length ends with its connection", () =>
    runClean(() =>
      withRawServer(
        saying((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\ntick")),
        function* (session) {
          expect(yield* (yield* session.get("/")).text()).toBe("tick");
        },
      ),
    ));

  it("and what comes before the answer (status 1xx) is no answer", () =>
    runClean(() =>
      withRawServer(
        saying((socket) =>
          socket.end("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntick"),
        ),
        function* (session) {
          const response = yield* session.get("/");
          expect([response.status, yield* response.text()]).toEqual([200, "tick"]);
        },
      ),
    ));
});

describe("a timeout", () => {
  it("of a whole request ends it while nothing is answered", () =>
    runClean(() =>
      withRawServer(silent, (session) =>
        expired(
          session.get("/", { timeout: { total: 20 } }),
          "total",
          /^RequestTimeoutError: GET http:\/\/127\.0\.0\.1\/: the whole request took longer than 20 ms\.$/,
        ),
      ),
    ));
});
function* waitingFor(go: Future<void>, writer: BodyWriter): Coroutine<void> {
  yield* writer.write("tick");
  yield* go;
}

function silent(): void {}

function* expired(coro: Coroutine<unknown>, phase: string, message: RegExp): Coroutine<void> {
  const error = yield* thrownBy(coro);
  expect(error).toBeInstanceOf(RequestTimeoutError);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error.phase).toBe(phase);
  expect(withoutPort(error)).toMatch(message);
}
