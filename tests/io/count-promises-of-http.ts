// A program for a process of its own: how many promises each operation of escapement/http makes, printed as JSON.
import { gzipSync } from "node:zlib";
import { type Coroutine, createTask, sleep, using } from "../../src/index.ts";
import { ClientSession, type Handler, serve } from "../../src/io/http.ts";
import { certificate } from "./carriers.ts";
import { counted, printCounts } from "./promise-counter.ts";
import { thrownBy } from "./thrown-by.ts";

const SIZE = 2 ** 20;

const handler: Handler = function* (request) {
  switch (request.path) {
    case "/redirect":
      return { status: 302, headers: { location: "/" } };
    case "/gzip":
      return { headers: { "content-encoding": "gzip" }, body: gzipSync(new Uint8Array(SIZE)) };
    case "/stream":
      return {
        *stream(writer) {
          for (let i = 0; i < 16; i += 1) yield* writer.write(new Uint8Array(SIZE / 16));
        },
      };
    case "/slow":
      yield* sleep(1000);
      return {};
    case "/fail":
      return { headers: { "content-length": "1" }, json: [...request.headers, ...request.query] };
    default:
      return { json: [(yield* request.bytes()).length, request.query.get("a"), request.headers.get("host")] };
  }
};

function* everything(): Coroutine<void> {
  const server = yield* counted("serve", serve(handler));
  const session = new ClientSession({ baseUrl: `http://127.0.0.1:${server.port}/` });
  const fetched = function* (path: string): Coroutine<void> {
    yield* using(yield* session.get(path, { params: { a: 1 } }), (response) => response.bytes());
  };
  yield* counted("get, with a new connection", fetched("/"));
  yield* counted("get", fetched("/"));
  yield* counted("json", (yield* session.get("/")).json());
  yield* counted("text", (yield* session.get("/")).text());
  yield* counted(
    "post",
    using(yield* session.post("/", { json: { a: 1 } }), (response) => response.json()),
  );
  yield* counted(
    "post, streaming",
    using(
      yield* session.post("/", {
        *stream(writer) {
          for (let i = 0; i < 16; i += 1) yield* writer.write(new Uint8Array(SIZE / 16));
        },
      }),
      (response) => response.json(),
    ),
  );
  yield* counted("redirect", fetched("/redirect"));
  yield* counted("gzip", fetched("/gzip"));
  yield* counted("stream", fetched("/stream"));
  yield* counted("timeout", thrownBy(session.get("/slow", { timeout: { total: 5 } })));
  yield* counted("cancel", cancelled(session));
  yield* counted("get afterwards", fetched("/"));
  yield* counted("get over TLS", securely());
  yield* counted("refused", thrownBy(session.get("http://127.0.0.1:1/")));
  // Undici makes some when a pool ends: none of an operation.
  yield* counted("shutdown", session.close());
  yield* counted("HttpServer.close", server.close());
}

function* securely(): Coroutine<void> {
  const server = yield* serve(handler, { tls: certificate });
  const session = new ClientSession({ tls: { ca: certificate.cert } });
  for (let i = 0; i < 2; i += 1) yield* (yield* session.get(`https://localhost:${server.port}/`)).text();
  yield* counted("shutdown", session.close());
  yield* server.close();
}

function* cancelled(session: ClientSession): Coroutine<void> {
  const task = createTask(session.get("/slow"));
  yield* sleep(5);
  task.cancel();
  yield* thrownBy(task);
}

await printCounts(everything);
