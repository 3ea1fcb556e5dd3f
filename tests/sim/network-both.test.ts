// The same programs, for real on this machine and simulated: what escapement/net promises, it keeps in both.
import {
  type Coroutine,
  Event,
  Future,
  createTask,
  gather,
  getRunningLoop,
  isCancelled,
  run,
  sleep,
  timeout,
  using,
} from "escapement";
import {
  ConnectionError,
  ConnectionRefusedError,
  IncompleteReadError,
  LimitOverrunError,
  NetworkError,
  type OnConnection,
  type Server,
  type StreamReader,
  type StreamWriter,
  type Streams,
  UnknownHostError,
  openConnection,
  startServer,
} from "escapement/net";
import { type World, fifo, simulate } from "escapement/sim";
import { describe, expect, it } from "vitest";

const SEEDS = 25;

/** Where a server is, and how to reach it. */
interface Place {
  readonly server: Server;
  connect(): Coroutine<Streams>;
}

/** Where a program runs. */
interface Setting {
  readonly name: string;
  /** Runs it, and gives what it returns: in a simulation, in every run. */
  run<T>(main: (serve: (onConnection: OnConnection) => Coroutine<Place>) => Coroutine<T>): Promise<T[]>;
}

function* serveHere(onConnection: OnConnection): Coroutine<Place> {
  const server = yield* startServer(onConnection, "127.0.0.1", 0);
  return { server, connect: () => openConnection("127.0.0.1", server.port) };
}

/** On a host of its own. */
function serveOn(world: World): (onConnection: OnConnection) => Coroutine<Place> {
  return function* (onConnection) {
    const started = new Future<Server>();
    world.host("server", function* () {
      started.setResult(yield* startServer(onConnection, "", 0));
      yield* started.result().waitClosed();
    });
    const server = yield* started;
    return { server, connect: () => openConnection("server", server.port) };
  };
}

function simulated(name: string, serve: (world: World) => (onConnection: OnConnection) => Coroutine<Place>): Setting {
  return {
    name,
    run: async (main) => {
      const outcomes = Array.from({ length: SEEDS }, (_, seed) =>
        simulate((world: World) => main(serve(world)), {
          seed,
          ...(seed === 0 ? { strategy: fifo() } : {}),
          network: { loss: 0.1, duplication: 0.1, reordering: 0.1 },
        }),
      );
      return outcomes.map(({ status, value, error, seed }) => {
        if (status === "returned") return value!;
        throw new Error(`seed ${seed} ${status}`, { cause: error });
      });
    },
  };
}

const settings: readonly Setting[] = [
  { name: "for real", run: async (main) => [await run(() => main(serveHere))] },
  simulated("simulated, on one machine", () => serveHere),
  simulated("simulated, on two hosts", serveOn),
];

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function* echo(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  for (let line = yield* reader.readline(); line.length > 0; line = yield* reader.readline()) {
    writer.write(line);
    yield* writer.drain();
  }
  writer.close();
}

/** What it throws. */
function* thrownBy(work: Coroutine<unknown>): Coroutine<unknown> {
  try {
    yield* work;
  } catch (error) {
    if (isCancelled(error)) throw error;
    return error;
  }
  throw new Error("nothing was thrown");
}

