// HTTP and WebSockets between the machines of a world: what the network and crashes do to them.
import { type Coroutine, type Awaitable, Future, createTask, gather, getRunningLoop, sleep, using } from "escapement";
import { ClientError, ClientSession, type Handler, RequestTimeoutError, serve as serveHttp } from "escapement/http";
import {
  type Connection,
  ConnectionClosed,
  type WebSocketOptions,
  connect,
  serve as serveSockets,
} from "escapement/websocket";
import { type Host, type World, check, fifo, replay, simulate } from "escapement/sim";
import { describe, expect, it } from "vitest";
import { thrownBy } from "../io/thrown-by.ts";

const now = (): number => getRunningLoop().time();
const FIXED = { latency: { min: 5, mean: 5 } };

/** What it returns, with messages that take five milliseconds. */
function simulated<T>(program: (world: World) => Awaitable<T>): T {
  const outcome = simulate(program, { strategy: fifo(), network: FIXED });
  if (outcome.status !== "returned") throw outcome.error ?? new Error(outcome.status);
  return outcome.value!;
}

function webHost(world: World, handler: Handler, name = "web"): Host {
  return world.host(name, function* () {
    yield* serveHttp(handler, { host: "", port: 80 });
    yield* new Future();
  });
}

function socketHost(
  world: World,
  handler: (connection: Connection) => Coroutine<void>,
  options?: WebSocketOptions,
): Host {
  return world.host("chat", function* () {
    const server = yield* serveSockets(handler, "", 80, options);
    yield* server.serveForever();
  });
}

/** Runs it on a machine of its own: its result. */
function* onClient<T>(world: World, program: () => Coroutine<T>): Coroutine<T> {
  const result = new Future<T>();
  world.host("client", function* () {
    // The others are there by then.
    yield* sleep(1);
    result.setResult(yield* program());
  });
  return yield* result;
}

