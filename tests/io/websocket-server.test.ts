import { describe, expect, it } from "vitest";
import {
  ContextVar,
  type Coroutine,
  createTask,
  currentTask,
  gather,
  run as runForReal,
  runSync,
  sleep,
  using,
} from "../../src/index.ts";
import { openConnection } from "../../src/io/net.ts";
import { connect, serve } from "../../src/io/websocket.ts";
import { platforms } from "./platforms.ts";
import { runAndLook, runClean, until } from "./run-io.ts";
import { text } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";
import { CLOSE, all, closing, connected, echo, frame, rawClient, serving } from "./websocket-peers.ts";

describe.each(platforms)("$name,", ({ run, look }) => {
  describe("a server", () => {
    it("closes its connections with 1001 when it is closed, and waits for its handlers", () =>
      run(function* () {
        const trace: string[] = [];
        const server = yield* serve(
          function* (connection) {
            const error = yield* thrownBy(connection.recv());
            yield* sleep(5);
            trace.push(`handler ended after ${error.code}`);
          },
          "127.0.0.1",
          0,
        );
        const connection = yield* connect(`ws://127.0.0.1:${server.port}`);
        yield* until(() => server.connections.size === 1);
        const [, error] = yield* gather([server.close(), thrownBy(connection.recv())]);
        trace.push(`server closed; client heard ${error.code}`);
        expect(trace).toEqual(["handler ended after 1001", "server closed; client heard 1001"]);
        expect(server.connections.size).toBe(0);
        yield* server.close();
      }));

    it("serves for ever, until it is cancelled or closed; then it is closed all the same", () =>
      run(function* () {
        for (const end of ["cancel", "close"] as const) {
          const server = yield* serve(echo, "127.0.0.1", 0);
          const connection = yield* connect(`ws://127.0.0.1:${server.port}`);
          const forever = createTask(server.serveForever());
          yield* sleep(0);
          yield* until(() => server.connections.size === 1);
          expect((yield* thrownBy(server.serveForever())).message).toMatch(
            /another task is in serveForever already\.$/,
          );
          if (end === "cancel") forever.cancel();
          else yield* server.close();
          yield* gather([forever], { returnExceptions: true });
          expect(forever.cancelled()).toBe(true);
          expect(server.connections.size).toBe(0);
          expect((yield* thrownBy(connection.recv())).code).toBe(1001);
          expect((yield* thrownBy(server.serveForever())).message).toMatch(/is closed\.$/);
        }
      }));

    it("reports what a handler throws, and closes its connection with 1011", async () => {
      const { reports, leaked } = await look(function* () {
        yield* connected(
          function* () {
            throw new Error("handler failed");
          },
          function* (connection) {
            expect((yield* thrownBy(connection.recv())).code).toBe(1011);
          },
        );
      });
      expect(reports).toEqual(["Unhandled exception in a WebSocket handler: Error: handler failed"]);
      expect(leaked).toBe(0);
    });

    it.each([
      [
        "an async function",
        (async () => {}) as never,
        "serve: the handler gave a native Promise. Wrap it: fromPromise(promise)",
      ],
      ["no coroutine function", (() => 7) as never, "serve: the handler gave a number (7); a coroutine was expected"],
    ])("reports a handler that is %s", async (_what, handler, message) => {
      const { reports } = await look(function* () {
        yield* connected(handler, function* (connection) {
          expect((yield* thrownBy(connection.recv())).code).toBe(1011);
        });
      });
      expect(reports).toEqual([expect.stringContaining(message)]);
    });

    it("lets a handler be cancelled: its connection is closed with 1001", () =>
      run(function* () {
        const tasks: { cancel(): boolean }[] = [];
        yield* connected(
          function* (connection) {
            tasks.push(currentTask()!);
            yield* connection.recv();
          },
          function* (connection) {
            yield* until(() => tasks.length === 1);
            tasks[0]!.cancel();
            expect((yield* thrownBy(connection.recv())).code).toBe(1001);
          },
        );
      }));

    it("serves pages of the origins that it names, and no others", () =>
      run(function* () {
        yield* serving(
          echo,
          function* (url) {
            yield* using(yield* connect(url, { origin: "http://friend" }), function* () {});
            for (const options of [{ origin: "http://foe" }, {}]) {
              expect((yield* thrownBy(connect(url, options))).status).toBe(403);
            }
          },
          { origins: ["http://friend"] },
        );
        yield* serving(echo, (url) => connectAndClose(url), { origins: [null] });
      }));

    it("runs its handlers in copies of the context in which it was started", () =>
      run(function* () {
        const variable = new ContextVar<string>("variable");
        const seen: string[] = [];
        variable.set("as it was started");
        yield* serving(
          function* () {
            seen.push(variable.get());
            variable.set("changed by a handler");
          },
          function* (url) {
            variable.set("changed later");
            for (let i = 0; i < 2; i += 1) yield* all(yield* connect(url));
          },
        );
        expect(seen).toEqual(["as it was started", "as it was started"]);
        expect(variable.get()).toBe("changed later");
      }));

    it("takes a hundred clients at once", () =>
      run(function* () {
        yield* serving(echo, function* (url, server) {
          let most = 0;
          function* client(n: number): Coroutine<unknown> {
            return yield* using(yield* connect(url), function* (connection) {
              yield* connection.send(`hello ${n}`);
              const answer = yield* connection.recv();
              most = Math.max(most, server.connections.size);
              return answer;
            });
          }
          const answers = yield* gather(Array.from({ length: 100 }, (_, n) => client(n)));
          expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => `hello ${n}`));
          expect(most).toBeGreaterThan(1);
        });
      }));
  });
});

