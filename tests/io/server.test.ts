import { describe, expect, it, vi } from "vitest";
import {
  ContextVar,
  type Coroutine,
  Event,
  RuntimeError,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  run,
  sleep,
  using,
} from "../../src/index.ts";
import {
  type Server,
  type StreamReader,
  type StreamWriter,
  type Streams,
  startServer,
  startUnixServer,
} from "../../src/io/net.ts";
import { type Carrier, tcp, unix, unixPath } from "./carriers.ts";
import { openSockets, runAndLook, runClean } from "./run-io.ts";
import { text } from "./text.ts";

/** Says that it is there, and stays until the client has gone. */
function* untilEnd(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  writer.write("hello");
  yield* reader.read();
  writer.close();
}

/** A connection whose handler has begun. */
function* visit({ connect }: Carrier, server: Server): Coroutine<Streams> {
  const streams = yield* connect(server);
  expect(text(yield* streams[0].readexactly(5))).toBe("hello");
  return streams;
}

describe("Server", () => {
  it("tells where it listens, until it is closed", () =>
    runClean(function* () {
      const server = yield* tcp.serve(untilEnd);
      expect(server.isServing()).toBe(true);
      expect(server.port).toBeGreaterThan(0);
      expect(server.addresses).toEqual([["127.0.0.1", server.port]]);
      expect(server.toString()).toBe(`<Server serving 127.0.0.1:${server.port}>`);
      expect(server.getLoop()).toBe(getRunningLoop());
      server.close();
      server.close();
      expect(server.isServing()).toBe(false);
      expect(server.addresses).toEqual([]);
      yield* server.waitClosed();

      const path = unixPath();
      const onPath = yield* startUnixServer(untilEnd, path);
      expect([onPath.port, onPath.addresses]).toEqual([0, [path]]);
      yield* onPath.exit();
    }));

  it("listens at every address of the machine when no host is given", () =>
    runClean(function* () {
      yield* using(yield* startServer(untilEnd, "", 0), function* (server) {
        const [, writer] = yield* visit(tcp, server);
        writer.close();
        yield* writer.waitClosed();
      });
    }));

  it('listens on one address of a name, and on the same port of all for ""', () =>
    runClean(function* () {
      yield* using(yield* startServer(untilEnd, "localhost", 0), function* (server) {
        expect(server.addresses).toHaveLength(1);
        const [[host, port]] = server.addresses as [[string, number]];
        expect(["127.0.0.1", "::1"]).toContain(host);
        expect(port).toBe(server.port);
      });
      yield* using(yield* startServer(untilEnd, "", 0), function* (server) {
        expect(server.addresses).toEqual([[expect.stringMatching(/^(::|0\.0\.0\.0)$/), server.port]]);
      });
    }));

  it("is closed by leaving `using`, which waits for its connections", () =>
    runClean(function* () {
      const trace: string[] = [];
      const server = yield* tcp.serve(function* (reader, writer) {
        writer.write("?");
        trace.push(text(yield* reader.read()));
        yield* sleep(5);
        trace.push("handled");
        writer.close();
      });
      yield* using(server, function* () {
        const [reader, writer] = yield* tcp.connect(server);
        yield* reader.readexactly(1);
        writer.write("asked");
        writer.close();
        yield* writer.waitClosed();
      });
      trace.push("left");
      expect(trace).toEqual(["asked", "handled", "left"]);
    }));

  it("waits, in waitClosed, until it is closed and its connections are, in either order", () =>
    runClean(function* () {
      const trace: string[] = [];
      const server = yield* tcp.serve(untilEnd);
      const waiting = createTask(server.waitClosed());
      waiting.addDoneCallback(() => trace.push("all closed"));
      const [, writer] = yield* visit(tcp, server);
      server.close();
      yield* sleep(5);
      trace.push("server closed");
      writer.close();
      yield* waiting;
      yield* server.waitClosed();
      expect(trace).toEqual(["server closed", "all closed"]);
    }));

  it("serves for ever, for one who waits, until that one is cancelled", () =>
    runClean(function* () {
      const server = yield* tcp.serve(untilEnd);
      const forever = createTask(server.serveForever());
      yield* sleep(1);
      const [second] = yield* gather([server.serveForever()], { returnExceptions: true });
      expect(second).toBeInstanceOf(RuntimeError);
      expect(String(second)).toContain("already being awaited on serveForever()");

      const [, writer] = yield* visit(tcp, server);
      forever.cancel("enough");
      yield* sleep(5);
      // It waits for the connection that is open.
      expect(forever.done()).toBe(false);
      writer.close();
      try {
        yield* forever;
        expect.unreachable();
      } catch (end) {
        expect(String(end)).toBe("CancelledError: enough");
      }
      expect(server.isServing()).toBe(false);

      const [late] = yield* gather([server.serveForever()], { returnExceptions: true });
      expect(String(late)).toContain("is closed.");
    }));

  it.each(["closeClients", "abortClients"] as const)("ends every connection by %s", (how) =>
    runClean(function* () {
      const server = yield* tcp.serve(untilEnd);
      const clients = yield* gather([visit(tcp, server), visit(tcp, server)]);
      server.close();
      server[how]();
      for (const [reader, writer] of clients) {
        expect(text(yield* reader.read())).toBe("");
        writer.close();
      }
      yield* server.waitClosed();
    }),
  );

  it("runs each handler as a task of its own, in a copy of the context it was started in", () =>
    runClean(function* () {
      const user = new ContextVar<string>("user");
      user.set("server");
      const seen: string[] = [];
      const server = yield* tcp.serve(function* (reader, writer) {
        seen.push(user.get());
        user.set("handler");
        expect(currentTask()).not.toBeNull();
        yield* untilEnd(reader, writer);
      });
      user.set("main");
      for (let i = 0; i < 2; i += 1) {
        const [, writer] = yield* visit(tcp, server);
        writer.close();
        yield* writer.waitClosed();
      }
      yield* server.exit();
      expect(seen).toEqual(["server", "server"]);
    }));

  it("takes a plain function, which sees to the connection itself", () =>
    runClean(function* () {
      const served = new Event();
      const server = yield* tcp.serve((reader, writer) => {
        createTask(untilEnd(reader, writer)).addDoneCallback(() => served.set());
      });
      const [, writer] = yield* tcp.connect(server);
      writer.close();
      yield* served.wait();
      yield* server.exit();
    }));

  it("closes the connection of a handler that was cancelled, and reports nothing", () =>
    runClean(function* () {
      const server = yield* unix.serve(function* () {
        currentTask()!.cancel();
        yield* sleep(1);
      });
      const [reader, writer] = yield* unix.connect(server);
      expect(text(yield* reader.read())).toBe("");
      writer.close();
      yield* server.exit();
    }));
});

