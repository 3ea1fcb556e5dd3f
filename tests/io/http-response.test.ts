import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { type Coroutine, createTask, sleep, using } from "../../src/index.ts";
import { PayloadError, ResponseError } from "../../src/io/http.ts";
import { withServer } from "./http-peers.ts";
import { platforms } from "./platforms.ts";
import { runClean, until } from "./run-io.ts";
import { bytes } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";

const MUCH = 8 * 2 ** 20;

describe.each(platforms)("$name,", ({ run }) => {
  describe("a response", () => {
    it.each([
      ["gzip", gzipSync],
      ["deflate", deflateSync],
      ["deflate", deflateRawSync],
      ["br", brotliCompressSync],
    ] as const)("in %s is decompressed", (encoding, compress) =>
      run(() =>
        withServer(
          function* () {
            return { headers: { "content-encoding": encoding }, body: compress("tick ".repeat(100_000)) };
          },
          function* (session) {
            expect(yield* (yield* session.get("/")).text()).toBe("tick ".repeat(100_000));
          },
        ),
      ),
    );

    it("in an encoding that nobody knows, or with none of it, comes as it is", () =>
      run(() =>
        withServer(
          function* (request) {
            return request.path === "/empty"
              ? { status: 404, headers: { "content-encoding": "gzip" } }
              : { headers: { "content-encoding": "rot13" }, body: "gvpx" };
          },
          function* (session) {
            expect(yield* (yield* session.get("/")).text()).toBe("gvpx");
            expect(yield* (yield* session.get("/empty")).text()).toBe("");
          },
        ),
      ));

    it("is decoded as its content type says", () =>
      run(() =>
        withServer(
          function* (request) {
            const charset = request.query.get("charset");
            return { headers: { "content-type": `text/plain; charset="${charset}"` }, body: new Uint8Array([0xe4]) };
          },
          function* (session) {
            const ask = (charset: string) => session.get("/", { params: { charset } });
            expect(yield* (yield* ask("latin1")).text()).toBe("ä");
            const wrong = yield* thrownBy((yield* ask("utf-8")).text());
            expect(wrong.name).toBe("UnicodeDecodeError");
            expect(wrong.message).toMatch(
              /^ClientResponse.text: GET http.*: the body is not the utf-8 that it says it is\.$/,
            );
            expect((yield* thrownBy((yield* ask("klingon")).text())).name).toBe("UnicodeDecodeError");
          },
        ),
      ));

    it("that is no JSON says so, and its bytes can be read all the same", () =>
      run(() =>
        withServer(
          function* () {
            return { body: "{tick" };
          },
          function* (session) {
            const response = yield* session.get("/");
            const error = yield* thrownBy(response.json());
            expect(error).toBeInstanceOf(PayloadError);
            expect(error.message).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/: the body is no JSON: /);
            expect(error.cause).toBeInstanceOf(SyntaxError);
            expect(yield* response.text()).toBe("{tick");
            expect(yield* response.chunk()).toBe(null);
          },
        ),
      ));

    it("gives several headers of a name", () =>
      run(() =>
        withServer(
          function* () {
            return { setCookies: ["a=1", "b=2"], headers: { "X-Mine": "yes" } };
          },
          function* (session) {
            const { headers } = yield* session.get("/");
            expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
            expect(headers.get("x-mine")).toBe("yes");
          },
        ),
      ));

    it("arrives as fast as it is read, and no faster", () =>
      run(function* () {
        let written = 0;
        yield* withServer(
          function* () {
            return {
              *stream(writer) {
                for (; written < MUCH; written += 2 ** 16) yield* writer.write(new Uint8Array(2 ** 16));
              },
            };
          },
          function* (session) {
            const response = yield* session.get("/");
            let size = (yield* response.chunk())!.length;
            yield* settled(() => written);
            expect(written).toBeLessThan(MUCH);
            for (let chunk = yield* response.chunk(); chunk !== null; chunk = yield* response.chunk())
              size += chunk.length;
            expect(size).toBe(MUCH);
          },
        );
      }));

    it("may be read by one task at a time", () =>
      run(() =>
        withServer(
          function* () {
            return {
              *stream(writer) {
                yield* writer.write("tick");
                yield* sleep(20);
              },
            };
          },
          function* (session) {
            const response = yield* session.get("/");
            expect(yield* response.chunk()).toEqual(bytes("tick"));
            const reading = createTask(response.chunk());
            yield* sleep(1);
            expect(String(yield* thrownBy(response.chunk()))).toBe(
              "RuntimeError: ClientResponse.chunk: another task is reading this body already.",
            );
            expect(yield* reading).toBe(null);
          },
        ),
      ));

    it("whose status is 400 or more is an error when that is asked for", () =>
      run(() =>
        withServer(
          function* () {
            return { status: 404, body: "gone" };
          },
          function* (session) {
            const response = yield* session.get("/");
            expect([response.status, response.ok]).toEqual([404, false]);
            expect(() => response.raiseForStatus()).toThrow(ResponseError);
            const error = yield* thrownBy(session.get("/a", { raiseForStatus: true }));
            expect(error).toBeInstanceOf(ResponseError);
            expect(error).toMatchObject({ status: 404, target: expect.stringMatching(/^GET http.*\/a$/) });
            expect(error.message).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/a: 404 Not Found$/);
          },
        ),
      ));

    it("that is left unread costs its connection, which debug mode says", () =>
      run(function* () {
        const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
        let left = false;
        yield* withServer(
          function* () {
            try {
              return { stream: (writer) => forever(writer) };
            } finally {
              left = true;
            }
          },
          function* (session) {
            yield* using(yield* session.get("/a"), function* (response) {
              yield* response.chunk();
            });
            yield* until(() => left);
            const closed = yield* session.get("/b");
            closed.close();
            expect((yield* thrownBy(readToTheError(closed))).message).toMatch(
              /the response was closed before it was read/,
            );
          },
        );
        expect(warn.mock.calls.map(([message]) => String(message).replace(/:\d+/, ""))).toEqual([
          "GET http://127.0.0.1/a: the body was not read to its end, which costs a connection.",
        ]);
        warn.mockRestore();
      }));

    it("larger than maxResponseSize is an error, compressed or not", () =>
      run(() =>
        withServer(
          function* (request) {
            const body = Buffer.alloc(MUCH);
            return request.path === "/" ? { body } : { body: gzipSync(body), headers: { "content-encoding": "gzip" } };
          },
          function* (session) {
            for (const path of ["/", "/zipped"]) {
              const error = yield* thrownBy((yield* session.get(path)).bytes());
              expect(error).toBeInstanceOf(PayloadError);
              expect(error.message).toContain("the body is larger than maxResponseSize: 1000000 bytes.");
            }
            expect((yield* (yield* session.get("/", { maxResponseSize: MUCH })).bytes()).length).toBe(MUCH);
          },
          { session: { maxResponseSize: 1_000_000 } },
        ),
      ));
  });

  function* forever(writer: { write(data: Uint8Array): Coroutine<void> }): Coroutine<void> {
    for (;;) yield* writer.write(new Uint8Array(2 ** 14));
  }

  /** What reading throws, behind what has arrived. */
  function* readToTheError(response: { chunk(): Coroutine<unknown> }): Coroutine<void> {
    for (;;) yield* response.chunk();
  }

  /** Waits until a number does not grow any more. */
  function* settled(read: () => number): Coroutine<void> {
    for (let before = -1; before !== read(); yield* sleep(30)) before = read();
  }
});

describe("a response", () => {
  it("that is compressed arrives as fast as it is read, too, and no faster", () =>
    runClean(() =>
      withServer(
        function* () {
          return { headers: { "content-encoding": "gzip" }, body: gzipSync(Buffer.alloc(64 * 2 ** 20)) };
        },
        function* (session) {
          const response = yield* session.get("/");
          let size = (yield* response.chunk())!.length;
          const before = process.memoryUsage().arrayBuffers;
          yield* sleep(50);
          expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
          for (let chunk = yield* response.chunk(); chunk !== null; chunk = yield* response.chunk())
            size += chunk.length;
          expect(size).toBe(64 * 2 ** 20);
        },
      ),
    ));
});
