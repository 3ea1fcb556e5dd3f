import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import {
  type Coroutine,
  Future,
  createTask,
  fromCallback,
  isCancelled,
  sleep,
  timeout,
  using,
} from "../../src/index.ts";
import { ClientSession, type Handler, type ServerRequest, serve } from "../../src/io/http.ts";
import { nodeHttp } from "../../src/io/http-node.ts";
import { type HttpAcceptor, http } from "../../src/io/http-wire.ts";
import { openConnection } from "../../src/io/net.ts";
import { certificate } from "./carriers.ts";
import { withServer } from "./http-peers.ts";
import { platforms } from "./platforms.ts";
import { runClean, until } from "./run-io.ts";
import { bytes } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";

describe.each(platforms)("$name,", ({ run }) => {
  describe("a client that leaves", () => {
    it("cancels a handler that is writing", () =>
      run(function* () {
        let outcome = "";
        const handler: Handler = function* () {
          return {
            *stream(writer) {
              try {
                for (;;) yield* writer.write(new Uint8Array(2 ** 16));
              } catch (error) {
                outcome = isCancelled(error) ? "cancelled" : String(error);
                throw error;
              }
            },
          };
        };
        yield* withServer(handler, function* (session) {
          const response = yield* session.get("/");
          yield* response.chunk();
          response.close();
          yield* until(() => outcome !== "");
          expect(outcome).toBe("cancelled");
        });
      }));
  });

  describe("HttpServer.close", () => {
    it("waits for them over TLS, too", () =>
      run(function* () {
        let asked = 0;
        const handler: Handler = function* () {
          asked += 1;
          yield* sleep(20);
          return { body: "secret" };
        };
        const server = yield* serve(handler, { tls: certificate });
        yield* using(new ClientSession({ tls: { ca: certificate.cert } }), function* (session) {
          const asking = createTask(session.get(`https://localhost:${server.port}/`));
          yield* until(() => asked === 1);
          const closing = createTask(server.close());
          expect(yield* (yield* asking).text()).toBe("secret");
          yield* closing;
        });
      }));

    it("waits for the requests that are under way, and takes no more", () =>
      run(function* () {
        let asked = 0;
        let answered = 0;
        const go = new Future<void>();
        const server = yield* serve(function* () {
          asked += 1;
          yield* go;
          answered += 1;
          return { body: "tick" };
        });
        const url = `http://127.0.0.1:${server.port}/`;
        yield* using(new ClientSession(), function* (session) {
          const asking = createTask(session.get(url));
          yield* until(() => asked === 1);
          const closing = createTask(server.close());
          yield* sleep(5);
          expect([server.isServing(), closing.done()]).toEqual([false, false]);
          expect((yield* thrownBy(session.get(url))).name).toBe("ConnectError");
          go.setResult();
          const response = yield* asking;
          expect([response.headers.get("connection"), yield* response.text()]).toEqual(["close", "tick"]);
          yield* closing;
          expect(answered).toBe(1);
        });
        yield* server.close();
      }));

    it("waits for a response that is being written, and closes its connection behind it", () =>
      run(function* () {
        const go = new Future<void>();
        const server = yield* serve(function* () {
          return {
            *stream(writer) {
              yield* writer.write("tick ");
              yield* go;
              yield* writer.write("tock");
            },
          };
        });
        yield* using(new ClientSession(), function* (session) {
          const response = yield* session.get(`http://127.0.0.1:${server.port}/`);
          const closing = createTask(server.close());
          yield* sleep(1);
          go.setResult();
          expect(yield* response.text()).toBe("tick tock");
          yield* using(timeout(5000), () => waiting(closing));
        });
      }));

    it("cancels after closeTimeout what is still under way", () =>
      run(function* () {
        let outcome = "";
        const handler: Handler = function* () {
          try {
            outcome = "begun";
            return yield* new Future<never>();
          } catch (error) {
            yield* sleep(5);
            outcome = isCancelled(error) ? "cancelled, and cleaned up" : String(error);
            throw error;
          }
        };
        const server = yield* serve(handler, { closeTimeout: 10 });
        yield* using(new ClientSession(), function* (session) {
          const asking = createTask(thrownBy(session.get(`http://127.0.0.1:${server.port}/`)));
          yield* until(() => outcome === "begun");
          yield* server.close();
          expect(outcome).toBe("cancelled, and cleaned up");
          expect((yield* asking).name).toBe("ServerDisconnectedError");
        });
      }));
  });
});