describe("a server", () => {
  it("answers those who are no WebSockets with 426", () =>
    runClean(function* () {
      yield* serving(echo, function* (_url, { port }) {
        const [reader, writer] = yield* openConnection("127.0.0.1", port);
        writer.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const answer = text(yield* reader.read());
        expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
        expect(answer).toMatch(/This is a WebSocket server\.\n/);
        writer.close();
      });
    }));
});

describe("a server", () => {
  it("drops its connections when its closing is cancelled", () =>
    runClean(function* () {
      yield* serving(
        (connection) => connection.waitClosed(),
        function* (_url, server) {
          const silent = createTask(
            rawClient(server, function* (reader) {
              yield* reader.readuntil(frame(CLOSE, closing(1001)));
              yield* reader.read();
            }),
          );
          yield* until(() => server.connections.size === 1);
          const [connection] = server.connections;
          const closingServer = createTask(server.close());
          yield* until(() => connection!.closed);
          closingServer.cancel();
          yield* silent;
          yield* connection!.waitClosed();
          expect(closingServer.cancelled()).toBe(true);
        },
      );
    }));
});
function* connectAndClose(url: string): Coroutine<void> {
  yield* using(yield* connect(url), function* () {});
}

describe("a program that ends", () => {
  it("leaves no socket behind, and in debug mode is told what it should have closed", async () => {
    const { reports, leaked } = await runAndLook(function* () {
      const server = yield* serve(echo, "127.0.0.1", 0);
      yield* connect(`ws://127.0.0.1:${server.port}`);
      yield* until(() => server.connections.size === 1);
    });
    expect(reports).toEqual([
      expect.stringMatching(/^Still open when the loop closed: <WebSocketServer /),
      expect.stringMatching(/^Still open when the loop closed: <Connection open ws:/),
    ]);
    expect(leaked).toBe(0);
  });

  it("is told where there is no host to reach", () => {
    const told = "connect: it is reached through the host's loop, which has no turn here. Use run().";
    expect(() => runSync(() => connect("ws://127.0.0.1:1"))).toThrow(told);
    expect(() => runSync(() => serve(echo, "127.0.0.1", 0))).toThrow(told.replace("connect", "serve"));
  });

  it("is not kept by connections that nobody waits for", async () => {
    const result = await runForReal(function* () {
      const server = yield* serve(echo, "127.0.0.1", 0);
      const connection = yield* connect(`ws://127.0.0.1:${server.port}`);
      createTask(connection.recv());
      yield* connection.send("x");
      return "ended";
    });
    expect(result).toBe("ended");
  });
});