describe("HTTP between machines", () => {
  it("costs a round trip to connect, and one to be answered; the next request saves the first", () => {
    const times = simulated(function* (world) {
      webHost(world, function* (request) {
        return { body: request.remoteAddress };
      });
      return yield* onClient(world, () =>
        using(new ClientSession({ baseUrl: "http://web/" }), function* (session) {
          const at: unknown[] = [];
          for (let i = 0; i < 2; i += 1) {
            const start = now();
            at.push(yield* (yield* session.get("/")).text(), now() - start);
          }
          return at;
        }),
      );
    });
    expect(times).toEqual(["client", 20, "client", 10]);
  });

  it("is refused where nobody serves, and where no machine has that name", () => {
    const codes = simulated(function* (world) {
      world.host("web", () => sleep(1000));
      return yield* onClient(world, () =>
        using(new ClientSession(), function* (session) {
          const codeOf = function* (url: string): Coroutine<unknown> {
            const error = yield* thrownBy(session.get(url));
            expect(error).toBeInstanceOf(ClientError);
            return [error.name, error.code];
          };
          return [yield* codeOf("http://web/"), yield* codeOf("http://nowhere/"), yield* codeOf("https://web/")];
        }),
      );
    });
    expect(codes).toEqual([
      ["ConnectError", "ECONNREFUSED"],
      ["ConnectError", "ENOTFOUND"],
      ["ConnectError", "ECONNREFUSED"],
    ]);
  });

  it("waits behind a partition, and goes on when it heals", () => {
    const [took, answer] = simulated(function* (world) {
      const web = webHost(world, function* () {
        return { body: "late" };
      });
      const client = new Future<[number, string]>();
      const other = world.host("client", function* () {
        yield* sleep(1);
        yield* using(new ClientSession({ baseUrl: "http://web/" }), function* (session) {
          yield* (yield* session.get("/")).text();
          const start = now();
          const response = yield* session.get("/");
          client.setResult([now() - start, yield* response.text()]);
        });
      });
      yield* sleep(23);
      world.partition(web, other);
      yield* sleep(1000);
      world.heal();
      return yield* client;
    });
    expect(answer).toBe("late");
    expect(took).toBeGreaterThan(990);
  });

  it("fails in the middle of an answer when the server crashes, and its handler is told nothing", () => {
    let cleanedUp = false;
    const failure = simulated(function* (world) {
      const web = webHost(world, function* () {
        return {
          *stream(writer) {
            try {
              yield* writer.write("tick");
              yield* new Future();
            } finally {
              cleanedUp = true;
            }
          },
        };
      });
      return yield* onClient(world, () =>
        using(new ClientSession({ baseUrl: "http://web/" }), function* (session) {
          const response = yield* session.get("/");
          yield* response.chunk();
          web.crash();
          const error = yield* thrownBy(response.chunk());
          return [error.name, error.code];
        }),
      );
    });
    expect(failure).toEqual(["ServerDisconnectedError", "ECONNRESET"]);
    expect(cleanedUp).toBe(false);
  });

  it("cancels the handler of a client that crashes", () => {
    const trace = simulated(function* (world) {
      const said = new Future<string>();
      webHost(world, function* () {
        try {
          return yield* new Future<never>();
        } finally {
          said.setResult("cancelled");
        }
      });
      const client = world.host("client", function* () {
        yield* sleep(1);
        yield* new ClientSession().get("http://web/");
      });
      yield* sleep(50);
      client.crash();
      return yield* said;
    });
    expect(trace).toBe("cancelled");
  });

  it("asks again, once, when a kept connection turns out to be of a server's earlier life", () => {
    const answers = simulated(function* (world) {
      let lives = 0;
      const web = world.host("web", function* () {
        lives += 1;
        const life = lives;
        yield* serveHttp(
          function* () {
            return { json: life };
          },
          { host: "", port: 80 },
        );
        yield* new Future();
      });
      return yield* onClient(world, () =>
        using(new ClientSession({ baseUrl: "http://web/" }), function* (session) {
          const first = yield* (yield* session.get("/")).json();
          web.restart();
          yield* sleep(1);
          return [first, yield* (yield* session.get("/")).json()];
        }),
      );
    });
    expect(answers).toEqual([1, 2]);
  });

  it("closes connections that nobody uses: a client after 15 s, a server when it is told to", () => {
    const events = simulated(function* (world) {
      const states: string[] = [];
      world.host("web", function* () {
        const server = yield* serveHttp(
          function* () {
            return {};
          },
          { host: "", port: 80 },
        );
        yield* sleep(16_000);
        // It has no connection to wait for.
        const start = now();
        yield* server.close();
        states.push(`closed in ${now() - start}`);
      });
      yield* onClient(world, () =>
        using(new ClientSession({ baseUrl: "http://web/" }), function* (session) {
          yield* (yield* session.get("/")).text();
          yield* sleep(14_000);
          states.push(String(session));
          yield* sleep(2000);
          states.push(String(session));
        }),
      );
      return states;
    });
    expect(events).toEqual([
      "<ClientSession open hosts:1 requests:0>",
      "closed in 0",
      "<ClientSession open hosts:0 requests:0>",
    ]);
  });

  it("finds a payment that is made twice because it is asked for again", () => {
    // Classic program 12, over HTTP: a timeout, and a second attempt that the server cannot tell from a second payment.
    const program = (keyed: boolean) =>
      function* (world: World): Coroutine<void> {
        const charged = new Set<string>();
        let requests = 0;
        webHost(world, function* (request) {
          requests += 1;
          charged.add(keyed ? (request.headers.get("idempotency-key") ?? "") : String(requests));
          return {};
        });
        yield* onClient(world, () =>
          using(new ClientSession({ baseUrl: "http://web/", timeout: { total: 40 } }), function* (session) {
            for (let attempt = 0; attempt < 2; attempt += 1) {
              try {
                yield* (yield* session.post("/", { headers: { "idempotency-key": "7" } })).text();
                return;
              } catch (error) {
                if (!(error instanceof RequestTimeoutError)) throw error;
              }
            }
          }),
        );
        if (charged.size > 1) throw new Error("charged twice");
      };
    const network = { latency: { min: 1, mean: 12 } };
    let found: { failure: { repro: string } } | null = null;
    try {
      check(program(false), { network, schedules: 2000 });
    } catch (error) {
      found = error as typeof found;
    }
    const { repro } = found!.failure;
    expect(String(replay(program(false), repro, { network }).error)).toBe("Error: charged twice");
    expect(check(program(true), { network, schedules: 300 }).failures).toEqual([]);
  });
});

