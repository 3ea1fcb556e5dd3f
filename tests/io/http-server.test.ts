import { describe, expect, it } from "vitest";
import {
  ContextVar,
  type Coroutine,
  Future,
  RuntimeError,
  ValueError,
  createTask,
  currentTask,
  runSync,
  sleep,
  using,
} from "../../src/index.ts";
import { ClientSession, type Handler, HttpError, type ServerRequest, serve } from "../../src/io/http.ts";
import { openConnection } from "../../src/io/net.ts";
import { certificate } from "./carriers.ts";
import { sendRaw, withServer } from "./http-peers.ts";
import { platforms } from "./platforms.ts";
import { runClean, until } from "./run-io.ts";
import { bytes, text } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";

const MUCH = 8 * 2 ** 20;

describe.each(platforms)("$name,", ({ run, look }) => {
  describe("a handler", () => {
    it("is told method, path, query, headers and body", () =>
      run(function* () {
        let seen: ServerRequest | null = null;
        yield* withServer(
          function* (request) {
            seen = request;
            return { json: yield* request.json() };
          },
          function* (session) {
            const response = yield* session.post("/a%20b/c?x=1&x=2&y=%C3%A4", {
              headers: { "X-Mine": "yes" },
              json: { tick: [1, 2] },
            });
            expect(yield* response.json()).toEqual({ tick: [1, 2] });
            expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
            expect(seen).toMatchObject({ method: "POST", path: "/a%20b/c", remoteAddress: "127.0.0.1" });
            expect(seen!.query.getAll("x")).toEqual(["1", "2"]);
            expect(seen!.query.get("y")).toBe("ä");
            expect(seen!.headers.get("x-mine")).toBe("yes");
            expect(yield* seen!.text()).toBe('{"tick":[1,2]}');
            expect(yield* seen!.bytes()).toEqual(bytes('{"tick":[1,2]}'));
          },
        );
      }));

    it("answers with a status, headers, and a body of text, bytes, JSON, or none", () =>
      run(function* () {
        const answer = (path: string) => answersByPath[path]!;
        const answersByPath = {
          "/text": { status: 201, headers: { "X-Mine": "yes" }, body: "tück" },
          "/bytes": { body: new Uint8Array([1, 2]) },
          "/json": { json: null },
          "/none": {},
          "/empty": { status: 204, body: "dropped" },
        } as Record<string, { status?: number; headers?: Record<string, string>; body?: string | Uint8Array }>;
        yield* withServer(
          function* ({ path }) {
            return answer(path);
          },
          function* (session) {
            const said = function* (path: string): Coroutine<unknown[]> {
              const response = yield* session.get(path);
              const type = response.headers.get("content-type");
              return [response.status, type, response.headers.get("content-length"), text(yield* response.bytes())];
            };
            expect(yield* said("/text")).toEqual([201, "text/plain; charset=utf-8", "5", "tück"]);
            expect(yield* said("/bytes")).toEqual([200, "application/octet-stream", "2", "\u0001\u0002"]);
            expect(yield* said("/json")).toEqual([200, "application/json; charset=utf-8", "4", "null"]);
            expect(yield* said("/none")).toEqual([200, null, "0", ""]);
            expect(yield* said("/empty")).toEqual([204, null, null, ""]);
          },
        );
      }));

    it("runs as a task, in a copy of the context in which the server was started", () =>
      run(function* () {
        const name = new ContextVar<string>("name");
        name.set("outside");
        yield* withServer(
          function* () {
            const found = name.get();
            name.set("inside");
            yield* sleep(1);
            return { json: [found, currentTask() !== null] };
          },
          function* (session) {
            for (let i = 0; i < 2; i += 1) expect(yield* (yield* session.get("/")).json()).toEqual(["outside", true]);
            expect(name.get()).toBe("outside");
          },
        );
      }));

    it("that fails is answered with 500, and reported; the next is served", async () => {
      const { reports, leaked } = await look(() =>
        withServer(
          function* ({ path }) {
            if (path === "/throw") throw new RangeError("no");
            if (path === "/nothing") return undefined as never;
            if (path === "/two") return { body: "a", json: "b" };
            if (path === "/status") return { status: 42 };
            if (path === "/header") return { headers: { "X-Bad": "a\nb" } };
            if (path === "/cancelled") {
              currentTask()!.cancel();
              yield* sleep(1);
            }
            return { body: "fine" };
          },
          function* (session) {
            for (const path of ["/throw", "/nothing", "/two", "/status", "/header", "/cancelled"]) {
              const response = yield* session.get(path);
              expect([path, response.status, yield* response.text()]).toEqual([path, 500, "500 Internal Server Error"]);
            }
            expect(yield* (yield* session.get("/")).text()).toBe("fine");
          },
        ),
      );
      expect(leaked).toBe(0);
      expect(reports).toEqual([
        "Unhandled exception in the handler of GET /throw: RangeError: no",
        "Unhandled exception in the handler of GET /nothing: TypeError: serve: the handler's coroutine returned nothing; a response was expected: { status, headers, body }.",
        "Unhandled exception in the handler of GET /two: TypeError: serve: a response has one body: body, json or stream.",
        "Unhandled exception in the handler of GET /status: RangeError: Invalid status code: 42",
        'Unhandled exception in the handler of GET /header: TypeError: Invalid character in header content ["X-Bad"]',
      ]);
    });

    it("that is no coroutine function is answered with 500, and reported", async () => {
      const { reports } = await look(() =>
        withServer((() => ({ body: "tick" })) as never, function* (session) {
          expect((yield* session.get("/")).status).toBe(500);
        }),
      );
      expect(reports).toEqual([
        expect.stringMatching(/TypeError: serve: the handler gave .*; a coroutine was expected\.$/),
      ]);
    });

    it("answers by an HttpError, which is not reported", () =>
      run(() =>
        withServer(
          function* () {
            throw new HttpError(418, "a teapot");
          },
          function* (session) {
            const response = yield* session.get("/");
            expect([response.status, yield* response.text()]).toEqual([418, "a teapot"]);
          },
        ),
      ));

    it("that fails in the middle of its response closes the connection, and is reported", async () => {
      const { reports, leaked } = await look(() =>
        withServer(
          function* () {
            return {
              *stream(writer) {
                yield* writer.write("tick");
                yield* sleep(1);
                throw new HttpError(404, "too late");
              },
            };
          },
          function* (session) {
            const error = yield* thrownBy(
              (function* (): Coroutine<string> {
                return yield* (yield* session.get("/")).text();
              })(),
            );
            expect(error.name).toBe("ServerDisconnectedError");
          },
        ),
      );
      expect(reports).toEqual(["Unhandled exception in the handler of GET /: HttpError: too late"]);
      expect(leaked).toBe(0);
    });

    it("reads a body no faster than it likes, and slows down the client with that", () =>
      run(function* () {
        let sent = 0;
        const go = new Future<void>();
        yield* withServer(
          function* (request) {
            let size = (yield* request.chunk())!.length;
            yield* go;
            for (let chunk = yield* request.chunk(); chunk !== null; chunk = yield* request.chunk())
              size += chunk.length;
            return { json: size };
          },
          function* (session) {
            const response = createTask(
              session.post("/", {
                *stream(writer) {
                  for (; sent < 4 * MUCH; sent += 2 ** 16) yield* writer.write(new Uint8Array(2 ** 16));
                },
              }),
            );
            yield* until(() => sent > 0);
            for (let before = -1; before !== sent; yield* sleep(30)) before = sent;
            expect(sent).toBeLessThan(4 * MUCH);
            go.setResult();
            expect(yield* (yield* response).json()).toBe(4 * MUCH);
          },
        );
      }));

    it("need not read the body at all", () =>
      run(() =>
        withServer(
          function* () {
            return { body: "never mind" };
          },
          function* (session) {
            for (let i = 0; i < 3; i += 1) {
              const response = yield* session.post("/", { body: new Uint8Array(2 ** 18) });
              expect(yield* response.text()).toBe("never mind");
            }
          },
        ),
      ));
  });

  describe("a request's body", () => {
    const reading: Handler = function* (request) {
      return { json: request.path === "/json" ? yield* request.json() : (yield* request.text()).length };
    };

    it("may have bodyLimit bytes, and not one more", () =>
      run(() =>
        withServer(
          reading,
          function* (session) {
            expect(yield* (yield* session.post("/", { body: "x".repeat(1000) })).json()).toBe(1000);
            const announced = yield* session.post("/", { body: "x".repeat(1001) });
            expect([announced.status, yield* announced.text()]).toEqual([
              413,
              "POST /: the body is larger than 1000 bytes.",
            ]);
            const streamed = yield* session.post("/", {
              *stream(writer) {
                for (let i = 0; i < 11; i += 1) yield* writer.write("x".repeat(100));
              },
            });
            expect(streamed.status).toBe(413);
            expect(yield* (yield* session.post("/", { body: "x" })).json()).toBe(1);
          },
          { server: { bodyLimit: 1000 } },
        ),
      ));

    it("that is not what it says it is is answered with 400", () =>
      run(() =>
        withServer(reading, function* (session) {
          const broken = yield* session.post("/json", { body: "{tick" });
          expect(broken.status).toBe(400);
          expect(yield* broken.text()).toMatch(/^POST \/json: the body is no JSON: /);
          const headers = { "content-type": "text/plain; charset=utf-8" };
          expect((yield* session.post("/", { body: new Uint8Array([0xff]), headers })).status).toBe(400);
        }),
      ));
  });

  describe("serve", () => {
    it("speaks TLS", () =>
      run(function* () {
        const handler: Handler = function* () {
          return { body: "secret" };
        };
        yield* using(yield* serve(handler, { tls: certificate }), (server) =>
          using(new ClientSession({ tls: { ca: certificate.cert } }), function* (session) {
            const url = `https://localhost:${server.port}/`;
            for (let i = 0; i < 2; i += 1) expect(yield* (yield* session.get(url)).text()).toBe("secret");
          }),
        );
      }));

    it("refuses an address that is in use, or cannot be meant", () =>
      run(function* () {
        const handler: Handler = function* () {
          return {};
        };
        yield* using(yield* serve(handler), function* ({ port }) {
          const error = yield* thrownBy(serve(handler, { port }));
          expect(error.name).toBe("NetworkError");
          expect(error.message).toBe(`serve on 127.0.0.1:${port}: the address is in use (EADDRINUSE).`);
        });
        expect(yield* thrownBy(serve(handler, { port: -1 }))).toBeInstanceOf(ValueError);
        expect(yield* thrownBy(serve(handler, { bodyLimit: NaN }))).toBeInstanceOf(ValueError);
        expect(yield* thrownBy(serve(handler, { closeTimeout: "1" as never }))).toBeInstanceOf(TypeError);
        expect(String(yield* thrownBy(serve(1 as never)))).toMatch(/^TypeError: serve: the handler is a function, not/);
      }));
  });
});

