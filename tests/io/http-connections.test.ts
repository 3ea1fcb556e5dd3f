import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { Barrier, type Coroutine, Future, createTask, gather, run as runForReal, sleep } from "../../src/index.ts";
import { ClientSession, type Handler, serve } from "../../src/io/http.ts";
import { saying, withRawServer, withServer } from "./http-peers.ts";
import { platforms } from "./platforms.ts";
import { runAndLook, runClean, until } from "./run-io.ts";
import { thrownBy } from "./thrown-by.ts";

const empty: Handler = function* () {
  return {};
};

describe.each(platforms)("$name,", ({ run }) => {
  describe("connections", () => {
    it.each([
      ["limit", { limit: 3 }],
      ["limitPerHost", { limitPerHost: 3 }],
    ])("are no more than %s at a time, and those who wait are served in order", (_name, session) =>
      run(function* () {
        let now = 0;
        let most = 0;
        const three = new Barrier(3);
        yield* withServer(
          function* () {
            now += 1;
            most = Math.max(most, now);
            yield* three.wait();
            now -= 1;
            return {};
          },
          function* (client) {
            const order: number[] = [];
            yield* gather(
              Array.from({ length: 12 }, function* (_, i): Coroutine<void> {
                yield* (yield* client.get(`/${i}`)).text();
                order.push(i);
              }),
            );
            expect(most).toBe(3);
            expect(Math.max(...order.slice(0, 3))).toBe(2);
            expect(Math.min(...order.slice(9))).toBe(9);
          },
          { session },
        );
      }),
    );

    it("to a server that always says goodbye are made anew", () =>
      run(() =>
        withServer(
          function* () {
            return { headers: { connection: "close" }, body: "tick" };
          },
          function* (session) {
            for (let i = 0; i < 5; i += 1) expect(yield* (yield* session.get("/")).text()).toBe("tick");
          },
        ),
      ));

    it("are closed with the session, and whoever waits is told", () =>
      run(function* () {
        const server = yield* serve(function* () {
          return yield* new Future<never>();
        });
        const session = new ClientSession({ limit: 1 });
        const url = `http://127.0.0.1:${server.port}/`;
        const tasks = [createTask(thrownBy(session.get(url))), createTask(thrownBy(session.get(url)))];
        yield* sleep(10);
        yield* session.close();
        const [one, other] = yield* gather(tasks);
        expect([String(one), String(other)]).toEqual([
          "ClientError: The session was closed.",
          "RuntimeError: ClientSession: the session is closed.",
        ]);
        yield* server.close();
      }));
  });
});

describe("connections", () => {
  it("that wait to be used again do not keep the process alive", async () => {
    const session = await runForReal(function* () {
      return yield* withServer(empty, function* (client) {
        yield* (yield* client.get("/")).text();
        return client;
      });
    });
    expect(session.closed).toBe(true);
  });
});

describe("connections", () => {
  it("are used again, when a response was read to its end", () =>
    runClean(function* () {
      let connections = 0;
      const answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntick";
      const server = saying((socket) => socket.write(answer));
      yield* withRawServer(
        (socket) => {
          connections += 1;
          server(socket);
        },
        function* (session) {
          for (let i = 0; i < 5; i += 1) yield* (yield* session.get("/")).text();
          expect(connections).toBe(1);
        },
      );
    }));
});

describe("connections", () => {
  it("that the server has closed are replaced, for whatever request", () =>
    runClean(function* () {
      const sockets: Socket[] = [];
      const answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntick";
      const server = saying((socket) => socket.write(answer));
      yield* withRawServer(
        (socket) => {
          sockets.push(socket);
          server(socket);
        },
        function* (session) {
          for (const method of ["GET", "POST", "POST"]) {
            expect(yield* (yield* session.request(method, "/", { timeout: { socketConnect: 5000 } })).text()).toBe(
              "tick",
            );
            // The client's end answers in kind.
            sockets.at(-1)!.end();
            yield* until(() => sockets.at(-1)!.closed);
          }
          expect(sockets).toHaveLength(3);
        },
      );
    }));

  it("that the server closes while a request is on its way to it are replaced, once", () =>
    runClean(function* () {
      const answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ntick";
      const said: string[] = [];
      const server = saying(
        (socket) => socket.write(answer),
        (socket) => socket.destroy(),
        (socket) => socket.write(answer),
        (socket) => socket.destroy(),
      );
      yield* withRawServer(
        (socket) => {
          socket.on("data", (data) => said.push(String(data).split(" ")[0]!));
          server(socket);
        },
        function* (session) {
          expect(yield* (yield* session.get("/")).text()).toBe("tick");
          expect(yield* (yield* session.get("/")).text()).toBe("tick");
          expect((yield* thrownBy(session.post("/"))).name).toBe("ServerDisconnectedError");
          expect(said).toEqual(["GET", "GET", "GET", "POST"]);
        },
      );
    }));
});

describe("connections", () => {
  it("and sessions and servers that nobody closes are closed with the loop, and debug mode says so", async () => {
    const { reports, leaked } = await runAndLook(function* () {
      const server = yield* serve(function* () {
        return {};
      });
      const session = new ClientSession();
      yield* (yield* session.get(`http://127.0.0.1:${server.port}/`)).text();
    });
    expect(reports.map((report) => report.replace(/1:\d+>/, "1>"))).toEqual([
      "Still open when the loop closed: <HttpServer serving 127.0.0.1>",
      "Still open when the loop closed: <ClientSession open hosts:1 requests:0>",
    ]);
    expect(leaked).toBe(0);
  });
});