describe("WebSockets between machines", () => {
  const echo = function* (connection: Connection): Coroutine<void> {
    for (let message; (message = yield* connection.next()) !== null;) yield* connection.send(message);
  };

  it("take as long as the network does, and say how long", () => {
    const times = simulated(function* (world) {
      socketHost(world, echo);
      return yield* onClient(world, function* () {
        const start = now();
        return yield* using(yield* connect("ws://chat/room"), function* (connection) {
          const opened = now() - start;
          yield* connection.send("tick");
          const back = yield* connection.recv();
          return [opened, back, now() - start, yield* connection.ping(), connection.remoteAddress];
        });
      });
    });
    expect(times).toEqual([20, "tick", 30, 10, "chat:80"]);
  });

  it("end with 1009 when a message is larger than maxSize, and both sides know why", () => {
    const heard: unknown[] = [];
    simulated(function* (world) {
      socketHost(
        world,
        function* (connection) {
          const error = yield* thrownBy(connection.recv());
          heard.push([error.sent, error.received, (error.cause as Error).message]);
        },
        { maxSize: 100 },
      );
      yield* onClient(world, function* () {
        const connection = yield* connect("ws://chat");
        yield* connection.send("x".repeat(101));
        const error = yield* thrownBy(connection.recv());
        heard.push([error.name, error.code]);
        yield* connection.waitClosed();
        yield* sleep(20);
      });
    });
    expect(heard).toContainEqual(["ConnectionClosedError", 1009]);
    expect(heard).toContainEqual([{ code: 1009, reason: "" }, null, "Max payload size exceeded"]);
  });

  it("are lost without a goodbye when the other machine crashes", () => {
    const error = simulated(function* (world) {
      const chat = socketHost(world, echo);
      return yield* onClient(world, function* () {
        const connection = yield* connect("ws://chat");
        chat.crash();
        return yield* thrownBy(connection.recv());
      });
    });
    expect(error).toBeInstanceOf(ConnectionClosed);
    expect(error.message).toBe(
      "Connection.recv: ws://chat: no close frame received or sent: the connection with ws://chat: reset by the peer (ECONNRESET).",
    );
  });

  it("are closed by their pings when the other machine falls silent, as Python's websockets does", () => {
    const [error, at] = simulated(function* (world) {
      const chat = socketHost(world, echo);
      return yield* onClient(world, function* () {
        const connection = yield* connect("ws://chat");
        chat.pause();
        const start = now();
        return [yield* thrownBy(connection.recv()), now() - start];
      });
    });
    expect(error.message).toContain("sent 1011 (internal error) keepalive ping timeout; no close frame received");
    // Pinged after 20 s; given up 20 s later; dropped 10 s after that.
    expect(at).toBe(50_000);
  });

  it("hold back a sender whose peer does not receive, and lose nothing", () => {
    const [early, received] = simulated(function* (world) {
      let sent = 0;
      const go = new Future<void>();
      const done = new Future<number>();
      socketHost(world, function* (connection) {
        yield* go;
        for (let i = 0; i < 100; i += 1) yield* connection.recv();
        done.setResult(100);
      });
      return yield* onClient(world, function* () {
        const connection = yield* connect("ws://chat");
        const sender = createTask(
          (function* () {
            for (; sent < 100; sent += 1) yield* connection.send(new Uint8Array(10_000));
          })(),
        );
        yield* sleep(5000);
        const before = sent;
        go.setResult();
        yield* gather([sender]);
        return [before, yield* done];
      });
    });
    // Seventeen in its queue, and as much on the way as writeLimit allows.
    expect(early).toBeGreaterThan(16);
    expect(early).toBeLessThan(25);
    expect(received).toBe(100);
  });
});