describe("when the loop closes", () => {
  it("what is still open is closed, and in debug mode reported", async () => {
    const { reports, leaked } = await runAndLook(function* () {
      const server = yield* tcp.serve(untilEnd);
      const [, writer] = yield* visit(tcp, server);
      expect(writer.toString()).toMatch(/^<StreamWriter transport=<Transport open 127.*> reader=<StreamReader .*>>$/);
    });
    expect(leaked).toBe(0);
    // The server's end of the connection is closed: its handler was cancelled when main ended.
    expect(reports.map((report) => report.replaceAll(/\d+/g, "N"))).toEqual([
      "Still open when the loop closed: <Server serving N.N.N.N:N>",
      "Still open when the loop closed: <Transport open N.N.N.N:N>",
    ]);
  });

  it("nothing keeps the process alive, and nothing is said, otherwise", async () => {
    const before = openSockets();
    const reports: unknown[] = [];
    await run(function* () {
      getRunningLoop().setExceptionHandler((_loop, context) => void reports.push(context));
      const server = yield* tcp.serve(untilEnd);
      yield* visit(tcp, server);
    });
    for (let turn = 0; turn < 500 && openSockets() > before; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(openSockets()).toBeLessThanOrEqual(before);
    expect(reports).toEqual([]);
  });
});

describe("who writes to a lost connection again and again", () => {
  it("is told to wait for drain()", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      await runClean(function* () {
        yield* using(yield* tcp.serve(untilEnd), function* (server) {
          const [, writer] = yield* visit(tcp, server);
          writer.close();
          yield* writer.waitClosed();
          for (let i = 0; i < 10; i += 1) writer.write("in vain");
        });
      });
      expect(warn.mock.calls).toEqual([
        [
          expect.stringMatching(
            /^<Transport lost 127.*> is written to again and again\. Wait for drain\(\): it throws\.$/,
          ),
        ],
      ]);
    } finally {
      warn.mockRestore();
    }
  });
});
