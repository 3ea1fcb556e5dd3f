import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type Coroutine, createTask, currentTask, gather, isCancelled, sleep, using } from "../../src/index.ts";
import { type ClientSession, type Handler, serve } from "../../src/io/http.ts";
import { certificate } from "./carriers.ts";
import { type Canceller, cancelEverywhere, moments } from "./canceller.ts";
import { withRawServer, withServer } from "./http-peers.ts";
import { platforms } from "./platforms.ts";
import { runClean, until } from "./run-io.ts";

// A program that uses every operation is run again and again; each run cancels one task at one of its suspension points.
// Afterwards the same session and the same server must serve, every socket must be closed, and nothing was reported.

const MUCH = 2 ** 19;

const handler: Handler = function* (request) {
  if (request.path === "/work") return yield* work(request);
  if (request.path === "/redirect") return { status: 302, headers: { location: "/gzip" }, body: "this way" };
  yield* sleep(1);
  if (request.path === "/gzip") return { headers: { "content-encoding": "gzip" }, body: gzipSync(Buffer.alloc(MUCH)) };
  if (request.path === "/large") return { body: new Uint8Array(MUCH) };
  return { json: (yield* request.bytes()).length };
};

/** Waits for everything that a handler can wait for. */
function* work(request: Parameters<Handler>[0]): ReturnType<Handler> {
  currentTask()!.name = "handler";
  yield* sleep(1);
  yield* request.bytes();
  return {
    *stream(writer) {
      for (let i = 0; i < 8; i += 1) yield* writer.write(new Uint8Array(MUCH / 8));
    },
  };
}

function* visit(session: ClientSession): Coroutine<void> {
  yield* using(yield* session.get("/"), (response) => response.text());
  yield* using(yield* session.get("/redirect"), (response) => response.bytes());
  yield* using(yield* session.get("/large"), function* (response) {
    for (let chunk = yield* response.chunk(); chunk !== null; chunk = yield* response.chunk()) yield* sleep(0);
  });
  const uploading = session.post("/work", {
    *stream(writer) {
      currentTask()!.name = "upload";
      for (let i = 0; i < 4; i += 1) yield* writer.write(new Uint8Array(MUCH / 4));
      yield* sleep(5);
      yield* writer.write("and the rest");
    },
  });
  yield* using(yield* uploading, function* (response) {
    yield* sleep(5);
    yield* response.bytes();
  });
}

/** Two tasks with one connection between them; then, whatever became of them, a third. */
function* both(session: ClientSession): Coroutine<void> {
  const tasks = [createTask(visit(session), { name: "client" }), createTask(visit(session), { name: "other" })];
  const outcomes: unknown[] = yield* gather(tasks, { returnExceptions: true });
  for (const outcome of outcomes) if (outcome instanceof Error && !isExpected(outcome)) throw outcome;
  const response = yield* session.post("/", { body: "tick" });
  expect(yield* response.json()).toBe(4);
}

// The task itself was cancelled; or the one on the other side, which is seen as a failure here.
function isExpected(error: Error): boolean {
  const { name, message } = error;
  return isCancelled(error) || name === "ServerDisconnectedError" || message.includes("task that wrote");
}

describe.each(platforms)("HTTP, $name,", ({ look, isSimulated }) => {
  it.each(moments)("may be cancelled at every suspension point, %s", { timeout: 60_000 }, async (moment) => {
    const attempt = async (canceller: Canceller): Promise<string[]> => {
      const { reports, leaked } = await look(() => withServer(handler, both, { session: { limit: 1 } }), {
        instruments: [canceller.instrument],
      });
      return [...reports, ...(leaked > 0 ? [`${leaked} sockets are still open`] : [])];
    };
    const { wrong, waits } = await cancelEverywhere(["client", "other", "upload", "handler"], moment, attempt);
    expect(wrong).toEqual([]);
    expect([...waits]).toEqual(
      expect.arrayContaining([
        "client on ClientSession.request",
        "client on ClientResponse.chunk",
        "other on SessionLimit.acquire",
        "upload on BodyWriter.write",
        "handler on ServerRequest.chunk",
        "handler on BodyWriter.write",
      ]),
    );
  });

  it.each(moments)("may be cancelled while it opens and closes, %s", { timeout: 60_000 }, async (moment) => {
    function* owner(): Coroutine<void> {
      currentTask()!.name = "owner";
      yield* withServer(handler, function* (session) {
        yield* (yield* session.get("/")).text();
      });
    }
    const attempt = async (canceller: Canceller): Promise<string[]> => {
      function* main(): Coroutine<void> {
        const [outcome] = yield* gather([createTask(owner())], { returnExceptions: true });
        if (outcome instanceof Error && !isCancelled(outcome)) throw outcome;
      }
      const { reports, leaked } = await look(main, { instruments: [canceller.instrument] });
      return [...reports, ...(leaked > 0 ? [`${leaked} sockets are still open`] : [])];
    };
    const { wrong, waits } = await cancelEverywhere(["owner"], moment, attempt);
    expect(wrong).toEqual([]);
    expect([...waits]).toEqual(
      expect.arrayContaining([
        "owner on serve",
        "owner on ClientSession.close",
        // A simulated machine hears what it says to itself at once: the connections are gone by then.
        ...(isSimulated ? [] : ["owner on HttpServer.close"]),
      ]),
    );
  });
});

describe("HTTP", () => {
  it("gives up a connection that is being made, when the one who wanted it does", () =>
    runClean(function* () {
      let closed = 0;
      let open = 0;
      yield* withRawServer(
        // It never answers the TLS handshake.
        (socket) => {
          open += 1;
          socket.on("data", () => {});
          socket.on("close", () => (closed += 1));
        },
        function* (session, port) {
          const tasks = Array.from({ length: 5 }, () => createTask(session.get(`https://127.0.0.1:${port}/`)));
          yield* until(() => open === 5);
          for (const task of tasks) task.cancel();
          yield* gather(tasks, { returnExceptions: true });
          yield* until(() => closed === 5);
          expect(tasks.every((task) => task.cancelled())).toBe(true);
        },
      );
    }));

  it("serves again on a secure connection after one was given up", () =>
    runClean(() =>
      withServer(
        handler,
        function* (session, { port }) {
          const url = `https://localhost:${port}/`;
          const task = createTask(session.get(url));
          yield* sleep(0);
          task.cancel();
          yield* gather([task], { returnExceptions: true });
          expect(yield* (yield* session.get(url)).json()).toBe(0);
        },
        { server: { tls: certificate }, session: { tls: { ca: certificate.cert }, limit: 1, limitPerHost: 1 } },
      ),
    ));

  it("survives a crowd of which some leave at any moment", () =>
    runClean(function* () {
      yield* using(yield* serve(handler), function* (server) {
        yield* withServer(
          handler,
          function* (session) {
            let answered = 0;
            const url = `http://127.0.0.1:${server.port}/`;
            const tasks = Array.from({ length: 200 }, (_, i) =>
              createTask(
                (function* (): Coroutine<void> {
                  yield* using(yield* session.get(i % 2 === 0 ? url : "/gzip"), (response) => response.bytes());
                  answered += 1;
                })(),
              ),
            );
            for (let i = 0; i < 200; i += 3) {
              yield* sleep(i % 2);
              tasks[i]!.cancel();
            }
            yield* gather(tasks, { returnExceptions: true });
            for (const task of tasks) if (!task.cancelled()) task.result();
            expect(answered).toBe(tasks.filter((task) => !task.cancelled()).length);
            expect(answered).toBeGreaterThanOrEqual(133);
          },
          { session: { limit: 10 } },
        );
      });
    }));
});
