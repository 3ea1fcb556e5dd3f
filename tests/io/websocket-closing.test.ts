import { describe, expect, it } from "vitest";
import { type Coroutine, Event, createTask, gather, sleep, timeout, using } from "../../src/index.ts";
import { type Connection, ConnectionClosedOK, connect } from "../../src/io/websocket.ts";
import { platforms } from "./platforms.ts";
import { runClean } from "./run-io.ts";
import { thrownBy } from "./thrown-by.ts";
import { CLOSE, PING, closing, connected, echo, frame, rawClient, rawServing, serving } from "./websocket-peers.ts";

describe.each(platforms)("$name,", ({ run }) => {
  describe("closing", () => {
    it("tells the peer code and reason, and is heard by both", () =>
      run(function* () {
        const heard: unknown[] = [];
        yield* connected(
          function* (connection) {
            const error = yield* thrownBy(connection.recv());
            heard.push(error.name, error.code, error.reason, error.received, error.sent);
          },
          function* (connection) {
            yield* connection.close(1000, "see you");
            const error = yield* thrownBy(connection.recv());
            expect(error).toBeInstanceOf(ConnectionClosedOK);
            expect(error.message).toMatch(
              /^Connection\.recv: ws:.*: sent 1000 \(OK\) see you; then received 1000 \(OK\) see you\.$/,
            );
          },
        );
        const said = { code: 1000, reason: "see you" };
        expect(heard).toEqual(["ConnectionClosedOK", 1000, "see you", said, said]);
      }));

    it("with a code of an error is an error, on both sides", () =>
      run(function* () {
        const names: string[] = [];
        yield* connected(
          function* (connection) {
            names.push((yield* thrownBy(connection.next())).name as string);
          },
          function* (connection) {
            yield* connection.close(4321, "private");
            const error = yield* thrownBy(connection.next());
            names.push(error.name as string);
            expect(error.message).toContain("4321 (private use) private");
          },
        );
        expect(names).toEqual(["ConnectionClosedError", "ConnectionClosedError"]);
      }));

    it("happens once, however often and by how many it is asked for", () =>
      run(function* () {
        yield* connected(echo, function* (connection) {
          yield* gather([connection.close(1000, "a"), connection.close(1001, "b"), connection.close()]);
          yield* connection.close(3000);
          expect((yield* thrownBy(connection.recv())).sent).toEqual({ code: 1000, reason: "a" });
        });
      }));

    it("by the peer is told to whoever sends, pings, or waits", () =>
      run(function* () {
        const gone = new Event();
        yield* connected(
          function* (connection) {
            yield* gone.wait();
            yield* connection.close(1001, "tired");
          },
          function* (connection) {
            const waiting = createTask(connection.waitClosed());
            gone.set();
            yield* waiting;
            for (const use of [connection.send("late"), connection.ping(), connection.recv()]) {
              const error = yield* thrownBy(use);
              expect(error.message).toMatch(
                /^Connection\.\w+: ws:.*: received 1001 \(going away\) tired; then sent 1001 \(going away\) tired\.$/,
              );
            }
            yield* connection.close();
          },
        );
      }));

    it("is 1011 at the end of a body that threw", () =>
      run(function* () {
        const codes: number[] = [];
        function* handler(connection: Connection): Coroutine<void> {
          codes.push((yield* thrownBy(connection.recv())).code as number);
        }
        yield* serving(handler, function* (url) {
          yield* using(yield* connect(url), function* () {});
          const failing = using(yield* connect(url), function* () {
            throw new Error("body");
          });
          expect((yield* thrownBy(failing)).message).toBe("body");
        });
        expect(codes).toEqual([1000, 1011]);
      }));
  });

  describe("pings", () => {
    it("give the time that the answer took", () =>
      run(function* () {
        yield* connected(echo, function* (connection) {
          const latencies = yield* gather([connection.ping(), connection.ping()]);
          for (const latency of latencies) expect(latency).toBeGreaterThanOrEqual(0);
        });
      }));
  });
});

