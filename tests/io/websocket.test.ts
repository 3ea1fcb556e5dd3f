import { describe, expect, it } from "vitest";
import { type Coroutine, Event, createTask, gather, sleep, using } from "../../src/index.ts";
import { type Connection, ConnectionClosedOK, connect, serve } from "../../src/io/websocket.ts";
import { certificate } from "./carriers.ts";
import { platforms } from "./platforms.ts";
import { runClean } from "./run-io.ts";
import { bytes } from "./text.ts";
import { thrownBy } from "./thrown-by.ts";
import { CLOSE, PING, TEXT, all, closing, connected, echo, frame, rawServing, serving } from "./websocket-peers.ts";

describe.each(platforms)("$name,", ({ run }) => {
  describe("a connection", () => {
    it("carries text and bytes, both ways, as they were sent", () =>
      run(function* () {
        const messages = ["", "tick", "ünï€ 🕰", new Uint8Array(0), new Uint8Array([0, 255, 128]), "x".repeat(70_000)];
        yield* connected(echo, function* (connection) {
          for (const message of messages) {
            yield* connection.send(message);
            const back = yield* connection.recv();
            expect(back).toEqual(message);
            expect(back.constructor).toBe(message.constructor);
          }
        });
      }));

    it("keeps the order of messages, whatever is sent at once", () =>
      run(function* () {
        const sent = Array.from({ length: 500 }, (_, i) => String(i));
        yield* connected(echo, function* (connection) {
          const sender = gather(sent.map((message) => connection.send(message)));
          const back: unknown[] = [];
          while (back.length < sent.length) back.push(yield* connection.recv());
          yield* sender;
          expect(back).toEqual(sent);
        });
      }));

    it("goes over TLS", () =>
      run(function* () {
        const server = yield* serve(echo, "127.0.0.1", 0, { tls: certificate });
        yield* using(server, function* () {
          const url = `wss://localhost:${server.port}`;
          yield* using(yield* connect(url, { tls: { ca: certificate.cert } }), function* (connection) {
            yield* connection.send("secure");
            expect(yield* connection.recv()).toBe("secure");
          });
        });
      }));

    it("compresses where both sides would", () =>
      run(function* () {
        const deflating = { compression: "deflate" } as const;
        yield* connected(
          echo,
          function* (connection) {
            expect(connection.headers["sec-websocket-extensions"]).toMatch(/^permessage-deflate/);
            for (const message of ["x".repeat(5000), "y", "z".repeat(5000)]) {
              yield* connection.send(message);
              expect(yield* connection.recv()).toBe(message);
            }
          },
          { client: deflating, server: deflating },
        );
        yield* connected(
          echo,
          function* (connection) {
            expect(connection.headers["sec-websocket-extensions"]).toBeUndefined();
          },
          { client: deflating },
        );
      }));

    it("tells what was agreed upon: path, headers, address, subprotocol", () =>
      run(function* () {
        function* handler(connection: Connection): Coroutine<void> {
          yield* connection.send(
            JSON.stringify([connection.path, connection.headers["x-room"], connection.headers["origin"]]),
          );
          yield* connection.send(connection.remoteAddress);
        }
        yield* serving(
          handler,
          function* (url, server) {
            const options = { subprotocols: ["b", "a"], headers: { "X-Room": "attic" }, origin: "http://here" };
            const connection = yield* connect(`${url}/chat?as=me`, options);
            expect(connection.path).toBe("/chat?as=me");
            expect(connection.subprotocol).toBe("a");
            expect(connection.remoteAddress).toBe(`127.0.0.1:${server.port}`);
            expect(yield* connection.recv()).toBe('["/chat?as=me","attic","http://here"]');
            expect(yield* connection.recv()).toMatch(/^127\.0\.0\.1:\d+$/);
            yield* connection.close();
          },
          { subprotocols: ["c", "a", "b"] },
        );
      }));

    it("says what it is", () =>
      run(function* () {
        yield* serving(echo, function* (url, server) {
          const connection = yield* connect(url);
          expect(String(connection)).toBe(`<Connection open ${url}>`);
          expect(connection.closed).toBe(false);
          yield* connection.close();
          expect(String(connection)).toBe(`<Connection closed ${url}>`);
          expect(connection.closed).toBe(true);
          expect(String(server)).toBe(`<WebSocketServer serving 127.0.0.1:${server.port}>`);
        });
      }));
  });

  describe("recv", () => {
    it("gives what had come before it says that the connection is closed", () =>
      run(function* () {
        yield* connected(
          function* (connection) {
            yield* connection.send("one");
            yield* connection.send("two");
          },
          function* (connection) {
            yield* connection.waitClosed();
            expect(yield* connection.recv()).toBe("one");
            expect(yield* connection.recv()).toBe("two");
            expect(yield* thrownBy(connection.recv())).toBeInstanceOf(ConnectionClosedOK);
            expect(yield* connection.next()).toBeNull();
          },
        );
      }));

    it("is for one task at a time", () =>
      run(function* () {
        yield* connected(echo, function* (connection) {
          const first = createTask(connection.recv());
          yield* sleep(0);
          const error = yield* thrownBy(connection.next());
          expect(error.message).toBe("Connection.next: another task receives from this connection already.");
          yield* connection.send("for the first");
          expect(yield* first).toBe("for the first");
        });
      }));

    it("loses no message when it is cancelled, at whatever moment", () =>
      run(function* () {
        const count = 300;
        const numbers = Array.from({ length: count }, (_, i) => String(i));
        yield* connected(
          function* (connection) {
            for (const number of numbers) {
              yield* connection.send(number);
              if (Number(number) % 7 === 0) yield* sleep(1);
            }
          },
          function* (connection) {
            const received: unknown[] = [];
            for (let turn = 0, over = false; !over; turn += 1) {
              const task = createTask(connection.next());
              for (let pass = 0; pass < turn % 4; pass += 1) yield* sleep(0);
              task.cancel();
              yield* gather([task], { returnExceptions: true });
              // Where time is virtual, it passes when nobody has anything else to do.
              if (turn % 8 === 7) yield* sleep(1);
              if (task.cancelled()) continue;
              over = task.result() === null;
              if (!over) received.push(task.result());
            }
            expect(received).toEqual(numbers);
          },
        );
      }));
  });

  describe("back-pressure", () => {
    it("stops a sender whose peer does not receive, and loses nothing", () =>
      run(function* () {
        const message = new Uint8Array(100_000);
        const count = 400;
        let sent = 0;
        const received = new Event();
        yield* connected(
          function* (connection) {
            yield* received.wait();
            for (let i = 0; i < count; i += 1) expect((yield* connection.recv()).length).toBe(message.length);
          },
          function* (connection) {
            const sender = createTask(
              (function* () {
                for (; sent < count; sent += 1) yield* connection.send(message);
              })(),
            );
            let before = -1;
            while (sent !== before) {
              before = sent;
              yield* sleep(50);
            }
            expect(sent).toBeLessThan(count);
            received.set();
            yield* sender;
            expect(sent).toBe(count);
          },
        );
      }));

    it("bounds what waits to be received", () =>
      run(function* () {
        // Each is longer than what one read of a socket brings: no more than the queue, and the one that fills it, are taken.
        const message = new Uint8Array(200_000);
        let sent = 0;
        const done = new Event();
        yield* connected(
          function* (connection) {
            try {
              for (; !done.isSet(); sent += 1) yield* connection.send(message);
            } finally {
              yield* connection.send("last");
            }
          },
          function* (connection) {
            let before = -1;
            while (sent !== before) {
              before = sent;
              yield* sleep(50);
            }
            done.set();
            const stalled = sent;
            let got = 0;
            while (typeof (yield* connection.recv()) !== "string") got += 1;
            // What has been sent is in the queue, or in the sockets' own buffers (some megabytes), and not in memory of ours.
            expect(got).toBeGreaterThanOrEqual(stalled);
            expect(stalled).toBeLessThan(150);
          },
          { client: { maxQueue: 2 } },
        );
      }));

    it("lets the peer say goodbye to one who closes with a full queue", () =>
      run(function* () {
        yield* connected(
          function* (connection) {
            const flood = (function* () {
              for (;;) yield* connection.send(new Uint8Array(50_000));
            })();
            expect((yield* thrownBy(flood)).code).toBe(1000);
          },
          function* (connection) {
            yield* connection.recv();
            yield* sleep(20);
            yield* connection.close(1000, "enough");
            // What was in the queue can still be received; no more than that was kept.
            const rest = yield* all(connection);
            expect(rest.length).toBeGreaterThan(0);
            expect(rest.length).toBeLessThan(20);
          },
          { client: { maxQueue: 4 } },
        );
      }));
  });

  describe("bytes that are sent", () => {
    it("are not changed by it", () =>
      run(function* () {
        const message = bytes("unmasked");
        yield* connected(echo, function* (connection) {
          yield* connection.send(message);
          expect(message).toEqual(bytes("unmasked"));
          expect(yield* connection.recv()).toEqual(message);
        });
      }));
  });
});

describe("messages of a message's parts", () => {
  it("come as one, pings between them", () =>
    runClean(function* () {
      const part = (opcode: number, last: boolean, payload: string): Uint8Array => {
        const bytesOf = frame(opcode, payload);
        if (!last) bytesOf[0]! &= 0x7f;
        return bytesOf;
      };
      yield* rawServing(
        function* (reader, writer) {
          writer.write(part(TEXT, false, "ti"));
          yield* sleep(1);
          writer.write(frame(PING, ""));
          writer.write(part(0, false, "ck"));
          writer.write(part(0, true, ""));
          writer.write(frame(CLOSE, closing(1000)));
          yield* reader.read();
        },
        function* (url) {
          const connection = yield* connect(url);
          expect(yield* all(connection)).toEqual(["tick"]);
        },
      );
    }));
});