describe("under chaos, whatever the schedule", () => {
  const network = { latency: { min: 1, mean: 20 }, loss: 0.05, reordering: 0.1 };

  /** Crashes, pauses and parts the two, then lets them be. */
  function* harass(world: World, server: Host, client: Host): Coroutine<void> {
    for (let i = 0; i < 4; i += 1) {
      yield* sleep(world.random.integer(0, 300));
      const misfortune = world.random.pick(["nothing", "restart", "pause", "partition"] as const);
      if (misfortune === "restart") server.restart();
      if (misfortune === "pause") server.pause();
      if (misfortune === "partition") world.partition(server, client, { oneWay: world.random.chance(0.5) });
      yield* sleep(world.random.integer(0, 300));
      server.resume();
      world.heal();
    }
  }

  it("a request is answered, or fails as HTTP does; and afterwards the same session is served again", () => {
    const program = function* (world: World): Coroutine<void> {
      const web = webHost(world, function* (request) {
        const size = (yield* request.bytes()).length;
        return {
          *stream(writer) {
            for (let i = 0; i < 3; i += 1) yield* writer.write(String(size));
          },
        };
      });
      const calm = new Future<void>();
      const done = new Future<void>();
      const client = world.host("client", function* () {
        yield* sleep(1);
        const options = { baseUrl: "http://web/", limit: 2, timeout: { total: 2000 } };
        yield* using(new ClientSession(options), function* (session) {
          function* ask(n: number): Coroutine<void> {
            try {
              const response = yield* session.post("/", { body: "x".repeat(n) });
              expect(yield* response.text()).toBe(String(n).repeat(3));
            } catch (error) {
              if (!(error instanceof ClientError || error instanceof RequestTimeoutError)) throw error;
            }
          }
          yield* gather(Array.from({ length: 6 }, (_, n) => ask(n)));
          yield* calm;
          // Two connections may be of the server's earlier lives.
          for (let attempt = 0; attempt < 2; attempt += 1) yield* ask(7);
          const response = yield* session.post("/", { body: "x".repeat(7), timeout: { total: Infinity } });
          expect(yield* response.text()).toBe("777");
        });
        done.setResult();
      });
      yield* harass(world, web, client);
      calm.setResult();
      yield* done;
    };
    expect(check(program, { network, schedules: 60 }).failures).toEqual([]);
  });

  it("messages of a WebSocket arrive in order and once, up to where it is lost", () => {
    const program = function* (world: World): Coroutine<void> {
      const chat = socketHost(world, function* (connection) {
        for (let n = 0; n < 20; n += 1) {
          yield* connection.send(String(n));
          yield* sleep(5);
        }
      });
      const done = new Future<void>();
      const client = world.host("client", function* () {
        yield* sleep(1);
        for (let visit = 0; visit < 3; visit += 1) {
          try {
            yield* using(yield* connect("ws://chat", { openTimeout: 500 }), function* (connection) {
              for (let n = 0; n < 20; n += 1) expect(yield* connection.recv()).toBe(String(n));
            });
          } catch (error) {
            const isExpected =
              error instanceof ConnectionClosed || /^(TimeoutError|Connection)/.test((error as Error).name);
            if (!isExpected) throw error;
          }
        }
        done.setResult();
      });
      yield* harass(world, chat, client);
      yield* done;
    };
    expect(check(program, { network, schedules: 60 }).failures).toEqual([]);
  });
});