describe.each(settings)("streams, $name", (setting) => {
  it("carry lines there and back", async () => {
    const results = await setting.run(function* (serve) {
      const { server, connect } = yield* serve(echo);
      const [reader, writer] = yield* connect();
      const answers: string[] = [];
      for (const line of ["one", "two", "three"]) {
        writer.write(`${line}\n`);
        answers.push(text(yield* reader.readline()));
      }
      writer.close();
      yield* writer.waitClosed();
      server.close();
      return answers.join("");
    });
    for (const result of results) expect(result).toBe("one\ntwo\nthree\n");
  });

  it("keep the order of a thousand pieces, and their bytes as they were when they were written", async () => {
    const results = await setting.run(function* (serve) {
      const { connect, server } = yield* serve(function* (_reader, writer) {
        const piece = new Uint8Array(4);
        for (let i = 0; i < 1000; i += 1) {
          new DataView(piece.buffer).setUint32(0, i);
          writer.write(piece);
          if (i % 100 === 0) yield* writer.drain();
        }
        writer.close();
      });
      const [reader, writer] = yield* connect();
      const bytes = yield* reader.read();
      writer.close();
      server.close();
      const numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      return Array.from({ length: bytes.length / 4 }, (_, i) => numbers.getUint32(i * 4));
    });
    for (const result of results) expect(result).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });

  it("can be closed on one side, and go on in the other direction", async () => {
    const results = await setting.run(function* (serve) {
      const { connect, server } = yield* serve(function* (reader, writer) {
        const all = yield* reader.read();
        writer.write(`${all.length} bytes`);
        writer.close();
      });
      const [reader, writer] = yield* connect();
      writer.write("abc");
      writer.write("de");
      writer.writeEof();
      const answer = text(yield* reader.read());
      writer.close();
      server.close();
      return answer;
    });
    for (const result of results) expect(result).toBe("5 bytes");
  });

  it("hold back a writer whose reader does not read", async () => {
    const results = await setting.run(function* (serve) {
      const total = 64 * 2 ** 20;
      const go = new Event();
      const { connect, server } = yield* serve(function* (reader, writer) {
        yield* go.wait();
        let received = 0;
        while (received < total) received += (yield* reader.read(2 ** 20)).length;
        writer.write(`${received}`);
        writer.close();
      });
      const [reader, writer] = yield* connect();
      let written = 0;
      const piece = new Uint8Array(2 ** 20);
      const writing = createTask(
        (function* () {
          for (; written < total; written += piece.length) {
            writer.write(piece);
            yield* writer.drain();
          }
        })(),
      );
      yield* sleep(20);
      const before = written;
      go.set();
      yield* writing;
      const answer = text(yield* reader.read());
      writer.close();
      server.close();
      return { held: before < total, answer };
    });
    for (const result of results) expect(result).toEqual({ held: true, answer: `${64 * 2 ** 20}` });
  }, 60_000);

  it("tell each end the name of the other", async () => {
    const results = await setting.run(function* (serve) {
      const seen = new Future<[unknown, unknown]>();
      const { connect, server } = yield* serve((_reader, writer) => {
        seen.setResult([writer.getExtraInfo("peername"), writer.getExtraInfo("sockname")]);
        writer.close();
      });
      const [, writer] = yield* connect();
      const [peer, own] = yield* seen;
      const ports = [peer, own].map((name) => (name as [string, number])[1]);
      const near = ["sockname", "peername"].map((name) => (writer.getExtraInfo(name) as [string, number])[1]);
      writer.close();
      server.close();
      return { ports, near, listens: server.port };
    });
    for (const { ports, near, listens } of results) {
      expect(ports).toEqual(near);
      expect(ports[1]).toBe(listens);
    }
  });

  it("end with what had arrived when the peer closed: a record that is not whole is an error", async () => {
    const results = await setting.run(function* (serve) {
      const { connect, server } = yield* serve(function* (_reader, writer) {
        writer.write("whole\npar");
        writer.close();
        yield* writer.waitClosed();
      });
      const [reader, writer] = yield* connect();
      const whole = text(yield* reader.readline());
      const error = (yield* thrownBy(reader.readexactly(10))) as IncompleteReadError;
      writer.close();
      server.close();
      return [whole, error instanceof IncompleteReadError, text(error.partial), error.expected, reader.atEof()];
    });
    for (const result of results) expect(result).toEqual(["whole\n", true, "par", 10, true]);
  });

  it("refuse a line that is longer than the limit", async () => {
    const results = await setting.run(function* (serve) {
      const { connect, server } = yield* serve(function* (_reader, writer) {
        writer.write(new Uint8Array(200_000));
        yield* writer.drain();
      });
      const [reader, writer] = yield* connect();
      const error = yield* thrownBy(reader.readuntil());
      writer.close();
      server.close();
      server.abortClients();
      return error instanceof LimitOverrunError;
    });
    for (const result of results) expect(result).toBe(true);
  });

  it("throw at a writer whose peer has closed", async () => {
    const results = await setting.run(function* (serve) {
      const { connect, server } = yield* serve(function* (reader, writer) {
        yield* reader.readline();
        writer.close();
      });
      const [reader, writer] = yield* connect();
      writer.write("go away\n");
      const end = yield* reader.read();
      const error = yield* thrownBy(
        (function* () {
          for (;;) {
            writer.write("is anybody there?\n");
            yield* writer.drain();
            yield* sleep(1);
          }
        })(),
      );
      writer.close();
      server.close();
      return [end.length, error instanceof ConnectionError];
    });
    for (const result of results) expect(result).toEqual([0, true]);
  });

  it("end for the peer, too, when one is aborted", async () => {
    const results = await setting.run(function* (serve) {
      const { connect, server } = yield* serve(function* (reader, writer) {
        yield* reader.readline();
        writer.transport.abort();
      });
      const [reader, writer] = yield* connect();
      writer.write("now\n");
      const rest = yield* reader.read();
      writer.close();
      yield* writer.waitClosed();
      server.close();
      return rest.length;
    });
    for (const result of results) expect(result).toBe(0);
  });
});