describe("HttpServer.close", () => {
  it("cancelled, cancels what is still under way at once", () =>
    runClean(function* () {
      let asked = 0;
      http.set({
        ...nodeHttp,
        listen: (options, acceptor) =>
          nodeHttp.listen(
            options,
            noticing(acceptor, () => (asked += 1)),
          ),
      });
      const server = yield* serve(() => waitForever());
      yield* using(new ClientSession(), function* (session) {
        const asking = createTask(thrownBy(session.get(`http://127.0.0.1:${server.port}/`)));
        yield* until(() => asked === 1);
        const closing = createTask(server.close());
        yield* sleep(1);
        closing.cancel();
        expect(isCancelled(yield* thrownBy(closing))).toBe(true);
        expect((yield* asking).name).toBe("ServerDisconnectedError");
        yield* server.close();
      });
    }));
});

describe("HttpServer.close", () => {
  it("does not wait for clients that say nothing, or have been answered", () =>
    runClean(function* () {
      const server = yield* serve(function* () {
        return {};
      });
      const [, silent] = yield* openConnection("127.0.0.1", server.port);
      const [answer, kept] = yield* openConnection("127.0.0.1", server.port);
      kept.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      yield* answer.readline();
      yield* using(timeout(5000), () => server.close());
      for (const writer of [silent, kept]) {
        writer.close();
        yield* writer.waitClosed();
      }
    }));
});

describe("a client that leaves", () => {
  /** Notes what becomes of the handler, whichever it waits for. */
  function* leaving(wait: (request: ServerRequest) => Coroutine<unknown>, request: string): Coroutine<string> {
    const outcome = new Future<string>();
    let started = false;
    const handler: Handler = function* (asked) {
      started = true;
      try {
        yield* wait(asked);
        outcome.setResult("answered");
      } catch (error) {
        outcome.setResult(isCancelled(error) ? "cancelled" : String(error));
        throw error;
      }
      return {};
    };
    return yield* using(yield* serve(handler), function* (server) {
      const [, writer] = yield* openConnection("127.0.0.1", server.port);
      writer.write(request);
      yield* until(() => started);
      writer.close();
      yield* writer.waitClosed();
      return yield* using(timeout(5000), () => waiting(outcome));
    });
  }

  it("cancels its handler", () =>
    runClean(function* () {
      expect(yield* leaving(() => waiting(new Future()), "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).toBe("cancelled");
    }));

  it("cancels it in the middle of the request's body, too", () =>
    runClean(function* () {
      const request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc";
      expect(yield* leaving((asked) => asked.bytes(), request)).toMatch(
        /^(cancelled|ServerDisconnectedError: POST \/: the client left in the middle of its request\.)$/,
      );
    }));
});

describe("a client that leaves", () => {
  it("has left when it closes its half of the connection", () =>
    runClean(function* () {
      let outcome = "";
      const handler: Handler = function* () {
        try {
          outcome = "begun";
          return yield* new Future<never>();
        } catch (error) {
          outcome = isCancelled(error) ? "cancelled" : String(error);
          throw error;
        }
      };
      yield* using(yield* serve(handler), function* (server) {
        const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
        writer.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        yield* until(() => outcome === "begun");
        writer.writeEof();
        expect(yield* reader.read()).toEqual(bytes(""));
        yield* until(() => outcome !== "begun");
        expect(outcome).toBe("cancelled");
        writer.close();
        yield* writer.waitClosed();
      });
    }));

  it("by a reset, perhaps before its handler has begun, leaves nothing that a closing server waits for", () =>
    runClean(function* () {
      let asked = 0;
      http.set({
        ...nodeHttp,
        listen: (options, acceptor) =>
          nodeHttp.listen(
            options,
            noticing(acceptor, () => (asked += 1)),
          ),
      });
      const server = yield* serve(() => waitForever());
      for (let i = 0; i < 20; i += 1) {
        const socket = connect(server.port, "127.0.0.1");
        socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n", () => socket.resetAndDestroy());
        yield* fromCallback((done) => socket.once("close", () => done(null, undefined)));
      }
      yield* until(() => asked === 20);
      yield* using(timeout(5000), () => server.close());
    }));
});
/** Tells of every request that arrives, before its handler has begun. */
function noticing(acceptor: HttpAcceptor, notice: () => void): HttpAcceptor {
  return {
    listening: (host, port) => acceptor.listening(host, port),
    failed: (cause) => acceptor.failed(cause),
    disconnected: () => acceptor.disconnected(),
    accept(wire) {
      notice();
      return acceptor.accept(wire);
    },
  };
}

function* waiting<T>(future: Future<T>): Coroutine<T> {
  return yield* future;
}

function* waitForever(): Coroutine<never> {
  return yield* new Future<never>();
}