describe("pings", () => {
  it("are answered by a pong for a later one, too; others mean nothing", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader, writer) {
          yield* reader.readexactly(2 * 7);
          writer.write(frame(10, "unasked"));
          writer.write(frame(10, "2"));
          writer.write(frame(10, "2"));
          yield* reader.readexactly(6);
          writer.write(frame(CLOSE, closing(1000)));
        },
        function* (url) {
          const connection = yield* connect(url);
          expect(yield* gather([connection.ping(), connection.ping()])).toHaveLength(2);
          yield* connection.close();
        },
      );
    }));

  it("end with the connection", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader, writer) {
          yield* reader.readexactly(7);
          writer.write(frame(CLOSE, closing(1000)));
          yield* reader.readexactly(8);
        },
        function* (url) {
          const connection = yield* connect(url);
          expect((yield* thrownBy(connection.ping())).message).toMatch(/^Connection\.ping: .*received 1000/);
        },
      );
    }));

  it("are answered, whatever the program does", () =>
    runClean(function* () {
      yield* serving(
        function* (connection) {
          yield* connection.waitClosed();
        },
        function* (_url, server) {
          yield* rawClient(server, function* (reader, writer) {
            writer.write(frame(PING, "there?", { masked: true }));
            const pong = yield* reader.readexactly(8);
            expect([...pong]).toEqual([...frame(10, "there?")]);
          });
        },
      );
    }));

  it("keep a connection alive whose peer answers", () =>
    runClean(function* () {
      let pings = 0;
      yield* rawServing(
        function* (reader, writer) {
          for (; pings < 4; pings += 1) {
            const ping = yield* reader.readexactly(7);
            writer.write(frame(10, new Uint8Array([ping[6]! ^ ping[2]!])));
          }
          writer.write(frame(CLOSE, closing(1000)));
          yield* reader.readexactly(8);
        },
        function* (url) {
          const connection = yield* connect(url, { pingInterval: 5, pingTimeout: 5000 });
          expect(yield* connection.next()).toBeNull();
        },
      );
      expect(pings).toBe(4);
    }));

  it("close a connection with 1011 whose peer is silent", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader) {
          yield* reader.read();
        },
        function* (url) {
          const connection = yield* connect(url, { pingInterval: 5, pingTimeout: 5, closeTimeout: 5 });
          const error = yield* thrownBy(connection.recv());
          expect(error.name).toBe("ConnectionClosedError");
          expect(error.message).toContain("sent 1011 (internal error) keepalive ping timeout; no close frame received");
        },
      );
    }));

  it("are sent at their interval to one who need not answer, and not at all where that is null", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader, writer) {
          yield* reader.readexactly(7 * 3);
          writer.write(frame(CLOSE, closing(1000)));
          yield* reader.read();
        },
        function* (url) {
          const connection = yield* connect(url, { pingInterval: 2, pingTimeout: null });
          expect(yield* connection.next()).toBeNull();
        },
      );
      yield* rawServing(
        function* (reader, writer) {
          yield* sleep(20);
          writer.write(frame(CLOSE, closing(1000)));
          expect(yield* reader.readexactly(8)).toHaveLength(8);
          expect(yield* reader.read()).toHaveLength(0);
        },
        function* (url) {
          const connection = yield* connect(url, { pingInterval: null });
          expect(yield* connection.next()).toBeNull();
        },
      );
    }));
});

describe("closing", () => {
  it("waits for the peer until closeTimeout, and then drops the connection", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader) {
          yield* reader.read();
        },
        function* (url) {
          const connection = yield* connect(url, { closeTimeout: 20 });
          yield* connection.close();
          const error = yield* thrownBy(connection.next());
          expect(error.name).toBe("ConnectionClosedError");
          expect(error.code).toBe(1006);
          expect(error.message).toContain("sent 1000 (OK); no close frame received");
        },
      );
    }));

  it("without a code is in order", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader, writer) {
          writer.write(frame(CLOSE, ""));
          yield* reader.read(1);
        },
        function* (url) {
          const connection = yield* connect(url);
          const error = yield* thrownBy(connection.recv());
          expect(error).toBeInstanceOf(ConnectionClosedOK);
          expect(error.code).toBe(1005);
          expect(error.message).toContain("received 1005 (no status received); then sent 1005");
        },
      );
    }));
});

describe("closing", () => {
  it("is at once when it is cancelled", () =>
    runClean(function* () {
      yield* rawServing(
        function* (reader) {
          yield* reader.read();
        },
        function* (url) {
          const connection = yield* connect(url);
          yield* thrownBy(using(timeout(5), () => connection.close()));
          yield* connection.waitClosed();
          expect((yield* thrownBy(connection.recv())).code).toBe(1006);
        },
      );
    }));
});