describe("serve", () => {
  it("needs a host that takes turns", () => {
    expect(() =>
      runSync(function* () {
        yield* serve(() => waitForever());
      }),
    ).toThrow(RuntimeError);
  });

  it.each([
    ["what is no HTTP", "tick\r\n\r\n", /^HTTP\/1\.1 400 Bad Request/],
    ["headers without end", `GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}`, /^HTTP\/1\.1 431 /],
    [
      "a body whose pieces are none",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      /^HTTP\/1\.1 400 /,
    ],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", /^HTTP\/1\.1 400 /],
  ])("answers %s with an error, and serves the next", (_name, request, answer) =>
    runClean(() =>
      withServer(
        function* (asked) {
          yield* asked.bytes();
          return { body: "fine" };
        },
        function* (session, server) {
          expect(yield* sendRaw(server.port, request)).toMatch(answer);
          expect(yield* (yield* session.get("/")).text()).toBe("fine");
        },
      ),
    ),
  );

  it("answers requests that come on one connection before the answers", () =>
    runClean(() =>
      withServer(
        function* ({ path }) {
          yield* sleep(path === "/slow" ? 10 : 0);
          return { body: path };
        },
        function* (_session, server) {
          const requests = ["/slow", "/fast"].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
          const last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
          const answers = yield* sendRaw(server.port, requests.join(""), last);
          expect(answers.match(/^\/\w+?(?=HTTP|$)/gm)).toEqual(["/slow", "/fast", "/last"]);
        },
      ),
    ));
});

describe("a handler", () => {
  it("writes no faster than its client reads", () =>
    runClean(function* () {
      let written = 0;
      const handler: Handler = function* () {
        return {
          *stream(writer) {
            for (; written < MUCH; written += 2 ** 16) yield* writer.write(new Uint8Array(2 ** 16));
          },
        };
      };
      yield* using(yield* serve(handler), function* (server) {
        const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
        reader.exception();
        writer.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        yield* until(() => written > 0);
        for (let before = -1; before !== written; yield* sleep(30)) before = written;
        expect(written).toBeLessThan(MUCH);
        expect((yield* reader.read()).length).toBeGreaterThan(MUCH);
        writer.close();
        yield* writer.waitClosed();
      });
    }));
});
function* waitForever(): Coroutine<never> {
  return yield* new Future<never>();
}