describe.each(settings)("connecting, $name", (setting) => {
  it("is refused where nobody listens any more, and leaves what is connected alone", async () => {
    const results = await setting.run(function* (serve) {
      const { server, connect } = yield* serve(echo);
      const [reader, writer] = yield* connect();
      server.close();
      const error = (yield* thrownBy(connect())) as ConnectionRefusedError;
      writer.write("still here\n");
      const answer = text(yield* reader.readline());
      writer.close();
      yield* writer.waitClosed();
      return [
        error instanceof ConnectionRefusedError,
        error.code,
        error.message.includes("nobody listens there"),
        answer,
      ];
    });
    for (const result of results) expect(result).toEqual([true, "ECONNREFUSED", true, "still here\n"]);
  });

  it("fails for a host that is not known", async () => {
    const results = await setting.run(function* () {
      return (yield* thrownBy(openConnection("nobody.invalid", 80))) instanceof UnknownHostError;
    });
    for (const result of results) expect(result).toBe(true);
  });

  it("is possible for many at once", async () => {
    const results = await setting.run(function* (serve) {
      const { server, connect } = yield* serve(echo);
      const answers = yield* gather(
        Array.from({ length: 20 }, function* (_, i) {
          const [reader, writer] = yield* connect();
          writer.write(`client ${i}\n`);
          const answer = text(yield* reader.readline());
          writer.close();
          yield* writer.waitClosed();
          return answer;
        }),
      );
      server.close();
      yield* server.waitClosed();
      return answers;
    });
    for (const result of results) expect(result).toEqual(Array.from({ length: 20 }, (_, i) => `client ${i}\n`));
  });

  it("can be cancelled, and leaves the server as it was", async () => {
    const results = await setting.run(function* (serve) {
      const { server, connect } = yield* serve(echo);
      const attempt = createTask(connect());
      yield;
      // It may have come about already.
      if (!attempt.cancel()) attempt.result()[1].close();
      const [reader, writer] = yield* connect();
      writer.write("next\n");
      const answer = text(yield* reader.readline());
      writer.close();
      server.close();
      server.abortClients();
      yield* server.waitClosed();
      return [answer, cancelledOrDone(attempt)];
    });
    for (const result of results) expect(result).toEqual(["next\n", true]);
  });
});

function cancelledOrDone(task: Future<unknown>): boolean {
  return task.cancelled() || task.exception() === null;
}

describe.each(settings)("a server, $name", (setting) => {
  it("cannot listen where another does", async () => {
    const results = await setting.run(function* (serve) {
      const { server } = yield* serve(echo);
      const error = (yield* thrownBy(
        (function* () {
          const first = yield* startServer(echo, "127.0.0.1", 0);
          try {
            yield* startServer(echo, "127.0.0.1", first.port);
          } finally {
            first.close();
          }
        })(),
      )) as NetworkError;
      server.close();
      return [error instanceof NetworkError, error.code];
    });
    for (const result of results) expect(result).toEqual([true, "EADDRINUSE"]);
  });

  it("is over when it is closed and its connections are", async () => {
    const results = await setting.run(function* (serve) {
      const order: string[] = [];
      const { server, connect } = yield* serve(function* (reader, writer) {
        writer.write("welcome\n");
        yield* reader.read();
        order.push("client gone");
        writer.close();
      });
      const [reader, writer] = yield* connect();
      yield* reader.readline();
      server.close();
      const over = createTask(server.waitClosed());
      yield* sleep(5);
      order.push("client closes");
      writer.close();
      yield* over;
      order.push("server over");
      return order;
    });
    for (const result of results) expect(result).toEqual(["client closes", "client gone", "server over"]);
  });

  it("lets a timeout end a wait for bytes that never come, and the connection goes on", async () => {
    const results = await setting.run(function* (serve) {
      const { server, connect } = yield* serve(echo);
      const [reader, writer] = yield* connect();
      const error = (yield* thrownBy(
        using(timeout(10), function* () {
          yield* reader.readline();
        }),
      )) as Error;
      writer.write("after all\n");
      const answer = text(yield* reader.readline());
      writer.close();
      server.close();
      return [error.name, answer];
    });
    for (const result of results) expect(result).toEqual(["TimeoutError", "after all\n"]);
  });

  it("reports what a connection's task throws, and closes that connection", async () => {
    const results = await setting.run(function* (serve) {
      const reports: string[] = [];
      getRunningLoop().setExceptionHandler((_loop, { message, exception }) => {
        reports.push(`${message}: ${String(exception)}`);
      });
      const { server, connect } = yield* serve(function* (reader) {
        yield* reader.readline();
        throw new RangeError("too much");
      });
      const [reader, writer] = yield* connect();
      writer.write("boom\n");
      const rest = yield* reader.read();
      writer.close();
      server.close();
      return [rest.length, reports];
    });
    for (const result of results) {
      expect(result).toEqual([0, ["Unhandled exception in onConnection: RangeError: too much"]]);
    }
  });
});
